"""Drawing judged days again, on the pages: refused to the officer, the head's reason shown to the signer."""

import pytest
from django.urls import reverse

from audits.quarter.actions.quarters import cancel_audit, draw_audit
from audits.sampling.models import Audit
from scoring.sheets.actions.sheets import create_sheet
from tests.audits.factories import assigned_audit, describe, drawn_audit, planned_audit, reviews_of

REASON = "原窗口登记错误，已报医务处备案"
REFUSED = "重新抽样须由科主任写明理由"
FIELD = 'name="repeat_reason"'


@pytest.fixture
def judged(department, assessor):
    audit = assigned_audit(department, [assessor])
    describe(reviews_of(audit)[0])
    audit.refresh_from_db()
    return audit


def shifted(department, **more) -> dict:
    return {"department": department.pk, "period": "until", "until": "2026-09-29", "readers": "1"} | more


def test_new_over_judged_days_is_refused_to_the_officer(sign_in, officer, department, judged):
    client = sign_in(officer)
    response = client.post(reverse("audits:new"), shifted(department, repeat_reason=REASON))
    assert (response.status_code, REFUSED in response.content.decode()) == (400, True)
    assert FIELD in client.get(reverse("audits:new")).content.decode()
    assert Audit.objects.count() == 1


def test_new_over_judged_days_takes_the_reason_of_the_head_and_shows_it(
    sign_in, officer, head, department, judged
):
    client = sign_in(head)
    assert FIELD in client.get(reverse("audits:new")).content.decode()
    assert client.post(reverse("audits:new"), shifted(department)).status_code == 400
    client.post(reverse("audits:new"), shifted(department, repeat_reason=REASON))
    audit = Audit.objects.exclude(pk=judged.pk).get()
    told = [
        f"再次抽样的理由（{head}）：{REASON}",
        "第1次：2026年第3季度（2026-07-01 至 2026-09-30）",
        "已评定1份，其中描述不规范0份、结论不符合0份",
        "本抽样窗口共抽样2次",
    ]
    audit = draw_audit(audit, version=audit.version, by=officer)
    sheet = create_sheet(audit=audit, by=officer)
    for address in (reverse("audits:detail", args=[audit.pk]), reverse("scoring:detail", args=[sheet.pk])):
        text = client.get(address).content.decode()
        assert [words in text for words in told] == [True] * 4


def test_cancel_of_a_judged_draw_is_offered_to_the_head_alone(sign_in, officer, head, judged):
    page, address = reverse("audits:detail", args=[judged.pk]), reverse("audits:cancel", args=[judged.pk])
    given = {"version": judged.version, "reason": "结果不好看"}
    client = sign_in(officer)
    assert address not in client.get(page).content.decode()
    assert "须由科主任写明理由作废" in client.post(address, given, follow=True).content.decode()
    client = sign_in(head)
    assert address in client.get(page).content.decode()
    client.post(address, given)
    judged.refresh_from_db()
    assert (judged.status, judged.cancelled_reason) == ("cancelled", "结果不好看")


def test_planned_draw_over_judged_days_is_drawn_by_the_head_with_a_reason(sign_in, officer, head, department):
    audit = drawn_audit(department, by=officer)
    audit = cancel_audit(audit, reason="窗口登记错误", version=audit.version, by=officer)
    again = planned_audit(department, by=officer)
    client, address = sign_in(head), reverse("audits:draw", args=[again.pk])
    assert address in client.get(reverse("audits:detail", args=[again.pk])).content.decode()
    assert client.post(address, {"version": again.version}).status_code == 302
    again.refresh_from_db()
    assert (again.status, again.drawn_by) == ("drawn", head)


def test_first_draw_is_not_for_the_head(sign_in, head, department):
    audit = planned_audit(department)
    client, address = sign_in(head), reverse("audits:draw", args=[audit.pk])
    text = client.get(reverse("audits:detail", args=[audit.pk])).content.decode()
    assert (address in text, "由质控员抽取" in text) == (False, True)
    assert client.post(address, {"version": audit.version}).status_code == 404
