"""Signing in with the password of the hospital's directory, a real slapd (docs/quality.md T5)."""

import socket
import time
from datetime import timedelta

import environ
import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone

from qcportal import directory as directory_settings
from staff.accounts.actions.accounts import set_active
from staff.accounts.models import RoleGrant, User
from tests.people import PASSWORD
from tests.staff.sign_in.directory_server import (
    BASE,
    READER,
    READER_PASSWORD,
    free_port,
    self_signed,
    serving,
)
from tests.staff.sign_in.test_lockout import events
from tests.staff.sign_in.test_login import WRONG, signed_in, try_in
from trail.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
THEIRS = "Directory-passw0rd"
AWAY = "医院目录服务暂时无法连接"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    people = {"officer": ("测一鸣", THEIRS), "newcomer": ("新来者", THEIRS)}
    with serving(tmp_path_factory.mktemp("slapd"), people) as running:
        yield running


@pytest.fixture
def configure(settings, monkeypatch):
    """configure(url, authority, **more): the app as its environment would have it."""

    def _configure(url, authority, **more):
        values = {"URL": url, "CA": str(authority), "SEARCH": BASE, "BIND_DN": READER}
        values |= {"BIND_PASSWORD": READER_PASSWORD} | more
        for name, value in values.items():
            monkeypatch.setenv(f"QC_LDAP_{name}", value)
        for name, value in directory_settings.directory_settings(environ.Env()).items():
            setattr(settings, name, value)
        settings.AUTHENTICATION_BACKENDS = [
            *(path for path in settings.AUTHENTICATION_BACKENDS if "Directory" not in path),
            directory_settings.DIRECTORY_BACKEND,
        ]

    return _configure


@pytest.fixture
def directory(server, configure):
    configure(server.start_tls, server.authority)
    return server


@pytest.fixture
def theirs(officer):
    """The officer, whose password is the directory's alone."""
    officer.set_unusable_password()
    officer.save()
    return officer


@pytest.mark.parametrize("way", ["start_tls", "ldaps"])
def test_password_of_the_directory_opens_the_account_here(way, client, server, configure, theirs):
    configure(getattr(server, way), server.authority)
    assert try_in(client, " OFFICER", THEIRS).url == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert "医院的账号管理系统" in client.get(reverse("password_change")).content.decode()
    assert events("staff.sign_in") == [(theirs.pk, str(theirs.pk), "done")]


def test_groups_of_the_directory_grant_nothing(client, directory, theirs):
    try_in(client, password=THEIRS)
    assert list(RoleGrant.objects.values_list("role", flat=True)) == ["qc_officer"]


def test_names_here_are_not_overwritten_by_the_directory(client, directory, theirs):
    User.objects.update(full_name="测改名")
    try_in(client, password=THEIRS)
    theirs.refresh_from_db()
    assert theirs.full_name == "测改名"


def test_wrong_passwords_of_the_directory_lock_out_with_the_fifth(client, directory, theirs):
    assert [try_in(client).status_code for _ in range(6)] == [400] * 4 + [429] * 2
    assert try_in(client, password=THEIRS).status_code == 429
    assert not signed_in(client)
    assert len(events("staff.lock_out")) == 1


@pytest.mark.parametrize("username", ["*", "offic*", "officer)(uid=*", "nobody", "newcomer"])
def test_name_without_an_account_here_is_refused_and_none_is_made(username, client, directory, theirs):
    assert try_in(client, username, THEIRS).status_code == 400
    assert User.objects.count() == 1


def test_empty_password_is_no_anonymous_bind(client, directory, theirs):
    assert try_in(client, password="").status_code == 400
    assert not signed_in(client)


def test_account_disabled_here_is_refused(client, directory, theirs):
    set_active(theirs, active=False, by=None)
    answer = try_in(client, password=THEIRS)
    assert "账号或密码不正确，或该账号已停用" in answer.content.decode()
    assert not signed_in(client)


def test_account_that_has_ended_here_is_refused(client, directory, theirs):
    User.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert "有效期已过" in try_in(client, password=THEIRS).content.decode()
    assert not signed_in(client)


def test_account_is_made_without_roles_where_creation_is_on(client, server, configure, db):
    configure(server.start_tls, server.authority, CREATE="1")
    assert try_in(client, "Newcomer", THEIRS).status_code == 302
    made = User.objects.get()
    assert (made.username, made.full_name, made.has_usable_password()) == ("newcomer", "新来者", False)
    assert not made.role_grants.exists()
    assert client.get(reverse("home")).status_code == 403
    created = Event.objects.get(action="staff.account_create")
    assert (created.target_id, created.detail) == (str(made.pk), {"username": "newcomer"})
    assert try_in(client, "nobody", THEIRS).status_code == 400
    assert User.objects.count() == 1


def test_local_password_works_beside_the_directory(client, directory, head):
    assert try_in(client, "head", PASSWORD).url == reverse("home")
    assert "当前密码" in client.get(reverse("password_change")).content.decode()


# --- the directory is away ----------------------------------------------------------------------------


def test_directory_that_is_away_is_said_so_and_local_accounts_sign_in(
    client, server, configure, theirs, head
):
    configure(f"ldap://127.0.0.1:{free_port()}", server.authority)
    for _ in range(7):
        answer = try_in(client, password=THEIRS)
        assert (answer.status_code, AWAY in answer.content.decode()) == (400, True)
    assert AccessAttempt.objects.count() == 0
    assert try_in(client, "head", PASSWORD).url == reverse("home")


def test_local_passwords_are_counted_while_the_directory_is_away(client, server, configure, head):
    configure(f"ldap://127.0.0.1:{free_port()}", server.authority)
    assert [try_in(client, "head", WRONG).status_code for _ in range(6)] == [400] * 4 + [429] * 2
    assert try_in(client, "head", PASSWORD).status_code == 429


def test_directory_of_another_authority_is_sent_no_password(client, server, configure, theirs, tmp_path):
    for url in (server.start_tls, server.ldaps):
        configure(url, self_signed(tmp_path, "other"))
        assert AWAY in try_in(client, password=THEIRS).content.decode()
    assert not signed_in(client)


def test_wrong_password_of_the_apps_own_account_is_not_the_persons_fault(client, server, configure, theirs):
    configure(server.start_tls, server.authority, BIND_PASSWORD="changed")
    assert AWAY in try_in(client, password=THEIRS).content.decode()
    assert AccessAttempt.objects.count() == 0


def test_directory_that_never_answers_is_given_up_in_time(client, server, configure, theirs, monkeypatch):
    monkeypatch.setattr(directory_settings, "_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configure(f"ldap://127.0.0.1:{silent.getsockname()[1]}", server.authority)
        begun = time.monotonic()
        assert AWAY in try_in(client, password=THEIRS).content.decode()
    assert time.monotonic() - begun < 10


def test_confirmation_takes_the_password_of_the_directory(client, directory, theirs):
    try_in(client, password=THEIRS)
    assert client.post(reverse("login_confirm"), {"confirm-password": WRONG}).status_code == 400
    assert client.post(reverse("login_confirm"), {"confirm-password": THEIRS}).status_code == 302
