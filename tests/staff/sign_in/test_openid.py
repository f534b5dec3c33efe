"""Signing in at the hospital's OpenID provider, one in a thread of the test (docs/quality.md T5)."""

import time

import pytest
from django.urls import reverse

from staff.accounts.actions.accounts import set_active
from staff.accounts.actions.passwords import reset_password
from staff.accounts.models import RoleGrant, User
from tests.staff.second_factor.factories import device_code, enrol
from tests.staff.sign_in.openid_provider import CLIENT, serving
from tests.staff.sign_in.test_lockout import events
from tests.staff.sign_in.test_login import later, signed_in

pytestmark = pytest.mark.django_db
START, NOT_DONE = "/login/openid/", "统一身份认证没有完成"


@pytest.fixture(scope="module")
def _provider():
    with serving() as running:
        yield running


@pytest.fixture
def provider(_provider, settings):
    """The provider, knowing the officer, and the app registered there."""
    _provider.name, _provider.claims, _provider.forges = "officer", {}, False
    _provider.asked.clear()
    settings.QC_OIDC = CLIENT | {
        "issuer": _provider.issuer,
        "claim": "preferred_username",
        "label": "院内统一身份认证",
    }
    return _provider


def go(client, provider, start=START):
    """To the provider, through its sign-in page, and back."""
    return client.get(provider.authorize(client.get(start).url))


def page(client, answer) -> str:
    return client.get(answer.url).content.decode()


def test_button_is_shown_where_a_provider_is_configured(client, provider, settings):
    assert "院内统一身份认证登录" in client.get("/login/?next=/standard/").content.decode()
    assert client.get(START).status_code == 302
    settings.QC_OIDC = None
    assert "统一身份认证" not in client.get("/login/").content.decode()
    assert client.get(START).status_code == 404


def test_account_of_the_claim_is_signed_in_and_led_to_its_page(client, provider, officer):
    answer = go(client, provider, f"{START}?next=/standard/")
    assert answer.url == "/standard/"
    assert client.get("/standard/").status_code == 200
    assert events("staff.sign_in") == [(officer.pk, str(officer.pk), "done")]


def test_request_carries_state_nonce_and_a_hashed_challenge(client, provider, officer):
    go(client, provider)
    (asked,) = provider.asked
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile"


def test_session_id_is_new_after_signing_in(client, provider, officer):
    address = provider.authorize(client.get(START).url)
    before = client.session.session_key
    client.get(address)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-app"},
        {"aud": "another-app", "azp": CLIENT["client_id"]},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    ],
    ids=["nonce", "audience", "audience-azp", "issuer", "expired"],
)
def test_token_that_is_not_for_this_sign_in_is_refused(claims, client, provider, officer):
    provider.claims = claims
    answer = go(client, provider)
    assert answer.url == reverse("login")
    assert NOT_DONE in page(client, answer)
    assert not signed_in(client)


def test_token_signed_by_another_key_is_refused(client, provider, officer):
    provider.forges = True
    assert NOT_DONE in page(client, go(client, provider))
    assert not signed_in(client)


def test_answer_of_another_browsers_sign_in_is_refused(client, provider, officer):
    from django.test import Client

    stolen = provider.authorize(Client().get(START).url)
    client.get(START)
    assert NOT_DONE in page(client, client.get(stolen))
    assert not signed_in(client)


def test_answer_sent_twice_is_refused_the_second_time(client, provider, officer):
    address = provider.authorize(client.get(START).url)
    client.get(address)
    client.logout()
    assert NOT_DONE in page(client, client.get(address))


@pytest.mark.parametrize("query", ["", "?code=1", "?code=1&state=2", "?error=access_denied&state=2"])
def test_answer_nobody_asked_for_is_refused_and_leaves_no_event(query, client, provider, officer):
    assert NOT_DONE in page(client, client.get(f"/login/openid/return/{query}"))
    assert events("staff.sign_in") == []


@pytest.mark.parametrize("state", ["unknown", "disabled"])
def test_person_without_an_account_in_use_is_refused_and_none_is_made(state, client, provider, officer):
    if state == "disabled":
        set_active(officer, active=False, by=None)
    else:
        provider.name = "nobody"
    accounts = User.objects.count()
    assert "没有与之对应、可使用的账号" in page(client, go(client, provider))
    assert not signed_in(client)
    assert User.objects.count() == accounts
    target = str(officer.pk) if state == "disabled" else ""
    assert events("staff.sign_in") == [(None, target, "refused")]


def test_claims_grant_no_roles(client, provider, officer):
    provider.claims = {"groups": ["admin"], "roles": ["admin"]}
    go(client, provider)
    assert list(RoleGrant.objects.values_list("role", flat=True)) == ["qc_officer"]
    assert client.get(reverse("staff:accounts")).status_code == 403


def test_second_factor_is_asked_for_all_the_same(client, provider, officer):
    enrol(officer)
    assert go(client, provider).url == reverse("login_code")
    assert not signed_in(client)
    assert client.post(reverse("login_code"), {"code": device_code(officer)}).url == reverse("home")


def test_password_of_the_app_is_neither_due_nor_changed_here(client, provider, officer):
    reset_password(officer, by=None)
    go(client, provider)
    assert client.get(reverse("home")).status_code == 200
    assert "医院的账号管理系统" in client.get(reverse("password_change")).content.decode()


def test_provider_that_does_not_answer_is_said_so(client, provider, officer, settings):
    settings.QC_OIDC = settings.QC_OIDC | {"issuer": "http://127.0.0.1:9"}
    assert "暂时无法连接" in page(client, client.get(START))


def test_confirmation_is_by_typing_the_password_there_again(client, provider, admin, monkeypatch):
    provider.name = "admin"
    go(client, provider)
    new = {"username": "new.person", "full_name": "新来者", "role": "assessor"}
    asked = client.post(reverse("staff:account_new"), new).content.decode()
    assert "重新登录以确认" in asked
    again = f"{START}?confirm=1&next=/settings/accounts/new/"
    assert again.replace("&", "&amp;") in asked
    assert go(client, provider, again).url == "/settings/accounts/new/"
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    assert "一次性密码" in client.post(reverse("staff:account_new"), new).content.decode()


def test_provider_that_asked_for_no_password_confirms_nothing(client, provider, admin):
    provider.name = "admin"
    provider.claims = {"auth_time": int(time.time()) - 3600}
    go(client, provider, f"{START}?confirm=1")
    url = reverse("staff:role_grant", args=[admin.pk])
    assert "重新登录以确认" in client.post(url, {"role": "member"}).content.decode()


def test_idle_limit_holds(client, provider, officer, monkeypatch):
    go(client, provider)
    client.get(reverse("home"))
    later(monkeypatch, minutes=31)
    assert client.get(reverse("home")).url == f"{reverse('login')}?idle=1"
