"""版次与更正 as a packet prints them: every version up to this one, and what each changed."""

from itertools import pairwise

from audits.conflicts import RefusedError
from scoring.content import parts
from scoring.packet.queries.cases import Masks
from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.sheets.models import Sheet
from scoring.sheets.queries.changes import changes_between
from scoring.sheets.queries.signed_records import remember_events
from scoring.sheets.queries.signed_view import sheet_view
from scoring.sheets.queries.stamps import stamp
from scoring.sheets.queries.values import SheetView

_DAMAGED = "第{number}版的已签发内容与签发时的校验值不符，无法列出更正内容。"


def history_part(sheet: Sheet, view: SheetView, masks: Masks) -> parts.History:
    """Two queries. `view`: the sheet as this packet shows it; the versions before it as they were signed."""
    rows = Sheet.objects.filter(audit=sheet.audit_id, number__lt=sheet.number, content__isnull=False)
    earlier = list(rows.select_related("submitted_by", "signed_by").order_by("number"))
    remember_events(earlier)
    views: list[tuple[int, SheetView | None]] = [(found.number, _view(found)) for found in earlier]
    views.append((sheet.number, view))
    changes: list[parts.ChangeLine] = []
    for (_, before), (number, after) in pairwise(views):
        changes += _changes(number, before, after, masks) if before and after else []
    return parts.History(
        versions=(
            *(_version(found, masks) for found in earlier),
            _version(sheet, masks, view.total, view.verdict_zh),
        ),
        changes=tuple(changes),
        notes=tuple(_DAMAGED.format(number=number) for number, found in views if found is None),
    )


def _view(sheet: Sheet) -> SheetView | None:
    """The view of a version as signed; None when its content differs from what was signed."""
    try:
        return sheet_view(sheet)
    except RefusedError:
        return None


def _version(
    sheet: Sheet, masks: Masks, total: int | None = None, verdict_zh: str | None = None
) -> parts.VersionLine:
    """An earlier version by its columns; this packet's own by what was worked out for it."""
    is_own = verdict_zh is not None
    return parts.VersionLine(
        number=sheet.number,
        reason=masks.text(sheet.correction_reason),
        total=total if is_own else sheet.total,
        verdict_zh=verdict_zh if verdict_zh is not None else VERDICT_ZH[sheet.verdict],  # type: ignore[index]  # codes as stored
        submitted_by=str(sheet.submitted_by or ""),
        submitted_at=stamp(sheet.submitted_at),
        signed_by=str(sheet.signed_by or ""),
        signed_at=stamp(sheet.signed_at),
        content_hash="" if is_own else sheet.content_hash,
    )


def _changes(number: int, before: SheetView, after: SheetView, masks: Masks) -> list[parts.ChangeLine]:
    """Changes after masking both sides: signed content is masked already, database rows are not."""
    found = [
        parts.ChangeLine(number, c.row, c.what, masks.text(c.before), masks.text(c.after))
        for c in changes_between(before, after)
    ]
    return [change for change in found if change.before != change.after]
