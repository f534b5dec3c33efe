"""The draw, the rulings and the decided appeals of an audit, each compared with its event in the trail.

An event stores the hash of what was drawn, ruled or decided. Events of early program versions have none: then
the values they name are compared, and the row is counted as unrecorded.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from audits.appeals.models import Appeal
from audits.appeals.queries.hashes import decision_hash
from audits.judging.models import Review
from audits.judging.queries.hashes import conclusion_hash, description_hash
from audits.sampling.domain.frozen_list import stored_list_hash
from audits.sampling.models import Audit, Case
from audits.sampling.queries.hashes import draw_hash
from scoring.sheets.queries.compared import (
    GONE,
    MISSING,
    Compared,
    compared_row,
    newest_events,
    steps_taken,
)
from trail.models import Event

DESCRIPTION, CONCLUSION, ARBITRATION = (
    "audits.rule_description",
    "audits.rule_conclusion",
    "audits.take_arbitration",
)
_DRAW, _REPLACE, _CANCEL = "audits.draw", "audits.replace", "audits.cancel"
_ALLOW, _WITHDRAW, _DECIDE = "audits.allow_reader", "audits.withdraw_reader", "audits.decide_appeal"
_STATUS_AFTER = {
    "audits.open": Audit.Status.PLANNED,
    "audits.extend": Audit.Status.PLANNED,
    _DRAW: Audit.Status.DRAWN,
    "audits.settle": Audit.Status.SETTLED,
    "audits.reopen": Audit.Status.DRAWN,
    _CANCEL: Audit.Status.CANCELLED,
}


def compare_audit(audit: Audit) -> Compared:
    """Draw, rulings, permissions and appeals of one audit; a fixed number of queries."""
    appeals = Appeal.objects.filter(case__audit=audit).select_related("case__audit")
    rulings = compare_permissions(audit) + compare_rulings(audit)
    return compare_draw(audit) + rulings + compare_appeals(appeals)


def compare_draw(audit: Audit) -> Compared:
    """The draw against the newest event that drew or replaced, its state and seed against the others; four
    queries. Nothing is counted for a planned audit."""
    cases = Case.objects.filter(audit=audit).values_list("pk", flat=True)
    rows = Event.objects.filter(action__in=_STATUS_AFTER, target_type="audits.audit", target_id=str(audit.pk))
    rows |= Event.objects.filter(action=_REPLACE, target_type="audits.case", target_id__in=map(str, cases))
    events = list(rows.order_by("seq"))
    drawn = [event for event in events if event.action in (_DRAW, _REPLACE)]
    steps = [event for event in events if event.action != _REPLACE]
    found = steps_taken(audit, f"{audit.label}抽样", steps, _STATUS_AFTER, _CANCEL)
    if not drawn and not audit.pool_hash:
        return found
    of_draw = next((event for event in drawn if event.action == _DRAW), None)
    if of_draw is None:
        return found + Compared(1, 0, (f"{audit.label}的抽样：{MISSING}。",))
    named = _named_draw(audit, of_draw, replaced=len(drawn) > 1)
    version = drawn[-1].detail.get("hash_version", 1)
    return found + compared_row(f"{audit.label}的抽样", drawn[-1], lambda: draw_hash(audit, version), named)


def _named_draw(audit: Audit, event: Event, *, replaced: bool) -> Iterator[bool]:
    """Whether what the event names is as it was: all that can be asked of an event without a hash."""
    detail = event.detail
    yield detail["seed"] == audit.seed
    yield detail["list_sha256"] == audit.pool_hash == stored_list_hash(audit.pool_list)
    if not replaced:
        yield detail["digest"] == audit.draw.get("digest")


def compare_permissions(audit: Audit) -> Compared:
    """The permissions to read in spite of seeing outcomes, against all events that gave or took one."""
    rows = Event.objects.filter(
        action__in=(_ALLOW, _WITHDRAW), target_type="audits.audit", target_id=str(audit.pk)
    )
    given: Counter[str] = Counter()
    for event in rows:
        given[event.detail["reason"]] += 1 if event.action == _ALLOW else -1
    found = Counter(audit.reader_permissions.order_by().values_list("reason", flat=True))
    if +given == found:
        return Compared()
    problem = f"{audit.label}允许能查看结局者评审的记录与留痕不同：数据库中的记录被改动过。"
    return Compared(problems=(problem,))


def compare_rulings(audit: Audit) -> Compared:
    """Each reader's rulings against their newest events; four queries."""
    rows = Review.objects.filter(case__audit=audit).select_related("case").prefetch_related("faults")
    reviews = list(rows.order_by("case__position", "case_id", "reader"))
    actions = (ARBITRATION, DESCRIPTION, CONCLUSION)
    events = newest_events("audits.review", [review.pk for review in reviews], actions)
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
        return Compared(1, 0, (f"{what}：{GONE if event else MISSING}。",))
    faults = sorted(review.faults.all(), key=lambda fault: fault.pk)
    named = [event.actor_id == review.assessor_id]
    if event.action == DESCRIPTION:
        named.append(event.detail["verdict"] == review.description)
    return compared_row(what, event, lambda: description_hash(review, faults), named)


def _conclusion(audit: Audit, review: Review, event: Event | None) -> Compared:
    is_ruled = bool(review.judgement or review.conclusion_at)
    if not is_ruled and event is None:
        return Compared()
    what = _titled(audit, review, "诊断结论")
    if event is None or not is_ruled:
        return Compared(1, 0, (f"{what}：{GONE if event else MISSING}。",))
    detail = event.detail
    named = [
        event.actor_id == review.assessor_id,
        detail["judgement"] == review.judgement,
        detail["error_kind"] == review.error_kind,
    ]
    return compared_row(what, event, lambda: conclusion_hash(review), named)


def _titled(audit: Audit, review: Review, part: str) -> str:
    return f"{audit.label}第{review.case.position}份{review.get_reader_display()}的{part}评定"


def compare_appeals(appeals: Iterable[Appeal]) -> Compared:
    """The decisions of appeals against their events; a query, and one for each decision."""
    rows = list(appeals)
    events = newest_events("audits.appeal", [appeal.pk for appeal in rows], (_DECIDE,))
    return sum((_decision(one, events.get(one.pk, {}).get(_DECIDE)) for one in rows), Compared())


def _decision(appeal: Appeal, event: Event | None) -> Compared:
    is_decided = appeal.decided_at is not None or appeal.state in ("upheld", "rejected")
    if not is_decided and event is None:
        return Compared()
    what = f"{appeal}的复核结论"
    if event is None or not is_decided:
        return Compared(1, 0, (f"{what}：{GONE if event else MISSING}。",))
    changed = event.detail.get("changed", {}).get("result")
    named = [
        event.actor_id == appeal.assessor_id,
        event.detail["appeal"] == appeal.state,
        changed in (None, [appeal.stood, appeal.stands]),
    ]
    return compared_row(what, event, lambda: decision_hash(appeal), named)
