"""本月无报告: a month without a final report is ended by a person, counts as done, and says so everywhere."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audits.conflicts import RefusedError
from audits.measures.documents import monthly_record, record_name, render_record
from audits.measures.queries.calendar import year_months
from audits.monthly.actions.months import cancel_month, close_month_without_reports, open_month
from audits.monthly.models import MonthlyAudit
from scoring.evidence.queries.suggestions import facts_between
from tests.audits.monthly.factories import MONTH, closed_month, reports_of
from tests.exports.reading import pdf_text
from tests.factories import make_report
from trail.models import Event

pytestmark = pytest.mark.django_db
WHY = "设备更换，全月停机。"
TODAY = date(2026, 11, 24)


@pytest.fixture
def planned(department, officer):
    return open_month(department=department, month=MONTH, by=officer)


@pytest.fixture
def ended(planned, officer):
    return close_month_without_reports(planned, summary=WHY, version=planned.version, by=officer)


def refused(audit, by, summary=WHY) -> str:
    with pytest.raises(RefusedError) as caught:
        close_month_without_reports(audit, summary=summary, version=audit.version, by=by)
    return str(caught.value)


def in_year(department):
    (shown,) = year_months(department, [MONTH], TODAY)
    return shown.state, shown.is_finished, shown.is_late


def test_month_without_reports_is_ended_by_a_person_with_words(ended, officer):
    assert (ended.status, ended.summary, ended.closed_by, ended.drawn_at) == (
        "no_reports",
        WHY,
        officer,
        None,
    )
    event = Event.objects.order_by("-seq").first()
    assert (event.action, event.detail["summary"]) == ("audits.close_month_without_reports", WHY)
    assert event.detail["seed"] == ended.seed  # the secret seed, which was not used


def test_month_with_a_final_report_is_not_ended_as_one_without(department, planned, officer):
    reports_of(department, n=2)
    assert refused(planned, officer) == "2026年9月有2份最终报告，须抽查，不能登记为“本月无报告”。"


def test_unfinished_reports_alone_are_counted_and_need_no_check(department, planned, officer):
    make_report(department, "U1", reported_at=datetime(2026, 9, 3, 9), is_final=False)
    ended = close_month_without_reports(planned, summary=WHY, version=planned.version, by=officer)
    assert ended.excluded == {"未完成（非最终报告）": 1}


def test_month_without_reports_needs_words_and_a_planned_month(department, planned, officer):
    assert "请写明本月没有报告的情况" in refused(planned, officer, summary=" ")
    checked = closed_month(department, officer, month=date(2026, 8, 1))
    assert "只有待抽样的月份" in refused(checked, officer)


@pytest.mark.parametrize("change", [{"summary": ""}, {"closed_by": None}, {"pool_size": 1}])
def test_database_refuses_a_month_without_reports_that_nobody_ended_or_that_was_drawn(ended, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyAudit.objects.filter(pk=ended.pk).update(**change)


def test_calendar_and_suggestion_count_it_as_done_and_say_so(department, ended):
    assert in_year(department) == ("no_reports", True, False)
    facts = facts_between(department, MONTH, date(2026, 9, 30), level="tertiary", on=TODAY)
    assert [(month.is_done, month.state_zh) for month in facts.months] == [(True, "本月无报告")]


def test_reports_that_arrive_later_take_it_back_until_it_is_checked(department, ended, officer):
    reports_of(department, n=1)
    assert in_year(department) == ("refuted", False, True)
    facts = facts_between(department, MONTH, date(2026, 9, 30), level="tertiary", on=TODAY)
    assert [(month.is_done, month.state_zh) for month in facts.months] == [(False, "本月无报告，后有报告")]
    cancel_month(ended, reason="报告已补导入", version=ended.version, by=officer)
    assert in_year(department) == ("none", False, True)


def test_record_of_a_month_without_reports_is_finished_and_says_nothing_was_checked(ended):
    record = monthly_record(ended, datetime(2026, 11, 2, 3, 4, tzinfo=UTC))
    text = pdf_text(render_record(record))
    assert [words for words in ("本月没有最终报告，无从抽查", WHY) if words not in text] == []
    assert [words for words in ("未完成", "未发现问题", "尚未检查") if words in text] == []
    assert record_name(ended) == "月度质控记录_RAD_202609.pdf"


def test_page_offers_it_only_for_a_month_without_reports_and_shows_the_words(
    sign_in, department, planned, officer
):
    client, url = sign_in(officer), reverse("audits:month", args=[planned.pk])
    assert "登记为本月无报告" in client.get(url).content.decode()
    path = reverse("audits:month_no_reports", args=[planned.pk])
    assert client.post(path, {"version": planned.version, "summary": WHY}).status_code == 302
    text = client.get(url).content.decode()
    assert WHY in text
    assert "记录（PDF）" in text
    reports_of(department, n=1)
    assert "又有该月的最终报告" in client.get(url).content.decode()
    other = open_month(department=department, month=date(2026, 8, 1), by=officer)
    reports_of(department, month=date(2026, 8, 1), n=1)
    page = client.get(reverse("audits:month", args=[other.pk])).content.decode()
    assert "登记为本月无报告" not in page
