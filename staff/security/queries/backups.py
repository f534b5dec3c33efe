"""Age of the newest backup and of the newest restore drill (docs/quality.md F8), by their events."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from trail.models import Event

BACKUP = "qcportal.backup"
RESTORE_DRILL = "qcportal.restore_drill"


@dataclass(frozen=True)
class BackupState:
    """When the newest backup and restore drill succeeded, None for never, and what an operator must mend.

    `failed_at`, `drill_failed_at`: a failure newer than the newest success. `copy_failed`: the newest backup
    has not reached its second place.
    """

    backup_at: datetime | None
    backup_overdue: bool
    failed_at: datetime | None
    copy_failed: bool
    drill_at: datetime | None
    drill_overdue: bool
    drill_failed_at: datetime | None

    @property
    def good(self) -> bool:
        return not (self.backup_overdue or self.failed_at or self.copy_failed or self.drill_failed_at)


def backup_state(now: datetime | None = None) -> BackupState:
    """The state of backups and drills; three short queries by index."""
    now = now or timezone.now()
    backup, failed_at = _newest(BACKUP)
    drill, drill_failed_at = _newest(RESTORE_DRILL)
    backup_at, drill_at = backup.at if backup else None, drill.at if drill else None
    first = Event.objects.order_by("at").values_list("at", flat=True).first() or now
    return BackupState(
        backup_at=backup_at,
        backup_overdue=now - (backup_at or first) > timedelta(hours=settings.QC_BACKUP_HOURS),
        failed_at=failed_at,
        copy_failed=bool(backup and backup.detail.get("copy_error")),
        drill_at=drill_at,
        drill_overdue=now - (drill_at or first) > timedelta(days=settings.QC_DRILL_DAYS),
        drill_failed_at=drill_failed_at,
    )


def _newest(action: str) -> tuple[Event | None, datetime | None]:
    """The newest success of an action, and when it failed last, if it failed since."""
    rows = Event.objects.filter(action=action).order_by("-seq").only("at", "result", "detail")
    newest = rows.first()
    if newest is None or newest.result == "done":
        return newest, None
    return rows.filter(result="done").first(), newest.at
