"""Roles and passwords that need two persons; three administrators; no self-grant (docs/quality.md T7)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from staff.access.permissions import policy
from staff.accounts.actions.passwords import OneTimePassword
from staff.accounts.actions.requests import (
    confirm_request,
    expire_requests,
    needs_two_to_reset,
    refuse_request,
    request_password,
    schedule_expiry,
    withdraw_request,
)
from staff.accounts.actions.roles import grant_role, needs_confirmation
from staff.accounts.models import GrantRequest, RoleGrant, User
from tests import people
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(department):
    """Another security administrator."""
    return people.person("security2", "安全丁", "security_admin", None)


def ask(user, by, role="qc_officer", department=None, until=None):
    return grant_role(user, role=role, department=department, until=until, by=by)


def events():
    return [(e.action, e.actor_name) for e in Event.objects.order_by("seq")]


def test_sensitive_role_is_asked_for_by_one_and_given_by_another(member, department, admin, security_admin):
    request = ask(member, admin, department=department)
    assert isinstance(request, GrantRequest)
    assert not User.objects.get(pk=member.pk).may("reports.import", department)
    grant = confirm_request(request, by=security_admin)
    assert (grant.role, grant.department, grant.granted_by) == ("qc_officer", department, security_admin)
    assert User.objects.get(pk=member.pk).may("reports.import", department)
    assert events() == [("staff.role_request", "管理甲"), ("staff.role_grant", "安全乙")]
    detail = Event.objects.first().detail
    assert (detail["requested_by"], detail["request"]) == ("管理甲", request.pk)


def test_security_administrator_alone_gives_no_sensitive_role(member, department, security_admin, second):
    request = ask(member, security_admin, department=department)
    assert isinstance(request, GrantRequest)
    with pytest.raises(ValueError, match="申请人不能确认自己的申请"):
        confirm_request(request, by=security_admin)
    confirm_request(request, by=second)
    assert member.role_grants.filter(role="qc_officer").exists()


def test_security_administrator_alone_gives_a_role_that_sees_no_patient(member, security_admin):
    assert isinstance(ask(member, security_admin, role="auditor"), RoleGrant)


@pytest.mark.parametrize("profile", ["classified3", "classified2", "nist"])
@pytest.mark.parametrize("role", ["qc_officer", "auditor"])
def test_nobody_gives_or_asks_for_a_role_of_their_own(admin, security_admin, settings, profile, role):
    settings.QC_SECURITY_PROFILE = profile
    for person in (admin, security_admin):
        with pytest.raises(ValueError, match="不能给自己授予或申请角色"):
            ask(person, person, role=role)
    assert (GrantRequest.objects.count(), RoleGrant.objects.count()) == (0, 2)


def test_person_confirms_no_request_about_themselves(admin, security_admin, department):
    request = ask(security_admin, admin, department=department)
    with pytest.raises(ValueError, match="不能确认与本人有关的申请"):
        confirm_request(request, by=security_admin)


@pytest.mark.parametrize(
    ("profile", "refused"),
    [
        ("classified3", {("admin", "security_admin"), ("admin", "auditor"), ("auditor", "security_admin")}),
        ("classified2", {("admin", "auditor"), ("auditor", "security_admin")}),
        ("nist", set()),
    ],
)
def test_administrators_that_one_person_may_not_be(department, settings, profile, refused):
    settings.QC_SECURITY_PROFILE = profile
    roles = ("admin", "auditor", "security_admin")
    found = set()
    for pair in [(a, b) for a in roles for b in roles if a < b]:
        person = people.person("-".join(pair), "甲", pair[0], None)
        if pair in refused:
            with pytest.raises(ValueError, match="应由不同的人担任"):
                grant_role(person, role=pair[1], department=None, until=None, by=None)
            found.add(pair)
        else:
            grant_role(person, role=pair[1], department=None, until=None, by=None)
    assert found == refused


@pytest.mark.parametrize(("profile", "two"), [("classified3", True), ("classified2", False), ("nist", False)])
def test_profile_says_whether_two_persons_are_needed(security_admin, department, settings, profile, two):
    settings.QC_SECURITY_PROFILE = profile
    assert needs_confirmation("head", department, security_admin) is two


def test_administrator_gives_no_role_in_any_profile(member, admin, department, settings):
    settings.QC_SECURITY_PROFILE = "nist"
    assert isinstance(ask(member, admin, department=department), GrantRequest)


def test_longer_role_needs_two_persons_again(officer, department, admin, security_admin):
    day = timezone.localdate() + timedelta(30)
    request = ask(officer, admin, department=department, until=day)
    assert officer.role_grants.get().until is None
    confirm_request(request, by=security_admin)
    assert officer.role_grants.get().until == day


def test_refused_withdrawn_and_replaced_requests_give_nothing(member, department, admin, security_admin):
    refused = refuse_request(ask(member, admin, department=department), reason="已调离", by=security_admin)
    withdrawn = withdraw_request(ask(member, admin, department=department), by=admin)
    replaced = ask(member, admin, department=department)
    last = ask(member, admin, department=department, until=timezone.localdate())
    states = list(GrantRequest.objects.order_by("pk").values_list("status", flat=True))
    assert states == ["refused", "withdrawn", "withdrawn", "pending"]
    for closed in (refused, withdrawn, replaced):
        with pytest.raises(ValueError, match="不能再处理"):
            confirm_request(closed, by=security_admin)
    with pytest.raises(ValueError, match="只有申请人可以撤回"):
        withdraw_request(last, by=security_admin)
    assert [action for action, _ in events()][:4] == [
        "staff.role_request",
        "staff.request_refuse",
        "staff.role_request",
        "staff.request_withdraw",
    ]


def test_request_that_nobody_decides_runs_out_and_says_so(member, department, admin, security_admin):
    request = ask(member, admin, department=department)
    assert expire_requests() == 0
    GrantRequest.objects.update(expires_at=timezone.now())
    with pytest.raises(ValueError, match="已过确认期限"):
        confirm_request(request, by=security_admin)
    assert (expire_requests(), expire_requests()) == (1, 0)
    assert events()[-1] == ("staff.request_expire", "系统")


def test_requests_are_closed_daily_by_the_worker():
    schedule_expiry()
    schedule_expiry()
    name = Schedule.objects.get().func
    assert import_string(name) is expire_requests


def test_request_is_checked_again_when_it_is_confirmed(member, admin, security_admin):
    request = ask(member, admin, role="security_admin")
    RoleGrant.objects.create(user=member, role="auditor")
    with pytest.raises(ValueError, match="不能兼任安全管理员"):
        confirm_request(request, by=security_admin)
    assert GrantRequest.objects.get().status == "pending"


def test_security_administrator_of_a_department_confirms_there_only(
    member, department, other_department, admin
):
    local = people.person("local", "科安全", "security_admin", other_department)
    with pytest.raises(ValueError, match="只能在您管理的科室内"):
        confirm_request(ask(member, admin, department=department), by=local)


def test_database_refuses_a_confirmation_by_the_requester(member, department, admin):
    request = ask(member, admin, department=department)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantRequest.objects.filter(pk=request.pk).update(
            status="confirmed", decided_by=admin, decided_at=now
        )


# --- passwords --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "role", "two"),
    [
        ("classified3", "qc_officer", True),
        ("classified3", "member", True),
        ("classified3", "security_admin", True),
        ("classified3", "auditor", True),
        ("classified2", "qc_officer", False),
        ("nist", "qc_officer", False),
    ],
)
def test_reset_of_a_password_needs_two_persons_where_the_role_did(department, settings, profile, role, two):
    settings.QC_SECURITY_PROFILE = profile
    assert needs_two_to_reset(people.person("one", "甲", role, department)) is two


def test_role_asked_for_makes_the_reset_of_a_used_account_one_of_two_persons(department, admin):
    user = people.person("plain", "甲", "inspector", department)
    user.role_grants.all().delete()
    ask(user, admin, department=department)
    assert not needs_two_to_reset(user)  # never used: its first password is still to be printed
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    assert needs_two_to_reset(User.objects.get(pk=user.pk))
    refuse_request(GrantRequest.objects.get(), reason="不符", by=people.security_admin())
    assert not needs_two_to_reset(User.objects.get(pk=user.pk))


def test_account_with_a_role_asked_for_only_may_do_nothing(department, admin):
    user = people.person("plain", "甲", "inspector", department)
    user.role_grants.all().delete()
    ask(user, admin, department=department)
    user = User.objects.get(pk=user.pk)
    assert [code for code in policy().permissions if user.may(code) or user.may(code, department)] == []


def test_new_password_needs_both_halves_and_the_old_one_opens_until_then(officer, admin, security_admin):
    request = request_password(officer, by=admin)
    first = request.first_half
    assert User.objects.get(pk=officer.pk).check_password(people.PASSWORD)
    with pytest.raises(ValueError, match="申请人不能确认"):
        confirm_request(request, by=admin)
    given = confirm_request(request, by=security_admin)
    assert isinstance(given, OneTimePassword)
    user = User.objects.get(pk=officer.pk)
    assert [user.check_password(word) for word in (first, given.password, people.PASSWORD)] == [False] * 3
    assert user.check_password(first + given.password)
    assert user.must_change_password
    assert GrantRequest.objects.get().first_half == ""


def test_password_of_the_only_security_administrator_is_no_way_to_confirm_alone(admin, security_admin):
    request = request_password(security_admin, by=admin)
    for person in (admin, security_admin):
        with pytest.raises(ValueError, match="不能确认"):
            confirm_request(request, by=person)


def test_own_password_is_not_asked_for(admin):
    with pytest.raises(ValueError, match="自己的密码"):
        request_password(admin, by=admin)
