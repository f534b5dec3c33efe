"""A person rules on a finding from the page: by button, by key, and when another was quicker."""

import pytest
from django.urls import reverse

from reports.findings.models import Finding, RuleStanding
from tests.factories import make_report
from tests.markup import unwrapped
from tests.reports.findings.factories import NO_TISSUE, make_finding
from trail.models import Event

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def finding(department):
    return make_finding(make_report(department), "类圆形结节")


def post(client, finding, verdict, *, version=0, htmx=False, **more):
    url = reverse("reports:finding_rule", args=[finding.pk])
    return client.post(url, {"verdict": verdict, "version": version} | more, headers=HTMX if htmx else {})


@pytest.mark.parametrize(("verdict", "state"), [("confirm", "confirmed"), ("dismiss", "dismissed")])
def test_ruling_by_button_is_stored_and_leads_back_to_the_report(sign_in, officer, finding, verdict, state):
    response = post(sign_in(officer), finding, verdict, reason="核对过图像", code=NO_TISSUE)
    report = reverse("reports:detail", args=[finding.report_id])
    assert response["Location"].startswith(f"{report}?code=")
    assert response["Location"].endswith(f"#finding-{finding.pk}")
    finding.refresh_from_db()
    assert (finding.state, finding.ruled_by, finding.ruling_reason) == (state, officer, "核对过图像")
    assert Event.objects.filter(action="reports.rule_finding").count() == 1


def test_ruling_by_key_is_answered_with_the_note_as_it_stands(sign_in, officer, finding):
    response = post(sign_in(officer), finding, "confirm", htmx=True, number="3")
    text = unwrapped(response.content.decode())
    assert (response.status_code, "<html" in text) == (200, False)
    assert f'id="finding-{finding.pk}"' in text
    assert 'data-state="confirmed"' in text
    assert 'value="reopen"' in text
    assert '<input type="hidden" name="number" value="3">' in text


def test_ruling_taken_back_waits_again(sign_in, officer, finding):
    client = sign_in(officer)
    post(client, finding, "dismiss")
    assert 'data-state="open"' in post(client, finding, "reopen", version=1, htmx=True).content.decode()
    assert Finding.objects.get().state == "open"


def test_second_ruling_gets_the_conflict_and_changes_nothing(sign_in, officer, finding, department):
    client = sign_in(officer)
    post(client, finding, "confirm")
    page = post(client, finding, "dismiss")
    assert (page.status_code, "未写入" in page.content.decode()) == (409, True)
    note = post(client, finding, "dismiss", htmx=True)
    assert (note.status_code, "data-problem" in note.content.decode()) == (409, True)
    assert (Finding.objects.get().state, Finding.objects.get().version) == ("confirmed", 1)


def test_ruling_on_what_no_longer_holds_is_a_conflict(sign_in, officer, finding):
    Finding.objects.update(is_current=False)
    response = post(sign_in(officer), finding, "confirm", htmx=True)
    assert (response.status_code, "已不再适用" in response.content.decode()) == (409, True)
    assert 'name="verdict"' not in response.content.decode()


@pytest.mark.parametrize(
    "sent", [{"verdict": "maybe"}, {"version": ""}, {"version": "-1"}, {"reason": "长" * 301}]
)
def test_ruling_that_cannot_be_is_refused_in_words(sign_in, officer, finding, sent):
    client = sign_in(officer)
    url = reverse("reports:finding_rule", args=[finding.pk])
    data = {"verdict": "confirm", "version": "0"} | sent
    assert client.post(url, data, headers=HTMX).status_code == 422
    assert client.post(url, data)["Location"].endswith(f"#finding-{finding.pk}")
    assert Finding.objects.get().state == "open"


@pytest.mark.parametrize(("who", "status"), [("member", 403), ("head", 403), ("assessor", 403)])
def test_who_may_not_rule_cannot(request, sign_in, finding, who, status):
    assert post(sign_in(request.getfixturevalue(who)), finding, "confirm").status_code == status
    assert Finding.objects.get().state == "open"


def test_finding_of_another_department_does_not_exist(sign_in, officer, other_department):
    theirs = make_finding(make_report(other_department, "THEIRS"), "结节")
    assert post(sign_in(officer), theirs, "confirm").status_code == 404
    assert Finding.objects.get().state == "open"


def test_next_leads_to_a_page_of_ours_only(sign_in, officer, finding):
    client = sign_in(officer)
    back = post(client, finding, "confirm", next="/reports/findings/?state=open")["Location"]
    assert back == "/reports/findings/?state=open"
    away = post(client, finding, "reopen", version=1, next="https://evil.example/")["Location"]
    assert away.startswith(reverse("reports:detail", args=[finding.report_id]))


def test_twentieth_wrong_ruling_shows_the_note_softened(sign_in, officer, department):
    report = make_report(department)
    client = sign_in(officer)
    for _ in range(19):
        post(client, make_finding(report, "结节"), "dismiss")
    text = post(client, make_finding(report, "结节"), "dismiss", htmx=True).content.decode()
    assert RuleStanding.objects.get().demoted_to_note is True
    assert "原为“疑似”" in text


def test_reason_that_names_the_patient_is_masked_on_the_page(sign_in, officer, finding):
    text = post(sign_in(officer), finding, "dismiss", htmx=True, reason="受检甲的图像").content.decode()
    assert "受**的图像" in text
    assert "受检甲" not in text
