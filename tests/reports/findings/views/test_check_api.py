"""A RIS asks before signing: one report in, its findings out, nothing stored."""

import json
from datetime import datetime, timedelta
from time import process_time
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from reports.archive.models import Report
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules as every_rule
from reports.domain.textcheck.report import CheckedReport
from reports.findings.actions.tokens import add_check_token, revoke_check_token
from reports.findings.models import CheckToken, Finding, RuleSetting, RuleStanding
from reports.findings.views import check_api
from staff.access import token_tries
from tests.factories import make_report
from tests.reports.findings import small_rules
from tests.reports.findings.small_rules import PLACEHOLDER, PRIOR
from trail.models import Event

pytestmark = pytest.mark.django_db
LINE = {"accession_number": "A1", "findings": "右肺XX。"}
FINDING = {
    "code": PLACEHOLDER,
    "clause": "6.1.1",
    "field": "findings",
    "start": 2,
    "end": 4,
    "excerpt": "XX",
    "severity": "violation",
    "message": "残留占位符。",
}


@pytest.fixture(autouse=True)
def _rules(monkeypatch):
    cache.clear()
    small_rules.use(monkeypatch)


@pytest.fixture
def token(department):
    return add_check_token(department=department, name="RIS", by=None)[1]


def ask(client, body, token="", **headers):
    if not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False).encode()
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return client.post(reverse("reports:check"), body, content_type="application/json", headers=headers)


def test_report_asked_with_a_token_is_answered_and_not_stored(client, token):
    events = Event.objects.count()
    response = ask(client, LINE, token)
    assert (response.status_code, response.headers["Content-Type"]) == (
        200,
        "application/json; charset=utf-8",
    )
    assert response.json() == {"accession_number": "A1", "findings": [FINDING]}
    assert (Report.objects.count(), Finding.objects.count(), Event.objects.count()) == (0, 0, events)


def test_token_passes_without_csrf_and_a_session_only_with_it(token, officer):
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict, LINE, token).status_code == 200
    strict.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert ask(strict, LINE).status_code == 403
    strict.get(reverse("reports:list"))
    csrf = strict.cookies["csrftoken"].value
    assert ask(strict, LINE, **{"X-CSRFToken": csrf}).status_code == 200


def test_signed_in_officer_is_answered_and_a_member_is_not(client, officer, member):
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert ask(client, LINE).json()["findings"] == [FINDING]
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    assert ask(client, LINE).status_code == 403


@pytest.mark.parametrize("given", ["", "qc_wrong", "\ud800"])
def test_caller_without_a_valid_token_is_told_how(client, department, given):
    response = ask(client, LINE, given.encode("utf-8", "replace").decode())
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert set(response.json()) == {"error"}


def test_revoked_token_is_refused(client, department, token):
    revoke_check_token(department=department, name="RIS", by=None)
    assert ask(client, LINE, token).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"\xff", 400), ({"findings": 1}, 200), (b"[]", 400), (b" " * 1_000_001, 413)],
)
def test_what_is_no_report_is_refused_in_words(client, token, body, status):
    response = ask(client, body, token)
    assert (response.status_code, "error" in response.json()) == (status, status != 200)


def test_text_longer_than_an_import_takes_is_refused_in_words(client, token):
    response = ask(client, LINE | {"findings": "气胸" * 16_384}, token)
    assert (response.status_code, response.json()) == (
        400,
        {"error": "“findings”有32768个字，上限为32767个。"},
    )


def test_keys_that_are_not_of_a_report_are_named(client, token):
    response = ask(client, LINE | {"finding": "x"}, token)
    assert (response.status_code, response.headers["X-Ignored-Keys"]) == (200, "finding")


def test_caller_that_asks_too_often_is_told_to_wait_and_another_is_not(
    client, department, token, monkeypatch
):
    at = datetime(2026, 11, 1, 8, 0).astimezone()
    monkeypatch.setattr(check_api, "A_MINUTE", 2)
    monkeypatch.setattr(check_api, "timezone", SimpleNamespace(now=lambda: at, localtime=lambda: at))
    answers = [ask(client, LINE, token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].headers["Retry-After"], set(answers[2].json())) == ("60", {"error"})
    other = add_check_token(department=department, name="PACS", by=None)[1]
    assert ask(client, LINE, other).status_code == 200


def test_department_known_priors_count_and_those_given_go_first(client, token, department):
    make_report(department, "A0", patient_id="P-1", examined_at=datetime(2026, 9, 1, 9, 0))
    line = {
        "accession_number": "A1",
        "patient_id": "P-1",
        "findings": "结节。",
        "examined_at": "2026-10-12 09:30",
    }
    assert [f["code"] for f in ask(client, line, token).json()["findings"]] == [PRIOR]
    assert ask(client, line | {"priors": []}, token).json()["findings"] == []
    assert ask(client, line | {"examined_at": "2026-08-01 09:30"}, token).json()["findings"] == []


def test_rule_switched_off_or_demoted_in_the_department_is_so_here_too(client, token, department, officer):
    at = datetime(2026, 10, 1).astimezone()
    RuleStanding.objects.create(
        department=department, code=PLACEHOLDER, demoted_to_note=True, since=at, confirmed=0, judged=20
    )
    assert ask(client, LINE, token).json()["findings"] == [FINDING | {"severity": "note"}]
    RuleSetting.objects.create(
        department=department, code=PLACEHOLDER, enabled=False, set_by=officer, set_at=at
    )
    assert ask(client, LINE, token).json()["findings"] == []


def test_token_is_shown_once_and_kept_as_a_hash(department, capsys):
    call_command("add_check_token", "--department", "RAD", "--name", "RIS")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["department"], answer["name"]) == ("RAD", "RIS")
    row = CheckToken.objects.get()
    assert answer["token"] not in json.dumps(list(CheckToken.objects.values()), default=str)
    assert len(row.token_hash) == 64
    with pytest.raises(CommandError) as caught:
        call_command("add_check_token", "--department", "RAD", "--name", "RIS")
    assert caught.value.returncode == 2
    call_command("revoke_check_token", "--department", "RAD", "--name", "RIS")
    call_command("add_check_token", "--department", "RAD", "--name", "RIS")
    assert CheckToken.objects.filter(revoked_at__isnull=True).count() == 1


def test_ten_wrong_tokens_stop_the_address_for_a_minute_and_leave_one_event(client, token, monkeypatch):
    at = datetime(2026, 11, 1, 8, 0).astimezone()
    monkeypatch.setattr(token_tries, "timezone", SimpleNamespace(now=lambda: at))
    answers = [ask(client, LINE, "qc_wrong").status_code for _ in range(300)]
    assert answers == [401] * 10 + [429] * 290
    assert ask(client, LINE, token).status_code == 429  # a right one is not told from a wrong one
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert ask(elsewhere, LINE, token).status_code == 200
    at += timedelta(minutes=1)
    assert [ask(client, LINE, given).status_code for given in (token, "qc_wrong")] == [200, 401]
    events = Event.objects.filter(action="access.token_flood")
    assert list(events.values_list("actor_name", "ip", "result")) == [("系统", "127.0.0.1", "refused")]


def test_report_that_takes_too_long_is_answered_with_what_was_not_checked(client, token, monkeypatch):
    moments = iter([0.0, 0.0, *[check_api.LONGEST] * 9])
    monkeypatch.setattr(check_api, "monotonic", lambda: next(moments))
    found = ask(client, LINE | {"examined_at": ""}, token).json()
    assert found == {
        "accession_number": "A1",
        "findings": [FINDING],
        "unchecked": [small_rules.TIME],
    }


def test_checks_beyond_those_at_once_are_told_to_come_again(client, token, monkeypatch):
    monkeypatch.setattr(check_api, "_PATIENCE", 0.01)
    with check_api._place(), check_api._place():
        refused = ask(client, LINE, token)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert ask(client, LINE, token).status_code == 200


def test_text_of_one_word_without_end_takes_time_in_proportion_to_its_length():
    def seconds(length):
        text = ("气胸" * length)[:length]
        report = CheckedReport(findings=text, impression=text, examination_name="胸部CT", modality="CT")
        began = process_time()
        check(report, every_rule())
        return process_time() - began

    seconds(1_000)  # what is worked out once
    assert seconds(32_000) < 8 * seconds(8_000) + 0.2  # by the square it would be 16 times
