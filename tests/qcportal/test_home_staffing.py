"""人员资质 on the home page: counts with their pages for officer and head, nothing for others."""

from datetime import date, timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from audits.monthly.models import MonthlyAudit, MonthlyCase
from qcportal.home.page import home_of
from qcportal.home.tasks.qualifications import Staffing, staffing_of
from reports.archive.models import Report
from tests.factories import make_report
from tests.staff.factories import make_member, make_record, qualified_physician, qualified_technologist

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def scene(department, today):
    """One ended, one ends in three days, one in fifty; a report of today signed by somebody unknown."""
    qualified_physician(department, "D01", "审核乙")
    for number, left in (("J01", -2), ("J02", 3), ("J03", 50)):
        qualified_technologist(department, number, f"技{number}", trained_on=two_years_before(today, left))
    noon = timezone.localtime().replace(hour=12, tzinfo=None)
    times = {"examined_at": noon, "reported_at": noon}
    make_report(department, "A1", reviewing_physician="过路医师", operator="技J02", **times)
    make_report(department, "A2", operator="技J01", **times)


def two_years_before(today: date, left: int) -> date:
    end = today + timedelta(days=left)
    return end.replace(year=end.year - 2) if (end.month, end.day) != (2, 29) else date(end.year - 2, 2, 28)


def told(found: Staffing | None):
    assert found is not None
    return {figure.label: figure.count for figure in (*found.endings, *found.exceptions)}


def test_staffing_counts_what_ends_and_who_was_not_qualified(scene, department, officer, head, today):
    expected = {
        "已过期": 1,
        "7天内": 1,
        "30天内": 1,
        "60天内": 2,
        "资质例外": 2,
        "签发医师": 1,
        "操作技师": 1,
        "签名例外": 0,
    }
    for user in (officer, head):
        assert told(staffing_of(department, user, today)) == expected


def test_staffing_leaves_out_a_report_under_review_as_its_list_does(scene, department, officer, head, today):
    month = today.replace(day=1)
    audit = MonthlyAudit.objects.create(
        department=department, month=month, status="drawn", drawn_at=timezone.now(), pool_hash="x", seed="x"
    )
    report = Report.objects.get(accession_number="A1")
    MonthlyCase.objects.create(
        audit=audit, report=report, revision=report.revisions.get(), position=1, assessor=officer
    )
    counts = [told(staffing_of(department, user, today)) for user in (officer, head)]
    assert [(found["资质例外"], found["签发医师"]) for found in counts] == [(1, 0), (2, 1)]


def test_every_figure_opens_a_page_with_as_many_rows(scene, sign_in, officer, department, today):
    client = sign_in(officer)
    found = staffing_of(department, officer, today)
    for figure in found.exceptions:
        assert client.get(figure.url).context["page"].count == figure.count
    ended, *soon = found.endings
    assert len(client.get(ended.url).context["endings"]) == ended.count
    for figure in soon:
        assert len(client.get(figure.url).context["endings"]) == figure.count + ended.count


def test_home_page_lists_them_as_things_to_do_without_becoming_the_next_step(scene, officer):
    request = RequestFactory().get("/")
    request.user, request.session = officer, {}
    home = home_of(request)
    texts = [task.text for task in home.tasks]
    assert "1 项资质已过期未更新" in texts
    assert "资质将到期：7天内1项、30天内1项、60天内2项" in texts
    assert "本季度 2 份报告签发或操作当日的资质不能证明" in texts
    assert home.next[0] != "名单"


def test_certificates_of_others_wait_for_the_approver(department, officer, member, today):
    own = make_member(department, "D07", "测一鸣", "physician", user=officer)
    other = make_member(department, "D10", "书写甲", "physician", user=member)
    for one, user in ((own, officer), (other, member)):
        record = make_record(one, "practice_licence")
        type(record).objects.filter(pk=record.pk).update(
            state="submitted", decided_at=None, submitted_by=user
        )
    assert staffing_of(department, officer, today).waiting == 1


def test_staffing_without_a_register_only_says_so(department, officer, today):
    assert staffing_of(department, officer, today) == Staffing(has_register=False)


def test_staffing_is_nothing_for_who_may_not_view_the_register(scene, department, member, assessor, today):
    assert [staffing_of(department, user, today) for user in (member, assessor)] == [None, None]


def test_home_page_costs_the_same_queries_with_more_people(scene, sign_in, head, department, count_queries):
    client = sign_in(head)
    client.get(reverse("home"))
    before = count_queries(lambda: client.get(reverse("home")))
    for n in range(3):
        qualified_technologist(department, f"K{n}", f"技K{n}")
    assert count_queries(lambda: client.get(reverse("home"))) == before
