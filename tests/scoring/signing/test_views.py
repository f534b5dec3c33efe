"""The buttons that submit, return and sign a sheet."""

from django.urls import reverse

from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.models import Sheet
from tests import people
from tests.audits.factories import drawn_audit
from tests.markup import unwrapped
from tests.scoring.sheets.factories import draft_sheet, submitted_sheet


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
        post(head, "sign"),
    ]
    sheet = Sheet.objects.get()
    assert (answers, sheet.status, sheet.total) == ([302] * 4, "signed", 27)
    text = client.get(url("detail", draft.pk)).content.decode()
    assert ("内容冻结" in text, 'name="state"' in text, sheet.content_hash in text) == (True, False, True)


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
