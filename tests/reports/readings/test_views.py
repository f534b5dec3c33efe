"""读取记录: a row a person, report and hour, whatever page the report is opened on; for the auditor alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.readings.actions import record_readings
from reports.readings.models import Reading
from tests import people
from tests.audits.factories import assigned_audit, reviews_of
from tests.audits.follow_up.factories import make_conference, marked
from tests.factories import make_report
from trail.chain import record

pytestmark = pytest.mark.django_db
READINGS = reverse("reports:readings")


@pytest.fixture
def report(department):
    return make_report(department, "A1", patient_id="P-77")


def rows():
    return list(Reading.objects.order_by("pk").values_list("user__username", "accession_number", "through"))


def shown(client, **query):
    table = client.get(READINGS, query).context["table"]
    return [(row.record.user.username, row.record.accession_number) for row in table.rows]


def test_report_opened_twice_within_the_hour_is_one_row_and_one_query_more(
    sign_in, officer, head, report, count_queries
):
    address = reverse("reports:detail", args=[report.pk])
    client = sign_in(officer)
    client.get(address)
    assert count_queries(lambda: record_readings(officer, [report.pk], "reports.report")) == 1
    client.get(address)
    sign_in(head).get(address)
    assert rows() == [("officer", "A1", "reports.report"), ("head", "A1", "reports.report")]


def test_report_opened_in_the_next_hour_is_a_second_row(officer, report, monkeypatch):
    record_readings(officer, [report.pk], "reports.report")
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    record_readings(officer, [report.pk], "audits.case")
    assert rows() == [("officer", "A1", "reports.report"), ("officer", "A1", "audits.case")]


def test_report_is_recorded_whatever_it_is_opened_through(department, officer, assessor, head):
    review = reviews_of(assigned_audit(department, [assessor], n=3))[0]
    free = make_report(department, "FREE1")
    follow_up = marked(free, by=officer)
    held = make_conference(department, [make_report(department, "FREE2")], by=officer)
    opened = {
        (head, "audits:case", review.case_id): (review.case.report.accession_number, "audits.case"),
        (assessor, "audits:judge", review.pk): (review.case.report.accession_number, "audits.review"),
        (officer, "audits:follow_up", follow_up.pk): ("FREE1", "audits.followup"),
        (officer, "audits:conference", held.pk): ("FREE2", "audits.conference"),
    }
    for user, name, pk in opened:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse(name, args=[pk])).status_code == 200
    assert rows() == [(user.username, *what) for (user, _, _), what in opened.items()]


def test_refused_opening_is_no_reading(sign_in, department, other_department, officer):
    foreign = make_report(other_department, "F1")
    assert sign_in(officer).get(reverse("reports:detail", args=[foreign.pk])).status_code == 404
    assert rows() == []


def test_readings_narrow_by_person_number_patient_way_and_day(
    sign_in, department, officer, head, auditor, report
):
    other = make_report(department, "A2", patient_id="P-78")
    record_readings(officer, [report.pk, other.pk], "audits.case")
    record_readings(head, [report.pk], "reports.report")
    client, today = sign_in(auditor), timezone.localdate()
    both = [("head", "A1"), ("officer", "A2"), ("officer", "A1")]
    assert shown(client) == both
    assert shown(client, who="任主") == [("head", "A1")]
    assert shown(client, q="A2") == [("officer", "A2")]
    assert shown(client, q="P-77") == [("head", "A1"), ("officer", "A1")]
    assert shown(client, q="P-7") == []
    assert shown(client, through="audits.case") == both[1:]
    assert (shown(client, since=today), shown(client, until=today - timedelta(1))) == (both, [])


def test_auditor_of_a_department_sees_its_readings_only(
    sign_in, department, other_department, officer, report
):
    foreign = make_report(other_department, "F1")
    record_readings(officer, [report.pk, foreign.pk], "reports.report")
    local = people.person("local", "科管理", "auditor", department)
    assert shown(sign_in(local)) == [("officer", "A1")]


def test_readings_outlive_the_report(sign_in, department, officer, auditor, report):
    record_readings(officer, [report.pk], "reports.report")
    report.delete()
    assert shown(sign_in(auditor), q="A1") == [("officer", "A1")]


def test_list_of_readings_asks_as_many_queries_for_three_rows_as_for_one(
    sign_in, department, officer, auditor, report, count_queries
):
    client = sign_in(auditor)
    client.get(READINGS)
    record_readings(officer, [report.pk], "reports.report")
    one = count_queries(lambda: client.get(READINGS))
    more = [make_report(department, f"B{n}").pk for n in range(3)]
    record_readings(officer, more, "reports.report")
    assert count_queries(lambda: client.get(READINGS)) == one


def test_exports_are_listed_with_file_rows_and_purpose(sign_in, department, officer, auditor):
    detail = {"file": "检查报告_2026-11-01.xlsx", "rows": 12, "purpose": "季度质控会"}
    record("reports.export", by=officer, department=department, detail=detail)
    record("reports.import", by=officer, department=department)
    html = sign_in(auditor).get(reverse("reports:exported")).content.decode()
    for word in ("检查报告_2026-11-01.xlsx", "季度质控会", "测一鸣"):
        assert word in html
    assert ("导出检查报告清单或拒收行" in html, "导入检查报告" in html) == (True, False)
