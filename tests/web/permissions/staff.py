"""Sign-in, own password, departments, accounts, requests, trail."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from reports.readings.models import Reading
from staff.accounts.actions.accounts import shown_account
from staff.accounts.actions.grants import RoleValues
from staff.accounts.actions.requests import request_password, request_role
from staff.accounts.models import RoleGrant
from staff.conflicts.versions import fingerprint
from staff.departments.actions import values_of
from staff.departments.models import Department
from staff.retention.actions import shown_period
from staff.retention.models import Purge
from staff.retention.queries import period_of
from tests import people
from tests.web.permission_table import everyone, row
from tests.web.world import World


def build(world: World) -> None:
    department = Department.objects.create(
        institution=world.department.institution, code="EMPTY", name="介入科"
    )
    world.add("other_department", department)
    world.add("account", people.second_assessor(world.department))
    old = timezone.now() - timedelta(days=2000)
    values = {"report_id": 1, "accession_number": "OLD1", "through": "reports.report"}
    reader = world["account"]
    Reading.objects.create(user=reader, department=world.department, hour=old, at=old, **values)
    asked = {"kind": "trail", "before": old, "counted": 1, "reason": "超过保存期限"}
    world.add("purge", Purge.objects.create(asked_by=reader, **asked))
    world.add("grant", RoleGrant.objects.get(user=world["account"]))
    admin = world.users["admin"]
    head = RoleValues("head", world.department, None)
    world.add("role_request", request_role(world["account"], head, by=admin))
    world.add("password_request", request_password(world["account"], by=admin))


def _purge(world: World) -> dict[str, int]:
    return {"pk": world["purge"].pk}


def _account(world: World) -> dict[str, int]:
    return {"pk": world["account"].pk}


def _grant(world: World) -> dict[str, int]:
    return {"pk": world["account"].pk, "grant": world["grant"].pk}


def _list_of_people(world: World) -> dict[str, object]:
    content = "姓名,工号,角色\n新来者,7001,报告医师/技师\n".encode()
    return {"file": SimpleUploadedFile("名单.csv", content), "role": "member"}


PERIOD = {"days": 1500, "basis": "医院档案管理规定第5条"}


def _request(world: World) -> dict[str, int]:
    return {"pk": world["role_request"].pk}


def _password_request(world: World) -> dict[str, int]:
    return {"pk": world["password_request"].pk}


NEW_DEPARTMENT = {"code": "NEW", "name": "影像科", "institution": "新建医院", "level": "secondary"}
NEW_ACCOUNT = {"username": "new.person", "full_name": "新来者", "role": "assessor"}


def _period(_: World) -> dict[str, object]:
    shown = shown_period(period_of("trail"))
    return {"days": 1500, "basis": "医院档案管理规定第5条", "version": fingerprint(shown)}


def _changed_department(world: World) -> dict[str, object]:
    return NEW_DEPARTMENT | {"version": fingerprint(vars(values_of(world["other_department"])))}


def _changed_account(world: World) -> dict[str, object]:
    return {"full_name": "评改名", "version": fingerprint(shown_account(world["account"]))}


ROWS = (
    row("login", **everyone(302, anonymous=200)),
    row(
        "login",
        "POST",
        data={"username": "officer", "password": people.PASSWORD},
        note="right password",
        **everyone(302),
    ),
    row("login", "POST", data={"username": "officer"}, note="no password", **everyone(400, anonymous=400)),
    row("login_code", **everyone(302)),
    row("login_code", "POST", note="no password before", **everyone(302, anonymous=302)),
    row("login_openid", note="no provider", **everyone(404, anonymous=404)),
    row("login_openid_return", note="no provider", **everyone(404, anonymous=404)),
    row("login_confirm", **everyone(200)),
    row("login_confirm", "POST", data={"confirm-password": "wrong"}, **everyone(400)),
    row("second_factor", **everyone(200)),
    row("second_factor", "POST", data={"code": "000"}, **everyone(400)),
    row("second_factor_replace", "POST", **everyone(200)),
    row("second_factor_codes", "POST", note="none set up", **everyone(302)),
    row("second_factor_remove", "POST", note="none set up", **everyone(302)),
    row("logout", "POST", **everyone(302)),
    row("search", "POST", data={"list": "/reports/", "q": "结节"}, **everyone(302)),
    row("session_extend", "POST", **everyone(204)),
    row("password_change", **everyone(200)),
    row("password_change", "POST", data={"old_password": "wrong"}, **everyone(400)),
    row("sessions", **everyone(200)),
    row("sessions_end", "POST", note="no other", **everyone(302)),
    row("staff:departments", admin=200),
    row("staff:department_new", admin=200),
    row("staff:department_new", "POST", data=NEW_DEPARTMENT, admin=302),
    row("staff:department_edit", kwargs=lambda w: {"pk": w["other_department"].pk}, admin=200),
    row(
        "staff:department_edit",
        "POST",
        kwargs=lambda w: {"pk": w["other_department"].pk},
        data=_changed_department,
        admin=302,
    ),
    row("staff:accounts", admin=200, security_admin=200),
    row("staff:account_new", admin=200),
    row("staff:account_new", "POST", data=NEW_ACCOUNT, admin=200),
    row("staff:enrol_register", admin=200),
    row("staff:enrol_register", "POST", note="nobody ticked", admin=400),
    row("staff:enrol_list", admin=200),
    row("staff:enrol_list", "POST", data=_list_of_people, admin=200),
    row("staff:enrol", "POST", note="nothing was looked at", admin=302),
    row("staff:slips", admin=200),
    row("staff:leaving", admin=200),
    row("staff:leaving", "POST", note="nobody ticked", admin=302),
    row("staff:account_work", kwargs=_account, admin=200),
    row("staff:account_work", "POST", kwargs=_account, note="nobody chosen", admin=302),
    row("staff:account_leave", "POST", kwargs=_account, admin=302),
    row("staff:slips", "POST", note="nobody ticked", admin=400),
    row("staff:account_edit", kwargs=_account, admin=200, security_admin=200),
    row(
        "staff:account_edit",
        "POST",
        kwargs=_account,
        data=_changed_account,
        admin=302,
        security_admin=404,
    ),
    row("staff:account_edit", kwargs={"pk": 0}, note="no such account", admin=404, security_admin=404),
    row("staff:account_active", "POST", kwargs=_account, data={"active": "0"}, admin=302),
    row("staff:role_grant", "POST", kwargs=_account, data={"role": "head"}, admin=302, security_admin=302),
    row("staff:role_revoke", "POST", kwargs=_grant, security_admin=302),
    row("staff:account_password", "POST", kwargs=_account, admin=200),
    row("staff:second_factor_reset", "POST", kwargs=_account, note="none set up", admin=302),
    row("staff:retention", admin=200, security_admin=200),
    row("staff:retention_period", kwargs={"code": "trail"}, admin=200, security_admin=200),
    row(
        "staff:retention_period",
        kwargs={"code": "records"},
        note="never deleted",
        admin=404,
        security_admin=404,
    ),
    row(
        "staff:retention_period",
        "POST",
        kwargs={"code": "trail"},
        data=_period,
        admin=302,
        security_admin=302,
    ),
    row("staff:purge_new", kwargs={"code": "readings"}, admin=200, security_admin=200),
    row(
        "staff:purge_new",
        "POST",
        kwargs={"code": "readings"},
        data={"reason": "超过保存期限"},
        admin=302,
        security_admin=302,
    ),
    row("staff:purge_confirm", "POST", kwargs=_purge, admin=302, security_admin=302),
    row("staff:purge_refuse", "POST", kwargs=_purge, admin=302, security_admin=302),
    row("staff:grant_requests", admin=200, security_admin=200),
    row("staff:grant_request", kwargs=_request, admin=200, security_admin=200),
    row("staff:grant_confirm", "POST", kwargs=_request, security_admin=302),
    row("staff:grant_confirm", "POST", kwargs=_password_request, note="a password", security_admin=200),
    row(
        "staff:grant_refuse",
        "POST",
        kwargs=_request,
        data={"reason": "不在本科室"},
        security_admin=302,
    ),
    row("staff:grant_withdraw", "POST", kwargs=_request, admin=302, security_admin=400),
    row("staff:security", admin=200, security_admin=200, auditor=200),
    row("staff:trail", auditor=200),
)
