"""Accounts: made, changed, switched off and on."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from staff.access.open_work import in_words, open_work_of
from staff.access.permissions import policy
from staff.accounts.actions.grants import END_NEEDED, ENDING_ROLES, keep_one_administrator
from staff.accounts.actions.passwords import OneTimePassword, give_one_time_password
from staff.accounts.models import User
from staff.conflicts.versions import RefusedError, expect_shown
from trail.chain import record

__all__ = [
    "ENDING_ROLES",
    "END_NEEDED",
    "add_account",
    "change_account",
    "create_account",
    "set_active",
    "shown_account",
]
_WHO = frozenset({"full_name", "staff_number", "aliases"})
_SHOWN = ("full_name", "staff_number", "aliases", "expires_on", "email")


@transaction.atomic
def create_account(
    *,
    username: str,
    full_name: str,
    staff_number: str = "",
    aliases: list[str] | None = None,
    email: str = "",
    expires_on: date | None = None,
    by: Any,
    workdays: int | None = None,
) -> OneTimePassword:
    """An account without roles and its single-use password, which is shown once and stored nowhere.

    `workdays`: as in `give_one_time_password`. ValueError with a sentence when the name is taken.
    """
    user = _new_account(username, full_name, staff_number, aliases or [], email, expires_on)
    given = give_one_time_password(user, workdays=workdays)
    _record_new(user, by)
    return given


@transaction.atomic
def add_account(
    *,
    username: str,
    full_name: str,
    staff_number: str = "",
    aliases: list[str] | None = None,
    email: str = "",
    expires_on: date | None = None,
    by: Any,
) -> User:
    """An account without roles and without a password: it opens nothing until a slip is printed for it."""
    user = _new_account(username, full_name, staff_number, aliases or [], email, expires_on)
    user.set_unusable_password()
    user.must_change_password = True
    user.save()
    _record_new(user, by)
    return user


def _new_account(
    username: str, full_name: str, staff_number: str, aliases: list[str], email: str, expires_on: date | None
) -> User:
    if User.accounts.named(username) is not None:
        raise RefusedError(f"账号“{username}”已经存在，请换一个账号名，或在账号列表中修改原有账号。")
    names = {"full_name": full_name, "staff_number": staff_number, "aliases": aliases, "email": email}
    return User(username=username, expires_on=expires_on, **names)


def _record_new(user: User, by: Any) -> None:
    detail = {"username": user.username} | ({"expires_on": user.expires_on} if user.expires_on else {})
    record("staff.account_create", by=by, target=user, detail=detail)


@transaction.atomic
def change_account(
    user: User,
    *,
    full_name: str,
    staff_number: str,
    aliases: list[str],
    expires_on: date | None = None,
    email: str = "",
    by: Any,
    version: str | None = None,
) -> User:
    """New names and address of a person and the account's last day; the trail has the old and the new.

    ConflictError; ValueError with a sentence for an inspector without a last day, the end and the names of
    one's own account, and the last lasting administrator.
    """
    new: dict[str, Any] = {"full_name": full_name, "staff_number": staff_number, "aliases": aliases}
    new |= {"expires_on": expires_on, "email": email}
    user = User.objects.select_for_update().get(pk=user.pk)
    changed = {
        name: [getattr(user, name), value] for name, value in new.items() if getattr(user, name) != value
    }
    if not changed:
        return user
    expect_shown(user, shown_account(user), version)
    _check_end(user, expires_on, by)
    _check_names(user, changed, by)
    for name, value in new.items():
        setattr(user, name, value)
    user.save(update_fields=list(new))
    if expires_on is not None:
        keep_one_administrator(lost_by=user)
    record("staff.account_change", by=by, target=user, detail={"changed": changed})
    return user


def shown_account(user: User) -> dict[str, Any]:
    """What the form of an account shows."""
    return {name: getattr(user, name) for name in _SHOWN}


def _check_end(user: User, expires_on: date | None, by: Any) -> None:
    if expires_on is None and user.role_grants.in_force().filter(role__in=ENDING_ROLES).exists():
        raise RefusedError(END_NEEDED)
    if by is not None and user.pk == by.pk and expires_on != user.expires_on:
        raise RefusedError("不能更改自己账号的有效期：请由另一位系统管理员操作。")


def _check_names(user: User, changed: Iterable[str], by: Any) -> None:
    """Names decide which reports are one's own: who sees or judges reports widens no role by them (T7)."""
    if by is None or user.pk != by.pk or not _WHO & set(changed):
        return
    if any(policy().needs_two_persons(grant.role) for grant in user.role_grants.in_force()):
        raise RefusedError(
            "姓名、工号和报告署名决定哪些报告属于本人，不能自己更改：请由另一位系统管理员操作。"
        )


@transaction.atomic
def set_active(
    user: User, *, active: bool, by: Any, reason: str = "", despite_open_work: bool = False
) -> User:
    """Switch an account off or on; it acts on the person's next request.

    ValueError with a sentence for one's own account, for the last administrator, and for somebody with open
    work, unless that was seen (`despite_open_work`); what is left open is then recorded.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active == active:
        return user
    if by is not None and not active and user.pk == by.pk:
        raise RefusedError("不能停用自己的账号：请由另一位系统管理员操作。")
    left = [] if active else open_work_of(user)
    if left and not despite_open_work:
        raise RefusedError(f"{user.full_name}还有未完成的工作：{in_words(left)}。请先移交。")
    user.is_active = active
    if active:
        user.enabled_at = timezone.now()
    user.save(update_fields=["is_active", "enabled_at"])
    if not active:
        keep_one_administrator(lost_by=user)
    detail: dict[str, Any] = {"reason": reason} if reason else {}
    if left:
        detail["open_work"] = in_words(left)
    record("staff.account_enable" if active else "staff.account_disable", by=by, target=user, detail=detail)
    return user
