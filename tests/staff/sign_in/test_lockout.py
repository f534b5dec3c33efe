"""The lock-out counts one account under one name, wherever a password is asked for (docs/quality.md T2)."""

import re
from itertools import cycle, islice
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse

from staff.accounts.actions.accounts import create_account
from staff.accounts.actions.passwords import reset_password
from staff.accounts.models import User
from staff.sessions.models import StoredSession
from tests.people import PASSWORD
from tests.staff.accounts.domain.test_usernames import VARIANTS
from tests.staff.sign_in.test_login import NEW, WRONG, change, later, signed_in, try_in
from trail.models import Event

pytestmark = pytest.mark.django_db
APPS = ("trail", "exporting", "spreadsheets", "standards", "staff", "reports", "audits", "scoring")
APPS += ("qcportal",)
# Django's own fields refuse a null byte before any password is looked at.
TYPED = [name for name in VARIANTS if "\x00" not in name]


@pytest.fixture
def checked(monkeypatch):
    """Every password that was held against an account, in order."""
    found = []
    monkeypatch.setattr(User, "check_password", lambda self, raw: found.append(raw) or raw == PASSWORD)
    return found


def events(action):
    rows = Event.objects.filter(action=action).order_by("seq")
    return [(event.actor_id, event.target_id, event.result) for event in rows]


# --- one name -----------------------------------------------------------------------------------------


def test_variants_of_a_name_are_counted_as_one_and_the_right_password_is_refused(client, admin, checked):
    tries = list(islice(cycle(TYPED), 60))
    answers = [
        try_in(client, username=name, password=f"Wrong-{n}").status_code for n, name in enumerate(tries)
    ]
    assert answers == [400] * 4 + [429] * 56
    assert checked == [f"Wrong-{n}" for n in range(5)]
    assert {try_in(client, username=name, password=PASSWORD).status_code for name in TYPED} == {429}
    assert not signed_in(client)


@pytest.mark.parametrize("length", [151, 60_000, 1_000_000])
def test_name_longer_than_any_account_is_answered_like_an_unknown_one(length, client, admin):
    answer = try_in(client, username="a" * length)
    assert (answer.status_code, "账号或密码不正确" in answer.content.decode()) == (400, True)


def test_variants_of_an_unknown_name_look_the_same(client, admin):
    known = [try_in(client, username=name) for name in TYPED[:8]]
    unknown = [try_in(client, username=name.replace("d", "t")) for name in TYPED[:8]]
    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown]
    assert known[-1].content == unknown[-1].content


@pytest.mark.parametrize("typed", TYPED)
def test_variant_of_a_name_with_the_right_password_signs_in(typed, client, admin):
    assert try_in(client, username=typed, password=PASSWORD).url == reverse("home")


def test_account_stored_with_capitals_is_locked_and_unlocked_under_one_name(client, db):
    user = User.objects.create_user("Zhang.San", password=PASSWORD, full_name="张三")
    for typed in ("zhang.san", "ZHANG.SAN", "Zhang.San ", "zhang.san", "Zhang.San"):
        try_in(client, username=typed)
    assert try_in(client, username="Zhang.San", password=PASSWORD).status_code == 429
    given = reset_password(user, by=None)
    assert try_in(client, username="zhang.san", password=given.password).status_code == 302


def test_accounts_that_differ_in_case_only_are_each_opened_by_the_exact_name(client, db):
    small = User.objects.create_user("zhang", password=PASSWORD, full_name="张一")
    User.objects.create_user("ZHANG", password=NEW, full_name="张二")
    assert User.accounts.named("zhang") == small
    assert User.accounts.named("Zhang") is None
    assert try_in(client, username="ZHANG", password=NEW).status_code == 302


def test_account_named_as_another_in_other_case_or_width_is_refused(admin):
    for username in ("Admin", "ａdmin", "admin"):
        with pytest.raises(ValueError, match="已经存在"):
            create_account(username=username, full_name="又一人", by=None)


def test_unknown_name_is_hashed_for_as_a_known_one(client, admin, monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    made = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *a, **k: made.append(1) or encode(*a, **k))
    try_in(client, username="nobody")
    assert made == [1]


# --- every place that checks a password ---------------------------------------------------------------


def test_passwords_are_checked_in_one_place_only():
    calls = re.compile(r"\b(?:a?check_password|a?authenticate)\(")
    own = [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    found = {p.relative_to(settings.BASE_DIR).as_posix() for p in own if calls.search(p.read_text("utf-8"))}
    # The second compares a *new* password with the person's earlier ones, after the old one was right.
    assert found == {"staff/sign_in/lockout.py", "staff/accounts/passwords.py"}


def test_wrong_old_passwords_lock_the_password_page_and_the_right_one_is_refused(client, officer, checked):
    try_in(client, password=PASSWORD)
    checked.clear()
    answers = [change(client, f"Wrong-{n}", NEW).status_code for n in range(30)]
    assert answers == [400] * 4 + [429] * 26
    assert checked == [f"Wrong-{n}" for n in range(5)]
    refused = change(client, PASSWORD, NEW)
    assert refused.status_code == 429
    assert "15 分钟" in refused.content.decode()
    officer.refresh_from_db()
    assert officer.password_changed_at is None
    who = (officer.pk, str(officer.pk), "refused")
    assert events("staff.password_change") == [who] * 5
    assert events("staff.lock_out") == [who]


def test_password_page_and_sign_in_share_one_counter(client, officer, checked):
    try_in(client, password=PASSWORD)
    for _ in range(3):
        change(client, WRONG, NEW)
    for _ in range(2):
        try_in(client, username="OFFICER")
    assert change(client, PASSWORD, NEW).status_code == 429
    assert try_in(client, password=PASSWORD).status_code == 429


def test_password_page_right_password_forgets_the_failures(client, officer):
    try_in(client, password=PASSWORD)
    for _ in range(4):
        change(client, WRONG, NEW)
    assert change(client, PASSWORD, "Short-1a").status_code == 400
    assert [change(client, WRONG, NEW).status_code for _ in range(4)] == [400] * 4


@pytest.mark.parametrize("old", ["", WRONG])
def test_password_page_tells_nothing_of_earlier_passwords_without_the_right_one(old, client, officer):
    try_in(client, password=PASSWORD)
    assert set(change(client, old, PASSWORD).context["form"].errors) == {"old_password"}


def test_password_page_lock_out_ends_after_fifteen_minutes(client, officer, monkeypatch):
    try_in(client, password=PASSWORD)
    for _ in range(5):
        change(client, WRONG, NEW)
    later(monkeypatch, minutes=16)
    assert change(client, PASSWORD, NEW).url == reverse("home")


# --- one event a lock-out -----------------------------------------------------------------------------


def test_locked_out_tries_write_nothing_more_to_the_trail(client, officer):
    for _ in range(50):
        try_in(client)
    target = (None, str(officer.pk), "refused")
    assert events("staff.sign_in") == [target] * 5
    assert events("staff.lock_out") == [target]
    assert Event.objects.count() == 6


def test_lock_out_from_many_addresses_leaves_one_event(client, officer):
    for place in range(40):
        client.post(
            reverse("login"), {"username": "officer", "password": "no"}, REMOTE_ADDR=f"10.0.0.{place + 1}"
        )
    assert len(events("staff.sign_in")) == 20
    assert events("staff.lock_out") == [(None, str(officer.pk), "refused")]


def test_second_lock_out_after_the_first_has_ended_is_a_second_event(client, officer, monkeypatch):
    for _ in range(8):
        try_in(client)
    later(monkeypatch, minutes=16)
    for _ in range(8):
        try_in(client)
    assert len(events("staff.lock_out")) == 2


def test_invented_names_from_one_address_leave_twenty_events_and_one_for_all_others(client, officer):
    for number in range(60):
        try_in(client, username=f"nobody{number}")
    assert events("staff.sign_in") == [(None, "", "refused")] * 20
    assert events("staff.sign_in_flood") == [(None, "", "refused")]
    try_in(client)  # an account that exists is named all the same
    assert events("staff.sign_in")[20:] == [(None, str(officer.pk), "refused")]


# --- a new session id ---------------------------------------------------------------------------------


def test_signing_in_again_gives_a_new_session_id_and_ends_the_old_one(client, officer):
    keys = []
    for _ in range(3):
        try_in(client, password=PASSWORD)
        keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert list(StoredSession.objects.values_list("session_key", flat=True)) == keys[-1:]


def test_changing_the_password_gives_a_new_session_id(client, officer):
    try_in(client, password=PASSWORD)
    before = client.session.session_key
    change(client, PASSWORD, NEW)
    assert client.session.session_key != before
    assert not StoredSession.objects.filter(session_key=before).exists()
