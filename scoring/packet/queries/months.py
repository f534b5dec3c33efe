"""月度质控与改进措施 as a packet prints them: every calendar month the window touches, and its measures."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils import timezone

from audits.measures.domain.measures import is_overdue
from audits.measures.models import Measure
from audits.measures.queries.calendar import YearMonth, year_months
from audits.measures.queries.effects import measure_facts, months_of
from audits.monthly.domain.figures import clause_counts
from audits.monthly.domain.monthly import first_of_month, last_of_month
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from audits.monthly.queries.results import faults_of
from audits.sampling.models import Audit
from scoring.content import parts
from scoring.evidence.domain.facts import calendar_months
from scoring.packet.queries.cases import Mask, Masks
from scoring.packet.queries.month_reports import DrawFile, draw_files, drawn_cases, month_reports, title_of
from scoring.sheets.queries.stamps import stamp
from staff.accounts.models import User
from standards.edition import Edition

LISTED = 200  # more would bury the packet; those left out are counted
_CHECKED = (MonthlyAudit.Status.DRAWN, MonthlyAudit.Status.CLOSED)
_NONE = "抽样窗口内没有做过月度质控。"
_SMALL = "每月抽查份数少，各月的高低不代表趋势；效果核对附区间，区间含0时不作结论。"


def month_part(audit: Audit, edition: Edition, masks: Masks, *, on: date) -> parts.Monthly:
    """A fixed number of queries. `on`: the day on which a measure is overdue or not."""
    months = tuple(calendar_months(audit.window_start, audit.window_end))
    year = year_months(audit.department_id, months, on)
    cases = drawn_cases([month.audit.pk for month in year if month.audit])
    faults = faults_of(case.pk for found in cases.values() for case in found)
    all_masks = _with_patients(masks, cases.values())
    files = draw_files(m.audit for m in year if m.audit and m.audit.status in _CHECKED)
    people = _people(month.audit for month in year)
    measures = _measures(audit, months)
    return parts.Monthly(
        on=str(on),
        months=tuple(
            _month(
                month,
                _found(month, cases, faults),
                month_reports(_of(month, cases), faults, edition, all_masks),
                edition,
                all_masks,
                people,
                files.get(month.audit.pk) if month.audit else None,
            )
            for month in year
        ),
        measures=tuple(_measure(found, all_masks, on) for found in measures[:LISTED]),
        measures_left_out=max(0, len(measures) - LISTED),
        notes=(_SMALL if any(month.audit for month in year) else _NONE,),
    )


def _people(audits: Iterable[MonthlyAudit | None]) -> dict[int, User]:
    """Who drew and who finished the months."""
    asked = {pk for found in audits if found for pk in (found.closed_by_id, found.drawn_by_id) if pk}
    return User.objects.in_bulk(asked)


def _with_patients(masks: Masks, cases: Iterable[Sequence[MonthlyCase]]) -> Masks:
    """Masks including the months' patients, whom summaries and measures may name."""
    reports = (case.report for found in cases for case in found)
    return Masks(masks.masks + tuple(Mask(r.patient_name or "", r.patient_id or "") for r in reports))


def _found(
    month: YearMonth,
    cases: Mapping[int, Sequence[MonthlyCase]],
    faults: Mapping[int, Sequence[MonthlyFault]],
) -> list[list[str]]:
    """The clauses of each checked report's faults."""
    mine = [case for case in _of(month, cases) if case.verdict]
    return [[fault.clause for fault in faults.get(case.pk, ())] for case in mine]


def _of(month: YearMonth, cases: Mapping[int, Sequence[MonthlyCase]]) -> Sequence[MonthlyCase]:
    return cases.get(month.audit.pk, ()) if month.audit else ()


def _month(
    month: YearMonth,
    found: Sequence[Sequence[str]],
    reports: tuple[parts.MonthReport, ...],
    edition: Edition,
    masks: Masks,
    people: Mapping[int, User],
    file: DrawFile | None,
) -> parts.MonthLine:
    audit = month.audit
    drawn = audit if audit and audit.status in _CHECKED else None
    return parts.MonthLine(
        month=f"{month.month:%Y-%m}",
        label=month.label,
        state=month.state,
        state_zh=month.tag[1],
        due_on=str(month.due_on),
        pool_size=drawn.pool_size if drawn else None,
        size=month.size if drawn else None,
        checked=month.checked if drawn else None,
        faulty=month.faulty.part if drawn else None,
        problems=month.problems if drawn else None,
        clauses=tuple(
            parts.MonthClause(line.clause, title_of(edition, line.clause), line.reports, line.faults)
            for line in clause_counts(found)
        ),
        without_measure=month.uncovered,
        seed=drawn.seed if drawn else "",
        list_hash=drawn.pool_hash if drawn else "",
        summary=masks.text(audit.summary) if audit else "",
        closed_by=str(people.get(audit.closed_by_id or 0, "")) if audit else "",
        closed_at=stamp(audit.closed_at) if audit else "",
        drawn_by=str(people.get(drawn.drawn_by_id or 0, "命令行")) if drawn else "",
        drawn_at=stamp(drawn.drawn_at) if drawn else "",
        draw_file=file.name if file else "",
        draw_sha256=file.sha256 if file else "",
        draw_size=file.size if file else 0,
        reports=reports if drawn else (),
    )


def _measures(audit: Audit, months: Sequence[date]) -> list[Measure]:
    """Those of the window's months and of this quarter, and earlier ones still carried out in it."""
    rows = Measure.objects.filter(department=audit.department_id).select_related(
        "audit", "quarter", "owner", "owner_user", "checked_by", "closed_by"
    )
    light = rows.defer(
        "audit__pool_list", "audit__draw", "quarter__pool_list", "quarter__ledger", "quarter__draw"
    )
    return [found for found in light.order_by("due_on", "pk") if _belongs(found, audit, months)]


def _belongs(measure: Measure, audit: Audit, months: Sequence[date]) -> bool:
    if measure.audit_id is None and measure.quarter_id == audit.pk:
        return True
    first, last = months_of(measure)
    if measure.audit is not None and first in months:
        return True
    facts = measure_facts(measure)
    runs_on = not facts.cancelled and (facts.done_on is None or facts.done_on >= audit.window_start)
    return last < first_of_month(audit.window_start) and runs_on and _was_set(measure, audit)


def _was_set(measure: Measure, audit: Audit) -> bool:
    return timezone.localdate(measure.created_at) <= last_of_month(audit.window_end)


def _measure(found: Measure, masks: Masks, on: date) -> parts.MeasureLine:
    return parts.MeasureLine(
        number=found.pk,
        source=str(found.audit) if found.audit else str(found.quarter.label if found.quarter else ""),
        clauses=tuple(found.clauses),
        problem=masks.text(found.problem),
        action=masks.text(found.action),
        owner=found.owner_name,
        due_on=str(found.due_on),
        state=found.status,
        state_zh=found.get_status_display() + ("（补录）" if found.is_backfilled else ""),
        overdue=is_overdue(found.status, found.due_on, on),
        done_on=str(found.done_on or ""),
        effect=str(Measure.Effect(found.effect).label),
        effect_facts=found.effect_facts.get("sentence", ""),
        checked_by=str(found.checked_by or ""),
        closed_by=str(found.closed_by or ""),
        closed_at=stamp(found.closed_at),
    )
