"""A batch's job at work: claimed by a process, noted chunk by chunk, stopped at the end of one.

The counts of a chunk and its rows are written in one transaction, so the batch says at any moment what is in
the database, and a job delivered again counts no row twice (docs/quality.md F5).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from reports.imports.models import ImportBatch
from staff.accounts.models import User
from staff.jobs.heartbeat import SILENT, is_alive, this_process
from trail.chain import record

Status = ImportBatch.Status
WRITING = (Status.COMMITTING, Status.STOPPING)
# Counts added up chunk by chunk; refused rows are counted by the list of them.
_COUNTED = ("created", "updated", "unchanged", "completed", "pending", "corrected", "left")
# A command on a machine that this one cannot ask: no chunk takes so long.
_ELSEWHERE = timedelta(minutes=10)
# The process lives and does something else: it could not store how the job ended.
_ABANDONED = timedelta(hours=1)

ASKED = "导入已按要求中止。"
FAULT = "导入时发生内部错误，导入中断；请联系管理员并提供批次号。"
INTERRUPTED = "命令行导入被中断。"
KILLED = "导入的进程已不在运行，导入中断。"
KILLED_OFTEN = "导入连续中断3次，不再自动重试；请联系管理员并提供批次号。"


class StoppedError(Exception):
    """The import ends here: a person asked for it, or another process has the batch."""


def claim(batch: ImportBatch) -> None:
    """Note that this process works on the batch; a process that had it before stops at its next chunk."""
    batch.process = this_process()
    ImportBatch.objects.filter(pk=batch.pk).update(process=batch.process, beat_at=timezone.now())


def note_chunk(batch: ImportBatch, *, done: int, counts: Mapping[str, Any]) -> None:
    """Add the counts of the chunk that ends with row `done`, in its transaction. Raises StoppedError.

    A chunk that an earlier run of the job imported is not counted again: its rows are unchanged by now.
    """
    rows = ImportBatch.objects.filter(pk=batch.pk)
    stored = rows.select_for_update().only("counts", "progress_done", "process").get()
    if stored.process != batch.process:
        raise StoppedError
    values: dict[str, Any] = {"beat_at": timezone.now(), "attempts": 0}
    if done > stored.progress_done:
        values["progress_done"] = done
        values["counts"] = stored.counts | {
            name: stored.counts.get(name, 0) + counts[name] for name in _COUNTED if name in counts
        }
    rows.update(**values)


def counted(batch: ImportBatch) -> dict[str, int]:
    """The counts of all chunks, by whichever run of the job each was imported."""
    counts: dict[str, int] = ImportBatch.objects.values_list("counts", flat=True).get(pk=batch.pk)
    return {name: counts[name] for name in _COUNTED if name in counts}


def heartbeat(batch: ImportBatch, running: str) -> Callable[[int, int], None]:
    """A function to call between chunks with the rows done and their total. It raises StoppedError."""

    def beat(done: int, total: int) -> None:
        values: dict[str, Any] = {"beat_at": timezone.now(), "progress_total": total}
        if running == Status.CHECKING:
            values["progress_done"] = done
        rows = ImportBatch.objects.filter(pk=batch.pk, status=running, process=batch.process)
        # After the last row there is nothing to stop.
        if not rows.update(**values) and done < total:
            raise StoppedError

    return beat


@transaction.atomic
def stop(batch: ImportBatch, *, by: User) -> bool:
    """Ask a running import to stop at the end of its chunk; False when it is not running."""
    moved = ImportBatch.objects.filter(pk=batch.pk, status=Status.COMMITTING).update(status=Status.STOPPING)
    if not moved:
        return False
    record("reports.stop_import", by=by, target=batch)
    batch.refresh_from_db(fields=["status", "process", "beat_at"])
    if is_dead(batch):
        end_early(batch, why=ASKED)
    return True


@transaction.atomic
def end_early(batch: ImportBatch, *, why: str) -> bool:
    """End an import before its last row, saying why; False when another process has it or it has ended.

    Without a row imported, a fault leaves it 未能导入, from where it can go back to its mapping.
    """
    rows = ImportBatch.objects.select_for_update().filter(pk=batch.pk, status__in=WRITING)
    stored = rows.filter(process=batch.process).first()
    if stored is None:
        return False
    asked = stored.status == Status.STOPPING
    status = Status.STOPPED if asked or stored.progress_done else Status.FAILED
    stored.status, stored.is_partial = status, status == Status.STOPPED
    stored.problem, stored.finished_at = ASKED if asked else why, timezone.now()
    stored.save(update_fields=["status", "problem", "is_partial", "finished_at"])
    detail = {"imported": stored.imported_rows, "not_imported": stored.remaining_rows}
    record("reports.import_stopped", by=None, target=batch, detail=detail)
    return True


def fail(batch: ImportBatch, running: str, *, problem: str) -> bool:
    """End a try-out without a result."""
    return end(batch, running, Status.FAILED, problem=problem)


def end(batch: ImportBatch, running: str, status: str, **values: Any) -> bool:
    """End the job by compare-and-set: of two deliveries one has a result.

    A request to stop that came after the last row changes nothing.
    """
    before = WRITING if running == Status.COMMITTING else (running,)
    rows = ImportBatch.objects.filter(pk=batch.pk, status__in=before, process=batch.process)
    return bool(rows.update(status=status, finished_at=timezone.now(), **values))


def has_rows(batch: ImportBatch) -> bool:
    """Whether an import under way has stored a chunk."""
    return ImportBatch.objects.filter(pk=batch.pk, status__in=WRITING, progress_done__gt=0).exists()


def is_dead(batch: ImportBatch) -> bool:
    """Whether no process works on a batch that should be running, as far as can be known."""
    if batch.beat_at is None:
        return True
    alive, limit = is_alive(batch.process), SILENT
    if alive:
        limit = _ABANDONED
    elif alive is None and batch.process and batch.created_by_id is None:
        limit = _ELSEWHERE
    return timezone.now() - batch.beat_at > limit
