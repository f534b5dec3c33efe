"""Choose notices, make and revoke the calendar's address, and count its use."""

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from staff.accounts.models import User
from staff.notices.models import CalendarAddress, NoticeSetting
from trail.chain import record

CALENDAR_READS = 60  # an hour: programs ask every quarter of an hour at most
_WINDOW = timedelta(hours=1)


@transaction.atomic
def choose_notices(user: User, *, email: str, digest: bool, by: User) -> NoticeSetting:
    """Store the own mail address and whether the daily digest is wanted."""
    found, _ = NoticeSetting.objects.update_or_create(user=user, defaults={"digest": digest})
    User.objects.filter(pk=user.pk).update(email=email)
    record(
        "staff.notices_change", by=by, target=user, detail={"daily_digest": digest, "has_email": bool(email)}
    )
    return found


def claim_digest(user: User, day: date) -> bool:
    """Take this person's digest of the day: False when it was sent, or is not wanted.

    Compared and set: of two jobs that run at once, one sends it.
    """
    NoticeSetting.objects.get_or_create(user=user)
    rows = NoticeSetting.objects.filter(user=user, digest=True)
    return rows.filter(Q(digested_on=None) | Q(digested_on__lt=day)).update(digested_on=day) == 1


def release_digest(user: User) -> None:
    """Give the digest back after it could not be sent: the next run tries again."""
    NoticeSetting.objects.filter(user=user).update(digested_on=None)


@transaction.atomic
def make_calendar_address(*, by: User) -> str:
    """The token of a new address, returned this once; an earlier address of the person ends."""
    token = secrets.token_urlsafe(32)
    CalendarAddress.objects.filter(user=by).delete()
    CalendarAddress.objects.create(user=by, token_hash=_hash(token))
    record("staff.calendar_make", by=by, target=by)
    return token


@transaction.atomic
def revoke_calendar_address(*, by: User) -> bool:
    """End the person's address; False when there is none."""
    if not CalendarAddress.objects.filter(user=by).delete()[0]:
        return False
    record("staff.calendar_revoke", by=by, target=by)
    return True


def calendar_owner(token: str) -> User | None:
    """Whose address it is; None for an unknown one and for an account that is disabled or has ended."""
    rows = CalendarAddress.objects.select_related("user").filter(token_hash=_hash(token))
    found = rows.first()
    return found.user if found and found.user.is_active and not found.user.has_ended else None


@transaction.atomic
def count_calendar_read(user: User) -> bool:
    """Count one read; False when there were too many within the hour. The first of a day leaves an event."""
    now = timezone.now()
    rows = CalendarAddress.objects.filter(user=user)
    if not rows.filter(window_at__gt=now - _WINDOW).update(window_count=F("window_count") + 1):
        rows.update(window_at=now, window_count=1)
    today = timezone.localdate()
    if rows.filter(Q(used_on=None) | ~Q(used_on=today)).update(used_on=today):
        record("staff.calendar_read", by=user, target=user)
    return rows.filter(window_count__lte=CALENDAR_READS).exists()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
