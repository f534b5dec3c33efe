"""A row compared with its event in the trail: by the hash of the event, or by what an early one names."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audits.sampling.domain.draw import commitment_of
from audits.sampling.queries.draw_events import OPENED
from trail.chain import event_hash
from trail.models import Event

MISSING = "留痕中没有这项记录"
GONE = "留痕记有，数据库中没有"


@dataclass(frozen=True)
class Compared:
    """Rows compared, how many of their events have no hash, and a sentence for each row that differs."""

    checked: int = 0
    unrecorded: int = 0
    problems: tuple[str, ...] = ()

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(
            self.checked + other.checked,
            self.unrecorded + other.unrecorded,
            self.problems + other.problems,
        )


def newest_events(kind: str, keys: Iterable[int], actions: tuple[str, ...]) -> Mapping[int, dict[str, Event]]:
    """The newest event of each action, by object; one query."""
    rows = Event.objects.filter(target_type=kind, target_id__in=map(str, keys), action__in=actions)
    found: dict[int, dict[str, Event]] = {}
    for event in rows.order_by("seq"):
        found.setdefault(int(event.target_id), {})[event.action] = event
    return found


def is_as_named(event: Event, name: str, value: Any) -> bool:
    """Whether `value` is what the event names; True where an event of an early version does not name it."""
    return name not in event.detail or bool(event.detail[name] == value)


def steps_taken(
    draw: Any, what: str, events: Iterable[Event], status_after: Mapping[str, str], cancel: str
) -> Compared:
    """The status of a draw of a quarter or month against the newest step of the trail, and the origin of its
    seed against the first one. Only problems: it is no row of its own."""
    steps = sorted(events, key=lambda event: event.seq)
    if not steps:
        return Compared()
    first, newest = steps[0], steps[-1]
    holds = [status_after[newest.action] == draw.status]
    if newest.action == cancel:
        holds.append(is_as_named(newest, "reason", draw.cancelled_reason))
    problems = [row_problem(f"{what}的状态（{draw.get_status_display()}）", newest, holds)]
    if first.action in OPENED:
        published = first.detail.get("commitment", ""), bool(first.detail.get("seed_given"))
        as_published = published == (draw.commitment, draw.seed_chosen)
        if draw.secret_seed:
            as_published = as_published and commitment_of(draw.secret_seed) == draw.commitment
        problems.append(row_problem(f"{what}的种子来源", first, [as_published]))
    return Compared(problems=tuple(filter(None, problems)))


def compared_presence(what: str, event: Event | None, *, is_stored: bool) -> Compared | None:
    """Nothing where neither row nor event exists, a problem where one of them is missing; None: both are."""
    if event is None and not is_stored:
        return Compared()
    if event is None or not is_stored:
        return Compared(1, 0, (f"{what}：{GONE if event else MISSING}。",))
    return None


def compared_row(what: str, event: Event, now: Callable[[], str], named: Iterable[Any]) -> Compared:
    """One row: by the hash of its event, or by what an event without a hash names (`named`: what holds)."""
    then = event.detail.get("hash")
    problem = row_problem(what, event, (*named, not then or now() == then))
    return Compared(1, 0 if then else 1, (problem,) if problem else ())


def row_problem(what: str, event: Event, holds: Iterable[bool]) -> str:
    """What differs from the event; "" when the event is as it was written and everything `holds`."""
    if event_hash(event) != event.hash:
        return f"{what}：留痕第{event.seq}条的内容与其校验值不符。"
    return "" if all(holds) else f"{what}与留痕第{event.seq}条所记的不同：数据库中的记录被改动过。"
