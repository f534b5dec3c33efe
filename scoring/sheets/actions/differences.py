"""A signed sheet that is no longer what was signed is refused, and the trail records it."""

from django.db import transaction

from scoring.content.document import PacketDocument
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import RecordDiffersError, signed_document
from staff.accounts.models import User
from trail.chain import record
from trail.models import Event

DIFFERS = "scoring.record_differs"


def as_signed(sheet: Sheet, *, by: User | None) -> PacketDocument:
    """The document as signed, read before it is rendered; a difference is recorded in the trail."""
    try:
        return signed_document(sheet)
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
