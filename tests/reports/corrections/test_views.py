"""Typing, pasting and correcting: what a person sees, sends and can take back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.archive.models import Report
from reports.outcomes.models import Outcome
from tests.audits.factories import planned_audit
from tests.factories import make_outcome, make_report

TYPED = {
    "accession_number": "T0001",
    "patient_name": "张三丰",
    "patient_id": "P77",
    "sex": "男",
    "age": "56",
    "modality": "CT",
    "examination_name": "胸部CT平扫",
    "examined_at": "2026-10-12T09:30",
    "reported_at": "2026-10-12T11:00",
    "findings": "右肺见结节。",
    "impression": "1、右肺结节。",
    "reporting_physician": "书写甲",
    "reviewing_physician": "审核乙",
}


def test_typed_report_is_taken_in_like_the_row_of_a_file(sign_in, officer, department):
    client = sign_in(officer)
    assert client.get(reverse("reports:entry")).status_code == 200
    response = client.post(reverse("reports:entry"), TYPED)
    report = Report.objects.get(accession_number="T0001")
    assert (response.status_code, response["Location"]) == (302, reverse("reports:detail", args=[report.pk]))
    assert (report.age, report.age_days, report.source.name, report.is_signed) == (
        "56岁",
        20454,
        "手工录入",
        True,
    )
    assert (report.examined_at_precision, report.revisions.count()) == ("minute", 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"findings": ""}, "这个字段是必填项"),
        ({"reported_at": "2026-10-12T08:00"}, "报告时间早于检查时间"),
        ({"examined_at": "2199-01-01T08:00", "reported_at": ""}, "尚未到来"),
        ({"age": "45Q"}, "年龄单位"),
        ({"accession_number": "A0001"}, "已有报告"),
    ],
)
def test_typed_report_that_cannot_be_is_refused_with_what_was_typed(
    sign_in, officer, department, changes, sentence
):
    make_report(department, "A0001")
    response = sign_in(officer).post(reverse("reports:entry"), TYPED | changes)
    body = response.content.decode()
    assert response.status_code == 400
    assert sentence in body
    assert "张三丰" in body
    assert Report.objects.count() == 1


def test_pasted_report_fills_the_form_and_stores_nothing(sign_in, officer, department):
    text = "姓名：张三丰  年龄：56岁\n检查号：T9\n影像描述：右肺见结节。\n诊断结论：右肺结节。"
    client = sign_in(officer)
    form = client.post(reverse("reports:entry"), {"text": text}).context["form"]
    assert form.initial == {
        "patient_name": "张三丰",
        "age": "56岁",
        "accession_number": "T9",
        "findings": "右肺见结节。",
        "impression": "右肺结节。",
    }
    assert not Report.objects.exists()
    refused = client.post(reverse("reports:entry"), {"text": "右肺见结节。"})
    assert (refused.status_code, "没有认出任何小标题" in refused.content.decode()) == (400, True)


def metadata(client, report, **changes):
    """The form of a report's metadata as its page shows it."""
    form = client.get(reverse("reports:report_correction", args=[report.pk])).context["form"]
    given = {name: form[name].value() for name in form.fields}
    shown = {
        name: value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else value
        for name, value in given.items()
    }
    return {name: "" if value is None else value for name, value in shown.items()} | changes


def test_metadata_is_corrected_with_its_reason_and_identity_only_once_shown(sign_in, officer, department):
    report = make_report(department, patient_name="张三丰", sex="女")
    client, url = sign_in(officer), reverse("reports:report_correction", args=[report.pk])
    hidden = client.get(url)
    assert "张三丰" not in hidden.content.decode()
    assert "patient_name" not in hidden.context["form"].fields
    refused = client.post(url, metadata(client, report, sex="男", reason=""))
    assert (refused.status_code, "请写明更正的理由" in refused.content.decode()) == (400, True)
    sent = metadata(client, report, sex="男", reason="性别代码有误")
    assert client.post(url, sent).status_code == 302
    report.refresh_from_db()
    assert (report.sex, report.patient_name) == ("男", "张三丰")
    assert "性别代码有误" in client.get(url).content.decode()
    stale = client.post(url, sent | {"sex": "女"})
    assert stale.status_code == 409
    client.post(reverse("reports:unmask", args=[report.pk]), {"reason": "核对病理号"})
    assert (
        client.post(url, metadata(client, report, patient_name="张三封", reason="姓名有误")).status_code
        == 302
    )
    report.refresh_from_db()
    assert report.patient_name == "张三封"


def test_form_sent_as_shown_changes_neither_seconds_nor_empty_fields(sign_in, officer, department):
    report = make_report(department, sex="女", body_part="", patient_class=None)
    at = report.examined_at.replace(second=25)
    Report.objects.update(examined_at=at, examined_at_precision="second")
    client, url = sign_in(officer), reverse("reports:report_correction", args=[report.pk])
    refused = client.post(url, metadata(client, report, reason="核对"))
    assert (refused.status_code, "没有改动" in refused.content.decode()) == (400, True)
    assert client.post(url, metadata(client, report, sex="男", reason="核对")).status_code == 302
    report.refresh_from_db()
    assert (report.examined_at, report.examined_at_precision) == (at, "second")
    assert [one.field for one in report.corrections.all()] == ["sex"]


def outcome_form(client, outcome, name):
    page = client.get(reverse("reports:outcome_correction", args=[outcome.pk]))
    form = page.context[name]
    return {field: form[field].value() or "" for field in form.fields}


def test_outcome_is_edited_rematched_and_withdrawn_from_its_page(sign_in, officer, department):
    first, second = make_report(department, "A0001"), make_report(department, "A0002")
    outcome, client = make_outcome(first), sign_in(officer)
    listed = client.get(reverse("reports:outcomes")).content.decode()
    assert reverse("reports:outcome_correction", args=[outcome.pk]) in listed
    steps = (
        ("edit", {"text": "术后病理：腺癌。", "reason": "病理科更正"}),
        ("rematch", {"accession_number": "A0002", "reason": "归错"}),
        ("withdraw", {"reason": "登记重复"}),
    )
    for name, given in steps:
        data = outcome_form(client, outcome, name) | given
        assert client.post(reverse(f"reports:outcome_{name}", args=[outcome.pk]), data).status_code == 302
    outcome.refresh_from_db()
    assert (outcome.text, outcome.report, outcome.match) == (
        "术后病理：腺癌。",
        None,
        Outcome.Match.DISMISSED,
    )
    assert second.outcomes.count() == 0
    body = client.get(reverse("reports:outcome_correction", args=[outcome.pk])).content.decode()
    for word in ("更正内容", "改归报告", "撤回", "登记重复"):
        assert word in body


def test_identity_of_an_outcome_is_typed_anew_and_never_shown(sign_in, officer, department):
    outcome = make_outcome(
        None,
        department=department,
        match=Outcome.Match.UNMATCHED,
        given_patient_id="P9901001",
        given_patient_name="张三丰",
        text="张三丰，术后病理：腺癌。",
    )
    client, url = sign_in(officer), reverse("reports:outcome_edit", args=[outcome.pk])
    match = client.get(reverse("reports:outcome_match", args=[outcome.pk])).content.decode()
    assert reverse("reports:outcome_correction", args=[outcome.pk]) in match
    shown = client.get(reverse("reports:outcome_correction", args=[outcome.pk])).content.decode()
    assert ("张三丰" in shown, "P9901001" in shown) == (False, False)
    sent = outcome_form(client, outcome, "edit") | {"reason": "姓名有误"}
    refused = client.post(url, sent)
    assert (refused.status_code, "没有改动" in refused.content.decode()) == (400, True)
    typed = {"new_patient_name": "张三封", "new_text": "术后病理：腺癌。", "given_accession": "A0002"}
    assert client.post(url, sent | typed).status_code == 302
    outcome.refresh_from_db()
    assert (outcome.given_patient_name, outcome.given_patient_id, outcome.text, outcome.given_accession) == (
        "张三封",
        "P9901001",
        "术后病理：腺癌。",
        "A0002",
    )
    conflict = client.post(url, sent | {"new_patient_name": "李四"})
    assert (conflict.status_code, "张三封" in conflict.content.decode()) == (409, False)


def test_outcome_sent_twice_or_with_a_number_nobody_has_changes_nothing(sign_in, officer, department):
    outcome, client = make_outcome(make_report(department)), sign_in(officer)
    rematch = reverse("reports:outcome_rematch", args=[outcome.pk])
    data = outcome_form(client, outcome, "rematch")
    refused = client.post(rematch, data | {"accession_number": "X", "reason": "归错"})
    assert (refused.status_code, "没有检查号为“X”的报告" in refused.content.decode()) == (400, True)
    withdraw = outcome_form(client, outcome, "withdraw") | {"reason": "重复"}
    url = reverse("reports:outcome_withdraw", args=[outcome.pk])
    assert [client.post(url, withdraw).status_code for _ in range(2)] == [302, 409]


def test_outcome_of_a_signed_sheet_says_why_it_stays(sign_in, officer, department):
    report = make_report(department)
    outcome = make_outcome(report)
    audit = planned_audit(department)
    case = audit.cases.create(
        report=report, revision=report.revisions.get(), position=1, modality="CT", system=report.system
    )
    case.outcomes.add(outcome)
    client, page = sign_in(officer), reverse("reports:outcome_correction", args=[outcome.pk])
    assert "请先在季度抽样中更换该病例" in client.get(page).content.decode()
    type(audit).objects.filter(pk=audit.pk).update(sheet_signed_at=timezone.now())
    body = client.get(page).content.decode()
    assert "评分表已签发" in body
    assert 'name="reason"' not in body


def test_metadata_of_a_patient_whose_number_is_an_age_can_be_corrected(sign_in, officer, department):
    report = make_report(department, patient_id="56", age="56岁", sex="女")
    client, url = sign_in(officer), reverse("reports:report_correction", args=[report.pk])
    assert client.post(url, metadata(client, report, sex="男", reason="性别代码有误")).status_code == 302
    report.refresh_from_db()
    assert (report.sex, report.age) == ("男", "56岁")
