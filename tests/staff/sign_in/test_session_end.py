"""A form sent after the session has ended: signing in leads to a page, never to an address for forms only."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from staff.accounts.models import User
from tests.markup import unwrapped
from tests.people import PASSWORD
from tests.staff.sign_in.test_login import later

pytestmark = pytest.mark.django_db


def asked_page(answer) -> str:
    """The page that signing in leads to, as the redirect to the sign-in page says."""
    parts = urlsplit(answer.get("HX-Redirect") or answer.url)
    assert parts.path == reverse("login")
    return parse_qs(parts.query).get("next", [""])[0]


def sign_in(client, page, user):
    data = {"username": user.username, "password": PASSWORD, "next": page}
    return client.post(reverse("login"), data).url


@pytest.mark.parametrize(
    ("stood_on", "page"),
    [
        ("http://testserver/standard/?q=1", "/standard/?q=1"),
        ("http://testserver/settings/accounts/new/", "/settings/accounts/new/"),
        ("http://testserver/logout/", "/"),
        ("https://evil.example/standard/", "/"),
        ("//evil.example/standard/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/no/such/page/", "/"),
        ("", "/"),
    ],
)
def test_form_without_a_session_leads_to_the_page_it_stood_on(client, officer, stood_on, page):
    answer = client.post(reverse("choose_department"), {}, headers={"Referer": stood_on})
    assert asked_page(answer) == page


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/settings/accounts/7/password/", "/settings/accounts/7/"),
        ("/settings/accounts/7/roles/3/revoke/", "/settings/accounts/7/"),
        ("/staff/records/5/decide/?x=1", "/staff/records/5/"),
        ("/sheets/5/rows/1.1/", "/sheets/5/"),
        ("/reports/rules/switch/6.4/x/", "/reports/rules/switch/6.4/x/"),
        ("/logout/", "/"),
        ("/standard/?q=1", "/standard/?q=1"),
        ("/no/such/", "/"),
        ("https://evil.example/", "/"),
        ("/%00/", "/"),
    ],
)
def test_signing_in_leads_to_the_nearest_page_above_what_was_asked(client, officer, asked, page):
    landed = sign_in(client, asked, officer)
    if page.startswith("/reports/rules/switch"):  # a rule's own page takes any code
        assert client.get(landed).status_code != 405
    else:
        assert landed == page


def test_form_sent_after_thirty_idle_minutes_leads_back_to_its_page(client, officer, monkeypatch):
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("home"))
    later(monkeypatch, minutes=31)
    stood_on = {"Referer": f"http://testserver{reverse('register:member_new')}"}
    answer = client.post(reverse("register:member_new"), {"full_name": "甲"}, headers=stood_on)
    assert answer.url == f"{reverse('login')}?idle=1&next={reverse('register:member_new')}"
    assert sign_in(client, asked_page(answer), officer) == reverse("register:member_new")


@pytest.mark.parametrize("url", ["choose_department", "home"])
def test_fragment_asked_for_without_a_session_leads_to_the_whole_page(client, db, url):
    stood_on = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sheets/5/"}
    send = client.get if url == "home" else client.post
    answer = send(reverse(url), headers=stood_on)
    assert (answer.status_code, asked_page(answer)) == (204, "/sheets/5/")
    assert send(reverse(url), headers={"HX-Request": "true"})["HX-Redirect"] == reverse("login")


def test_department_chosen_on_a_refused_form_leads_to_a_page(client, officer):
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    refused = reverse("register:record_decide", args=[5])
    answer = client.post(reverse("choose_department"), {"next": refused})
    assert answer.url == reverse("register:record", args=[5])


def test_pages_name_their_reader_to_the_script_and_the_sign_in_page_nobody(client, officer):
    assert f'data-user="{officer.pk}"' not in client.get(reverse("login")).content.decode()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert f'<body data-user="{officer.pk}"' in unwrapped(client.get(reverse("home")).content.decode())
