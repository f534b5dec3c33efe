"""Scheduled work on packets: delete expired results and unmasked files, resume killed jobs."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import Schedule

from scoring.batches.actions import queue_packets, remove_results
from scoring.batches.models import FOLDER, PacketJob
from scoring.unmasking.actions.files import remove_ended
from scoring.unmasking.models import FOLDER as UNMASKED
from scoring.unmasking.models import UnmaskedFile
from staff.jobs.heartbeat import claim_silent
from trail.chain import record

# A packet takes seconds; a job silent for so long was killed. Resumed while alive it would do no harm either.
SILENT = timedelta(minutes=10)
_ORPHAN = timedelta(days=1)
_UNMASKED_ORPHAN = timedelta(hours=1)  # names of patients: no longer than a file may take to be noted
_EVERY_MINUTES = 5


def tend_packets() -> None:
    """Job of the worker, every few minutes."""
    resume_packets()
    purge_packets()
    purge_unmasked()


def resume_packets() -> list[int]:
    """Queue stalled jobs again; return their ids."""
    resumed = list(claim_silent(PacketJob.objects.open(), SILENT))
    for pk in resumed:
        queue_packets(pk)
    return resumed


def purge_packets() -> int:
    """Delete expired results and orphaned files of killed jobs; return how many results."""
    due = PacketJob.objects.filter(status=PacketJob.Status.DONE, keep_until__lte=timezone.now())
    purged = sum(_expire(job) for job in due.select_related("department"))
    remove_results(_orphans(FOLDER, PacketJob.objects.all(), _ORPHAN))
    return purged


def purge_unmasked() -> int:
    """Delete unmasked files of ended approvals, and orphaned ones; return how many of the former."""
    removed = remove_ended()
    remove_results(_orphans(UNMASKED, UnmaskedFile.objects.all(), _UNMASKED_ORPHAN))
    return removed


@transaction.atomic
def _expire(job: PacketJob) -> bool:
    name = str(job.file.name)
    rows = PacketJob.objects.filter(pk=job.pk, status=PacketJob.Status.DONE)
    if not rows.update(status=PacketJob.Status.EXPIRED, file=""):
        return False
    detail = {"label": job.period.label, "sha256": job.sha256}
    record("scoring.packets_expired", by=None, target=job, department=job.department, detail=detail)
    transaction.on_commit(lambda: remove_results([name]))
    return True


def _orphans(folder: str, rows: QuerySet[Any], age: timedelta) -> list[str]:
    """Files without a row that are older than `age`: the row of a new file may not be saved yet."""
    try:
        names = default_storage.listdir(folder)[1]
    except OSError:
        return []
    paths = [f"{folder}/{name}" for name in names]
    known = set(rows.filter(file__in=paths).values_list("file", flat=True))
    before = timezone.now() - age
    return [path for path in paths if path not in known and _written_before(path, before)]


def _written_before(path: str, moment: datetime) -> bool:
    try:
        return bool(default_storage.get_modified_time(path) < moment)
    except OSError:
        return False


def schedule_packets() -> None:
    """Schedule the job; called at each start, so that a restored database has it too."""
    Schedule.objects.update_or_create(
        name="批量迎检包",
        defaults={
            "func": f"{__name__}.tend_packets",
            "schedule_type": Schedule.MINUTES,
            "minutes": _EVERY_MINUTES,
        },
    )
