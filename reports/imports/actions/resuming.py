"""Stalled jobs of batches: queued again, or ended with what they imported."""

from django.db.models import F

from reports.imports.actions.batches import queue_job
from reports.imports.actions.progress import ASKED, KILLED, KILLED_OFTEN, end_early, fail, is_dead
from reports.imports.models import ImportBatch
from staff.jobs.heartbeat import claim_silent

Status = ImportBatch.Status
MOST_ATTEMPTS = 3
_JOBS = {Status.CHECKING: "try_out", Status.COMMITTING: "commit", Status.STOPPING: "commit"}


def resume_imports() -> list[int]:
    """Queue killed jobs again and end the imports of killed commands; return the ids of both."""
    running = ImportBatch.objects.filter(status__in=_JOBS)
    dead = {batch.pk: batch for batch in running if is_dead(batch)}
    found = list(claim_silent(running.filter(pk__in=dead)))
    for pk in found:
        _resume(dead[pk])
    return found


def _resume(batch: ImportBatch) -> None:
    if batch.status == Status.STOPPING:
        end_early(batch, why=ASKED)
    elif batch.created_by_id is None:  # a command: nobody can type it again but its user
        end_early(batch, why=KILLED)
    elif batch.attempts < MOST_ATTEMPTS:
        ImportBatch.objects.filter(pk=batch.pk).update(attempts=F("attempts") + 1)
        queue_job(batch.pk, _JOBS[Status(batch.status)])
    elif not end_early(batch, why=KILLED_OFTEN):
        fail(batch, Status.CHECKING, problem=KILLED_OFTEN)
