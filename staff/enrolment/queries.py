"""The plan of a batch: which lines become accounts, and why the others do not; nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from staff.access.permissions import Role, policy
from staff.accounts.actions.roles import ADMINISTERS, ENDING_ROLES
from staff.accounts.domain.usernames import canonical_username
from staff.accounts.models import User
from staff.departments.models import Department
from staff.enrolment.domain.lines import Line, Refusal
from staff.enrolment.domain.usernames import proposed_usernames
from staff.register.models import Member

EVERYWHERE = "全部科室"
MOST = 500  # accounts in one batch
_ROLE_BY_KIND = {Member.Kind.PHYSICIAN: "member", Member.Kind.TECHNOLOGIST: "member"}


@dataclass(frozen=True)
class Planned:
    """An account that will be made. `department`: where its role holds, None everywhere."""

    line: Line
    username: str
    role: Role
    department: Department | None
    member: int | None


@dataclass(frozen=True)
class Plan:
    """What becomes of the lines of a batch."""

    accounts: tuple[Planned, ...]
    refused: tuple[Refusal, ...]


class _Refused(Exception):  # noqa: N818  (an answer, not an error)
    """column, found, expected."""


def proposed_role(kind: str) -> str:
    """The role that a person of this kind usually has."""
    return _ROLE_BY_KIND[Member.Kind(kind)]


def without_account(department: Department, user: User) -> list[Member]:
    """People of the department who work there and have no account, by kind and number."""
    rows = Member.objects.visible_to(user, ADMINISTERS).filter(department=department, user=None).active()
    return list(rows.order_by("kind", "staff_number"))


def with_usernames(lines: Sequence[Line], *, pinyin: bool = False) -> list[Line]:
    """The lines, each without a user name given a free one."""
    open_ = [line for line in lines if not line.username]
    taken = [*User.objects.values_list("username", flat=True), *(line.username for line in lines)]
    people = [(line.staff_number, line.full_name) for line in open_]
    names = iter(proposed_usernames(people, taken, pinyin=pinyin))
    return [line if line.username else replace(line, username=next(names)) for line in lines]


def plan(lines: Iterable[Line], *, department: Department, by: User) -> Plan:
    """Check each line against the accounts, the register, the roles and the lines before it."""
    checked = _Checks(department, by)
    accounts: list[Planned] = []
    refused: list[Refusal] = []
    for line in lines:
        try:
            accounts.append(checked.take(line))
        except _Refused as why:
            column, found, expected = why.args
            refused.append(Refusal(line.row, column, found or "空", expected, line.sheet, line.full_name))
    return Plan(tuple(accounts), tuple(refused))


class _Checks:
    """What the lines are held against; a line that is taken is one of the accounts for the next."""

    def __init__(self, department: Department, by: User) -> None:
        self.department, self.today = department, timezone.localdate()
        self.everywhere = by.reach(ADMINISTERS) is None
        self.departments = list(Department.objects.visible_to(by, ADMINISTERS))
        users = list(User.objects.values_list("username", "staff_number"))
        self.names = {canonical_username(name): name for name, _ in users}
        self.numbers = {number.casefold(): name for name, number in users if number}
        rows = Member.objects.filter(department__in=self.departments).select_related("user")
        self.members = {(row.department_id, row.staff_number.casefold()): row for row in rows}

    def take(self, line: Line) -> Planned:
        """The account to be made; raises _Refused before anything is noted."""
        username = self._username(line)
        department, role = self._department(line), self._role(line)
        self._check_person(line, role)
        member = self._member(line, department)
        self.names[canonical_username(username)] = username
        if line.staff_number:
            self.numbers[line.staff_number.casefold()] = username
        return Planned(line, username, role, department, member)

    def _username(self, line: Line) -> str:
        username = line.username.strip()
        if not username:
            raise _Refused("用户名", "", "用户名，或可据以生成用户名的工号")
        if other := self.names.get(canonical_username(username)):
            same = "" if other == username else f"（与“{other}”相同）"
            raise _Refused("用户名", username, f"没有用过的用户名{same}")
        try:
            User._meta.get_field("username").run_validators(username)
        except ValidationError:
            raise _Refused("用户名", username, "不超过150个字符的字母、数字或 @ . + - _") from None
        return username

    def _department(self, line: Line) -> Department | None:
        word = line.department
        if not word:
            return self.department
        if word == EVERYWHERE and self.everywhere:
            return None
        found = [one for one in self.departments if word in (one.code, one.name, str(one))]
        if len(found) != 1:
            known = "、".join(one.code for one in self.departments[:8])
            raise _Refused("科室", word, f"您管理的科室的代码或名称：{known}")
        return found[0]

    def _role(self, line: Line) -> Role:
        roles = policy().roles.values()
        found = next((role for role in roles if line.role in (role.code, role.name)), None)
        if found is None:
            raise _Refused("角色", line.role, "、".join(role.name for role in roles) + "之一")
        return found

    def _check_person(self, line: Line, role: Role) -> None:
        for column, value, most in (("姓名", line.full_name, 50), ("工号", line.staff_number, 30)):
            if len(value) > most:
                raise _Refused(column, f"{len(value)}个字符", f"不超过{most}个字符")
        if line.email:
            try:
                validate_email(line.email)
            except ValidationError:
                raise _Refused("邮箱", line.email, "邮箱地址，例如name@example.org") from None
        if line.expires_on and line.expires_on < self.today:
            raise _Refused("账号有效期至", str(line.expires_on), "今天或以后的日期")
        if role.code in ENDING_ROLES and line.expires_on is None:
            raise _Refused("账号有效期至", "", f"{role.name}的账号须有截止日")

    def _member(self, line: Line, department: Department | None) -> int | None:
        """The entry of the register that the account will be linked to; None without one."""
        number = line.staff_number.casefold()
        if not number:
            return None
        place = department or self.department
        member = self.members.get((place.pk, number))
        if member is not None and member.user is not None:
            raise _Refused(
                "工号", line.staff_number, f"没有账号的人员；该人员已有账号“{member.user.username}”"
            )
        if other := self.numbers.get(number):
            raise _Refused("工号", line.staff_number, f"没有用过的工号；该工号已有账号“{other}”")
        if member is not None and member.full_name != line.full_name:
            raise _Refused(
                "姓名", line.full_name, f"人员登记中工号{line.staff_number}的姓名“{member.full_name}”"
            )
        return member.pk if member else None
