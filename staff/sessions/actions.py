"""End own sessions; delete those that are over."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.models import Schedule

from staff.accounts.models import User
from staff.sessions.models import StoredSession
from staff.sessions.queries import own_sessions
from trail.chain import record


@transaction.atomic
def end_sessions(user: User, *, current: str | None, name: str = "") -> int:
    """End the account's session of this name, or all but the present one; return how many ended."""
    others = [one for one in own_sessions(user, current) if not one.is_current and name in ("", one.name)]
    if not others:
        return 0
    StoredSession.objects.filter(pk__in=[one.key for one in others]).delete()
    devices = [f"{one.device} {one.ip}".strip() for one in others]
    record("staff.session_end", by=user, target=user, detail={"devices": devices})
    return len(others)


def delete_over() -> int:
    """Job of the worker: delete sessions past their end; return how many."""
    now = timezone.now()
    oldest = now - timedelta(hours=settings.QC_SESSION_HOURS)
    return StoredSession.objects.filter(Q(expire_date__lt=now) | Q(started_at__lt=oldest)).delete()[0]


def schedule_sessions() -> None:
    """Schedule the job; called at each start, so that a restored database has it too."""
    Schedule.objects.update_or_create(
        name="过期登录清理",
        defaults={"func": f"{__name__}.delete_over", "schedule_type": Schedule.HOURLY},
    )
