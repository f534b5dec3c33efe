"""Passwords: single-use ones given, own ones chosen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.utils import reset as forget_failures
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from staff.accounts.domain.usernames import canonical_username
from staff.accounts.domain.workdays import working_days_later
from staff.accounts.holidays import holidays
from staff.accounts.models import User
from staff.accounts.passwords import LastFiveValidator, random_password
from trail.chain import record


@dataclass(frozen=True)
class OneTimePassword:
    """What the administrator hands over: good for one sign-in until `expires_at`."""

    user: User
    password: str
    expires_at: datetime


def give_one_time_password(user: User, password: str = "", *, workdays: int | None = None) -> OneTimePassword:
    """Set a random password, or the one given, that opens only the page of its change. Saves the user.

    `workdays`: how many working days it holds, for one given on a Friday is used on Monday; None: 24 hours.
    """
    password = password or random_password()
    user.set_password(password)
    user.must_change_password = True
    user.password_changed_at = None
    user.password_expires_at = _end(workdays)
    user.save()
    return OneTimePassword(user, password, user.password_expires_at)


def _end(workdays: int | None) -> datetime:
    if workdays is None:
        return timezone.now() + timedelta(hours=settings.QC_ONE_TIME_PASSWORD_HOURS)
    return working_days_later(timezone.localtime(), workdays, holidays())


@transaction.atomic
def reset_password(
    user: User,
    *,
    by: Any,
    password: str = "",
    workdays: int | None = None,
    detail: dict[str, Any] | None = None,
) -> OneTimePassword:
    """A new single-use password; open sessions end, a lock-out after wrong passwords is lifted.

    `password` is one made of two halves that two persons hand over, `detail` what its event adds.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.has_usable_password() and not user.must_change_password:
        _remember(user)
    given = give_one_time_password(user, password, workdays=workdays)
    forget_failures(username=canonical_username(user.username))
    record("staff.password_reset", by=by, target=user, detail=detail)
    return given


@transaction.atomic
def change_password(user: User, *, password: str) -> User:
    """The person's own new password, validated by the caller; the last five are remembered."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.has_usable_password() and not user.must_change_password:
        _remember(user)
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = timezone.now()
    user.password_expires_at = None
    user.save()
    record("staff.password_change", by=user, target=user)
    return user


def _remember(user: User) -> None:
    """Keep the hash of a password that is about to be replaced, and no more than can be asked for."""
    user.password_records.create(password=user.password)
    last_five = user.password_records.values_list("pk", flat=True)[: LastFiveValidator.size]
    user.password_records.exclude(pk__in=list(last_five)).delete()
