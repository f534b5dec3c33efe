"""The monthly check and the measures on the home page and in the line at the head of every page."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.monthly.actions.months import assign_month
from qcportal.home.tasks.measures import measure_tasks
from qcportal.home.tasks.task import Task
from qcportal.links import link
from qcportal.status_line import QuarterStatusLine, quarter_status_line
from staff.accounts.models import User
from tests.audits.factories import planned_audit
from tests.audits.monthly.factories import (
    cases_of,
    checked_measure,
    closed_month,
    done_measure,
    drawn_month,
    open_measure,
    reports_of,
)
from tests.factories import make_report
from tests.markup import unwrapped

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def tasks(department):
    """tasks(user, today) -> (word, text) of what the year asks of that user."""

    def _tasks(user, today=TODAY):
        return [(task.word, task.text) for task in measure_tasks(user, department, today)]

    return _tasks


def test_month_whose_turn_it_is_waits_for_who_runs_it(department, officer, head, tasks):
    reports_of(department, OCTOBER)
    today = date(2026, 11, 10)
    assert tasks(officer, today) == [("待办", "2026年10月月度质控待抽查")]
    assert tasks(head, today) == []


def test_month_late_is_said_to_officer_and_head(department, officer, head, member, assessor, tasks):
    closed_month(department, officer, month=date(2026, 8, 1))
    make_report(department, "OCT", reported_at=datetime(2026, 10, 30, 9))
    late = ("逾期", "月度质控逾期未完成：2026-09、2026-10")
    assert (tasks(officer), tasks(head), tasks(member), tasks(assessor)) == ([late], [late], [], [])


def test_cases_to_check_wait_for_their_assessor(department, officer, assessor, tasks):
    audit = drawn_month(department, officer, month=OCTOBER)
    assign_month(audit, assessors=[assessor], version=audit.version, by=officer)
    today = date(2026, 11, 10)
    found = measure_tasks(assessor, department, today)
    url = link("audits:monthly_case", cases_of(audit)[0].pk)
    text = "2026年10月月度质控：3 份报告待我检查"
    assert found == [Task("due", "待检查", text, url, "去检查", leads=False)]
    assert tasks(officer, today) == [("待办", "2026年10月月度质控检查中")]


def test_problem_without_a_measure_is_asked_for(department, officer, tasks):
    closed_month(department, officer, month=OCTOBER, faulty=1)
    assert tasks(officer) == [("待办", "2026年10月月度质控有 1 项问题没有改进措施")]


def test_measure_overdue_is_said_to_its_owner_and_to_officer_and_head(
    department, officer, head, member, assessor, tasks
):
    open_measure(closed_month(department, officer, month=OCTOBER, faulty=1), officer, member, due_on=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert tasks(member) == [("待落实", "由我负责的改进措施：科内培训并更新模板。")]
    assert tasks(member, tomorrow) == [("逾期", "由我负责的改进措施：科内培训并更新模板。")]
    late = ("逾期", f"1 项改进措施逾期未落实，最早的应于 {TODAY} 落实")
    assert (tasks(officer, tomorrow), tasks(head, tomorrow), tasks(assessor, tomorrow)) == (
        [late],
        [late],
        [],
    )


def test_effect_to_check_and_measure_to_close_wait_for_who_may(department, officer, head, member, tasks):
    september = closed_month(department, officer, faulty=1)
    closed_month(department, officer, month=OCTOBER)
    measure = open_measure(september, officer, member)
    done_measure(measure, member)
    measure.refresh_from_db()
    assert tasks(officer) == [("待办", "1 项已落实的改进措施待核对效果")]
    own = checked_measure(open_measure(september, officer, officer), officer)
    assert own.owner_user == officer
    assert ("待关闭", "1 项改进措施已核对效果，待关闭") in tasks(head)
    assert "待关闭" not in [word for word, _ in tasks(officer)]


def test_tasks_query_count_is_flat(department, officer, count_queries):
    closed_month(department, officer, month=date(2026, 8, 1), faulty=1)

    def asked():
        measure_tasks(User.objects.get(pk=officer.pk), department, TODAY)

    one = count_queries(asked)
    for month in (date(2026, 9, 1), OCTOBER):
        audit = closed_month(department, officer, month=month, faulty=2)
        open_measure(audit, officer, due_on=TODAY)
    assert count_queries(asked) == one


def test_standing_counts_overdue_measures_for_who_may_see_them(
    department, officer, head, sign_in, member, count_queries
):
    planned = planned_audit(department)
    audit = closed_month(department, officer, month=OCTOBER, faulty=1)
    due_on = timezone.localdate() - timedelta(days=1)
    open_measure(audit, officer, member, due_on=max(due_on, date(2026, 11, 1)))
    shown = QuarterStatusLine("2026年第3季度 · 待抽样", reverse("audits:detail", args=[planned.pk]), 1)
    lines = [quarter_status_line(department, user) for user in (officer, head)]
    assert lines == [shown, shown]
    assert count_queries(lambda: quarter_status_line(department, officer)) == 1
    page = unwrapped(sign_in(head).get(reverse("home")).content.decode())
    assert f'<a class="tag fail" href="{shown.overdue_url}">整改逾期 1 项</a>' in page
