"""What correcting imports (更正导入) mean for sheets: nothing changes in them, and they say so."""

from collections.abc import Sequence

from audits.judging.queries.later_changes import reimported
from audits.sampling.models import Case
from scoring.sheets.models import Sheet

_SIGNED = "本表签发在先，内容不变；请核对是否需要建立更正版。"


def change_sentences(sheet: Sheet) -> list[str]:
    """A sentence for every case whose report was corrected by an import; two queries."""
    cases = list(Case.objects.filter(audit=sheet.audit_id).active())
    return [
        f"第{change.position}份：{change.sentence}理由：{change.reason.rstrip('。')}。"
        + (_SIGNED if sheet.signed_at and change.at > sheet.signed_at else "")
        for change in reimported(sheet.audit.drawn_at, cases)
    ]


def sheets_corrected_beneath(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Those of the signed sheets with a case whose report an import corrected since; two queries."""
    signed_at = {sheet.audit_id: sheet.signed_at for sheet in sheets}
    cases = list(Case.objects.filter(audit__in=signed_at).active())
    audits = {case.pk: case.audit_id for case in cases}
    # From the earliest signing on; below, each change is compared with the signing of its own sheet.
    earliest = min(filter(None, signed_at.values()), default=None)
    changed = {
        audit
        for change in reimported(earliest, cases)
        if (at := signed_at[audit := audits[change.case_id]]) and change.at > at
    }
    return [sheet for sheet in sheets if sheet.audit_id in changed]
