"""The trail's events of draws: what was published, when the list was frozen, who cancelled."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Model

from trail.models import Event

OPENED = ("audits.open", "audits.open_month")
DRAWN = ("audits.draw", "audits.draw_month")
CANCELLED = ("audits.cancel", "audits.cancel_month")


def draw_events(kind: type[Model], ids: Iterable[int]) -> dict[int, dict[str, Event]]:
    """Draw id → action → its event, of draws of the model `kind`; one query."""
    found: dict[int, dict[str, Event]] = defaultdict(dict)
    rows = Event.objects.filter(
        action__in=(*OPENED, *DRAWN, *CANCELLED),
        target_type=kind._meta.label_lower,
        target_id__in=[str(pk) for pk in ids],
    )
    for event in rows.order_by("seq"):
        # The first of a kind: a commitment published a second time proves nothing.
        found[int(event.target_id)].setdefault(event.action, event)
    return found


def event_of(events: dict[str, Event], actions: Iterable[str]) -> Event | None:
    """The event of one of these actions."""
    return next((events[action] for action in actions if action in events), None)


def published_commitment(draw: Model) -> str:
    """The hash that the opening event of a draw published; "" for one without."""
    opened = event_of(draw_events(type(draw), [draw.pk])[draw.pk], OPENED)
    return str(opened.detail.get("commitment", "")) if opened else ""
