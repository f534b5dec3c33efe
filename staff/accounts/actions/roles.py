"""Grant and revoke roles. Granting a role needs the permission to administer that department."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from staff.access.permissions import policy
from staff.accounts.models import RoleGrant, User
from staff.conflicts.versions import RefusedError
from staff.departments.models import Department
from trail.chain import record

ADMINISTERS = "staff.manage_accounts"
# People from outside the hospital leave again: their accounts have a last day.
ENDING_ROLES = frozenset({"inspector"})
END_NEEDED = "检查专家的账号须有截止日：请先填写“账号有效期至”。"


@transaction.atomic
def grant_role(
    user: User, *, role: str, department: Department | None, until: date | None, by: Any
) -> RoleGrant:
    """Give a role in a department (None: in all), to the last day `until`; given again, the day is changed.

    ValueError with a sentence for an unknown role, a day that has passed, a place the giver does not
    administer, an inspector whose account has no last day, and a day that would leave the house without a
    lasting administrator.
    """
    if role not in policy().roles:
        raise RefusedError(f"没有“{role}”这个角色，请从列表中选择。")
    if until is not None and until < timezone.localdate():
        raise RefusedError(f"有效期至{until}已经过去，请填今天或以后的日期，长期有效则留空。")
    if role in ENDING_ROLES and user.expires_on is None:
        raise RefusedError(END_NEEDED)
    _check_place(department, by)
    giver = by if by is not None and by.pk else None
    grant, created = RoleGrant.objects.update_or_create(
        user=user, role=role, department=department, defaults={"until": until, "granted_by": giver}
    )
    if not created and until is not None:
        keep_one_administrator(lost_by=user, role=role)
    detail = {"role": role, "until": until, "department": department.code if department else None}
    record("staff.role_grant", by=by, target=user, department=department, detail=detail)
    return grant


@transaction.atomic
def revoke_role(grant: RoleGrant, *, by: Any) -> None:
    """Take a role back; it acts on the next request. ValueError as in `grant_role`."""
    _check_place(grant.department, by)
    user, role, department = grant.user, grant.role, grant.department
    if by is not None and user.pk == by.pk and ADMINISTERS in policy().granted(role):
        raise RefusedError("不能撤销自己的管理角色：请由另一位系统管理员操作。")
    grant.delete()
    keep_one_administrator(lost_by=user, role=role)
    detail = {"role": role, "department": department.code if department else None}
    record("staff.role_revoke", by=by, target=user, department=department, detail=detail)


def _check_place(department: Department | None, by: Any) -> None:
    if by is None:
        return
    reach = by.reach(ADMINISTERS)
    if reach is not None and (department is None or department.pk not in reach):
        raise RefusedError("只能在您管理的科室内授予或撤销角色。")


def _lasts(grant: RoleGrant) -> bool:
    return grant.until is None and grant.user.is_active and grant.user.expires_on is None


def keep_one_administrator(*, lost_by: User, role: str | None = None) -> None:
    """ValueError when what `lost_by` just lost (one `role`, or all) was the last lasting administration.

    Called inside the transaction of the loss, which the error takes back. The grants are locked, so that
    two administrators cannot take each other's role in the same moment.
    """
    administering = [code for code, r in policy().roles.items() if ADMINISTERS in r.permissions]
    lost = administering if role is None else [role]
    everywhere = RoleGrant.objects.select_for_update().filter(role__in=administering, department__isnull=True)
    left = [g for g in everywhere.select_related("user") if _lasts(g)]
    concerned = role in administering if role else lost_by.role_grants.filter(role__in=lost).exists()
    if concerned and not left:
        raise RefusedError(
            f"{lost_by.full_name}是最后一位长期有效的系统管理员：请先授予另一人系统管理员角色（全部科室、不限期），再作此操作。"
        )
