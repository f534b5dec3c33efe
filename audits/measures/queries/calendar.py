"""年历: months in a row, each with its state, findings and measures. Eight queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from audits.measures.domain.measures import days_late, is_overdue, month_due, uncovered
from audits.measures.models import Measure
from audits.measures.queries.effects import measure_facts
from audits.monthly.domain.figures import Share
from audits.monthly.domain.monthly import first_of_month, last_of_month, months_back, previous_month
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.monthly.queries.draw_chain import cancelled_draws_by_month
from audits.monthly.queries.pool import refuted_months
from audits.monthly.queries.results import clauses_of, faults_of
from reports.archive.models import Report
from staff.departments.models import Department

MONTHS = 12


@dataclass(frozen=True)
class MeasureCounts:
    """Measures of a month, cancelled ones left out. `overdue` are among `open`."""

    open: int = 0
    waiting: int = 0
    closed: int = 0
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.open + self.waiting + self.closed


@dataclass(frozen=True)
class YearMonth:
    """One month of the calendar. `state`: future, current, empty (before the first report or after the last),
    none, planned, drawn, closed, no_reports, or refuted (closed as 本月无报告, and reports arrived later).

    `is_late`: not finished after `due_on`. `uncovered`: clauses with problems and no measure (D-04).
    `given_up`: a sentence for each draw of the month that was cancelled.
    """

    month: date
    audit: MonthlyAudit | None
    state: str
    due_on: date
    is_late: bool
    checked: int
    size: int
    faulty: Share
    problems: int
    uncovered: tuple[str, ...]
    measures: MeasureCounts
    given_up: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"

    @property
    def late_days(self) -> int:
        """By how many days the check was finished after its due day; 0 in time, or not finished."""
        return closed_late(self.audit) if self.audit and self.is_finished else 0

    @property
    def is_finished(self) -> bool:
        return self.state in ("closed", "no_reports")

    @property
    def tag(self) -> tuple[str, str]:
        """(kind of tag, label); the label of a late month names both, since colour alone is not enough."""
        words = {
            "future": ("open", "未到"),
            "current": ("open", "本月进行中"),
            "empty": ("open", "无报告"),
            "none": ("due", "未做"),
            "planned": ("due", "待抽样"),
            "drawn": ("info", f"检查中 {self.checked}/{self.size}"),
            "closed": ("due", f"逾期{self.late_days}天完成") if self.late_days else ("pass", "已完成"),
            "no_reports": ("pass", "本月无报告" + (f"，逾期{self.late_days}天" if self.late_days else "")),
            "refuted": ("due", "登记为无报告，现有报告"),
        }
        kind, word = words[self.state]
        if not self.is_late:
            return kind, word
        return "fail", "逾期未做" if self.state == "none" else f"逾期 · {word}"


def calendar_months(today: date, count: int = MONTHS) -> tuple[date, ...]:
    """The running month and the twelve before it, oldest first."""
    return (*months_back(previous_month(today), count), today.replace(day=1))


def year_months(
    department: Department | int,
    months: Sequence[date],
    today: date,
    under_review: Collection[int] = (),
) -> tuple[YearMonth, ...]:
    """The given months (first days), in order. A cancelled check counts as none.

    `under_review`: see `cancelled_draws_by_month`.
    """
    rows = MonthlyAudit.objects.filter(department=department, month__in=months).running()
    audits = {audit.month: audit for audit in rows.without_draw()}
    cases: dict[int, list[MonthlyCase]] = {audit.pk: [] for audit in audits.values()}
    drawn = MonthlyCase.objects.filter(audit__in=list(cases)).only("pk", "audit_id", "verdict")
    for case in drawn.order_by("position"):
        cases[case.audit_id].append(case)
    faults = faults_of(case.pk for found in cases.values() for case in found)
    reported = _reported(department)
    given_up = cancelled_draws_by_month(department, months, under_review)
    refuted = refuted_months(department, audits.values())
    measures = list(Measure.objects.filter(department=department).select_related("audit", "quarter"))
    made = []
    for month in months:
        audit = audits.get(month)
        mine = cases[audit.pk] if audit else []
        found = [clauses_of(faults.get(case.pk, ())) for case in mine if case.verdict]
        clauses = {clause for one in found for clause in one}
        due_on = month_due(month, settings.QC_MONTHLY_DUE_DAY)
        state = "refuted" if month in refuted else _state(audit, month, today, reported)
        made.append(
            YearMonth(
                month=month,
                audit=audit,
                state=state,
                due_on=due_on,
                is_late=state in ("none", "planned", "drawn", "refuted") and due_on < today,
                checked=len(found),
                size=len(mine),
                faulty=Share(sum(1 for one in found if one), len(found)),
                problems=sum(len(faults.get(case.pk, ())) for case in mine),
                uncovered=uncovered(month, clauses, [measure_facts(measure) for measure in measures]),
                measures=_counts((m for m in measures if audit and m.audit_id == audit.pk), today),
                given_up=given_up.get(month, ()),
            )
        )
    return tuple(made)


def closed_late(audit: MonthlyAudit) -> int:
    """By how many days the month was finished after its last day in time; 0 in time or not finished."""
    if audit.closed_at is None:
        return 0
    due_on = month_due(audit.month, settings.QC_MONTHLY_DUE_DAY)
    return days_late(timezone.localdate(audit.closed_at), due_on)


def _reported(department: Department | int) -> tuple[date, date] | None:
    """The months of the first and of the last report; None without a report."""
    reports = Report.objects.filter(department=department, reported_at__isnull=False)
    found = reports.order_by().aggregate(first=Min("reported_at"), last=Max("reported_at"))
    if found["first"] is None:
        return None
    first, last = (timezone.localdate(found[end]) for end in ("first", "last"))
    return first_of_month(first), first_of_month(last)


def _state(audit: MonthlyAudit | None, month: date, today: date, reported: tuple[date, date] | None) -> str:
    if audit is not None:
        return str(audit.status)
    if month > today:
        return "future"
    if last_of_month(month) >= today:
        return "current"
    return "none" if reported and reported[0] <= month <= reported[1] else "empty"


def _counts(measures: Iterable[Measure], today: date) -> MeasureCounts:
    rows = [measure for measure in measures if measure.status != Measure.Status.CANCELLED]
    return MeasureCounts(
        open=sum(1 for one in rows if one.status == Measure.Status.OPEN),
        waiting=sum(1 for one in rows if one.status in (Measure.Status.DONE, Measure.Status.CHECKED)),
        closed=sum(1 for one in rows if one.status == Measure.Status.CLOSED),
        overdue=sum(1 for one in rows if is_overdue(one.status, one.due_on, today)),
    )
