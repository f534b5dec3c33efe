"""Sign-in, lock-out, own password, session limits (docs/quality.md T1 to T4)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.accounts.actions.accounts import set_active
from staff.accounts.actions.passwords import reset_password
from staff.accounts.models import User
from staff.sessions.models import StoredSession
from staff.sign_in.middleware import STARTED
from tests.people import PASSWORD
from trail.models import Event

pytestmark = pytest.mark.django_db
WRONG = "Wrong-passw0rd"
NEW = "Brand-new-1"


def try_in(client, username="officer", password=WRONG, **more):
    return client.post(reverse("login"), {"username": username, "password": password, **more})


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def later(monkeypatch, **delta):
    now = timezone.now() + timedelta(**delta)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: now)


# --- signing in -------------------------------------------------------------------------------------


def test_sign_in_right_password_opens_home_and_leaves_a_trail(client, officer):
    response = try_in(client, password=PASSWORD)
    assert (response.status_code, response.url) == (302, reverse("home"))
    event = Event.objects.get()
    assert (event.action, event.actor_id, event.ip, event.result) == (
        "staff.sign_in",
        officer.pk,
        "127.0.0.1",
        "done",
    )


def test_sign_in_next_of_ours_is_followed(client, officer):
    response = try_in(client, password=PASSWORD, next="/standard/?q=1")
    assert response.url == "/standard/?q=1"


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_next_of_strangers_is_not_followed(client, officer, next_url):
    assert try_in(client, password=PASSWORD, next=next_url).url == reverse("home")


def test_sign_in_refusals_read_alike_whoever_is_tried(client, officer, head):
    set_active(head, active=False, by=None)
    answers = set()
    for username, password in (("officer", "Wrong-passw0rd"), ("nobody", PASSWORD), ("head", PASSWORD)):
        response = try_in(client, username, password)
        assert response.status_code == 400
        assert response.context["form"].non_field_errors()
        answers.add(str(response.context["form"].non_field_errors()))
    assert len(answers) == 1
    assert "账号或密码不正确，或该账号已停用" in answers.pop()


def test_sign_in_refused_keeps_no_typed_name_in_the_trail(client):
    try_in(client, username="My-secret-passw0rd")
    event = Event.objects.get()
    assert (event.action, event.result, event.target_id, event.detail) == ("staff.sign_in", "refused", "", {})


def test_signed_in_visitor_of_the_sign_in_page_goes_home(sign_in, officer):
    assert sign_in(officer).get(reverse("login")).url == reverse("home")


def test_sign_out_ends_the_session_and_needs_post(sign_in, officer):
    client = sign_in(officer)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == reverse("login")
    assert not signed_in(client)


# --- lock-out ---------------------------------------------------------------------------------------


def test_five_wrong_passwords_lock_even_the_right_one_out_and_say_how_long(client, officer):
    answers = [try_in(client).status_code for _ in range(5)]
    assert answers == [400, 400, 400, 400, 429]
    response = try_in(client, password=PASSWORD)
    assert response.status_code == 429
    assert "15 分钟" in response.content.decode()
    assert not signed_in(client)


def test_lock_out_of_an_unknown_account_looks_the_same(client, officer):
    known = [try_in(client) for _ in range(6)]
    unknown = [try_in(client, username="nobody") for _ in range(6)]
    assert [r.status_code for r in known] == [r.status_code for r in unknown]
    assert known[-1].content == unknown[-1].content


def test_lock_out_ends_after_fifteen_minutes_and_tries_do_not_lengthen_it(client, officer, monkeypatch):
    for _ in range(5):
        try_in(client)
    later(monkeypatch, minutes=14)
    assert "1 分钟" in try_in(client, password=PASSWORD).content.decode()
    later(monkeypatch, minutes=2)
    assert try_in(client, password=PASSWORD).status_code == 302


def test_lock_out_is_of_one_account_at_one_address(client, officer, head):
    for _ in range(5):
        try_in(client)
    assert try_in(client, username="head", password=PASSWORD).status_code == 302
    client.logout()
    elsewhere = client.post(
        reverse("login"), {"username": "officer", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9"
    )
    assert elsewhere.status_code == 302


def test_right_password_before_the_fifth_try_forgets_the_failures(client, officer):
    for _ in range(4):
        try_in(client)
    assert try_in(client, password=PASSWORD).status_code == 302
    client.logout()
    assert try_in(client).status_code == 400


def test_twenty_failures_from_many_addresses_lock_the_account_for_all(client, officer):
    for place in range(20):
        client.post(
            reverse("login"), {"username": "officer", "password": "no"}, REMOTE_ADDR=f"10.0.0.{place + 1}"
        )
    answer = client.post(
        reverse("login"), {"username": "officer", "password": PASSWORD}, REMOTE_ADDR="10.0.1.1"
    )
    assert answer.status_code == 429
    assert not signed_in(client)


def test_reset_password_lifts_the_lock_out(client, officer):
    for _ in range(5):
        try_in(client)
    given = reset_password(officer, by=None)
    assert try_in(client, password=given.password).status_code == 302


# --- single-use and own passwords -------------------------------------------------------------------


def test_single_use_password_opens_only_the_page_that_changes_it(client, officer):
    given = reset_password(officer, by=None)
    try_in(client, password=given.password)
    assert client.get(reverse("home")).url == reverse("password_change")
    fragment = client.get(reverse("standards:clauses"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, reverse("password_change"))
    page = client.get(reverse("password_change"))
    assert "一次性密码" in page.content.decode()


def test_single_use_password_after_a_day_is_refused_with_its_reason(client, officer, monkeypatch):
    given = reset_password(officer, by=None)
    later(monkeypatch, hours=24, seconds=1)
    response = try_in(client, password=given.password)
    assert response.status_code == 400
    assert "一次性密码已过期" in response.content.decode()
    assert not signed_in(client)


def change(client, old, new, again=None):
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("password_change"), data)


def test_own_password_changed_keeps_this_session_and_ends_others(client, officer):
    from django.test import Client

    other = Client()
    try_in(other, password=PASSWORD)
    try_in(client, password=PASSWORD)
    assert change(client, PASSWORD, NEW).url == reverse("home")
    assert client.get(reverse("password_change")).status_code == 200
    assert other.get(reverse("home")).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert not officer.must_change_password


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Short-1a", "密码太短：现有8个字符"),
        ("onlylowercaseletters", "至少三类"),
        ("Officer-2026", "officer"),
        ("Radiology-26", "radiology"),
        (PASSWORD, "最近五次"),
        ("Password123", "常见"),
        ("Wangfang@1985", "拼音姓名"),
    ],
)
def test_own_password_that_is_weak_is_refused_with_its_reason(client, officer, password, words):
    try_in(client, password=PASSWORD)
    response = change(client, PASSWORD, password)
    assert response.status_code == 400
    assert words in response.content.decode()


def test_own_password_typed_wrongly_is_refused(client, officer):
    try_in(client, password=PASSWORD)
    assert "当前密码不正确" in change(client, "Nope-nope-1", NEW).content.decode()
    assert "两次输入的新密码不一致" in change(client, PASSWORD, NEW, "Other-new-1").content.decode()


def test_last_five_passwords_are_barred_and_the_sixth_is_free(client, officer):
    try_in(client, password=PASSWORD)
    first = "Quite-other-7"  # the cast's own password is too common to be chosen
    change(client, PASSWORD, first)
    used = [first]
    for number in range(6):
        new = f"Brand-new-{number}"
        assert change(client, used[-1], new).status_code == 302
        used.append(new)
    for barred in used[-6:]:  # the present one and the five before it
        assert change(client, used[-1], barred).status_code == 400
    assert change(client, used[-1], first).status_code == 302


def test_password_after_ninety_days_must_be_changed_unless_the_profile_says_not(
    client, officer, monkeypatch, settings
):
    try_in(client, password=PASSWORD)
    change(client, PASSWORD, NEW)
    client.logout()
    later(monkeypatch, days=91)
    try_in(client, password=NEW)
    assert client.get(reverse("home")).url == reverse("password_change")
    assert "密码已到期" in client.get(reverse("password_change")).content.decode()
    settings.QC_PASSWORD_DAYS = None
    assert client.get(reverse("standards:clauses")).status_code == 200


# --- sessions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "minutes"), [("officer", 30), ("admin", 15), ("auditor", 15), ("inspector", 15)]
)
def test_idle_session_ends_after_its_limit(who, minutes, request, sign_in, monkeypatch):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("standards:clauses")).status_code == 200
    later(monkeypatch, minutes=minutes, seconds=-5)
    assert client.get(reverse("standards:clauses")).status_code == 200
    later(monkeypatch, minutes=minutes, seconds=5)
    response = client.get(reverse("standards:clauses"))
    assert response.url == f"{reverse('login')}?idle=1"
    assert not signed_in(client)
    assert "长时间没有操作" in client.get(response.url).content.decode()


def test_idle_session_asked_for_a_fragment_loads_the_whole_page(sign_in, officer, monkeypatch):
    client = sign_in(officer)
    client.get(reverse("standards:clauses"))
    later(monkeypatch, minutes=31)
    response = client.get(reverse("standards:clauses"), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, f"{reverse('login')}?idle=1")


def test_session_in_use_ends_after_twelve_hours_all_the_same(sign_in, officer, monkeypatch):
    client = sign_in(officer)
    start = timezone.now()
    for minutes in range(20, 12 * 60, 20):
        monkeypatch.setattr(timezone, "now", lambda m=minutes: start + timedelta(minutes=m))
        assert client.get(reverse("standards:clauses")).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(hours=12, seconds=5))
    assert client.get(reverse("standards:clauses")).url == f"{reverse('login')}?long=1"


def test_signing_in_again_begins_the_twelve_hours_anew(client, officer, monkeypatch):
    try_in(client, password=PASSWORD)
    first = client.session[STARTED]
    later(monkeypatch, minutes=20)
    try_in(client, password=PASSWORD)
    assert client.session[STARTED] - first >= 1200


def test_session_is_written_at_most_once_a_minute(sign_in, officer, monkeypatch, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(officer)
    url = reverse("standards:clauses")
    client.get(url)

    def writes(delta):
        later(monkeypatch, seconds=delta)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return sum("staff_storedsession" in q["sql"] and not q["sql"].startswith("SELECT") for q in caught)

    assert [writes(20), writes(10)] == [0, 0]
    assert writes(45) > 0
    assert StoredSession.objects.count() == 1


def test_disabled_account_is_out_on_its_next_request(sign_in, officer):
    client = sign_in(officer)
    assert client.get(reverse("standards:clauses")).status_code == 200
    set_active(officer, active=False, by=None)
    assert client.get(reverse("standards:clauses")).status_code == 302


def test_role_taken_back_acts_on_the_next_request(sign_in, officer):
    client = sign_in(officer)
    assert client.get(reverse("standards:clauses")).status_code == 200
    officer.role_grants.all().delete()
    assert client.get(reverse("standards:clauses")).status_code == 403


def test_account_without_roles_may_still_change_its_password(sign_in, db):
    user = User.objects.create_user("bare", password=PASSWORD, full_name="无角色")
    client = sign_in(user)
    assert client.get(reverse("home")).status_code == 403
    assert client.get(reverse("password_change")).status_code == 200


# --- headers ----------------------------------------------------------------------------------------


def test_signed_in_page_is_kept_by_no_cache_and_guarded(sign_in, officer):
    headers = sign_in(officer).get(reverse("standards:clauses")).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_password_never_comes_back_in_a_page(client, officer):
    assert WRONG not in try_in(client).content.decode()
