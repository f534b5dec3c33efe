"""The age of the newest backup, for the readiness of the server."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from staff.security.queries.backups import backup_state


def last_backup_at() -> datetime | None:
    """When the newest backup succeeded; None when none did."""
    return backup_state().backup_at


def backup_problem() -> str:
    """Why there should be a newer backup, as a Chinese sentence; "" when it is new enough.

    Before the first one the age is that of the installation: it is not overdue on the first day.
    """
    state = backup_state()
    if not state.backup_overdue:
        return ""
    if state.backup_at is None:
        return "尚无成功的备份"
    at = f"{timezone.localtime(state.backup_at):%Y-%m-%d %H:%M}"
    return f"最近一次成功的备份在{at}，已超过{settings.QC_BACKUP_HOURS}小时"
