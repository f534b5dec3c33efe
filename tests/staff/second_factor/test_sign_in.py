"""Signing in with a second factor: codes, the lock-out, what is forced (docs/quality.md T5)."""

import pytest
from django.test import Client
from django.urls import reverse

from staff.accounts.actions.passwords import reset_password
from staff.accounts.actions.roles import grant_role
from staff.second_factor.actions import reset_second_factor
from staff.sessions.models import StoredSession
from tests.people import PASSWORD
from tests.staff.second_factor.factories import device_code, enrol, other_code
from tests.staff.sign_in.test_lockout import events
from tests.staff.sign_in.test_login import WRONG, change, later, signed_in, try_in
from trail.models import Event

pytestmark = pytest.mark.django_db
CODE, SET_UP = "/login/code/", "/second-factor/"


def send_code(client, code, **more):
    return client.post(reverse("login_code"), {"code": code}, **more)


def test_right_password_asks_for_a_code_and_signs_nobody_in(client, officer):
    enrol(officer)
    answer = try_in(client, password=PASSWORD, next="/standard/")
    assert answer.url == CODE
    assert not signed_in(client)
    assert client.get(reverse("home")).url.startswith(reverse("login"))
    answer = send_code(client, device_code(officer))
    assert answer.url == "/standard/"
    assert signed_in(client)
    assert events("staff.sign_in") == [(officer.pk, str(officer.pk), "done")]


def test_code_that_signed_in_once_is_refused_the_second_time(client, officer):
    enrol(officer)
    code = device_code(officer)
    for url in (reverse("home"), None):
        try_in(client, password=PASSWORD)
        answer = send_code(client, code)
        assert getattr(answer, "url", None) == url
        client.logout()
    assert answer.status_code == 400
    assert "验证码不正确或已用过" in answer.content.decode()


def test_code_earlier_than_the_one_used_is_refused(client, officer):
    enrol(officer)
    earlier, now = device_code(officer, steps=-1), device_code(officer)
    try_in(client, password=PASSWORD)
    assert send_code(client, now).status_code == 302
    client.logout()
    try_in(client, password=PASSWORD)
    assert send_code(client, earlier).status_code == 400


def test_recovery_code_signs_in_once_and_is_recorded(client, officer):
    first, *_ = enrol(officer)
    try_in(client, password=PASSWORD)
    assert send_code(client, f" {first.lower()} ").status_code == 302
    assert Event.objects.get(action="staff.recovery_code_use").detail == {"codes_left": 9}
    client.logout()
    try_in(client, password=PASSWORD)
    assert send_code(client, first).status_code == 400


def test_recovery_code_of_another_person_is_refused(client, officer, head):
    enrol(officer)
    theirs = enrol(head)[0]
    try_in(client, password=PASSWORD)
    assert send_code(client, theirs).status_code == 400


def test_wrong_codes_lock_out_with_the_fifth_and_even_the_right_one_is_refused(client, officer):
    enrol(officer)
    try_in(client, password=PASSWORD)
    answers = [send_code(client, other_code(officer)).status_code for _ in range(7)]
    assert answers == [400] * 4 + [429] * 3
    assert send_code(client, device_code(officer)).status_code == 429
    assert try_in(client, password=PASSWORD).status_code == 429
    assert events("staff.sign_in_code") == [(None, str(officer.pk), "refused")] * 5
    assert events("staff.lock_out") == [(None, str(officer.pk), "refused")]


def test_right_password_between_wrong_codes_starts_no_new_count(client, officer):
    enrol(officer)
    answers = []
    for _ in range(5):
        assert try_in(client, password=PASSWORD).status_code == 302
        answers.append(send_code(client, other_code(officer)).status_code)
    assert answers == [400] * 4 + [429]


def test_wrong_passwords_and_wrong_codes_are_one_count(client, officer):
    enrol(officer)
    for _ in range(3):
        try_in(client, password=WRONG)
    try_in(client, password=PASSWORD)
    assert [send_code(client, other_code(officer)).status_code for _ in range(2)] == [400, 429]


def test_right_code_forgets_the_failures(client, officer):
    enrol(officer)
    for _ in range(4):
        try_in(client, password=WRONG)
    try_in(client, password=PASSWORD)
    assert send_code(client, device_code(officer)).status_code == 302
    client.logout()
    assert [try_in(client).status_code for _ in range(4)] == [400] * 4


def test_code_without_a_password_leads_to_the_sign_in_page(client, officer):
    enrol(officer)
    for answer in (client.get(CODE), send_code(client, device_code(officer))):
        assert answer.url == f"{reverse('login')}?late=1"
    assert "5分钟内" in client.get(answer.url).content.decode()


def test_code_more_than_five_minutes_after_the_password_is_refused(client, officer, monkeypatch):
    enrol(officer)
    try_in(client, password=PASSWORD)
    later(monkeypatch, minutes=5, seconds=5)
    assert send_code(client, device_code(officer)).url == f"{reverse('login')}?late=1"


@pytest.mark.parametrize("change", ["disable", "password", "reset"])
def test_account_changed_after_the_password_must_start_again(client, officer, change):
    enrol(officer)
    try_in(client, password=PASSWORD)
    code = device_code(officer)
    if change == "disable":
        type(officer).objects.update(is_active=False)
    elif change == "password":
        reset_password(officer, by=None)
    else:
        reset_second_factor(officer, by=None)
    assert send_code(client, code).url == f"{reverse('login')}?late=1"
    assert not signed_in(client)


def test_session_id_is_new_after_the_password_and_after_the_code(client, officer):
    enrol(officer)
    client.get(reverse("login"))
    keys = []
    for _ in range(2):
        try_in(client, password=PASSWORD)
        keys.append(client.session.session_key)
        send_code(client, device_code(officer, steps=len(keys) // 2))
        keys.append(client.session.session_key)
    assert len(set(keys)) == 4
    assert list(StoredSession.objects.values_list("session_key", flat=True)) == keys[-1:]


def test_setting_up_ends_sessions_that_were_opened_by_the_password_alone(client, officer):
    elsewhere = Client()
    for browser in (elsewhere, client):
        try_in(browser, password=PASSWORD)
    assert elsewhere.get(reverse("home")).status_code == 200
    enrol(officer)
    assert elsewhere.get(reverse("home")).status_code == 302


# --- required ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "who", "forced"),
    [
        ("privileged", "admin", True),
        ("privileged", "officer", False),
        ("all", "officer", True),
        ("off", "admin", False),
    ],
)
def test_second_factor_is_forced_as_the_setting_says(setting, who, forced, client, request, settings):
    settings.QC_SECOND_FACTOR = setting
    user = request.getfixturevalue(who)
    try_in(client, user.username, PASSWORD)
    answer = client.get(reverse("standards:clauses"))
    assert (answer.status_code, getattr(answer, "url", "")) == ((302, SET_UP) if forced else (200, ""))


def test_first_administrator_changes_the_password_then_sets_up_then_works(client, admin, settings):
    settings.QC_SECOND_FACTOR = "privileged"
    given = reset_password(admin, by=None)
    try_in(client, "admin", given.password)
    assert client.get(reverse("home")).url == reverse("password_change")
    change(client, given.password, "Brand-new-1")
    assert client.get(reverse("home")).url == SET_UP
    fragment = client.get(reverse("staff:accounts"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, SET_UP)
    assert "请先绑定手机验证器" in client.get(SET_UP).content.decode()


def test_role_granted_later_forces_the_set_up_on_the_next_request(client, officer, settings):
    settings.QC_SECOND_FACTOR = "privileged"
    try_in(client, password=PASSWORD)
    assert client.get(reverse("home")).status_code == 200
    grant_role(officer, role="admin", department=None, until=None, by=None)
    assert client.get(reverse("home")).url == SET_UP


def test_person_whose_device_was_reset_is_told_by_whom_once(client, officer, admin):
    enrol(officer)
    reset_second_factor(officer, by=admin)
    try_in(client, password=PASSWORD)
    assert "由管理甲重设" in client.get(reverse("home")).content.decode()
    client.logout()
    try_in(client, password=PASSWORD)
    assert "由管理甲重设" not in client.get(reverse("home")).content.decode()
