"""Step-up: who signed in a while ago is asked again, and what was typed goes on (docs/quality.md T5)."""

import html
import re

import pytest
from django.urls import reverse

from staff.accounts.models import GrantRequest, User
from tests.people import PASSWORD
from tests.staff.second_factor.factories import device_code, enrol, other_code
from tests.staff.sign_in.test_lockout import events
from tests.staff.sign_in.test_login import WRONG, later, try_in

pytestmark = pytest.mark.django_db
NEW = {"username": "new.person", "full_name": "新来者", "role": "assessor", "aliases": "甲，乙\r\n<b>&\"'"}


@pytest.fixture
def browser(client, admin, monkeypatch):
    """The administrator, signed in eleven minutes ago."""
    try_in(client, "admin", PASSWORD)
    client.get(reverse("staff:accounts"))
    later(monkeypatch, minutes=11)
    return client


def send(client, **more):
    return client.post(reverse("staff:account_new"), NEW | more)


def carried(answer) -> dict[str, str]:
    """The hidden fields of the page that asks."""
    found = re.findall(r'<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', answer.content.decode())
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def made() -> bool:
    return User.objects.filter(username="new.person").exists()


def test_just_signed_in_is_asked_nothing(client, admin):
    try_in(client, "admin", PASSWORD)
    send(client)
    assert made()


def test_sign_in_ten_minutes_ago_is_asked_nothing_and_the_setting_counts(
    client, admin, officer, monkeypatch, settings
):
    settings.QC_CONFIRM_MINUTES = 5
    try_in(client, "admin", PASSWORD)
    later(monkeypatch, minutes=4)
    grant = {"role": "member"}
    url = reverse("staff:role_grant", args=[officer.pk])
    assert client.post(url, grant).status_code == 302
    later(monkeypatch, minutes=6)
    assert "确认身份" in client.post(url, grant).content.decode()


def test_page_that_asks_carries_every_field_and_the_right_password_goes_on(browser):
    answer = send(browser)
    assert "确认身份" in answer.content.decode()
    assert not made()
    fields = carried(answer)
    assert {name: fields[name] for name in NEW} == NEW
    answer = browser.post(reverse("staff:account_new"), fields | {"confirm-password": PASSWORD})
    assert "一次性密码" in answer.content.decode()
    assert User.objects.get(username="new.person").aliases == ["甲", "乙", "<b>&\"'"]
    assert GrantRequest.objects.filter(user__username="new.person").exists()


def test_confirmation_holds_for_the_next_ten_minutes(browser):
    send(browser, **{"confirm-password": PASSWORD})
    assert made()
    url = reverse("staff:account_password", args=[User.objects.get(username="new.person").pk])
    assert "一次性密码" in browser.post(url).content.decode()


def test_form_alone_is_shown_without_asking(browser):
    assert "角色与职责" in browser.get(reverse("staff:account_new")).content.decode()


def test_wrong_password_does_nothing_keeps_the_fields_and_is_recorded(browser, admin):
    answer = send(browser, **{"confirm-password": WRONG})
    assert answer.status_code == 400
    assert "密码不正确" in answer.content.decode()
    assert carried(answer) | NEW == carried(answer)
    assert WRONG not in answer.content.decode()
    assert not made()
    assert events("staff.confirm") == [(admin.pk, str(admin.pk), "refused")]


def test_empty_password_is_asked_for_and_not_counted(browser):
    answer = send(browser, **{"confirm-password": ""})
    assert (answer.status_code, made()) == (400, False)
    assert events("staff.confirm") == []


def test_fifth_wrong_password_locks_the_account_everywhere(browser, client):
    answers = [send(browser, **{"confirm-password": WRONG}).status_code for _ in range(6)]
    assert answers == [400] * 4 + [429] * 2
    locked = send(browser, **{"confirm-password": PASSWORD})
    assert locked.status_code == 429
    assert "data-not-saved" in locked.content.decode()
    assert not made()
    assert try_in(client, "admin", PASSWORD).status_code == 429
    assert len(events("staff.lock_out")) == 1


def test_person_with_a_second_factor_needs_the_code_too(client, admin, monkeypatch):
    enrol(admin)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    later(monkeypatch, minutes=11)
    password = {"confirm-password": PASSWORD}
    assert send(client, **password).status_code == 400
    assert send(client, **password, **{"confirm-code": other_code(admin)}).status_code == 400
    assert not made()
    send(client, **password, **{"confirm-code": device_code(admin)})
    assert made()


def test_right_password_between_wrong_codes_starts_no_new_count(client, admin, monkeypatch):
    enrol(admin)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    later(monkeypatch, minutes=11)
    wrong = {"confirm-password": PASSWORD, "confirm-code": other_code(admin)}
    assert [send(client, **wrong).status_code for _ in range(5)] == [400] * 4 + [429]


def test_fragment_loads_the_page_that_asks(browser, officer):
    page = reverse("staff:account_edit", args=[officer.pk])
    url = reverse("staff:role_grant", args=[officer.pk])
    sent = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}", "Referer": page}
    answer = browser.post(url, {"role": "member"}, headers=sent)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/login/confirm/?next={page}")
    answer = browser.post(answer.headers["HX-Redirect"], {"confirm-password": PASSWORD, "next": page})
    assert answer.url == page
    assert browser.post(url, {"role": "member"}).status_code == 302


def test_who_may_not_do_it_is_not_asked(client, officer, monkeypatch):
    try_in(client, "officer", PASSWORD)
    client.get(reverse("home"))
    later(monkeypatch, minutes=11)
    assert send(client).status_code == 403


def test_page_returned_to_is_one_of_ours(browser):
    url = f"{reverse('login_confirm')}?next=https://evil.example/"
    answer = browser.post(url, {"confirm-password": PASSWORD})
    assert answer.url == reverse("home")


def test_unmasked_download_leads_to_the_page_that_asks_and_back_to_its_link(client, head, monkeypatch):
    try_in(client, "head", PASSWORD)
    client.get(reverse("home"))
    later(monkeypatch, minutes=11)
    page = reverse("scoring:unmask_request", args=[1])
    url = reverse("scoring:unmask_file", args=[1, "pdf"])
    answer = client.get(url, headers={"Referer": f"http://testserver{page}"})
    assert answer.url.startswith(reverse("login_confirm"))
    answer = client.post(answer.url, {"confirm-password": PASSWORD})
    assert answer.url == page
    assert client.get(url).status_code == 404  # there is none of this number; nothing is asked any more
