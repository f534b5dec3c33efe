"""The trail to a syslog receiver, in order and at least once: the position is stored (docs/quality.md L2)."""

import logging

from django.conf import settings

from qcportal.watching.states import state_value, write_state
from qcportal.watching.syslog import message, sender
from trail.models import Checkpoint, Event

logger = logging.getLogger(__name__)
_POSITION = "syslog"
_BATCH = 500
_BATCHES = 20  # in one round: ten thousand events a minute


def forward_trail() -> int:
    """Send the committed events that were not sent yet; how many. A receiver that is away gets them later.

    The position moves after a batch was sent: after a fault between the two the batch is sent again, and the
    receiver knows an event by its number.
    """
    if not settings.QC_SYSLOG:
        return 0
    total = 0
    for _ in range(_BATCHES):
        sent = _forward_batch()
        total += sent
        if sent < _BATCH:
            break
    return total


def _forward_batch() -> int:
    events = list(Event.objects.filter(seq__gt=_position()).order_by("seq")[:_BATCH])
    if not events:
        return 0
    try:
        with sender(settings.QC_SYSLOG) as send:
            for event in events:
                send(message(event))
    except OSError as error:
        logger.warning("the trail was not forwarded: %s", type(error).__name__)
        return 0
    write_state(_POSITION, {"seq": events[-1].seq, "hash": events[-1].hash})
    return len(events)


def _position() -> int:
    """The last event sent; 0 when this is not the trail that was sent: an older backup was restored."""
    value = state_value(_POSITION)
    seq = int(value.get("seq", 0))
    stored = Event.objects.filter(seq=seq).values_list("hash", flat=True).first()
    was_cut = stored is None and Checkpoint.objects.filter(through_seq__gte=seq).exists()
    return seq if stored == value.get("hash") or was_cut else 0


def forwarded_seq() -> int | None:
    """The number of the last event sent; None while nothing is to be forwarded."""
    return int(state_value(_POSITION).get("seq", 0)) if settings.QC_SYSLOG else None


def forwarding_problem() -> str:
    """How many events wait for the receiver after a round, as a Chinese sentence; "" when none does."""
    if not settings.QC_SYSLOG:
        return ""
    waiting = Event.objects.filter(seq__gt=_position()).count()
    return f"{waiting}条留痕未能送达日志服务器" if waiting else ""
