"""How an event is hashed, appended and verified."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from trail.hashing import joined_hash
from trail.labels import labels
from trail.models import Checkpoint, Event
from trail.origin import call_before_event, current_origin

GENESIS = "0" * 64
_LOCK = 0x71637472  # "qctr": the advisory lock under which PostgreSQL appends
_HASHED = (
    *("seq", "at", "actor_id", "actor_name", "actor_roles", "ip", "action", "target_type"),
    *("target_id", "department_id", "result", "detail", "previous_hash"),
)


@dataclass(frozen=True)
class Anchor:
    """The end of the chain at a moment: stored outside the database, it reveals deleted last events."""

    seq: int
    hash: str
    at: datetime | None


def event_hash(event: Event) -> str:
    """SHA-256 over the canonical JSON of all columns but `id` and `hash`; times in UTC with microseconds."""
    fields: dict[str, Any] = {name: getattr(event, name) for name in _HASHED}
    fields["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def record(
    action: str,
    *,
    by: Any,
    target: models.Model | None = None,
    department: Any = None,
    detail: dict[str, Any] | None = None,
    result: str = "done",
) -> Event:
    """Append one event in the caller's transaction; `by` is a user, or None for the system itself.

    `department` is a Department or its id; left out, the target's own is taken. `detail` must hold no
    patient identity (names, ids): docs/quality.md A4. ValueError when no app states a label for `action`.
    """
    if action not in labels().actions:
        raise ValueError(f"trail: no app states a label for the action {action}")
    origin = current_origin()
    with transaction.atomic():
        lock_chain()
        if result == "done":
            call_before_event()
        last = Event.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)
        event = Event(
            seq=last[0] + 1,
            at=timezone.now(),
            actor_id=getattr(by, "pk", None),
            actor_name=getattr(by, "full_name", "") or getattr(by, "username", "") or "系统",
            actor_roles=getattr(by, "role_label", "") if by is not None else "",
            ip=origin.ip,
            action=action,
            target_type=target._meta.label_lower if target is not None else "",
            target_id=str(target.pk) if target is not None else "",
            department_id=_department_id(department, target),
            result=result,
            detail=_plain(detail or {}),
            previous_hash=last[1],
        )
        event.hash = event_hash(event)
        event.save(force_insert=True)
    return event


def lock_chain() -> None:
    """Let nobody else append until the transaction ends; SQLite's own transactions do so already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _department_id(department: Any, target: models.Model | None) -> int | None:
    if department is not None:
        return department if isinstance(department, int) else department.pk
    return getattr(target, "department_id", None)


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """The value as it will be read back, so that the hash is of what is stored."""
    plain: dict[str, Any] = json.loads(json.dumps(detail, cls=DjangoJSONEncoder, ensure_ascii=False))
    return plain


def anchor() -> Anchor:
    """The newest event's sequence number, hash and time; (0, zeros, None) while there is none."""
    row = Event.objects.order_by("-seq").values_list("seq", "hash", "at").first()
    return Anchor(*row) if row else Anchor(0, GENESIS, None)


def verify(events: Iterable[Event] | None = None, *, anchors: Iterable[Anchor] = ()) -> list[str]:
    """Every break of the chain as a Chinese sentence; empty when it holds. Reads the events in order."""
    point = Checkpoint.objects.order_by("-through_seq").first()
    start, problems = _start(point), _checkpoint_problems(point) if point else []
    rows = Event.objects.filter(seq__gt=start.seq).order_by("seq").iterator(chunk_size=2000)
    known = [one for one in anchors if one.seq >= start.seq or not point]
    return problems + _breaks(rows if events is None else events, start, known)


def _start(point: Checkpoint | None) -> Anchor:
    """Where the chain begins: at the first event, or after the checkpoint of what was cut."""
    return Anchor(point.through_seq, point.hash, point.at) if point else Anchor(0, GENESIS, None)


def _checkpoint_problems(point: Checkpoint) -> list[str]:
    """A cut that nobody recorded, and older events that were changed, added or removed since."""
    problems: list[str] = []
    recorded = Event.objects.filter(action=Checkpoint.ACTION, seq__gt=point.through_seq)
    if not any(point.facts.items() <= event.detail.items() for event in recorded):
        problems.append(f"第{point.through_seq}条之前的记录已被清除，留痕中没有相符的清除记录。")
    hashes = []
    for event in Event.objects.filter(seq__lte=point.through_seq).order_by("seq").iterator(chunk_size=2000):
        hashes.append(event.hash)
        if event_hash(event) != event.hash:
            problems.append(f"第{event.seq}条的内容与其校验值不符：该条被改动。")
    if joined_hash(hashes) != point.kept_hash:
        problems.append(
            f"清除后保留的第{point.through_seq}条之前的记录应有{point.kept}条，现有{len(hashes)}条，"
            "与清除时的校验值不符：有记录被改动、删除或插入。"
        )
    return problems


def verify_newest(count: int = 200) -> list[str]:
    """The same for the newest `count` events only: quick enough to be asked on every look at the page."""
    start = _start(Checkpoint.objects.order_by("-through_seq").first())
    newest = list(Event.objects.filter(seq__gt=start.seq).order_by("-seq")[: count + 1])[::-1]
    if len(newest) <= count:
        return _breaks(newest, start, ())
    first = newest[0]
    return _breaks(newest[1:], Anchor(first.seq, first.hash, first.at), ())


def _breaks(rows: Iterable[Event], start: Anchor, anchors: Iterable[Anchor]) -> list[str]:
    known = {a.seq: a.hash for a in anchors if a.seq}
    problems: list[str] = []
    if known.pop(start.seq, start.hash) != start.hash:
        problems.append(f"第{start.seq}条与留存的锚点不符：留痕曾被整体重写。")
    seq, previous = start.seq, start.hash
    for event in rows:
        if event.seq != seq + 1:
            problems.append(f"第{seq}条之后应为第{seq + 1}条，实为第{event.seq}条：有记录被删除或插入。")
        if event.previous_hash != previous:
            problems.append(f"第{event.seq}条与上一条的校验值不相接：其间有记录被改动、删除或插入。")
        if event_hash(event) != event.hash:
            problems.append(f"第{event.seq}条的内容与其校验值不符：该条被改动。")
        if known.pop(event.seq, event.hash) != event.hash:
            problems.append(f"第{event.seq}条与留存的锚点不符：留痕曾被整体重写。")
        seq, previous = event.seq, event.hash
    problems += [
        f"锚点记有第{s}条，现有记录只到第{seq}条：末尾记录被删除。" for s in sorted(known) if s > seq
    ]
    return problems
