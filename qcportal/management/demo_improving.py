"""The demonstration's monthly checks and measures, made by the actions the pages use."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audits.actions.judging import FaultInput
from audits.actions.measures import (
    MeasureInput,
    check_effect,
    close_measure,
    finish_measure,
    note_measure,
    reopen_measure,
    set_measure,
)
from audits.actions.monthly import assign_month, close_month, draw_month, open_month
from audits.actions.monthly_checking import check_case
from audits.domain.monthly import last_of_month
from audits.domain.monthly_figures import Trend
from audits.judging_forms import clause_groups
from audits.models import Measure, MonthlyAudit, MonthlyCase
from audits.monthly_contexts import clause_title, suggested_summary
from audits.monthly_results import MonthResult, effect_now, month_result
from qcportal.demo import DemoDepartment, DemoReport
from qcportal.demo.days import months_before, twelve_months
from qcportal.demo.exports import report_csv
from qcportal.demo.improving import (
    CHECKED_OF_NEWEST,
    CLOSE_WORDS,
    DAYS_TILL_DONE,
    DAYS_TO_DO,
    EFFECT_WORDS,
    FATES,
    REOPEN_WORDS,
    measure_words,
    note_words,
    summary_addition,
)
from qcportal.demo.values import DemoQuarter
from qcportal.management.demo_quarters import Cast, import_export
from reports.frozen_findings import findings_of_version
from staff.models import Department, Member, User
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
    """The quarter's months that are over. Where it fails, nobody set measures at the time."""
    for month in _months_of(demo, quarter):
        audit = _check(demo, month, department, cast)
        if quarter.passes is not False:
            _set(demo, audit, cast)


def improve(demo: DemoDepartment, department: Department, cast: Cast) -> None:
    """What became of the measures, once all months are there; those of the failed quarter among them."""
    for quarter in demo.quarters:
        if quarter.passes is False:
            for month in _months_of(demo, quarter):
                _set(demo, MonthlyAudit.objects.get(department=department, month=month), cast)
    measures = Measure.objects.filter(department=department).select_related("audit", "owner", "owner_user")
    for measure in measures.order_by("audit__month", "pk"):
        _carry_on(demo, measure, cast)


def _months_of(demo: DemoDepartment, quarter: DemoQuarter) -> list[date]:
    months = twelve_months(demo.today)
    return [month for month in months if quarter.window_start <= month <= quarter.window_end]


def _check(demo: DemoDepartment, month: date, department: Department, cast: Cast) -> MonthlyAudit:
    """Draw and check the month; the newest is left half-way, shared with an assessor."""
    audit = open_month(
        department=department,
        month=month,
        by=cast.officer,
        seed=f"{demo.seed}-{department.pk}-{month:%Y-%m}",
    )
    audit = draw_month(audit, version=audit.version, by=cast.officer)
    newest = month == twelve_months(demo.today)[-1]
    if newest:
        people = [cast.officer, *cast.assessors[:1]]
        audit, _ = assign_month(audit, assessors=people, version=audit.version, by=cast.officer)
    made = {report.accession_number: report for report in (*demo.earlier, *demo.reports)}
    cases = audit.cases.select_related("audit", "report__department", "revision", "assessor")
    for case in cases.order_by("position")[: CHECKED_OF_NEWEST if newest else None]:
        _rule(case, made[case.report.accession_number])
    audit.refresh_from_db()
    if newest:
        return audit
    result = month_result(audit)
    summary = suggested_summary(result) + summary_addition(result.problems)
    return close_month(audit, summary=summary, version=audit.version, by=cast.officer)


def _rule(case: MonthlyCase, made: DemoReport) -> None:
    """The faults that were put into the report, and the violations the text checks state."""
    assert case.assessor is not None, "the officer took part in no report"
    faults = [FaultInput(f.clause, f.reason, f.field, excerpt=f.excerpt) for f in made.description_faults]
    faults += _stated(case, {fault.clause for fault in made.description_faults})
    verdict = MonthlyCase.Verdict.FAULTY if faults else MonthlyCase.Verdict.CLEAN
    check_case(case, verdict=verdict, faults=faults, version=case.version, by=case.assessor)


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
    """One measure for what the month found, unless the story has none for it."""
    if _fate(demo, audit) == "none" or audit.status != MonthlyAudit.Status.CLOSED:
        return
    result = month_result(audit)
    if not result.problems:
        return
    words = measure_words(audit.label, _titles(result), result.faulty.part, result.faulty.whole)
    end = last_of_month(audit.month)
    due_on = end + timedelta(days=DAYS_TO_DO)
    if _fate(demo, audit) == "running":
        due_on = max(due_on, demo.today + timedelta(days=12))
    if _fate(demo, audit) == "overdue":
        due_on = max(end + timedelta(days=1), min(due_on, demo.today - timedelta(days=4)))
    owner = _owner(demo, audit, cast)
    given = MeasureInput(
        clauses=[line.count.clause for line in result.clauses],
        problem=words.problem,
        action=words.action,
        due_on=due_on,
        owner=owner if isinstance(owner, Member) else None,
        owner_user=owner if isinstance(owner, User) else None,
    )
    measure = set_measure(source=audit, given=given, by=cast.officer)
    _do(demo, measure, _fate(demo, audit), cast)


def _titles(result: MonthResult) -> list[tuple[str, str]]:
    edition = load_edition(result.audit.edition)
    return [(line.count.clause, clause_title(edition, line.count.clause)) for line in result.clauses]


def _fate(demo: DemoDepartment, audit: MonthlyAudit) -> str:
    return FATES[twelve_months(demo.today).index(audit.month)]


def _owner(demo: DemoDepartment, audit: MonthlyAudit, cast: Cast) -> Member | User:
    """The heads of the groups in turn, the demonstration's own radiologist among them, once the officer."""
    place = twelve_months(demo.today).index(audit.month)
    if place == 2:
        return cast.officer
    members = Member.objects.filter(department=audit.department_id, kind=Member.Kind.PHYSICIAN).active()
    people: Sequence[Member] = list(members.select_related("user").order_by("staff_number"))
    own = next(member for member in people if member.full_name == demo.member)
    return own if place in (6, 9) else people[place % len(people)]


def _do(demo: DemoDepartment, measure: Measure, fate: str, cast: Cast) -> None:
    """Carried out within the month after, by the owner where they have an account."""
    assert measure.audit is not None
    doer, words = measure.owner_user or cast.officer, note_words(measure.audit.month.month)
    if fate == "running":
        note_measure(measure, text=words, version=measure.version, by=doer)
    elif fate != "overdue":
        done_on = min(last_of_month(measure.audit.month) + timedelta(days=DAYS_TILL_DONE), demo.today)
        finish_measure(measure, text=words, done_on=done_on, version=measure.version, by=doer)


def _carry_on(demo: DemoDepartment, measure: Measure, cast: Cast) -> None:
    """Bring a measure that is carried out as far as its month's story says."""
    assert measure.audit is not None
    fate = _fate(demo, measure.audit)
    found = effect_now(measure)
    if measure.status != Measure.Status.DONE or fate == "done" or not found.has_after:
        return
    effect = "effective" if found.comparison.trend is Trend.FEWER else "unclear"
    effect = "ineffective" if fate == "reopened" else effect
    measure = check_effect(
        measure, effect=effect, text=EFFECT_WORDS[effect], version=measure.version, by=cast.officer
    )
    if fate == "reopened":
        due_on = timezone.localdate() + timedelta(days=20)
        reopen_measure(measure, reason=REOPEN_WORDS, due_on=due_on, version=measure.version, by=cast.head)
    elif fate != "checked":
        close_measure(measure, text=CLOSE_WORDS, version=measure.version, by=cast.head)
