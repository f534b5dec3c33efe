"""Rows of roles: what may be given, giving and revoking them, and that somebody keeps administering."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from staff.access.permissions import policy
from staff.access.profile import security_profile
from staff.accounts.models import RoleGrant, User
from staff.conflicts.versions import RefusedError
from staff.departments.models import Department
from trail.chain import record

ADMINISTERS = "staff.manage_accounts"
GRANTS = "staff.grant_roles"
AUDITS = "staff.view_trail"
# People from outside the hospital leave again: their accounts have a last day.
ENDING_ROLES = frozenset({"inspector"})
END_NEEDED = "检查专家的账号须有截止日：请先填写“账号有效期至”。"


@dataclass(frozen=True)
class RoleValues:
    """A role, where it holds (None: every department) and its last day (None: lasting)."""

    role: str
    department: Department | None
    until: date | None


@transaction.atomic
def give_role(user: User, values: RoleValues, *, by: Any, detail: dict[str, Any] | None = None) -> RoleGrant:
    """Store a role that `by` may give; `detail` is added to the event. ValueError as in `check_role`."""
    user = User.objects.select_for_update().get(pk=user.pk)
    check_role(user, values, by=by)
    if by is not None and not may_grant_in(values.department, by):
        raise RefusedError("只能在您管理的科室内授予或撤销角色。")
    grant, created = RoleGrant.objects.update_or_create(
        user=user,
        role=values.role,
        department=values.department,
        defaults={"until": values.until, "granted_by": by if by is not None and by.pk else None},
    )
    if not created and values.until is not None and values.department is None:
        keep_one_administrator(lost_by=user, role=values.role)
    facts = role_detail(values) | (detail or {})
    record("staff.role_grant", by=by, target=user, department=values.department, detail=facts)
    return grant


def check_role(user: User, values: RoleValues, *, by: Any) -> None:
    """ValueError with a sentence when `user` may not be given the role, by `by` or by anybody."""
    if values.role not in policy().roles:
        raise RefusedError(f"没有“{values.role}”这个角色，请从列表中选择。")
    if by is not None and user.pk == by.pk:
        raise RefusedError("不能给自己授予或申请角色：请由另一位管理员操作。")
    if values.until is not None and values.until < timezone.localdate():
        raise RefusedError(f"有效期至{values.until}已经过去，请填今天或以后的日期，长期有效则留空。")
    if values.role in ENDING_ROLES and user.expires_on is None:
        raise RefusedError(END_NEEDED)
    held = user.role_grants.in_force().values_list("role", flat=True)
    if other := security_profile().conflict(values.role, held):
        names = [policy().roles[code].name for code in (other, values.role)]
        raise RefusedError(
            f"{user.full_name}已是{names[0]}，不能兼任{names[1]}：系统管理员、安全管理员、审计员应由不同的人担任。"
        )


@transaction.atomic
def revoke_role(grant: RoleGrant, *, by: Any) -> None:
    """Take a role back; it acts on the next request. ValueError with a sentence as in `grant_role`."""
    if by is not None and not may_grant_in(grant.department, by):
        raise RefusedError("只能在您管理的科室内授予或撤销角色。")
    user, role, department = grant.user, grant.role, grant.department
    administers = policy().granted(role) & {ADMINISTERS, GRANTS, AUDITS}
    if by is not None and user.pk == by.pk and administers:
        raise RefusedError("不能撤销自己的管理角色：请由另一位管理员操作。")
    grant.delete()
    if department is None:
        keep_one_administrator(lost_by=user, role=role)
    detail = {"role": role, "department": department.code if department else None}
    record("staff.role_revoke", by=by, target=user, department=department, detail=detail)


def role_detail(values: RoleValues) -> dict[str, Any]:
    """What events of grants and requests state."""
    place = values.department.code if values.department else None
    return {"role": values.role, "until": values.until, "department": place}


def may_grant_in(department: Department | None, by: Any) -> bool:
    """Does `by` grant roles there (None: in every department)?"""
    reach = by.reach(GRANTS)
    return reach is None or (department is not None and department.pk in reach)


def _lasts(grant: RoleGrant) -> bool:
    return grant.until is None and grant.user.is_active and grant.user.expires_on is None


def keep_one_administrator(*, lost_by: User, role: str | None = None) -> None:
    """ValueError when what `lost_by` just lost (one `role`, or all) was the last lasting administration.

    Accounts, roles and the trail each need somebody who lasts. Called inside the transaction of the loss,
    which the error takes back. The grants are locked, so that two administrators cannot take each other's
    role in the same moment.
    """
    for code in (ADMINISTERS, GRANTS, AUDITS):
        _keep_one(code, lost_by, role)


def _keep_one(code: str, lost_by: User, role: str | None) -> None:
    administering = [name for name, r in policy().roles.items() if code in r.permissions]
    lost = administering if role is None else [role]
    everywhere = RoleGrant.objects.select_for_update().filter(role__in=administering, department__isnull=True)
    left = [g for g in everywhere.select_related("user") if _lasts(g)]
    concerned = (
        role in administering if role else lost_by.role_grants.filter(role__in=lost, department=None).exists()
    )
    if concerned and not left:
        name = policy().roles[administering[0]].name
        raise RefusedError(
            f"{lost_by.full_name}是最后一位长期有效的{name}："
            f"请先授予另一人{name}角色（全部科室、不限期），再作此操作。"
        )
