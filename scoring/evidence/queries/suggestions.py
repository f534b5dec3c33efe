"""Read the facts of section 1 from the database and derive the suggestions.

A fixed number of queries. Which records are in force, complete or overdue is decided by the app that owns
them: here they are only collected.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from audits.conferences.models import Conference
from audits.follow_up.queries import Record, records_between
from audits.follow_up.rules import follow_up_rules
from audits.measures.domain.measures import is_overdue, uncovered
from audits.measures.models import Measure
from audits.measures.queries.effects import measure_facts
from audits.monthly.models import MonthlyAudit, MonthlyFault
from audits.monthly.queries.draw_chain import draws_by_month
from audits.sampling.models import Audit, Case
from scoring.evidence.domain.facts import (
    ConferenceFact,
    DocumentFact,
    Facts,
    FollowUpFact,
    GroupFact,
    MeasureFact,
    MonthFact,
    calendar_months,
)
from scoring.evidence.domain.suggestions import Suggestion, suggest
from scoring.evidence.models import EvidenceDocument
from staff.departments.models import Department
from staff.register.domain.groups import RANKS, Placed, group_staffing
from staff.register.models import SubspecialtyGroup
from staff.register.queries.deadlines import current_members
from standards.loader import load_edition
from standards.scoresheet import HospitalLevel


def suggestions_of(
    audit: Audit,
    level: str,
    edition: str,
    *,
    on: date,
    documents: Sequence[EvidenceDocument] | None = None,
) -> Mapping[str, Suggestion]:
    """What the records suggest for each row of section 1 of an audit's sheet, whether it has one or not.

    `on`: the day on which something is overdue; `documents`: the register, where it was read already.
    """
    facts = facts_between(
        audit.department,
        audit.window_start,
        audit.window_end,
        level=level,  # type: ignore[arg-type]  # the column's choices are the same
        on=on,
        followed_up=audit.cases.filter(state=Case.State.ACTIVE).count(),
        register=documents,
    )
    return suggest(facts, load_edition(edition))


def facts_between(
    department: Department,
    first: date,
    last: date,
    *,
    level: HospitalLevel,
    on: date,
    followed_up: int = 0,
    register: Sequence[EvidenceDocument] | None = None,
) -> Facts:
    """Documents and records of the period; `on` is the day on which something is overdue or not."""
    return Facts(
        first,
        last,
        level,
        documents=tuple(map(_document, registered(department) if register is None else register)),
        months=_months(department, first, last, on),
        follow_ups=tuple(_follow_up(one) for one in records_between(department, first, last, on=on)),
        conferences=tuple(_conferences(department, first, last)),
        groups=tuple(_groups(department)),
        followed_up=followed_up,
    )


def registered(department: Department) -> Sequence[EvidenceDocument]:
    """The documents of the register that were not withdrawn, with what their days and uses are read from."""
    rows = EvidenceDocument.objects.filter(department=department).not_withdrawn()
    found = rows.select_related("owner", "created_by").prefetch_related("uses", "successors")
    return list(found.order_by("valid_from", "pk"))


def _document(row: EvidenceDocument) -> DocumentFact:
    return DocumentFact(row.pk, row.title, row.version_label, row.kinds, row.validity)


def _months(department: Department, first: date, last: date, on: date) -> tuple[MonthFact, ...]:
    wanted = list(calendar_months(first, last))
    rows = MonthlyAudit.objects.filter(department=department).running().between(wanted[0], wanted[-1])
    months = list(rows.select_related("closed_by", "repeat_by").defer("pool_list", "draw").order_by("month"))
    problems: dict[int, set[str]] = defaultdict(set)
    ruled = MonthlyFault.objects.filter(case__audit__in=[month.pk for month in months])
    faults = ruled.exclude(appealed__struck=True)  # the appeal's ruling is the last word
    for audit, clause in faults.order_by().values_list("case__audit_id", "clause").distinct():
        problems[audit].add(clause)
    of_department = Measure.objects.filter(department=department)
    measures = list(of_department.select_related("audit", "quarter", "owner", "owner_user"))
    facts = [measure_facts(measure) for measure in measures]
    draws = draws_by_month(department, wanted)
    return tuple(
        MonthFact(
            id=month.pk,
            month=month.month,
            is_done=month.status == MonthlyAudit.Status.CLOSED,
            state_zh=month.get_status_display(),
            problems=tuple(sorted(problems[month.pk])),
            without_measure=uncovered(month.month, problems[month.pk], facts),
            measures=tuple(_measure(found, on) for found in measures if _is_of(found, month)),
            who=str(month.closed_by or ""),
            given_up=draws.get(month.month, ()),
        )
        for month in months
    )


def _is_of(measure: Measure, month: MonthlyAudit) -> bool:
    return measure.audit_id == month.pk and measure.status != Measure.Status.CANCELLED


def _measure(found: Measure, on: date) -> MeasureFact:
    overdue = is_overdue(found.status, found.due_on, on)
    state = found.get_status_display() + ("，已逾期" if overdue else "")
    clauses = tuple(found.clauses)
    return MeasureFact(found.pk, str(found), clauses, found.due_on, state, overdue, found.owner_name)


def _follow_up(one: Record) -> FollowUpFact:
    status = one.status
    says = "".join(status.sentences) or f"{one.kind_zh}，{one.judgement_zh}，反馈已签收"
    return FollowUpFact(
        id=one.pk,
        accession_number=one.accession_number,
        on=one.examined_on or date.min,
        state=status.state.value,  # type: ignore[arg-type]  # the codes of the two are the same
        begun=len(status.missing) < len(follow_up_rules().parts),
        says=says,
    )


def _conferences(department: Department, first: date, last: date) -> Iterable[ConferenceFact]:
    rows = Conference.objects.filter(department=department).held_between(first, last)
    for found in rows.prefetch_related("cases__report").order_by("held_on", "pk"):
        cases, title = list(found.cases.all()), f"{found.get_kind_display()}：{found.title}"
        for case in cases:
            title = case.report.masked(title)
        yield ConferenceFact(found.pk, found.held_on, title, len(cases), found.chair)


def _groups(department: Department) -> Iterable[GroupFact]:
    placed: dict[int | None, list[Placed]] = defaultdict(list)
    for one in current_members(department):
        placed[one.group_id].append(Placed(one.pk, one.full_name, one.staff_number, one.kind, one.title))
    for group in SubspecialtyGroup.objects.filter(department=department).select_related("lead"):
        lead = str(group.lead or "")
        staffing = group_staffing(placed[group.pk], lead=lead)
        ladder = "、".join(f"{RANKS[rank]}{len(people)}人" for rank, people in staffing.members if people)
        yield GroupFact(group.pk, group.name, lead, staffing.size, ladder)


def snapshot(found: Suggestion) -> dict[str, Any]:
    """The suggestion as stored with the decision: plain JSON values."""
    return {
        "state": found.state,
        "sentence": found.sentence,
        "missing": list(found.missing),
        "notes": list(found.notes),
        "readings": list(found.readings),
        "rests_on": [
            {
                "source": record.source,
                "id": record.id,
                "kind": record.kind,
                "title": record.title,
                "on": str(record.on or ""),
                "says": record.says,
                "counts": record.counts,
            }
            for record in found.records
        ],
    }
