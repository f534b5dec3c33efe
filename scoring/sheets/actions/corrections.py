"""更正: a new version of a signed sheet; the old one is in force until the new one is signed."""

from django.db import IntegrityError, transaction

from audits.conflicts import RefusedError
from scoring.sheets.actions.locking import locked
from scoring.sheets.actions.rulings import reopen_rulings
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from scoring.sheets.queries.appeals import appeals_of
from staff.accounts.models import User
from trail.chain import record


@transaction.atomic
def correct_sheet(sheet: Sheet, *, reason: str, version: int, by: User, reopen: bool = False) -> Sheet:
    """Open the next version of a signed sheet: same edition, settings and evidence to start from.

    `reopen`: rulings are to be corrected too; the audit is judged again where assessors change theirs.
    Raises RefusedError without a reason, or while another correction is open.
    """
    sheet = locked(sheet, version, Sheet.Status.SIGNED, otherwise="只有已签发且未被更正的评分表可以更正。")
    if not reason.strip():
        raise RefusedError("更正须写明理由：更正了什么、依据是什么。")
    try:
        with transaction.atomic():
            corrected = Sheet.objects.create(
                audit=sheet.audit,
                number=sheet.number + 1,
                edition=sheet.edition,
                hospital_level=sheet.hospital_level,
                corrects=sheet,
                correction_reason=reason.strip(),
                created_by=by,
            )
    except IntegrityError:
        raise RefusedError("这份评分表已有一份更正在填写中，请打开那一版。") from None
    _copy_rows(sheet, corrected)
    if reopen:
        reopen_rulings(corrected, reason=corrected.correction_reason, by=by)
    detail = {"reason": corrected.correction_reason, "number": corrected.number, "reopened": reopen}
    record("scoring.correct", by=by, target=corrected, detail=detail)
    return corrected


def correct_after_appeal(sheet: Sheet, *, version: int, by: User) -> Sheet:
    """The next version because of the appeals upheld since it was signed; its reason names what changed."""
    reason = appeals_of(Sheet.objects.get(pk=sheet.pk)).reason
    if not reason:
        raise RefusedError("签发之后没有申诉成立，或更正版已经建立，无须再更正。")
    return correct_sheet(sheet, reason=reason, version=version, by=by)


def _copy_rows(old: Sheet, new: Sheet) -> None:
    """Copy settings and notes with their authors, until someone sets a row again."""
    for setting in old.row_settings.all():
        RowSetting.objects.create(
            sheet=new,
            row=setting.row,
            state=setting.state,
            reason=setting.reason,
            remark=setting.remark,
            suggested_state=setting.suggested_state,
            suggestion=setting.suggestion,
            differs_reason=setting.differs_reason,
            set_by_id=setting.set_by_id,
        )
    for note in old.evidence_notes.all():
        EvidenceNote.objects.create(
            sheet=new,
            row=note.row,
            title=note.title,
            dated_on=note.dated_on,
            note=note.note,
            added_by_id=note.added_by_id,
        )
