"""Which accounts are due to be disabled, and why."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from staff.access.open_work import holders_of_work
from staff.accounts.models import User
from staff.accounts.querysets import UserQuerySet
from staff.register.models import Member


@dataclass(frozen=True)
class Due:
    """An account in use that is to be disabled: `why` in words; `has_work`: something must be handed over."""

    user: User
    why: str
    is_dormant: bool
    has_work: bool


def due_accounts(rows: UserQuerySet, *, today: date | None = None) -> list[Due]:
    """The accounts among `rows` that are due, each once; a last day is valid until its midnight."""
    day = today or timezone.localdate()
    working = holders_of_work()
    found: dict[int, Due] = {}
    groups = (
        (rows.filter(is_active=True, expires_on__lt=day), "账号有效期已过", False),
        (_left(rows, day), "人员登记中已离职", False),
        (_dormant(rows), f"{settings.QC_DORMANT_DAYS}天未登录", True),
    )
    for users, why, is_dormant in groups:
        for user in users.order_by("username"):
            found.setdefault(user.pk, Due(user, why, is_dormant, user.pk in working))
    return list(found.values())


def _left(rows: UserQuerySet, day: date) -> UserQuerySet:
    """Accounts of people who left every department that has them in its register."""
    entries = Member.objects.filter(user=OuterRef("pk"))
    gone = entries.filter(left_on__lt=day)
    staying = entries.exclude(left_on__lt=day)
    return rows.filter(Exists(gone), ~Exists(staying), is_active=True)


def _dormant(rows: UserQuerySet) -> UserQuerySet:
    return rows.dormant(settings.QC_DORMANT_DAYS) if settings.QC_DORMANT_DAYS > 0 else rows.none()


def disabled_with_work(rows: UserQuerySet) -> list[User]:
    """Disabled accounts that still have open work."""
    return list(rows.filter(is_active=False, pk__in=holders_of_work()).order_by("username"))
