"""Pages of requests: who sees which, and what each may do there."""

import pytest
from django.urls import reverse

from staff.accounts.actions.grants import RoleValues
from staff.accounts.actions.requests import request_role
from tests import people
from trail.models import Event

pytestmark = pytest.mark.django_db


def asked(department, by, name="one"):
    user = people.person(name, "受申请人", "member", department)
    return request_role(user, RoleValues("head", department, None), by=by)


def test_requester_is_offered_to_withdraw_and_the_other_to_decide(sign_in, department, admin, security_admin):
    request = asked(department, admin)
    url = reverse("staff:grant_request", args=[request.pk])
    offers = {}
    for user in (admin, security_admin):
        text = sign_in(user).get(url).text
        offers[user.username] = [word in text for word in ("撤回申请", "/confirm/", "/refuse/")]
    assert offers == {"admin": [True, False, False], "security": [False, True, True]}


def test_confirming_person_reads_that_the_account_has_an_unused_password(
    sign_in, department, admin, security_admin
):
    request = asked(department, admin)
    url = reverse("staff:grant_request", args=[request.pk])
    client = sign_in(security_admin)
    assert "本人尚未更换一次性密码" not in client.get(url).text
    type(request.user).objects.filter(pk=request.user_id).update(must_change_password=True)
    assert "本人尚未更换一次性密码" in client.get(url).text


def test_refusal_needs_a_reason_and_shows_it_to_the_requester(sign_in, department, admin, security_admin):
    request = asked(department, admin)
    url = reverse("staff:grant_refuse", args=[request.pk])
    client = sign_in(security_admin)
    answer = client.post(url, {"reason": " "})
    assert answer.status_code == 400
    assert "请填写拒绝的理由" in answer.text
    client.post(url, {"reason": "此人已调离"})
    page = reverse("staff:grant_request", args=[request.pk])
    assert "此人已调离" in sign_in(admin).get(page).text


def test_confirmation_twice_is_refused_in_words(sign_in, department, admin, security_admin):
    url = reverse("staff:grant_confirm", args=[asked(department, admin).pk])
    client = sign_in(security_admin)
    assert client.post(url).status_code == 302
    answer = client.post(url)
    assert (answer.status_code, "不能再处理" in answer.text) == (400, True)
    assert Event.objects.filter(action="staff.role_grant").count() == 1


def test_request_of_another_department_is_not_found(sign_in, department, other_department, admin):
    request = asked(department, admin)
    client = sign_in(people.person("local", "科安全", "security_admin", other_department))
    assert client.get(reverse("staff:grant_request", args=[request.pk])).status_code == 404
    assert client.post(reverse("staff:grant_confirm", args=[request.pk])).status_code == 404
    assert client.get(reverse("staff:grant_requests")).context["page"].count == 0


def test_list_with_one_and_three_rows_asks_equally_often(sign_in, department, admin, count_queries):
    client = sign_in(admin)
    url = reverse("staff:grant_requests")
    client.get(url)
    asked(department, admin)
    one = count_queries(lambda: client.get(url))
    for name in ("two", "three"):
        asked(department, admin, name)
    assert count_queries(lambda: client.get(url)) == one


def test_home_page_names_requests_to_confirm_and_ones_own_reset_password(
    sign_in, department, officer, admin, security_admin
):
    from staff.accounts.actions.passwords import reset_password

    asked(department, admin)
    assert "1 项角色或密码的申请待确认" in sign_in(security_admin).get("/").text
    assert "申请待确认" not in sign_in(admin).get("/").text
    assert "密码曾由" not in sign_in(officer).get("/").text
    reset_password(officer, by=admin)
    type(officer).objects.filter(pk=officer.pk).update(must_change_password=False)
    officer.refresh_from_db()
    assert "您的密码曾由管理甲重置" in sign_in(officer).get("/").text
