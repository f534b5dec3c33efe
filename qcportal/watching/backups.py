"""The age of the newest backup, by the trail: one place, for the backups are made elsewhere."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from trail.models import Event

_DEFAULT_HOURS = 26  # a day, and the time a backup may take


def last_backup_at() -> datetime | None:
    """When the newest backup succeeded; None when none did."""
    done = Event.objects.filter(action__in=_actions(), result="done").order_by("-seq")
    return done.values_list("at", flat=True).first()


def backup_problem() -> str:
    """Why there should be a newer backup, as a Chinese sentence; "" when it is new enough.

    Before the first one the age is that of the installation: it is not overdue on the first day.
    """
    hours = getattr(settings, "QC_BACKUP_HOURS", _DEFAULT_HOURS)
    last = last_backup_at()
    since = last or Event.objects.order_by("at").values_list("at", flat=True).first() or timezone.now()
    if timezone.now() - since <= timedelta(hours=hours):
        return ""
    if last is None:
        return "尚无成功的备份"
    return f"最近一次成功的备份在{timezone.localtime(last):%Y-%m-%d %H:%M}，已超过{hours}小时"


def _actions() -> tuple[str, ...]:
    return ("qcportal.backup",)
