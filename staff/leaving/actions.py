"""Disable the accounts that are due, hourly; hand over what a person leaves open."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django_q.models import Schedule

from staff.access.open_work import OpenItem
from staff.accounts.actions.accounts import set_active
from staff.accounts.models import User
from staff.conflicts.versions import ConflictError, RefusedError
from staff.leaving.queries import due_accounts
from trail.chain import record


def disable_due() -> list[User]:
    """Job of the worker: disable every account that is due; return them.

    What one of them leaves open is named in its event and stays on the page of the hand-over: an account
    whose day is over must not stay open because of it. The last administrator stays.
    """
    disabled = []
    for due in due_accounts(User.accounts.all()):
        try:
            disabled.append(
                set_active(due.user, active=False, by=None, reason=due.why, despite_open_work=True)
            )
        except RefusedError:
            continue
    return disabled


def hand_over(
    items: Iterable[OpenItem], takers: Mapping[str, User], *, leaver: User, by: User
) -> tuple[int, list[str]]:
    """Give each item to its taker by the item's own action: how many were given, and a sentence for others.

    Each is a transaction of its own: what one refuses does not take back the rest.
    """
    given, refused = 0, []
    for item in items:
        taker = takers.get(item.key)
        if taker is None or item.hand_over is None:
            continue
        try:
            with transaction.atomic():
                item.hand_over(taker, by)
                detail = {"work": f"{item.kind} {item.label}", "taker": str(taker)}
                record("staff.work_handed_over", by=by, target=leaver, detail=detail)
        except (RefusedError, ConflictError) as why:
            refused.append(f"{item.kind} {item.label}：{why}")
        else:
            given += 1
    return given, refused


def schedule_accounts() -> None:
    """Schedule the job; called at each start, so that a restored database has it too."""
    Schedule.objects.update_or_create(
        name="账号停用",
        defaults={"func": f"{__name__}.disable_due", "schedule_type": Schedule.HOURLY},
    )
