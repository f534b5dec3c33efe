"""Read the facts of section 1 from the database and derive the suggestions.

A fixed number of queries. Which records are in force, complete or overdue is decided by the app that owns
them: here they are only collected.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.utils import timezone

from audits.conferences.models import Conference
from audits.conferences.queries import is_examined_later
from audits.follow_up.domain.follow_up import State
from audits.follow_up.queries import Record, Untaken, records_between, untaken_between
from audits.follow_up.rules import follow_up_rules
from audits.measures.domain.measures import is_overdue, month_due, uncovered
from audits.measures.models import Measure
from audits.measures.queries.effects import measure_facts
from audits.monthly.models import MonthlyAudit, MonthlyFault
from audits.monthly.queries.draw_chain import draws_by_month
from audits.monthly.queries.pool import refuted_months
from audits.sampling.models import Audit, Case
from reports.outcomes.models import Outcome
from scoring.evidence.domain.facts import (
    ConferenceFact,
    DocumentFact,
    Facts,
    FollowUpFact,
    GroupFact,
    MeasureFact,
    MembershipFact,
    MonthFact,
    calendar_months,
)
from scoring.evidence.domain.suggestions import Suggestion, suggest
from scoring.evidence.models import EvidenceDocument
from staff.departments.models import Department
from staff.register.domain.groups import RANKS, rank_of
from staff.register.models import GroupMembership, SubspecialtyGroup
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
    found = load_edition(edition)
    cases = audit.cases.filter(state=Case.State.ACTIVE, report__outcomes__match__in=Outcome.MATCHED)
    facts = facts_between(
        audit.department,
        audit.window_start,
        audit.window_end,
        level=level,  # type: ignore[arg-type]  # the column's choices are the same
        on=on,
        register=documents,
    )
    supplied = cases.values("report").distinct().count()
    facts = replace(facts, followed_up=supplied, sample_size=found.sheet.sample_size)
    return suggest(facts, found)


def facts_between(
    department: Department,
    first: date,
    last: date,
    *,
    level: HospitalLevel,
    on: date,
    register: Sequence[EvidenceDocument] | None = None,
) -> Facts:
    """Documents and records of the period; `on` is the day on which something is overdue or not."""
    return Facts(
        first,
        last,
        level,
        documents=tuple(map(_document, registered(department) if register is None else register)),
        months=_months(department, first, last, on),
        follow_ups=(
            *(_follow_up(one) for one in records_between(department, first, last, on=on)),
            *(_untaken(one) for one in untaken_between(department, first, last, on=on)),
        ),
        conferences=tuple(_conferences(department, first, last)),
        groups=tuple(_groups(department)),
        on=on,
    )


def registered(department: Department) -> Sequence[EvidenceDocument]:
    """The documents of the register that were not withdrawn, with what their days and uses are read from."""
    rows = EvidenceDocument.objects.filter(department=department).not_withdrawn()
    found = rows.select_related("owner", "created_by").prefetch_related("uses", "successors")
    return list(found.order_by("valid_from", "pk"))


def _document(row: EvidenceDocument) -> DocumentFact:
    period = row.conference_period or None
    return DocumentFact(
        row.pk,
        row.title,
        row.version_label,
        row.kinds,
        row.validity,
        has_file=bool(row.file),
        conference_period=period,  # type: ignore[arg-type]  # the column's choices are the same
    )


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
    draws, refuted = draws_by_month(department, wanted), refuted_months(department, months)
    return tuple(
        MonthFact(
            id=month.pk,
            month=month.month,
            due_on=month_due(month.month, settings.QC_MONTHLY_DUE_DAY),
            done_on=_closed_on(month) if month.month not in refuted else None,
            state_zh=month.get_status_display() + ("，后有报告" if month.month in refuted else ""),
            problems=tuple(sorted(problems[month.pk])),
            without_measure=uncovered(month.month, problems[month.pk], facts),
            measures=tuple(_measure(found, on) for found in measures if _is_of(found, month)),
            who=str(month.closed_by or ""),
            given_up=draws.get(month.month, ()),
            has_reports=month.status != MonthlyAudit.Status.NO_REPORTS,
        )
        for month in months
    )


def _closed_on(month: MonthlyAudit) -> date | None:
    is_closed = month.is_finished and month.closed_at is not None
    return timezone.localdate(month.closed_at) if is_closed else None


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
        is_due=one.is_due,
    )


def _untaken(one: Untaken) -> FollowUpFact:
    if one.excluded_zh:
        state, says = "excluded", f"有{one.shown_zh}结局，不纳入随访：{one.excluded_zh}"
    else:
        late = one.status.state is State.INCOMPLETE
        term = f"期限 {one.status.due_on}{'，已逾期' if late else ''}"
        state, says = one.status.state.value, f"有{one.shown_zh}结局，未纳入随访（{term}）"
    return FollowUpFact(
        id=0,
        accession_number=one.accession_number,
        on=one.examined_on,
        state=state,  # type: ignore[arg-type]  # the codes of the two are the same
        begun=False,
        says=says,
        is_taken=False,
    )


def _conferences(department: Department, first: date, last: date) -> Iterable[ConferenceFact]:
    rows = Conference.objects.filter(department=department).held_between(first, last)
    for found in rows.prefetch_related("cases__report").order_by("held_on", "pk"):
        cases, title = list(found.cases.all()), f"{found.get_kind_display()}：{found.title}"
        for case in cases:
            title = case.report.masked(title)
        unfit = sum(is_examined_later(case.report, found.held_on) for case in cases)
        yield ConferenceFact(found.pk, found.held_on, title, len(cases) - unfit, found.chair, unfit)


def _groups(department: Department) -> Iterable[GroupFact]:
    """Every group there was, with everybody who was ever in it."""
    placed: dict[int, list[MembershipFact]] = defaultdict(list)
    for one in GroupMembership.objects.filter(group__department=department).for_list():
        rank = rank_of(one.member.kind, one.title)
        placed[one.group_id].append(
            MembershipFact(
                one.member_id,
                str(one.member),
                RANKS[rank] if rank else "",
                list(RANKS).index(rank) if rank else len(RANKS),
                one.is_lead,
                one.since_on,
                one.until_on,
            )
        )
    for group in SubspecialtyGroup.objects.filter(department=department):
        yield GroupFact(group.pk, group.name, tuple(placed[group.pk]), group.dissolved_on is not None)
