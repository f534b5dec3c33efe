"""The draw, the rulings and the decided appeals of an audit, each compared with its event in the trail.

An event stores the hash of what was drawn, ruled or decided. Events of early program versions have none: then
the values they name are compared, and the row is counted as unrecorded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audits.appeals.models import Appeal
from audits.appeals.queries.hashes import decision_hash
from audits.judging.models import Review
from audits.judging.queries.hashes import conclusion_hash, description_hash
from audits.sampling.domain.frozen_list import Entry, list_hash
from audits.sampling.models import Audit, Case
from audits.sampling.queries.hashes import draw_hash
from trail.chain import event_hash
from trail.models import Event

DESCRIPTION, CONCLUSION, ARBITRATION = (
    "audits.rule_description",
    "audits.rule_conclusion",
    "audits.take_arbitration",
)
_DRAW, _REPLACE, _DECIDE = "audits.draw", "audits.replace", "audits.decide_appeal"
_MISSING = "留痕中没有这项记录"
_GONE = "留痕记有，数据库中没有"


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


def compare_audit(audit: Audit) -> Compared:
    """Draw, rulings and appeals of one audit; a fixed number of queries."""
    appeals = Appeal.objects.filter(case__audit=audit).select_related("case__audit")
    return compare_draw(audit) + compare_rulings(audit) + compare_appeals(appeals)


def compare_draw(audit: Audit) -> Compared:
    """The draw against the newest event that drew or replaced; three queries. Nothing for a planned audit."""
    cases = Case.objects.filter(audit=audit).values_list("pk", flat=True)
    rows = Event.objects.filter(action=_DRAW, target_type="audits.audit", target_id=str(audit.pk))
    rows |= Event.objects.filter(action=_REPLACE, target_type="audits.case", target_id__in=map(str, cases))
    events = list(rows.order_by("seq"))
    if not events and not audit.pool_hash:
        return Compared()
    of_draw = next((event for event in events if event.action == _DRAW), None)
    if of_draw is None:
        return Compared(1, 0, (f"{audit.label}的抽样：{_MISSING}。",))
    named = _named_draw(audit, of_draw, replaced=len(events) > 1)
    return _compared(f"{audit.label}的抽样", events[-1], lambda: draw_hash(audit), named)


def _named_draw(audit: Audit, event: Event, *, replaced: bool) -> Iterator[bool]:
    """Whether what the event names is as it was: all that can be asked of an event without a hash."""
    detail = event.detail
    yield detail["seed"] == audit.seed
    yield detail["list_sha256"] == audit.pool_hash == _list_hash(audit)
    if not replaced:
        yield detail["digest"] == audit.draw.get("digest")


def _list_hash(audit: Audit) -> str:
    """The hash of the stored list; "" for one that can no longer be read as the list of a draw."""
    try:
        return list_hash(Entry(*row) for row in audit.pool_list)
    except (TypeError, ValueError):
        return ""


def compare_rulings(audit: Audit) -> Compared:
    """Each reader's rulings against their newest events; four queries."""
    rows = Review.objects.filter(case__audit=audit).select_related("case").prefetch_related("faults")
    reviews = list(rows.order_by("case__position", "case_id", "reader"))
    actions = (ARBITRATION, DESCRIPTION, CONCLUSION)
    events = _newest("audits.review", [review.pk for review in reviews], actions)
    found = Compared()
    for review in reviews:
        of_review = events.get(review.pk, {})
        described = of_review.get(DESCRIPTION) or of_review.get(ARBITRATION)
        found += _description(audit, review, described)
        found += _conclusion(audit, review, of_review.get(CONCLUSION))
    return found


def _description(audit: Audit, review: Review, event: Event | None) -> Compared:
    is_ruled = bool(review.description or review.description_at)
    if not is_ruled and (event is None or event.action == ARBITRATION):
        return Compared()
    what = _titled(audit, review, "影像描述")
    if event is None or not is_ruled:
        return Compared(1, 0, (f"{what}：{_GONE if event else _MISSING}。",))
    faults = sorted(review.faults.all(), key=lambda fault: fault.pk)
    named = [event.actor_id == review.assessor_id]
    if event.action == DESCRIPTION:
        named.append(event.detail["verdict"] == review.description)
    return _compared(what, event, lambda: description_hash(review, faults), named)


def _conclusion(audit: Audit, review: Review, event: Event | None) -> Compared:
    is_ruled = bool(review.judgement or review.conclusion_at)
    if not is_ruled and event is None:
        return Compared()
    what = _titled(audit, review, "诊断结论")
    if event is None or not is_ruled:
        return Compared(1, 0, (f"{what}：{_GONE if event else _MISSING}。",))
    detail = event.detail
    named = [
        event.actor_id == review.assessor_id,
        detail["judgement"] == review.judgement,
        detail["error_kind"] == review.error_kind,
    ]
    return _compared(what, event, lambda: conclusion_hash(review), named)


def _titled(audit: Audit, review: Review, part: str) -> str:
    return f"{audit.label}第{review.case.position}份{review.get_reader_display()}的{part}评定"


def compare_appeals(appeals: Iterable[Appeal]) -> Compared:
    """The decisions of appeals against their events; a query, and one for each decision."""
    rows = list(appeals)
    events = _newest("audits.appeal", [appeal.pk for appeal in rows], (_DECIDE,))
    return sum((_decision(one, events.get(one.pk, {}).get(_DECIDE)) for one in rows), Compared())


def _decision(appeal: Appeal, event: Event | None) -> Compared:
    is_decided = appeal.decided_at is not None or appeal.state in ("upheld", "rejected")
    if not is_decided and event is None:
        return Compared()
    what = f"{appeal}的复核结论"
    if event is None or not is_decided:
        return Compared(1, 0, (f"{what}：{_GONE if event else _MISSING}。",))
    changed = event.detail.get("changed", {}).get("result")
    named = [
        event.actor_id == appeal.assessor_id,
        event.detail["appeal"] == appeal.state,
        changed in (None, [appeal.stood, appeal.stands]),
    ]
    return _compared(what, event, lambda: decision_hash(appeal), named)


def _newest(kind: str, keys: Iterable[int], actions: tuple[str, ...]) -> Mapping[int, dict[str, Event]]:
    """The newest event of each action, by object; one query."""
    rows = Event.objects.filter(target_type=kind, target_id__in=map(str, keys), action__in=actions)
    found: dict[int, dict[str, Event]] = {}
    for event in rows.order_by("seq"):
        found.setdefault(int(event.target_id), {})[event.action] = event
    return found


def _compared(what: str, event: Event, now: Callable[[], str], named: Iterable[Any]) -> Compared:
    """One row: by the hash of its event, or by what an event without a hash names (`named`: what holds)."""
    then = event.detail.get("hash")
    problem = ""
    if event_hash(event) != event.hash:
        problem = f"{what}：留痕第{event.seq}条的内容与其校验值不符。"
    elif not all(named) or (then and now() != then):
        problem = f"{what}与留痕第{event.seq}条所记的不同：数据库中的记录被改动过。"
    return Compared(1, 0 if then else 1, (problem,) if problem else ())
