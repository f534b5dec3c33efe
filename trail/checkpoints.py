"""Checkpoints: old events are cut from the chain, and the rest still verifies (docs/quality.md L3).

Two people decide on a cut (staff.retention). A checkpoint holds the hash of the last event of what was cut,
to which the next one links, and a hash over the older events that stay, because records rest on them. Its
event in the trail holds the same: a checkpoint that nobody recorded is found, so is an older event missing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from trail.chain import lock_chain, record, verify
from trail.hashing import joined_hash
from trail.models import Checkpoint, Event

AT_ONCE = 50_000  # events cut in one transaction


class BrokenError(ValueError):
    """The chain does not hold: nothing is cut, for that would hide it. The message is a Chinese sentence."""


@dataclass(frozen=True)
class Cut:
    """Who decided on it: `asked_by` and `confirmed_by` are users."""

    before: datetime
    asked_by: Any
    confirmed_by: Any


def may_cut() -> bool:
    """May this process cut? On PostgreSQL the role of the app may not, only the owner of the tables."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('trail_event', 'DELETE')"
            " AND has_table_privilege('trail_checkpoint', 'INSERT')"
        )
        return bool(cursor.fetchone()[0])


def due(before: datetime, keep: Q) -> int:
    """How many events a cut would remove."""
    return Event.objects.filter(at__lt=before, seq__lte=_last_before(before)).exclude(keep).count()


def _last_before(before: datetime) -> int:
    """The number of the last event before the moment; the newest event always stays."""
    found = Event.objects.filter(at__lt=before).order_by("-seq").values_list("seq", flat=True).first() or 0
    newest = Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    return min(found, newest - 1)


def cut(asked: Cut, keep: Q) -> int:
    """Remove the events before a moment but those of `keep`; return how many. BrokenError, nothing done.

    Verified before, not within a transaction, and cut in parts: on SQLite all writers wait meanwhile.
    """
    if problems := verify():
        raise BrokenError(f"操作留痕核验不符，未清除任何记录：{problems[0]}")
    removed, last = 0, _last_before(asked.before)
    while part := _cut_part(asked, keep, last):
        removed += part
    return removed


@transaction.atomic
def _cut_part(asked: Cut, keep: Q, last: int) -> int:
    lock_chain()
    before = latest()
    done = before.through_seq if before else 0
    due_now = Event.objects.filter(seq__lte=last).exclude(keep).order_by("seq")
    first = due_now.values_list("seq", flat=True).first()
    if first is None or last <= done:
        return 0
    through = min(last, max(first, done) + AT_ONCE)
    old = Event.objects.filter(seq__lte=through)
    kept = list(old.filter(keep).order_by("seq").values_list("hash", flat=True))
    removed = old.exclude(keep)
    point = Checkpoint.objects.create(
        through_seq=through,
        hash=Event.objects.values_list("hash", flat=True).get(seq=through),
        cut=removed.count(),
        kept=len(kept),
        kept_hash=joined_hash(kept),
        asked_by=str(asked.asked_by)[:150],
        confirmed_by=str(asked.confirmed_by)[:150],
        at=timezone.now(),
    )
    removed.delete()
    record(Checkpoint.ACTION, by=asked.confirmed_by, detail=point.facts | {"asked_by": point.asked_by})
    return point.cut


def latest() -> Checkpoint | None:
    """The checkpoint in force; None while nothing was cut."""
    return Checkpoint.objects.order_by("-through_seq").first()


def note(point: Checkpoint) -> str:
    """What was cut, when and by whom, as a sentence."""
    on = timezone.localtime(point.at)
    return (
        f"第{point.through_seq + 1}条之前的{point.cut}条记录已于{on:%Y-%m-%d}按保存期限清除"
        f"（申请：{point.asked_by}，确认：{point.confirmed_by}），另有{point.kept}条作为依据保留。"
    )
