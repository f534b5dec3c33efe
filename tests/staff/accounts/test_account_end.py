"""An account's last day: sign-in, running sessions, roles, lists and warnings; midnight is Beijing's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qcportal.home.tasks.admin import admin_tasks
from staff.accounts.actions.accounts import change_account, shown_account
from staff.accounts.actions.roles import END_NEEDED, grant_role
from staff.accounts.models import RoleGrant, User
from staff.conflicts.versions import fingerprint
from staff.sign_in.forms import ENDED
from tests import people
from trail.models import Event

pytestmark = pytest.mark.django_db
LAST = date(2026, 12, 31)
# 2026-12-31 in Beijing ends at 16:00 UTC.
BEFORE, AFTER = (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC))


@pytest.fixture
def at(monkeypatch):
    """at(moment): what the clock says from now on."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def guest(inspector):
    inspector.expires_on = LAST
    inspector.save()
    return inspector


def values(user: User, **more):
    kept = {"full_name": user.full_name, "staff_number": user.staff_number, "aliases": user.aliases}
    return kept | {"expires_on": user.expires_on} | more


def form(user: User, **more):
    values = {"full_name": user.full_name, "staff_number": "", "aliases": "", "expires_on": ""}
    return values | {"version": fingerprint(shown_account(user))} | more


# --- the day itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("moment", "status", "said"), [(BEFORE, 302, False), (AFTER, 400, True)])
def test_sign_in_is_refused_from_midnight_in_beijing(guest, at, moment, status, said):
    at(moment)
    answer = Client().post(reverse("login"), {"username": "inspector", "password": people.PASSWORD})
    assert (answer.status_code, ENDED in answer.content.decode()) == (status, said)


def test_sign_in_with_a_wrong_password_does_not_tell_that_the_account_ended(guest, at):
    at(AFTER)
    answer = Client().post(reverse("login"), {"username": "inspector", "password": "Wrong-passw0rd"})
    assert (answer.status_code, ENDED in answer.content.decode()) == (400, False)


def test_session_ends_on_the_next_request_after_midnight(guest, at, sign_in):
    at(BEFORE)
    client = sign_in(guest)
    assert client.get(reverse("scoring:packets")).status_code == 200
    at(AFTER)
    answer = client.get(reverse("scoring:packets"))
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('login')}?ended=1")
    assert ENDED in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("scoring:packets"))["Location"].startswith(f"{reverse('login')}?next=")


def test_fragment_asked_for_after_the_end_loads_the_sign_in_page(guest, at, sign_in):
    at(BEFORE)
    client = sign_in(guest)
    at(AFTER)
    answer = client.get(reverse("scoring:packets"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{reverse('login')}?ended=1")


def test_account_past_its_end_holds_no_role(guest, at):
    at(BEFORE)
    assert User.objects.get(pk=guest.pk).may("scoring.download_packet")
    at(AFTER)
    assert not User.objects.get(pk=guest.pk).may("scoring.download_packet")


# --- set and required -------------------------------------------------------------------------------


def test_role_of_inspector_needs_an_account_with_an_end(department, admin):
    user = User.objects.create_user("guest", full_name="检查乙")
    with pytest.raises(ValueError, match=END_NEEDED):
        grant_role(user, role="inspector", department=department, until=None, by=admin)
    change_account(user, **values(user, expires_on=timezone.localdate()), by=admin)
    user.refresh_from_db()
    assert grant_role(user, role="inspector", department=department, until=None, by=admin).role == "inspector"


def test_end_of_an_inspector_cannot_be_taken_away(guest, admin):
    with pytest.raises(ValueError, match=END_NEEDED):
        change_account(guest, **values(guest, expires_on=None), by=admin)


def test_own_end_and_that_of_the_last_administrator_are_refused(admin):
    day = timezone.localdate() + timedelta(days=9)
    with pytest.raises(ValueError, match="不能更改自己账号的有效期"):
        change_account(admin, **values(admin, expires_on=day), by=admin)
    with pytest.raises(ValueError, match="最后一位长期有效的系统管理员"):
        change_account(admin, **values(admin, expires_on=day), by=None)
    admin.refresh_from_db()
    assert admin.expires_on is None


def test_change_of_the_end_is_in_the_trail(guest, admin):
    change_account(guest, **values(guest, expires_on=date(2027, 1, 31)), by=admin)
    event = Event.objects.get(action="staff.account_change")
    assert event.detail == {"changed": {"expires_on": ["2026-12-31", "2027-01-31"]}}


def test_new_inspector_without_an_end_is_refused_on_the_page(sign_in, admin, department):
    client = sign_in(admin)
    new = {"username": "guest", "full_name": "检查乙", "role": "inspector", "department": department.pk}
    answer = client.post(reverse("staff:account_new"), new)
    assert (answer.status_code, END_NEEDED in answer.content.decode()) == (400, True)
    end = timezone.localdate() + timedelta(days=30)
    answer = client.post(reverse("staff:account_new"), new | {"expires_on": end.isoformat()})
    assert (answer.status_code, User.objects.get(username="guest").expires_on) == (200, end)


def test_day_that_has_passed_is_refused_and_one_that_stands_is_kept(sign_in, admin, inspector):
    client, address = sign_in(admin), reverse("staff:account_edit", args=[inspector.pk])
    past = timezone.localdate() - timedelta(days=1)
    answer = client.post(address, form(inspector, expires_on=past.isoformat()))
    assert (answer.status_code, f"{past}已经过去" in answer.content.decode()) == (400, True)
    User.objects.filter(pk=inspector.pk).update(expires_on=past)
    inspector.refresh_from_db()
    answer = client.post(address, form(inspector, full_name="检查改", expires_on=past.isoformat()))
    inspector.refresh_from_db()
    assert (answer.status_code, inspector.full_name, inspector.expires_on) == (302, "检查改", past)


def test_refused_change_is_said_beside_the_field(sign_in, admin, guest):
    answer = sign_in(admin).post(reverse("staff:account_edit", args=[guest.pk]), form(guest))
    guest.refresh_from_db()
    assert (answer.status_code, END_NEEDED in answer.content.decode(), guest.expires_on) == (400, True, LAST)


# --- shown ------------------------------------------------------------------------------------------


def test_list_shows_ends_and_narrows_to_them(sign_in, admin, inspector, officer):
    today, client = timezone.localdate(), sign_in(admin)
    found = {}
    for shift in (-1, 0, 7, 8):
        User.objects.filter(pk=inspector.pk).update(expires_on=today + timedelta(days=shift))
        for state in ("account_ending", "account_ended"):
            page = client.get(reverse("staff:accounts"), {"state": state})
            found[shift, state] = [row.record.username for row in page.context["table"].rows]
    hit = ["inspector"]
    assert {key for key, names in found.items() if names == hit} == {
        (-1, "account_ended"),
        (0, "account_ending"),
        (7, "account_ending"),
    }
    User.objects.filter(pk=inspector.pk).update(expires_on=today - timedelta(days=1))
    body = client.get(reverse("staff:accounts")).content.decode()
    assert ("已到期" in body, (today - timedelta(days=1)).isoformat() in body, "长期" in body) == (True,) * 3


@pytest.mark.parametrize(("days", "warned"), [(-1, False), (0, True), (7, True), (8, False)])
def test_administrator_is_warned_seven_days_before(admin, inspector, days, warned):
    today = timezone.localdate()
    User.objects.filter(pk=inspector.pk).update(expires_on=today + timedelta(days=days))
    texts = [task.text for task in admin_tasks(admin, today)]
    assert ("1 个账号即将到期" in texts) is warned


def test_switched_off_account_is_no_warning(admin, inspector):
    User.objects.filter(pk=inspector.pk).update(expires_on=timezone.localdate(), is_active=False)
    assert "1 个账号即将到期" not in [task.text for task in admin_tasks(admin, timezone.localdate())]


def test_accounts_list_with_ends_asks_equally_often(sign_in, admin, department, count_queries):
    client = sign_in(admin)
    counts = []
    for names in (("a1",), ("a2", "a3")):
        for name in names:
            user = people.person(name, name, "inspector", department, expires_on=LAST)
            assert RoleGrant.objects.filter(user=user).count() == 1
        client.get(reverse("staff:accounts"), {"q": "a"})
        counts.append(count_queries(lambda: client.get(reverse("staff:accounts"), {"q": "a"})))
    assert counts[0] == counts[1]
