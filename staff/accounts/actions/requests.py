"""Requests for roles and passwords: opened by one person, confirmed by another (docs/quality.md T7)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import Schedule

from staff.access.permissions import policy
from staff.access.profile import ADMINISTRATORS, security_profile
from staff.accounts.actions.grants import ADMINISTERS, GRANTS, RoleValues, check_role, give_role, role_detail
from staff.accounts.actions.passwords import OneTimePassword, reset_password
from staff.accounts.models import GrantRequest, RoleGrant, User
from staff.accounts.passwords import random_password
from staff.conflicts.versions import RefusedError
from trail.chain import record

_HALF = 8  # characters of each half of a password that two persons hand over
_EXTENT = "只能为您管理的科室申请角色。"


@transaction.atomic
def request_role(user: User, values: RoleValues, *, by: Any) -> GrantRequest:
    """Ask for a role; in its place an open request for the same role is withdrawn.

    ValueError with a sentence as in `check_role`, and for a place the requester does not administer.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    check_role(user, values, by=by)
    reaches = [by.reach(code) for code in (ADMINISTERS, GRANTS)]
    place = values.department.pk if values.department else None
    if not any(reach is None or place in reach for reach in reaches):
        raise RefusedError(_EXTENT)
    _replace(user.grant_requests.filter(kind="role", role=values.role, department=values.department), by)
    return _open(user, GrantRequest(**vars(values)), "staff.role_request", role_detail(values), by)


@transaction.atomic
def request_password(user: User, *, by: Any) -> GrantRequest:
    """Ask for a new password of an account that two persons must reset.

    Its `first_half` is shown to `by` once. ValueError with a sentence for one's own account.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise RefusedError("自己的密码请在“修改密码”页修改；忘记时请由另一位系统管理员申请重置。")
    _replace(user.grant_requests.filter(kind="password"), by)
    made = GrantRequest(kind=GrantRequest.Kind.PASSWORD, first_half=random_password(_HALF))
    return _open(user, made, "staff.password_request", {}, by)


def needs_two_to_reset(user: User) -> bool:
    """Would a single administrator who resets this password gain a role that two persons grant?

    Whoever knows a single-use password can sign in with it: the roles of the three administrators count too,
    because they confirm what the others ask for, and roles asked for, once the account was used.
    """
    if not security_profile().dual_control:
        return False
    roles = set(user.role_grants.in_force().values_list("role", flat=True))
    if user.last_login is not None:
        roles |= set(user.grant_requests.pending().filter(kind="role").values_list("role", flat=True))
    return any(policy().needs_two_persons(role) or role in ADMINISTRATORS for role in roles)


def administers_apart() -> QuerySet[RoleGrant]:
    """Grants of the three administrators where they are apart: nobody prints these a password alone."""
    rows = RoleGrant.objects.in_force().filter(role__in=ADMINISTRATORS)
    return rows if security_profile().dual_control else rows.none()


@transaction.atomic
def confirm_request(request: GrantRequest, *, by: Any) -> RoleGrant | OneTimePassword:
    """Carry out a pending request. A password is joined from two halves; `by` is given the second one.

    ValueError with a sentence when it was decided or ran out, when `by` asked for it or is its subject, and
    when the role may no longer be given.
    """
    request = _pending(request)
    if by.pk == request.requested_by_id:
        raise RefusedError("申请人不能确认自己的申请：请由另一位安全管理员确认。")
    if by.pk == request.user_id:
        raise RefusedError("不能确认与本人有关的申请：请由另一位安全管理员确认。")
    facts = {"request": request.pk, "requested_by": request.requested_by.full_name}
    first_half = request.first_half
    _decide(request, GrantRequest.Status.CONFIRMED, by)
    if request.kind == GrantRequest.Kind.ROLE:
        values = RoleValues(request.role, request.department, request.until)
        return give_role(request.user, values, by=by, detail=facts)
    if by.reach(GRANTS) is not None:
        raise RefusedError("密码重置由负责全部科室的安全管理员确认。")
    second_half = random_password(_HALF)
    given = reset_password(request.user, by=by, password=first_half + second_half, detail=facts)
    return OneTimePassword(given.user, second_half, given.expires_at)


@transaction.atomic
def refuse_request(request: GrantRequest, *, reason: str, by: Any) -> GrantRequest:
    """Turn a pending request down, with the reason that its requester reads."""
    request = _pending(request)
    return _close(request, GrantRequest.Status.REFUSED, "staff.request_refuse", by, reason)


@transaction.atomic
def withdraw_request(request: GrantRequest, *, by: Any) -> GrantRequest:
    """Take back a pending request of one's own."""
    request = _pending(request)
    if by.pk != request.requested_by_id:
        raise RefusedError("只有申请人可以撤回申请；不同意请拒绝。")
    return _close(request, GrantRequest.Status.WITHDRAWN, "staff.request_withdraw", by)


@transaction.atomic
def expire_requests() -> int:
    """Close the requests that nobody decided in time; how many. Run daily and when the list is opened."""
    overdue = GrantRequest.objects.select_for_update().filter(
        status=GrantRequest.Status.PENDING, expires_at__lte=timezone.now()
    )
    rows = list(overdue)
    for row in rows:
        _close(row, GrantRequest.Status.EXPIRED, "staff.request_expire", None)
    return len(rows)


def schedule_expiry() -> None:
    """Have the worker close requests that ran out, daily."""
    Schedule.objects.get_or_create(
        name="授权申请到期",
        defaults={"func": "staff.accounts.actions.requests.expire_requests", "schedule_type": Schedule.DAILY},
    )


def _open(user: User, made: GrantRequest, action: str, detail: dict[str, Any], by: Any) -> GrantRequest:
    now = timezone.now()
    made.kind = made.kind or GrantRequest.Kind.ROLE
    made.user, made.requested_by, made.requested_at = user, by, now
    made.expires_at = now + timedelta(days=settings.QC_GRANT_REQUEST_DAYS)
    made.save()
    record(action, by=by, target=user, department=made.department, detail=detail | {"request": made.pk})
    return made


def _replace(rows: Any, by: Any) -> None:
    """Close open requests for the same thing: the newest one counts."""
    for row in rows.filter(status=GrantRequest.Status.PENDING):
        _close(row, GrantRequest.Status.WITHDRAWN, "staff.request_withdraw", by, "另有新的申请")


def _pending(request: GrantRequest) -> GrantRequest:
    rows = GrantRequest.objects.select_for_update(of=("self",))
    found = rows.select_related("user", "requested_by", "department").get(pk=request.pk)
    if found.status != GrantRequest.Status.PENDING:
        raise RefusedError(f"这项申请{GrantRequest.Status(found.status).label}，不能再处理。")
    if found.expires_at <= timezone.now():
        raise RefusedError("这项申请已过确认期限，请申请人重新申请。")
    return found


def _decide(request: GrantRequest, status: str, by: Any, reason: str = "") -> None:
    request.status, request.decided_by, request.decided_at = status, by, timezone.now()
    request.decision_reason, request.first_half = reason, ""
    request.save()


def _close(request: GrantRequest, status: str, action: str, by: Any, reason: str = "") -> GrantRequest:
    _decide(request, status, by, reason)
    detail: dict[str, Any] = {"request": request.pk, "kind": request.kind}
    if request.role:
        detail |= role_detail(RoleValues(request.role, request.department, request.until))
    if reason:
        detail["reason"] = reason
    record(action, by=by, target=request.user, department=request.department, detail=detail)
    return request
