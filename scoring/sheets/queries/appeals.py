"""What appeals mean for a sheet: those still pending, and those upheld since it was signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audits.appeals.models import Appeal, AppealQuerySet
from audits.judging.domain.appeals import Subject
from audits.sampling.models import Audit
from scoring.sheets.models import Sheet


@dataclass(frozen=True)
class UpheldAppeal:
    """An appeal that changed a ruling after the sheet was signed, as text."""

    pk: int
    position: int
    sentence: str


@dataclass(frozen=True)
class SheetAppeals:
    """`pending`: nobody decided them yet; `upheld`: a signed sheet does not know of them."""

    pending: int
    upheld: tuple[UpheldAppeal, ...]

    @property
    def reason(self) -> str:
        """The reason of the correction they call for: what changed, and because of which appeal."""
        return "\n".join(appeal.sentence for appeal in self.upheld)


def appeals_of(sheet: Sheet) -> SheetAppeals:
    """Of the sheet's audit; two queries."""
    rows = _of_audits([sheet.audit_id])
    upheld: tuple[UpheldAppeal, ...] = ()
    if sheet.status == Sheet.Status.SIGNED and not hasattr(sheet, "correction"):
        upheld = tuple(
            _upheld(appeal) for appeal in rows.filter(state="upheld", decided_at__gt=sheet.signed_at)
        )
    return SheetAppeals(rows.pending().count(), upheld)


def overtaken_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Those of the signed sheets an appeal has changed since, without a correction under way; one query."""
    decided = _of_audits([sheet.audit_id for sheet in sheets]).filter(state="upheld")
    latest: dict[int, list[datetime]] = {}
    for audit, at in decided.values_list("case__audit_id", "decided_at"):
        if at is not None:
            latest.setdefault(audit, []).append(at)
    return [
        sheet
        for sheet in sheets
        if any(sheet.signed_at and at > sheet.signed_at for at in latest.get(sheet.audit_id, ()))
    ]


def _of_audits(audits: Sequence[int]) -> AppealQuerySet[Appeal]:
    rows: AppealQuerySet[Appeal] = Appeal.objects.filter(case__audit__in=audits, case__state="active")
    return rows.exclude(case__audit__status=Audit.Status.CANCELLED).select_related("case").order_by("pk")


def _upheld(appeal: Appeal) -> UpheldAppeal:
    part = "影像描述" if appeal.subject == Subject.DESCRIPTION else "诊断结论"
    position = appeal.case.position if appeal.case else 0
    before, _, after = appeal.change.partition(" → ")
    words = f"由“{before}”改为“{after}”" if after else before
    return UpheldAppeal(appeal.pk, position, f"{appeal}成立：第{position}份{part}{words}。")
