"""Pages of accounts and departments."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.accounts.actions import passwords
from staff.accounts.models import RoleGrant, User
from staff.departments.models import Department, Institution
from tests import people
from tests.web.forms_read import version_on
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(admin):
    """The administrator's browser, past the first request, which writes the session."""
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    browser.get(reverse("healthz"))
    return browser


def page(client, name, /, *args, **query):
    response = client.get(reverse(f"staff:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def post(client, name, /, *args, **data):
    url = reverse(f"staff:{name}", args=args)
    if name in ("account_edit", "department_edit"):
        data["version"] = version_on(client, url)
    return client.post(url, data)


def usernames(response):
    return [row.record.username for row in response.context["table"].rows]


# --- list -------------------------------------------------------------------------------------------


def test_accounts_list_shows_people_with_roles_in_words(client, officer):
    body = page(client, "accounts")
    assert "测一鸣" in body
    assert "质控员（RAD）" in body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "一鸣"}, ["officer"]),
        ({"q": "1001"}, ["head"]),
        ({"role": "head"}, ["head"]),
        ({"state": "disabled"}, ["member"]),
        ({"state": "no_role"}, ["bare"]),
        ({"sort": "-username", "state": "active"}, ["officer", "head", "far", "bare", "admin"]),
        ({"q": "没有这个人"}, []),
    ],
)
def test_accounts_list_narrows_and_sorts(client, officer, head, member, other_department, query, found):
    people.person("far", "邻县甲", "assessor", other_department)
    User.objects.create_user("bare", full_name="无角色")
    User.objects.filter(pk=member.pk).update(is_active=False)
    response = client.get(reverse("staff:accounts"), query)
    assert usernames(response) == found


def test_accounts_list_of_a_local_administrator_hides_others(sign_in, department, other_department, member):
    people.person("far", "邻县甲", "assessor", other_department)
    local = people.person("local", "科管理", "admin", department)
    client = sign_in(local)
    assert usernames(client.get(reverse("staff:accounts"))) == ["local", "member"]
    far = User.objects.get(username="far")
    assert client.get(reverse("staff:account_edit", args=[far.pk])).status_code == 404
    assert client.post(reverse("staff:account_password", args=[far.pk])).status_code == 404
    assert Event.objects.filter(action="access.refused", target_id=str(far.pk)).count() == 2


def test_accounts_list_with_one_and_three_rows_asks_equally_often(client, department, count_queries):
    people.person("a1", "甲一", "assessor", department)
    one = count_queries(lambda: page(client, "accounts", q="a"))
    for name in ("a2", "a3"):
        people.person(name, "甲二", "assessor", department)
    assert count_queries(lambda: page(client, "accounts", q="a")) == one


def test_accounts_list_asked_by_htmx_is_the_table_alone(client, officer):
    response = client.get(reverse("staff:accounts"), headers={"HX-Request": "true"})
    assert "测一鸣" in response.content.decode()
    assert "<html" not in response.content.decode()


# --- new --------------------------------------------------------------------------------------------


def test_account_new_shows_the_single_use_password_this_once(client, department):
    data = {"username": "new", "full_name": "新来者", "role": "assessor", "department": department.pk}
    response = post(client, "account_new", **data, aliases="新 来者、XIN Laizhe")
    user = User.objects.get(username="new")
    given = response.context["given"]
    assert given.password in response.content.decode()
    assert user.check_password(given.password)
    assert user.aliases == ["新 来者", "XIN Laizhe"]
    assert [(r.role, r.department, r.status) for r in user.grant_requests.all()] == [
        ("assessor", department, "pending")
    ]
    assert not user.role_grants.exists()
    assert given.password not in page(client, "account_edit", user.pk)


def test_account_new_and_next_shows_the_password_above_the_form_for_the_next_one(client, department):
    data = {"username": "new", "full_name": "新来者", "role": "assessor", "department": department.pk}
    response = post(client, "account_new", **data, email="new@example.org", next="建立并继续下一个")
    user = User.objects.get(username="new")
    assert user.email == "new@example.org"
    assert user.check_password(response.context["given"].password)
    assert response.context["given"].password in response.content.decode()
    form = response.context["form"]
    shown = {name: form[name].value() for name in ("username", "full_name", "role", "department")}
    assert shown == {
        "username": None,
        "full_name": None,
        "role": "assessor",
        "department": department.pk,
    }
    assert post(client, "account_new", **data | {"username": "new2"}).status_code == 200


def test_single_use_password_given_on_a_friday_holds_until_monday(officer, monkeypatch):
    friday = timezone.make_aware(datetime(2026, 9, 25, 16, 30))
    monkeypatch.setattr(passwords, "timezone", SimpleNamespace(localtime=lambda: friday))
    given = passwords.give_one_time_password(officer, workdays=1)
    assert given.expires_at == friday + timedelta(days=3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": ""}, "请填写账号"),
        ({"email": "不是邮箱"}, "邮箱应写作"),
        ({"username": "officer"}, "已经存在"),
        ({"username": "OFFICER"}, "已经存在"),
        ({"full_name": ""}, "请填写姓名"),
        ({"role": ""}, "请选择角色"),
        ({"role": "king"}, "king"),
        ({"until": "2020-01-01"}, "已经过去"),
        ({"until": "明天"}, "日期应写作"),
    ],
)
def test_account_new_wrong_input_gets_a_sentence_and_nothing_is_made(client, officer, changes, words):
    before = User.objects.count(), RoleGrant.objects.count()
    data = {"username": "new", "full_name": "新来者", "role": "assessor"} | changes
    response = post(client, "account_new", **data)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert (User.objects.count(), RoleGrant.objects.count()) == before


def test_account_new_by_a_local_administrator_needs_their_department(sign_in, department, other_department):
    client = sign_in(people.person("local", "科管理", "admin", department))
    data = {"username": "new", "full_name": "新来者", "role": "assessor"}
    assert "请选择科室" in post(client, "account_new", **data).content.decode()
    assert post(client, "account_new", **data, department=other_department.pk).status_code == 400
    assert post(client, "account_new", **data, department=department.pk).status_code == 200


# --- one --------------------------------------------------------------------------------------------


def test_account_edit_saves_names_but_never_the_account_name(client, officer):
    post(client, "account_edit", officer.pk, username="king", full_name="测二鸣", staff_number="9")
    officer.refresh_from_db()
    assert (officer.username, officer.full_name, officer.staff_number) == ("officer", "测二鸣", "9")


def test_account_edit_refused_keeps_the_name_in_the_head(client, officer):
    response = post(client, "account_edit", officer.pk, full_name="")
    assert response.status_code == 400
    assert response.context["account"].full_name == "测一鸣"


def test_account_page_shows_its_history_and_a_link_to_the_trail(client, admin, officer, settings):
    settings.QC_SECURITY_PROFILE = "nist"
    RoleGrant.objects.create(user=admin, role="auditor")
    post(client, "account_active", officer.pk, active="0")
    body = page(client, "account_edit", officer.pk)
    assert "停用账号" in body
    assert f"?target_type=staff.user&amp;target_id={officer.pk}" in body


def test_account_active_own_account_is_refused_with_its_reason(client, admin):
    response = post(client, "account_active", admin.pk, active="0")
    assert response.status_code == 400
    assert "不能停用自己的账号" in response.content.decode()


def test_role_asked_for_by_one_confirmed_by_another_and_revoked(client, member, department, security_admin):
    day = timezone.localdate()
    asked = post(client, "role_grant", member.pk, role="assessor", department=department.pk, until=day)
    assert asked.status_code == 302
    assert "评审医师（示例医院 放射科" in page(client, "account_edit", member.pk)
    client.force_login(security_admin, backend="django.contrib.auth.backends.ModelBackend")
    request = member.grant_requests.get()
    assert "确认后立即生效" in page(client, "grant_request", request.pk)
    assert post(client, "grant_confirm", request.pk).status_code == 302
    grant = member.role_grants.get(role="assessor")
    assert (grant.department, grant.until) == (department, day)
    assert post(client, "role_revoke", member.pk, grant.pk).status_code == 302
    assert not member.role_grants.filter(role="assessor").exists()


def test_role_revoke_of_another_accounts_grant_is_not_found(sign_in, security_admin, member, officer):
    client = sign_in(security_admin)
    assert post(client, "role_revoke", member.pk, officer.role_grants.get().pk).status_code == 404
    assert officer.role_grants.exists()


def test_role_revoke_of_the_last_administrator_is_refused(sign_in, security_admin):
    client = sign_in(security_admin)
    response = post(client, "role_revoke", security_admin.pk, security_admin.role_grants.get().pk)
    assert response.status_code == 400
    assert "不能撤销自己的管理角色" in response.content.decode()


def test_own_page_offers_no_role_and_a_form_made_by_hand_is_refused(sign_in, security_admin):
    client = sign_in(security_admin)
    body = page(client, "account_edit", security_admin.pk)
    assert ("不能给自己授予或申请角色" in body, 'name="role"' in body) == (True, False)
    response = post(client, "role_grant", security_admin.pk, role="head")
    assert response.status_code == 400
    assert "不能给自己授予或申请角色" in response.text
    assert security_admin.role_grants.count() == 1


def test_account_password_of_two_halves_is_shown_in_halves(client, officer, security_admin):
    response = post(client, "account_password", officer.pk)
    first = response.context["half"]
    assert first in response.content.decode()
    client.force_login(security_admin, backend="django.contrib.auth.backends.ModelBackend")
    response = post(client, "grant_confirm", officer.grant_requests.get().pk)
    second = response.context["half"]
    assert second in response.content.decode()
    assert first not in response.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(first + second)
    assert not any(half in str(list(Event.objects.values())) for half in (first, second))


def test_account_password_shows_a_new_one_and_keeps_it_nowhere(client, officer, settings):
    settings.QC_SECURITY_PROFILE = "classified2"
    response = post(client, "account_password", officer.pk)
    password = response.context["given"].password
    assert password in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert password not in str(list(Event.objects.values()))
    assert password not in str(client.session.items())


# --- departments ------------------------------------------------------------------------------------

NEW = {"code": "CT", "name": "CT室", "institution": "示例医院", "level": "tertiary"}


def codes(response):
    return [row.record.code for row in response.context["table"].rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["FAR", "RAD"]),
        ({"q": "邻县"}, ["FAR"]),
        ({"level": "tertiary"}, ["RAD"]),
        ({"level": "nonsense"}, ["FAR", "RAD"]),
        ({"sort": "-code"}, ["RAD", "FAR"]),
    ],
)
def test_departments_list_narrows_and_sorts(client, department, other_department, query, found):
    assert codes(client.get(reverse("staff:departments"), query)) == found


def test_departments_list_counts_people_in_force_and_opens_to_them(client, department, officer, member):
    RoleGrant.objects.filter(user=member).update(until="2020-01-01")
    body = page(client, "departments")
    assert f'<a href="{reverse("staff:accounts")}?department={department.pk}">1</a>' in body


def test_departments_list_with_one_and_three_rows_asks_equally_often(client, department, count_queries):
    counts = []
    for codes_ in (("CT1",), ("CT2", "CT3")):
        for code in codes_:
            Department.objects.create(institution=department.institution, code=code, name="CT室")
        counts.append(count_queries(lambda: page(client, "departments", q="CT")))
    assert counts[0] == counts[1]


def test_department_new_is_made_once(client):
    for _ in range(2):
        assert post(client, "department_new", **NEW).status_code == 302
    assert Department.objects.filter(code="CT").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "C T"}, "只能用字母、数字"),
        ({"code": "rad"}, "已用于示例医院 放射科"),
        ({"level": ""}, "请选择机构级别"),
        ({"level": "secondary"}, "已登记为三级医院"),
        ({"name": ""}, "请填写科室名称"),
    ],
)
def test_department_new_wrong_input_gets_a_sentence(client, department, changes, words):
    response = post(client, "department_new", **(NEW | changes))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert Department.objects.count() == 1


def test_department_edit_changes_the_level_of_the_institution(client, department):
    data = {"code": "RAD", "name": "放射科", "institution": "示例医院", "level": "other"}
    assert post(client, "department_edit", department.pk, **data).status_code == 302
    assert Institution.objects.get(name="示例医院").level == "other"


def test_department_edit_of_another_department_by_a_local_administrator_is_not_found(
    sign_in, department, other_department
):
    client = sign_in(people.person("local", "科管理", "admin", department))
    assert client.get(reverse("staff:department_edit", args=[department.pk])).status_code == 200
    assert client.get(reverse("staff:department_edit", args=[other_department.pk])).status_code == 404
