"""The buttons that submit, return and sign a sheet."""

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.warnings import signing_warnings
from scoring.signing.actions import submit_sheet
from tests import people
from tests.audits.factories import drawn_audit
from tests.markup import unwrapped
from tests.scoring.evidence.factories import RULES, make_document
from tests.scoring.sheets.factories import draft_sheet, submitted_sheet
from trail.models import Event


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


def page_of(client, sheet) -> str:
    response = client.get(url("detail", sheet.pk))
    assert response.status_code == 200
    return unwrapped(response.content.decode())


def test_sheet_submitted_returned_submitted_and_signed_by_its_roles(
    client, officer, head, department, assessor
):
    draft = draft_sheet(department, by=officer, assessor=assessor, faulty=2, discordant=1)

    def post(user, name, **given):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        version = Sheet.objects.get().version
        return client.post(url(name, draft.pk), {"version": version} | given).status_code

    answers = [
        post(officer, "submit"),
        post(head, "return", reason="请补1.2的9月记录"),
        post(officer, "submit"),
        post(head, "sign", seen=seen(client, draft)),
    ]
    sheet = Sheet.objects.get()
    assert (answers, sheet.status, sheet.total) == ([302] * 4, "signed", 27)
    text = client.get(url("detail", draft.pk)).content.decode()
    assert ("内容冻结" in text, 'name="state"' in text, sheet.content_hash in text) == (True, False, True)


def seen(client, sheet) -> str:
    """The confirmation that the page asks for; "" when it asks for none."""
    warnings = client.get(url("detail", sheet.pk)).context["warnings"]
    return warnings.token if warnings else ""


def test_open_appeal_periods_are_shown_to_the_signer_and_must_be_confirmed(
    sign_in, officer, head, department, assessor
):
    draft = draft_sheet(department, by=officer, assessor=assessor, faulty=2, discordant=1)
    sheet = submit_sheet(draft, version=draft.version, by=officer)
    until = timezone.localdate() + timedelta(days=settings.QC_APPEAL_DAYS)
    client = sign_in(head)
    text = page_of(client, sheet)
    shown = [
        f"第{place}份{part}的申诉期至 {until}，申诉成立会改变得分。"
        for place, part in ((1, "影像描述"), (1, "诊断结论"), (2, "影像描述"))
    ]
    assert [line in text for line in shown] == [True] * 3
    for given in ({}, {"seen": "0" * 16}):
        refused = client.post(url("sign", sheet.pk), {"version": sheet.version} | given)
        assert (refused.status_code, "签发前请核对所列各项" in refused.text) == (422, True)
    assert Sheet.objects.get().status == "submitted"
    given = {"version": sheet.version, "seen": seen(client, sheet)}
    assert client.post(url("sign", sheet.pk), given).status_code == 302
    assert Event.objects.get(action="scoring.sign").detail["warnings"] == shown


def test_row_whose_records_changed_since_it_was_set_is_shown_to_the_signer(
    sign_in, officer, head, department, assessor
):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    client = sign_in(head)
    assert seen(client, sheet) == signing_warnings(scored_sheet(sheet)).token
    assert client.get(url("detail", sheet.pk)).context["warnings"].texts == ()
    make_document(department, valid_from=date(2026, 8, 1))  # part of the quarter: no other state
    warned = "第1.1行评定之后所依据的记录有变化（建议仍相同），请再核对这一行。"
    assert warned in page_of(client, sheet)


def test_row_for_which_the_records_suggest_another_state_stops_the_signature(
    sign_in, officer, head, department, assessor
):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    make_document(department)
    make_document(department, RULES["review_rules"])
    client = sign_in(head)
    answer = client.post(url("sign", sheet.pk), {"version": sheet.version, "seen": seen(client, sheet)})
    assert (answer.status_code, "第1.1行评定之后所依据的记录有变化，现在的建议已不同" in answer.text) == (
        422,
        True,
    )


def test_returned_sheet_shows_its_reason_to_the_officer(sign_in, officer, head, department, assessor):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    sign_in(head).post(url("return", sheet.pk), {"version": sheet.version, "reason": "请补9月记录"})
    text = page_of(sign_in(officer), sheet)
    assert ("退回：" in text, "请补9月记录" in text, "提交签发" in text) == (True, True, True)


def test_return_without_reason_is_refused_on_the_page(sign_in, officer, head, department, assessor):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    response = sign_in(head).post(url("return", sheet.pk), {"version": sheet.version, "reason": " "})
    assert (response.status_code, "退回须写明理由" in response.content.decode()) == (422, True)


def test_submit_of_incomplete_sheet_is_refused_on_the_page(sign_in, department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    response = sign_in(officer).post(url("submit", sheet.pk), {"version": sheet.version})
    assert (response.status_code, "还不能提交：第1.1行尚未评定。" in response.content.decode()) == (422, True)


def test_sign_by_who_submitted_is_refused_on_the_page(sign_in, department, assessor):
    both = people.person("both", "兼任甲", "qc_officer", department)
    both.role_grants.create(role="head", department=department)
    sheet = submitted_sheet(department, by=both, assessor=assessor)
    client = sign_in(both)
    assert "须由另一位科主任签发" in page_of(client, sheet)
    response = client.post(url("sign", sheet.pk), {"version": sheet.version})
    assert (response.status_code, "不能是同一人" in response.content.decode()) == (422, True)
