"""A signed sheet that is no longer what was signed is refused, and the trail records it."""

from collections.abc import Callable

from django.db import transaction

from audits.conflicts import RefusedError
from audits.sampling.models import Audit
from scoring.content.document import PacketDocument
from scoring.sheets.models import Sheet
from scoring.sheets.queries.records_behind import compare_behind
from scoring.sheets.queries.signed_records import RecordDiffersError, signed_document
from scoring.sheets.querysets import DIFFERS
from staff.accounts.models import User
from trail.anchors import anchor_file_problems
from trail.chain import record
from trail.models import Event

_NAMED = 5  # rows that a sentence names one by one
_NO_SEAL = "不能签发，也不能生成或加盖签章；请联系系统管理员从备份核查。"


def as_signed(sheet: Sheet, *, by: User | None) -> PacketDocument:
    """The document as signed, read before it is rendered; a difference is recorded in the trail."""
    try:
        return signed_document(sheet)
    except RecordDiffersError as problem:
        note_difference(sheet, problem, by=by)
        raise


def refuse_edited_audit(audit: Audit) -> None:
    """RecordDiffersError when a draw, ruling, appeal or month behind the sheet differs from its event, or the
    trail from its anchors."""
    if problems := (*compare_behind(audit).problems, *anchor_file_problems()):
        raise RecordDiffersError("".join(problems[:_NAMED]) + _NO_SEAL)


def refuse_sealing(sheet: Sheet, *, by: User | None) -> None:
    """The same before files of a signed sheet are made and sealed; a difference is recorded in the trail."""
    try:
        refuse_edited_audit(sheet.audit)
    except RecordDiffersError as problem:
        note_difference(sheet, problem, by=by)
        raise


@transaction.atomic
def note_difference(sheet: Sheet, problem: RecordDiffersError, *, by: User | None) -> None:
    """Record in the trail that a sheet differs from what was signed, once for each way in which it does."""
    last = Event.objects.filter(action=DIFFERS, target_type=sheet._meta.label_lower, target_id=str(sheet.pk))
    newest = last.order_by("-seq").first()
    detail = {"problem": str(problem)}
    if newest is None or newest.detail != detail:
        record(DIFFERS, by=by, target=sheet, detail=detail, result="refused")


def note_refusal(action: str) -> Callable[[Sheet, RefusedError, User | None], None]:
    """A function that records, as `action`, why a step of a sheet was refused; a difference as such."""

    def note(sheet: Sheet, refused: RefusedError, by: User | None) -> None:
        if isinstance(refused, RecordDiffersError):
            note_difference(sheet, refused, by=by)
        else:
            record(action, by=by, target=sheet, detail={"reason": str(refused)}, result="refused")

    return note
