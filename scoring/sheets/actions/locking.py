"""The first step of every write on a sheet: lock it, compare its version, check its status."""

from audits.conflicts import ConflictError, RefusedError
from scoring.sheets.models import Sheet


def locked(sheet: Sheet, version: int, *statuses: str, otherwise: str) -> Sheet:
    """The sheet, locked for this transaction.

    Raises ConflictError when it was saved since the page that shows `version`, RefusedError(`otherwise`)
    when its status is none of `statuses`.
    """
    sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.version != version:
        raise ConflictError(sheet, "评分表在您打开之后已被他人保存过，本次未写入任何内容。请核对后再改。")
    if sheet.status not in statuses:
        raise RefusedError(otherwise)
    return sheet


def saved(sheet: Sheet) -> Sheet:
    """Save with the next version."""
    sheet.version += 1
    sheet.save()
    return sheet
