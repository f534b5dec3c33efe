"""The demonstration's monthly checks and measures, made by the actions the pages use."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audits.judging.actions.rulings import FaultInput
from audits.judging.forms import clause_groups
from audits.measures.actions import (
    MeasureInput,
    change_measure,
    check_effect,
    close_measure,
    finish_measure,
    note_measure,
    reopen_measure,
    set_measure,
)
from audits.measures.models import Measure
from audits.measures.queries.calendar import year_months
from audits.measures.queries.effects import effect_now
from audits.monthly.actions.checking import check_case
from audits.monthly.actions.months import assign_month, close_month, draw_month, open_month
from audits.monthly.domain.figures import Trend
from audits.monthly.domain.monthly import last_of_month
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.monthly.page import clause_title, suggested_summary
from audits.monthly.queries.results import month_result
from demo.content import DemoDepartment, DemoReport
from demo.content.days import months_before, twelve_months
from demo.content.exports import report_csv
from demo.content.measures import (
    CHECKED_OF_NEWEST,
    CLOSE_WORDS,
    DAYS_TILL_CLOSED,
    DAYS_TILL_DONE,
    DAYS_TO_DO,
    EFFECT_WORDS,
    HANDED_OVER,
    REOPEN_WORDS,
    measure_texts,
    note_text,
    summary_addition,
)
from demo.content.values import DemoQuarter
from demo.steps.quarters import Cast, import_export
from reports.findings.queries.frozen import findings_of_version
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member
from standards.loader import load_edition


def import_earlier(demo: DemoDepartment, department: Department, by: User) -> None:
    """The reports of the months before the first quarter; nothing where there are none."""
    if demo.earlier:
        name = f"检查报告_{twelve_months(demo.today)[0]}.csv"
        import_export(department, "reports", SimpleUploadedFile(name, report_csv(demo.earlier)), by)


def check_earlier(demo: DemoDepartment, department: Department, cast: Cast) -> None:
    """The months before the first quarter, checked and with their measures."""
    for month in months_before(demo.today, demo.quarters[0].window_start):
        _set(demo, _check(demo, month, department, cast), cast)


def check_quarter(demo: DemoDepartment, quarter: DemoQuarter, department: Department, cast: Cast) -> None:
    """Create the monthly audits of the quarter. In the failed quarter no measures are created."""
    if quarter.passes is False:
        for measure in _measures(department):
            _do(demo, measure, cast)
    for month in _months_of(demo, quarter):
        audit = _check(demo, month, department, cast)
        if quarter.passes is not False:
            _set(demo, audit, cast)


def improve(demo: DemoDepartment, department: Department, cast: Cast) -> None:
    """What became of the measures, once all months are there; those of the failed quarter among them."""
    lacking = _catch_up(demo, department, cast)
    *earlier, last = _measures(department)
    _hand_over(demo, last, cast)
    for measure in earlier:
        _do(demo, measure, cast)
    for place, measure in enumerate(reversed(earlier)):
        came_back = place == 1 and measure.audit is not None and measure.audit.month > lacking
        _carry_on(measure, cast, waits=place == 0, came_back=came_back)


def _catch_up(demo: DemoDepartment, department: Department, cast: Cast) -> date:
    """Set the missing measures of the failed quarter, except for its first such month, which is returned.

    A measure set for a month before it would cover it as well, so only later months get theirs.
    """
    failed = next(quarter for quarter in demo.quarters if quarter.passes is False)
    months = _months_of(demo, failed)
    lacking = [one.month for one in year_months(department, months, demo.today) if one.uncovered]
    first = lacking[0] if lacking else failed.window_end
    later = MonthlyAudit.objects.filter(department=department, month__in=months, month__gt=first)
    for audit in later.order_by("month"):
        _set(demo, audit, cast)
    return first


def _measures(department: Department) -> list[Measure]:
    rows = Measure.objects.filter(department=department).select_related("audit", "owner__user", "owner_user")
    return list(rows.order_by("audit__month", "pk"))


def _months_of(demo: DemoDepartment, quarter: DemoQuarter) -> list[date]:
    months = twelve_months(demo.today)
    return [month for month in months if quarter.window_start <= month <= quarter.window_end]


def _check(demo: DemoDepartment, month: date, department: Department, cast: Cast) -> MonthlyAudit:
    """Draw and check the month; the newest is left half-way, shared with an assessor."""
    audit = open_month(
        department=department, month=month, by=cast.officer, secret=demo.secret(f"{month:%Y-%m}")
    )
    newest = month == twelve_months(demo.today)[-1]
    closed_at = None if newest else _closed_at(month)
    audit = draw_month(audit, version=audit.version, by=cast.officer, at=_before(closed_at, days=2))
    if newest:
        people = [cast.officer, *cast.assessors[:1]]
        audit, _ = assign_month(audit, assessors=people, version=audit.version, by=cast.officer)
    made = {report.accession_number: report for report in (*demo.earlier, *demo.reports)}
    cases = audit.cases.select_related("audit", "report__department", "revision", "assessor")
    for case in cases.order_by("position")[: CHECKED_OF_NEWEST if newest else None]:
        _rule(case, made[case.report.accession_number], at=_before(closed_at, days=1))
    audit.refresh_from_db()
    if newest:
        return audit
    MonthlyAudit.objects.filter(pk=audit.pk).update(created_at=_before(closed_at, days=3))
    result = month_result(audit)
    summary = suggested_summary(result) + summary_addition(result.problems)
    audit = close_month(audit, summary=summary, version=audit.version, by=cast.officer, at=closed_at)
    audit.refresh_from_db()
    return audit


def _closed_at(month: date) -> datetime:
    """A while after the end of the month: the demonstration makes all of them today."""
    closed_on = last_of_month(month) + timedelta(days=DAYS_TILL_CLOSED)
    return min(timezone.make_aware(datetime.combine(closed_on, time(16, 30))), timezone.now())


def _before(moment: datetime | None, *, days: int) -> datetime | None:
    return moment - timedelta(days=days) if moment else None


def _rule(case: MonthlyCase, made: DemoReport, at: datetime | None) -> None:
    """The faults that were put into the report, and the violations the text checks state."""
    assert case.assessor is not None, "the officer took part in no report"
    faults = [FaultInput(f.clause, f.reason, f.field, excerpt=f.excerpt) for f in made.description_faults]
    faults += _stated(case, {fault.clause for fault in made.description_faults})
    verdict = MonthlyCase.Verdict.FAULTY if faults else MonthlyCase.Verdict.CLEAN
    check_case(case, verdict=verdict, faults=faults, version=case.version, by=case.assessor, at=at)


def _stated(case: MonthlyCase, known: set[str]) -> Iterable[FaultInput]:
    edition = load_edition(case.audit.edition)
    citable = {clause.number for _, clauses in clause_groups(edition) for clause in clauses} - known
    for finding in findings_of_version(case.report, case.revision):
        if finding.severity == "violation" and finding.clause in citable and finding.start < finding.end:
            citable.discard(finding.clause)
            yield FaultInput(
                finding.clause, finding.message, finding.field, start=finding.start, end=finding.end
            )


def _set(demo: DemoDepartment, audit: MonthlyAudit, cast: Cast) -> None:
    """One measure for what a finished month found, if it found anything."""
    result = month_result(audit)
    if audit.status != MonthlyAudit.Status.CLOSED or not result.problems:
        return
    edition = load_edition(audit.edition)
    clauses = [line.count.clause for line in result.clauses]
    titles = [(number, clause_title(edition, number)) for number in clauses]
    words = measure_texts(audit.label, titles, result.faulty.part, result.faulty.whole)
    owner = _owner(demo, audit, cast)
    given = MeasureInput(
        clauses=clauses,
        problem=words.problem,
        action=words.action,
        due_on=timezone.localdate() + timedelta(days=DAYS_TO_DO),
        owner=owner if isinstance(owner, Member) else None,
        owner_user=owner if isinstance(owner, User) else None,
    )
    measure = set_measure(source=audit, given=given, by=cast.officer)
    # The demonstration's months are checked in one go today; its measures were set when they were due.
    measure.set_on = min(last_of_month(audit.month) + timedelta(days=1), demo.today)
    measure.due_on = last_of_month(audit.month) + timedelta(days=DAYS_TO_DO)
    measure.save(update_fields=["set_on", "due_on"])


def _owner(demo: DemoDepartment, audit: MonthlyAudit, cast: Cast) -> Member | User:
    """The physicians in turn, and once the officer, who is not in the register."""
    place = twelve_months(demo.today).index(audit.month)
    people = _physicians(audit.department)
    return cast.officer if place == 2 else people[place % len(people)]


def _physicians(department: Department) -> list[Member]:
    members = Member.objects.filter(department=department, kind=Member.Kind.PHYSICIAN).active()
    return list(members.select_related("user").order_by("staff_number"))


def _do(demo: DemoDepartment, measure: Measure, cast: Cast) -> None:
    """Carried out within the month after, by the owner where they have an account."""
    if measure.status != Measure.Status.OPEN:
        return
    assert measure.audit is not None
    doer, words = measure.owner_user or cast.officer, note_text(measure.audit.month.month)
    done_on = min(last_of_month(measure.audit.month) + timedelta(days=DAYS_TILL_DONE), demo.today)
    finish_measure(measure, text=words, done_on=done_on, version=measure.version, by=doer)


def _hand_over(demo: DemoDepartment, measure: Measure, cast: Cast) -> None:
    """Hand the last measure over to the demonstration's radiologist; it remains open."""
    own = next(one for one in _physicians(measure.department) if one.full_name == demo.member)
    given = MeasureInput(
        clauses=measure.clauses,
        problem=measure.problem,
        action=measure.action,
        due_on=measure.due_on,
        owner=own,
    )
    measure = change_measure(
        measure, given=given, reason=HANDED_OVER, version=measure.version, by=cast.officer
    )
    note_measure(measure, text=note_text(0), version=measure.version, by=own.user or cast.officer)


def _carry_on(measure: Measure, cast: Cast, *, waits: bool, came_back: bool) -> None:
    """Check the effect by the later months; then close, reopen (`came_back`) or leave it (`waits`)."""
    measure.refresh_from_db()
    found = effect_now(measure)
    if not found.has_after:
        return
    effect = "effective" if found.comparison.trend is Trend.FEWER else "unclear"
    effect = "ineffective" if came_back else effect
    measure = check_effect(
        measure, effect=effect, text=EFFECT_WORDS[effect], version=measure.version, by=cast.officer
    )
    if came_back:
        due_on = timezone.localdate() + timedelta(days=20)
        reopen_measure(measure, reason=REOPEN_WORDS, due_on=due_on, version=measure.version, by=cast.head)
    elif not waits:
        close_measure(measure, text=CLOSE_WORDS, version=measure.version, by=cast.head)
