"""The margin of a report: what the checks say beside the words, masked, and for whom."""

import re

import pytest
from django.urls import reverse

from tests.factories import make_report
from tests.markup import unwrapped
from tests.reports.findings.factories import make_finding, post_ruling

pytestmark = pytest.mark.django_db


def test_report_page_marks_the_words_and_explains_them_beside(sign_in, officer, department):
    report = make_report(department)
    finding = make_finding(report, "类圆形结节")
    absent = make_finding(report, field="technique", message="未写层厚。")
    text = unwrapped(sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode())
    assert re.search(
        rf'<mark class="soft" title="[^"]+" data-finding="{finding.pk}" data-label="2">类圆形结节</mark>',
        text,
    )
    assert f'href="#finding-{absent.pk}"' in text
    for words in ("未写参照组织。", "未写层厚。", "如何写对", reverse("standards:clause", args=["6.4.3.2"])):
        assert words in text


def test_report_page_marks_masked_text_at_the_same_place(sign_in, officer, department):
    report = make_report(department, findings="受检甲，右肺见结节。")
    make_finding(report, "受检甲，右肺", message="“受检甲”见于描述。")
    text = sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert ">受**，右肺</mark>见结节。" in text
    assert "“受**”见于描述。" in text
    assert "受检甲" not in text


def test_report_page_masks_the_other_patient_an_identity_finding_quotes(sign_in, officer, department):
    report = make_report(department)
    message = "姓名与申请单不一致：报告为“受检甲”，申请单为“李四”。"
    make_finding(report, "受检甲", field="patient_name", code="6.3.1/identity-mismatch", message=message)
    text = sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert "报告为“受**”，申请单为“李*”。" in text
    assert [name for name in ("受检甲", "李四") if name in text] == []


def test_report_page_of_own_report_shows_findings_without_buttons(sign_in, member, department):
    report = make_report(department)
    make_finding(report, "结节")
    text = sign_in(member).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert "未写参照组织。" in text
    assert 'name="verdict"' not in text


def test_report_page_of_an_operated_report_tells_no_findings(sign_in, member, department):
    report = make_report(department, reporting_physician="别人", operator="书写甲")
    make_finding(report, "结节")
    text = sign_in(member).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert "未写参照组织。" not in text
    assert "<mark" not in text


def test_report_page_with_one_and_three_findings_asks_equally_often(
    sign_in, officer, department, django_assert_num_queries, count_queries
):
    report = make_report(department)
    client, url = sign_in(officer), reverse("reports:detail", args=[report.pk])
    make_finding(report, "结节")
    client.get(url)
    once = count_queries(lambda: client.get(url))
    post_ruling(client, make_finding(report, "边界"), "confirm")
    make_finding(report, field="technique")
    with django_assert_num_queries(once):
        client.get(url)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rules_version": 1}, "没有发现不符合条款之处"),
        ({"rules_version": 0}, "尚未检查"),
        ({"is_final": False}, "报告尚未完成"),
    ],
)
def test_report_page_without_findings_says_why(sign_in, officer, department, fields, words):
    report = make_report(department)
    for name, value in fields.items():
        setattr(report, name, value)
    report.save()
    assert words in sign_in(officer).get(reverse("reports:detail", args=[report.pk])).content.decode()
