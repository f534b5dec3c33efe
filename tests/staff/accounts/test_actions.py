"""Accounts, roles, passwords, departments: each write once, by someone who may, with one trail event."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.accounts.actions.accounts import change_account, create_account, set_active
from staff.accounts.actions.passwords import change_password, reset_password
from staff.accounts.actions.roles import grant_role, revoke_role
from staff.accounts.models import RoleGrant, User
from staff.departments.actions import DepartmentValues, add_department, change_department, values_of
from staff.departments.models import Department, Institution
from tests import people
from trail.models import Event

pytestmark = pytest.mark.django_db
RAD = DepartmentValues("RAD", "放射科", "示例医院", "tertiary")


def last():
    event = Event.objects.first()
    return event.action, event.actor_id, event.detail


# --- accounts ---------------------------------------------------------------------------------------


def test_create_account_gives_a_single_use_password_for_a_day(admin):
    given = create_account(username="new", full_name="新来者", staff_number="77", by=admin)
    user = User.objects.get(username="new")
    assert (user.full_name, user.staff_number, user.must_change_password) == ("新来者", "77", True)
    assert user.check_password(given.password)
    assert timedelta(hours=23) < given.expires_at - timezone.now() <= timedelta(hours=24)
    assert last() == ("staff.account_create", admin.pk, {"username": "new"})
    assert given.password not in str(list(Event.objects.values()))


@pytest.mark.parametrize("username", ["officer", "Officer"])
def test_create_account_taken_name_is_refused(officer, username):
    with pytest.raises(ValueError, match="已经存在"):
        create_account(username=username, full_name="又一人", by=None)


def test_change_account_keeps_what_changed_and_records_nothing_when_nothing_did(officer, admin):
    values = {"full_name": "测一鸣", "staff_number": "1007", "aliases": ["测 一鸣"]}
    change_account(officer, **values, by=admin)
    assert last() == ("staff.account_change", admin.pk, {"changed": {"aliases": [[], ["测 一鸣"]]}})
    change_account(officer, **values, by=admin)
    assert Event.objects.count() == 1


@pytest.mark.parametrize("new", [{"aliases": ["王 五"]}, {"staff_number": "9"}, {"full_name": "王五"}])
def test_person_with_reports_of_their_own_does_not_change_the_names_that_make_them_so(admin, department, new):
    values = {
        "full_name": admin.full_name,
        "staff_number": admin.staff_number,
        "aliases": [],
        "email": "a@b.cn",
    }
    grant_role(admin, role="member", department=department, until=None, by=None)
    with pytest.raises(ValueError, match="不能自己更改"):
        change_account(admin, **values | new, by=admin)
    assert change_account(admin, **values | {"email": "c@d.cn"}, by=admin).email == "c@d.cn"
    assert (
        change_account(admin, **values | new, by=people.person("admin2", "乙", "admin", None)).pk == admin.pk
    )


def test_set_active_switches_off_and_on_once(officer, admin):
    for active, action in ((False, "staff.account_disable"), (True, "staff.account_enable")):
        set_active(officer, active=active, by=admin)
        set_active(officer, active=active, by=admin)
        assert last() == (action, admin.pk, {})
    assert Event.objects.count() == 2


def test_set_active_nobody_switches_their_own_account_off(admin):
    people.person("admin2", "管理乙", "admin", None)
    with pytest.raises(ValueError, match="不能停用自己的账号"):
        set_active(admin, active=False, by=admin)


def test_set_active_last_administrator_stays(admin):
    with pytest.raises(ValueError, match="最后一位长期有效的系统管理员"):
        set_active(admin, active=False, by=None)
    admin.refresh_from_db()
    assert admin.is_active
    second = people.person("admin2", "管理乙", "admin", None)
    set_active(admin, active=False, by=second)


# --- roles ------------------------------------------------------------------------------------------


def test_grant_role_again_changes_its_last_day_only(member, department, security_admin):
    first = grant_role(member, role="auditor", department=department, until=None, by=security_admin)
    day = timezone.localdate() + timedelta(30)
    again = grant_role(member, role="auditor", department=department, until=day, by=security_admin)
    assert (again.pk, again.until, again.granted_by) == (first.pk, day, security_admin)
    detail = {"role": "auditor", "until": day.isoformat(), "department": "RAD"}
    assert last() == ("staff.role_grant", security_admin.pk, detail)


def test_grant_role_until_today_holds_today_and_not_tomorrow(member, department, monkeypatch):
    grant_role(member, role="head", department=department, until=timezone.localdate(), by=None)
    assert User.objects.get(pk=member.pk).may("scoring.sign_sheet", department)
    tomorrow = timezone.localdate() + timedelta(1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert not User.objects.get(pk=member.pk).may("scoring.sign_sheet", department)


@pytest.mark.parametrize(
    ("role", "until", "words"),
    [("king", None, "没有“king”这个角色"), ("head", date(2020, 1, 1), "已经过去")],
)
def test_grant_role_that_cannot_be_is_refused(member, department, role, until, words):
    with pytest.raises(ValueError, match=words):
        grant_role(member, role=role, department=department, until=until, by=None)


def test_grant_role_by_the_administrator_of_one_department_stays_in_it(department, other_department, member):
    local = people.person("local", "科管理", "admin", department)
    grant_role(member, role="assessor", department=department, until=None, by=local)
    for place in (other_department, None):
        with pytest.raises(ValueError, match="只能为您管理的科室"):
            grant_role(member, role="assessor", department=place, until=None, by=local)


def test_account_with_a_role_elsewhere_is_out_of_a_local_administrators_reach(
    department, other_department, member, admin
):
    local = people.person("local", "科管理", "admin", department)
    people.person("far", "邻县甲", "member", other_department)
    seen = User.accounts.visible_to(local, "staff.manage_accounts")
    assert set(seen.values_list("username", flat=True)) == {"member", "local"}
    grant_role(member, role="member", department=other_department, until=None, by=None)
    assert set(seen.all().values_list("username", flat=True)) == {"local"}


def test_revoke_role_takes_it_back(officer, department, security_admin):
    revoke_role(officer.role_grants.get(), by=security_admin)
    assert not User.objects.get(pk=officer.pk).may("reports.import", department)
    assert last() == ("staff.role_revoke", security_admin.pk, {"role": "qc_officer", "department": "RAD"})


@pytest.mark.parametrize("who", ["admin", "security_admin", "auditor"])
def test_revoke_role_of_the_last_administrator_of_a_kind_is_refused(who, request, security_admin):
    user = request.getfixturevalue(who)
    with pytest.raises(ValueError, match=r"不能撤销自己的管理角色|最后一位"):
        revoke_role(user.role_grants.get(), by=security_admin)
    with pytest.raises(ValueError, match="最后一位"):
        revoke_role(user.role_grants.get(), by=None)
    assert user.role_grants.count() == 1


def test_grant_role_with_a_last_day_to_the_last_administrator_is_refused(admin):
    day = timezone.localdate() + timedelta(1)
    with pytest.raises(ValueError, match="最后一位"):
        grant_role(admin, role="admin", department=None, until=day, by=None)
    admin.refresh_from_db()
    assert admin.role_grants.get().until is None


@pytest.mark.parametrize("where", ["department", "everywhere"])
def test_role_twice_in_one_place_is_refused_by_the_database(member, department, where):
    place = department if where == "department" else None
    RoleGrant.objects.get_or_create(user=member, role="head", department=place)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=member, role="head", department=place)


# --- passwords --------------------------------------------------------------------------------------


def test_reset_password_replaces_the_old_one_and_is_recorded_without_it(officer, admin):
    given = reset_password(officer, by=admin)
    officer.refresh_from_db()
    assert officer.check_password(given.password)
    assert not officer.check_password(people.PASSWORD)
    assert last() == ("staff.password_reset", admin.pk, {})


def test_change_password_keeps_five_earlier_hashes_at_most(officer):
    for number in range(7):
        change_password(officer, password=f"Brand-new-{number}")
    assert officer.password_records.count() == 5


def test_single_use_password_is_not_kept_among_the_earlier_ones(officer):
    reset_password(officer, by=None)
    change_password(officer, password="Brand-new-1")
    assert officer.password_records.count() == 1


# --- departments ------------------------------------------------------------------------------------


def test_add_department_makes_the_institution_too_and_once():
    department, created = add_department(RAD, by=None)
    assert (created, values_of(department)) == (True, RAD)
    assert add_department(RAD, by=None) == (department, False)
    assert [e.action for e in Event.objects.order_by("seq")] == [
        "staff.institution_create",
        "staff.department_create",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": "III"}, "tertiary（三级医院）、secondary（二级医院）、other（其他医疗机构）"),
        ({"name": "影像科"}, "科室代码“RAD”已用于示例医院 放射科"),
        ({"code": "rad"}, "已用于"),
        ({"code": "R D"}, "只能用字母、数字"),
        ({"code": "CT", "level": "secondary"}, "已登记为三级医院，与所填的二级医院不一致"),
        ({"name": " "}, "科室名称不能为空"),
        ({"code": "CT", "name": "科" * 61}, "科室名称"),
    ],
)
def test_add_department_that_cannot_be_is_refused(changes, words):
    add_department(RAD, by=None)
    with pytest.raises(ValueError, match=words):
        add_department(DepartmentValues(**(vars(RAD) | changes)), by=None)
    assert (Department.objects.count(), Institution.objects.count()) == (1, 1)


def test_change_department_level_holds_for_the_whole_institution(admin):
    department, _ = add_department(RAD, by=None)
    second, _ = add_department(DepartmentValues("CT", "CT室", "示例医院", "tertiary"), by=None)
    change_department(department, DepartmentValues("RAD", "放射科", "示例医院", "secondary", True), by=admin)
    second.refresh_from_db()
    assert second.institution.level == "secondary"
    changed = {"level": ["tertiary", "secondary"], "one_step_reporting": [False, True]}
    assert last() == ("staff.department_change", admin.pk, {"changed": changed})


def test_change_department_to_a_taken_code_is_refused():
    add_department(RAD, by=None)
    second, _ = add_department(DepartmentValues("CT", "CT室", "示例医院", "tertiary"), by=None)
    with pytest.raises(ValueError, match="已用于另一个科室"):
        change_department(second, DepartmentValues("RAD", "CT室", "示例医院", "tertiary"), by=None)
