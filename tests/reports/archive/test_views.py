"""The report list and the report page."""

from datetime import datetime

import pytest
from django.urls import reverse

from reports.archive.models import Report
from reports.outcomes.models import Outcome
from tests.factories import make_outcome, make_report, make_revision
from tests.web.forms_read import version_on
from trail.models import Event


def numbers(response):
    return [record.accession_number for record in response.context["table"].data.data]


def test_report_list_asked_by_officer_shows_own_departments_newest_first(
    sign_in, officer, department, other_department
):
    make_report(department, "OLD", reported_at=datetime(2026, 10, 1, 9))
    make_report(department, "NEW", reported_at=datetime(2026, 10, 2, 9))
    make_report(other_department, "THEIRS")
    assert numbers(sign_in(officer).get(reverse("reports:list"))) == ["NEW", "OLD"]


def test_report_list_asked_by_member_shows_own_reports_only(sign_in, member, department):
    make_report(department, "WRITTEN", reporting_physician="书写甲", reviewing_physician="审核乙")
    make_report(department, "OPERATED", reporting_physician="别人", operator="书写甲")
    make_report(department, "OTHERS", reporting_physician="别人", reviewing_physician="审核乙")
    assert set(numbers(sign_in(member).get(reverse("reports:list")))) == {"WRITTEN", "OPERATED"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "A0002"}, ["A0002"]),
        ({"q": "受检乙"}, ["A0002"]),
        ({"q": "P-A0003"}, ["A0003"]),
        ({"q": "错构瘤"}, ["A0003"]),
        ({"modality": "MRI"}, ["A0002"]),
        ({"system": "skeletal"}, ["A0003"]),
        ({"since": "2026-10-03", "until": "2026-10-03"}, ["A0003"]),
        ({"outcome": "yes"}, ["A0001"]),
        ({"state": "amended"}, ["A0002"]),
        ({"state": "unsigned"}, []),
        ({"physician": "技师丁"}, ["A0003"]),
        ({"q": "没有这个词"}, []),
    ],
)
def test_report_list_narrowed_by_one_filter_shows_what_fits(sign_in, officer, department, query, found):
    first = make_report(department, "A0001", reported_at=datetime(2026, 10, 1, 9), is_signed=True)
    make_outcome(first)
    second = make_report(
        department,
        "A0002",
        patient_name="受检乙",
        modality="MRI",
        reported_at=datetime(2026, 10, 2, 9),
        is_signed=True,
    )
    make_revision(second, impression="2、复查无变化。")
    make_report(
        department,
        "A0003",
        system="skeletal",
        reported_at=datetime(2026, 10, 3, 23, 59),
        impression="1、考虑错构瘤。",
        operator="技师丁",
        is_signed=True,
    )
    Report.objects.update(is_signed=True)
    assert numbers(sign_in(officer).get(reverse("reports:list"), query)) == found


def test_report_list_asked_by_member_tells_nothing_of_outcomes(sign_in, member, department):
    make_outcome(make_report(department, "A0001", reporting_physician="书写甲"))
    client = sign_in(member)
    page = client.get(reverse("reports:list"))
    assert "结局" not in page.content.decode()
    narrowed = client.get(reverse("reports:list"), {"outcome": "no"})
    assert numbers(narrowed) == ["A0001"]


def test_report_list_asked_by_officer_says_how_many_outcomes_there_are(sign_in, officer, department):
    make_report(department, "A0002", reported_at=datetime(2026, 10, 1))
    make_outcome(make_report(department, "A0001", reported_at=datetime(2026, 10, 2)))
    table = sign_in(officer).get(reverse("reports:list")).context["table"]
    assert [row.get_cell("outcome_count") for row in table.rows] == ["有 1 条", "—"]


def test_report_list_with_no_rows_says_what_to_do_next(sign_in, officer, head):
    officers = sign_in(officer).get(reverse("reports:list")).content.decode()
    assert "无数据" in officers
    assert "去导入" in officers
    heads = sign_in(head).get(reverse("reports:list")).content.decode()
    assert "无数据" in heads
    assert "去导入" not in heads


def test_report_list_with_one_and_three_rows_asks_equally_often(
    sign_in, officer, department, django_assert_max_num_queries, django_assert_num_queries
):
    client = sign_in(officer)
    make_report(department, "A0001")
    client.get(reverse("reports:list"))
    with django_assert_max_num_queries(12) as asked:
        client.get(reverse("reports:list"))
    make_report(department, "A0002")
    make_outcome(make_report(department, "A0003"))
    with django_assert_num_queries(len(asked.captured_queries)):
        client.get(reverse("reports:list"))


def test_report_list_asked_by_htmx_answers_with_the_rows_alone(sign_in, officer, department):
    make_report(department, "A0001")
    body = sign_in(officer).get(reverse("reports:list"), headers={"HX-Request": "true"}).content.decode()
    assert "A0001" in body
    assert "<html" not in body


def test_report_page_opened_shows_every_element_of_table_a1(sign_in, officer, department):
    report = make_report(department, "A0001", clinical_diagnosis="咳嗽待查", requesting_department="呼吸科")
    body = sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
    shown = (
        "A0001",
        "女",
        "56岁",
        "呼吸科",
        "咳嗽待查",
        "胸部CT平扫+增强",
        "2026-10-12 09:30",
        "扫描范围：肺尖至肺底；平扫+增强",
        "右肺上叶尖段见一类圆形结节",
        "考虑良性可能性大",
        "书写甲",
        "审核乙",
        "2026-10-12 11:00",
    )
    assert [text for text in shown if text not in body] == []


def test_report_page_opened_masks_the_patient_everywhere(sign_in, officer, department):
    report = make_report(
        department,
        "A0001",
        patient_name="张三丰",
        patient_id="1101019900307",
        findings="患者张三丰（1101019900307）右肺见结节。",
    )
    make_outcome(report, text="张三丰术后病理：错构瘤。")
    body = sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert "张三丰" not in body
    assert "1101019900307" not in body
    assert "张**" in body


def test_unmask_with_a_reason_shows_the_patient_and_leaves_an_event(sign_in, officer, department):
    report = make_report(department, "A0001", patient_name="张三丰")
    client = sign_in(officer)
    page = reverse("reports:detail", args=[report.pk])
    client.post(reverse("reports:unmask", args=[report.pk]), {"reason": "核对病理号"})
    assert "张三丰" in client.get(page).content.decode()
    event = Event.objects.get(action="reports.unmask")
    assert (event.actor_id, event.target_id, event.detail) == (
        officer.pk,
        str(report.pk),
        {"reason": "核对病理号"},
    )


def test_unmask_without_a_reason_is_refused_in_words_and_stays_masked(sign_in, officer, department):
    report = make_report(department, "A0001", patient_name="张三丰")
    response = sign_in(officer).post(reverse("reports:unmask", args=[report.pk]), {"reason": ""})
    assert response.status_code == 400
    assert "请写明查看身份信息的理由" in response.content.decode()
    assert "张三丰" not in response.content.decode()
    assert not Event.objects.filter(action="reports.unmask").exists()


def test_report_of_another_department_looks_missing_and_leaves_an_event(sign_in, officer, other_department):
    report = make_report(other_department, "THEIRS")
    assert sign_in(officer).get(reverse("reports:detail", args=[report.pk])).status_code == 404
    assert Event.objects.get(action="access.refused").target_id == str(report.pk)


def test_amended_report_opened_lists_its_versions_and_what_changed(sign_in, officer, department):
    report = make_report(department, "A0001")
    make_revision(report, impression="1、右肺上叶结节，较前缩小。")
    body = sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert "第2版" in body
    assert "改动：诊断结论" in body
    assert "较前缩小" in body


def test_report_without_an_element_says_no_data_rather_than_nothing(sign_in, officer, department):
    report = make_report(department, "A0001", operator=None, technique=None)
    assert "无数据" in sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()


def test_report_text_with_markup_is_shown_as_text(sign_in, officer, department):
    report = make_report(department, "A0001", findings="<script>alert(1)</script>结节")
    body = sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert "<script>alert(1)" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_system_set_by_a_person_is_kept_and_recorded(sign_in, officer, department):
    report = make_report(department, "A0001", system="respiratory")
    client, url = sign_in(officer), reverse("reports:system", args=[report.pk])
    version = version_on(client, reverse("reports:detail", args=[report.pk]), url)
    client.post(url, {"system": "circulatory", "version": version})
    report.refresh_from_db()
    assert (report.system, report.system_set_by) == ("circulatory", officer)
    assert Event.objects.filter(target_id=str(report.pk), action__contains="system").count() == 1


def test_outcome_typed_on_the_report_page_counts_at_once(sign_in, officer, department):
    report = make_report(department, "A0001")
    data = {"kind": "surgical_pathology", "observed_on": "2026-10-20", "text": "术后病理：错构瘤。"}
    sign_in(officer).post(reverse("reports:outcome_record", args=[report.pk]), data)
    outcome = Outcome.objects.get()
    assert (outcome.report, outcome.kind) == (report, "surgical_pathology")
    assert outcome.text == "术后病理：错构瘤。"
    assert Outcome.objects.matched().count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"observed_on": "2026-10-01"}, "早于检查日期"),
        ({"observed_on": "2099-01-01"}, "尚未到来"),
        ({"text": ""}, "请填写结局内容"),
        ({"kind": "guess"}, "guess"),
    ],
)
def test_outcome_typed_wrongly_is_refused_in_words_and_not_stored(
    sign_in, officer, department, change, sentence
):
    report = make_report(department, "A0001")
    data = {"kind": "surgical_pathology", "observed_on": "2026-10-20", "text": "错构瘤。"} | change
    response = sign_in(officer).post(reverse("reports:outcome_record", args=[report.pk]), data)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Outcome.objects.exists()
