"""Accounts: made, changed, switched off and on."""

from typing import Any

from django.db import transaction

from staff.actions.passwords import OneTimePassword, give_one_time_password
from staff.actions.roles import keep_one_administrator
from staff.models import User
from trail.chain import record


@transaction.atomic
def create_account(
    *, username: str, full_name: str, staff_number: str = "", aliases: list[str] | None = None, by: Any
) -> OneTimePassword:
    """An account without roles and its single-use password, which is shown once and kept nowhere.

    ValueError with a sentence when the name is taken.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise ValueError(f"账号“{username}”已经存在，请换一个账号名，或在账号列表中修改原有账号。")
    user = User(username=username, full_name=full_name, staff_number=staff_number, aliases=aliases or [])
    given = give_one_time_password(user)
    record("staff.account_create", by=by, target=user, detail={"username": username})
    return given


@transaction.atomic
def change_account(user: User, *, full_name: str, staff_number: str, aliases: list[str], by: Any) -> User:
    """New names of a person; the trail keeps which fields changed and what they were."""
    new = {"full_name": full_name, "staff_number": staff_number, "aliases": aliases}
    user = User.objects.select_for_update().get(pk=user.pk)
    changed = {
        name: [getattr(user, name), value] for name, value in new.items() if getattr(user, name) != value
    }
    if not changed:
        return user
    for name, value in new.items():
        setattr(user, name, value)
    user.save(update_fields=list(new))
    record("staff.account_change", by=by, target=user, detail={"changed": changed})
    return user


@transaction.atomic
def set_active(user: User, *, active: bool, by: Any) -> User:
    """Switch an account off or on; it acts on the person's next request.

    ValueError with a sentence for one's own account and for the last administrator.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active == active:
        return user
    if by is not None and not active and user.pk == by.pk:
        raise ValueError("不能停用自己的账号：请由另一位系统管理员操作。")
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        keep_one_administrator(lost_by=user)
    record("staff.account_enable" if active else "staff.account_disable", by=by, target=user)
    return user
