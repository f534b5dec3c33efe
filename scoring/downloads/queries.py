"""Downloads of a packet, read from the trail, where each one is recorded."""

from django.db.models import QuerySet

from scoring.sheets.models import Sheet
from trail.models import Event

# A batch writes one line for each packet in it.
TAKING = ("scoring.download_packet", "scoring.write_packet", "scoring.download_unmasked")


def downloads_of(sheet: Sheet) -> QuerySet[Event]:
    """The events of one version's packet, newest first."""
    rows: QuerySet[Event] = Event.objects.about(sheet).filter(action__in=TAKING, result="done")
    return rows
