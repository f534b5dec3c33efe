"""The department of the demonstration and its accounts, one a role and named as the role."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from demo.content import DemoDepartment
from staff.access.profile import ADMINISTRATORS
from staff.accounts.actions.accounts import ENDING_ROLES, change_account, create_account, set_active
from staff.accounts.actions.passwords import change_password, reset_password
from staff.accounts.actions.roles import grant_role, revoke_role
from staff.accounts.models import User
from staff.accounts.passwords import ChineseCommonValidator, random_password
from staff.departments.actions import DepartmentValues, add_department, change_department, values_of
from staff.departments.models import Department


@dataclass(frozen=True)
class Account:
    """An account of the demonstration, with the password that is shown once."""

    user: User
    role: str
    password: str


@dataclass(frozen=True)
class _Wanted:
    username: str
    role: str
    full_name: str
    staff_number: str = ""


_INSPECTOR_DAYS = timedelta(days=365)


class TakenError(ValueError):
    """A code or account name is taken; the message says what to do."""


def wanted(demo: DemoDepartment) -> tuple[_Wanted, ...]:
    """Eight roles, and a second assessor: one who took part in a report may not judge it."""
    numbers = {person.name: person.staff_number for person in demo.people}
    first, second = demo.assessors
    return (
        _Wanted("qc_officer", "qc_officer", "钟演质", "D011"),
        _Wanted("assessor", "assessor", first, numbers[first]),
        _Wanted("assessor2", "assessor", second, numbers[second]),
        _Wanted("head", "head", "温演明", "D001"),
        _Wanted("member", "member", demo.member, numbers[demo.member]),
        _Wanted("inspector", "inspector", "傅演察"),
        _Wanted("admin", "admin", "管演理"),
        _Wanted("security_admin", "security_admin", "安演全"),
        _Wanted("auditor", "auditor", "审演计"),
    )


@transaction.atomic
def make_department(demo: DemoDepartment, *, again: bool) -> Department:
    """The empty department DEMO. With `again` an existing one is set aside under another code, whole."""
    existing = Department.objects.select_related("institution").filter(code__iexact=demo.code).first()
    if existing is not None:
        if not again:
            raise TakenError(
                f"演示科室 {demo.code} 已经存在，未作任何改动。"
                "忘记密码请用 manage.py reset_password 账号；要另起一套演示，请加 --again："
                "原科室改换代码，其报告、评分表与留痕全部保留。"
            )
        _set_aside(existing)
    values = DepartmentValues(demo.code, demo.name, demo.institution, demo.level)
    department, _ = add_department(values, by=None)
    return department


def _set_aside(department: Department) -> None:
    taken = {code.upper() for code in Department.objects.values_list("code", flat=True)}
    number = next(n for n in range(1, 10_000) if f"{department.code}-{n}".upper() not in taken)
    before = values_of(department)
    moved = DepartmentValues(
        f"{before.code}-{number}", f"{before.name}（原演示{number}）", before.institution, before.level
    )
    for grant in department.role_grants.select_related("user", "department"):
        revoke_role(grant, by=None)
    change_department(department, moved, by=None)


@transaction.atomic
def make_accounts(
    demo: DemoDepartment, department: Department, *, password: str | None, again: bool
) -> list[Account]:
    """One account a role, each with its own random password or all with `password`.

    TakenError when an account of such a name exists that no earlier demonstration made.
    """
    made = []
    for want in wanted(demo):
        user = _account(want, again=again)
        given = password or random_password()
        change_password(user, password=given)
        place = None if want.role in ADMINISTRATORS else department
        grant_role(user, role=want.role, department=place, until=None, by=None)
        made.append(Account(User.objects.get(pk=user.pk), want.role, given))
    return made


def _account(want: _Wanted, *, again: bool) -> User:
    user = User.objects.filter(username__iexact=want.username).first()
    # Inspectors come from outside: their accounts have a last day.
    end = timezone.localdate() + _INSPECTOR_DAYS if want.role in ENDING_ROLES else None
    if user is None:
        return _created(want, end)
    # An account of the demonstration bears an invented name; anybody else's is left alone.
    if not again or user.full_name != want.full_name:
        raise TakenError(
            f"账号“{want.username}”已经存在（{user.full_name}），演示不会改动已有账号。"
            "请在另一个 QC_DATA_DIR 中建立演示，或先在“设置—账号”页另用账号名。"
        )
    change_account(
        user, full_name=want.full_name, staff_number=want.staff_number, aliases=[], expires_on=end, by=None
    )
    set_active(user, active=True, by=None)
    return reset_password(user, by=None).user


def _created(want: _Wanted, end: date | None) -> User:
    given = create_account(
        username=want.username,
        full_name=want.full_name,
        staff_number=want.staff_number,
        expires_on=end,
        by=None,
    )
    return given.user


def weakness(password: str) -> str:
    """Why the password rules reject the given password; "" when they accept it.

    It may be easy to guess: it is shown to an audience, and protects nobody's data.
    """
    rules = [
        rule for rule in get_default_password_validators() if not isinstance(rule, ChineseCommonValidator)
    ]
    try:
        validate_password(password, password_validators=rules)
    except ValidationError as error:
        return "".join(error.messages)
    return ""
