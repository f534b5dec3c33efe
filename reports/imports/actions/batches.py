"""The states of an import batch: uploaded, tried out (dry run), committed. The same for every kind of file.

A job receives only the number of its batch (no identity, docs/quality.md A4) and runs only while the batch is
in the state that asked for it. A job killed half-way is queued again (`resuming`) and finishes the remaining
rows, since importing a row twice changes nothing; `progress` counts what each chunk imported.
"""

import hashlib
import logging
from dataclasses import asdict
from pathlib import Path, PurePath
from traceback import format_tb
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from reports.imports.actions.files import read_file, take_rows
from reports.imports.actions.mapping import remember_mapping
from reports.imports.actions.progress import (
    FAULT,
    WRITING,
    StoppedError,
    claim,
    counted,
    end,
    end_early,
    fail,
    has_rows,
    heartbeat,
)
from reports.imports.actions.receive import Tally, counts_of
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.queries import people_of
from spreadsheets import FileRefused
from staff.accounts.models import User
from staff.departments.models import Department
from staff.jobs.heartbeat import this_process
from staff.jobs.retry import twice
from trail.chain import record

logger = logging.getLogger(__name__)
Status = ImportBatch.Status
_UNREAD = "读取文件时发生内部错误，文件未导入；请联系管理员并提供批次号。"


@transaction.atomic
def open_batch(
    *, department: Department, kind: str, source_name: str, upload: "UploadedFile[bytes]", by: User
) -> ImportBatch:
    """Store an uploaded file under a random name and create its batch; nothing is read yet."""
    source, _ = ImportSource.objects.get_or_create(department=department, kind=kind, name=source_name)
    return _opened(department, source, upload, by, mapping=source.mapping)


@transaction.atomic
def open_committing(
    *,
    department: Department,
    kind: str,
    source: ImportSource,
    upload: "UploadedFile[bytes]",
    mapping: dict[str, Any],
) -> ImportBatch:
    """Store the file of a command and create its batch, which starts in the committing state."""
    at_work = {"status": Status.COMMITTING, "process": this_process(), "beat_at": timezone.now()}
    batch = _opened(department, source, upload, None, mapping=mapping, **at_work)
    record("reports.commit", by=None, target=batch, detail={"kind": kind})
    return batch


def _opened(
    department: Department,
    source: ImportSource,
    upload: "UploadedFile[bytes]",
    by: User | None,
    **values: Any,
) -> ImportBatch:
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    batch = ImportBatch(
        department=department,
        source=source,
        kind=source.kind,
        file_name=PurePath(upload.name or "").name[-255:] or "未命名",
        sha256=digest.hexdigest(),
        size=upload.size or 0,
        created_by=by,
        **values,
    )
    batch.file.save(uuid4().hex, upload, save=False)
    batch.save()
    record("reports.upload", by=by, target=batch, detail={"sha256": batch.sha256, "kind": batch.kind})
    return batch


def begin(batch: ImportBatch, *, job: str, by: User) -> bool:
    """Set the batch to running and queue its job on commit; False when its state does not allow the job.

    The commit of a stopped import goes on with the remaining rows.
    """
    before, running = {
        "try_out": ((Status.UPLOADED, Status.CHECKED, Status.FAILED), Status.CHECKING),
        "commit": ((Status.CHECKED, Status.STOPPED), Status.COMMITTING),
    }[job]
    values = {"status": running, "problem": "", "created_by": by, "beat_at": timezone.now()}
    values |= {"process": "", "attempts": 0, "is_partial": False}
    fresh: dict[str, Any] = {"progress_done": 0, "progress_total": 0, "counts": {}}
    with transaction.atomic():
        rows = ImportBatch.objects.filter(pk=batch.pk, status__in=before)
        moved = rows.filter(status=Status.STOPPED).update(**values) or rows.update(**values, **fresh)
        if moved:
            record(
                "reports.try_out" if job == "try_out" else "reports.commit",
                by=by,
                target=batch,
                detail={"kind": batch.kind},
            )
            transaction.on_commit(lambda: queue_job(batch.pk, job))
    return bool(moved)


def queue_job(batch_id: int, job: str) -> None:
    """Hand a job of the batch to the worker."""
    async_task(f"{__name__}.{job}", batch_id, task_name=f"{job} {batch_id}")


@transaction.atomic
def cancel(batch: ImportBatch, *, by: User) -> bool:
    """Cancel a batch that was not committed; False when its state does not allow it."""
    open_states = (Status.UPLOADED, Status.CHECKED, Status.FAILED)
    moved = ImportBatch.objects.filter(pk=batch.pk, status__in=open_states).update(
        status=Status.CANCELLED, finished_at=timezone.now()
    )
    if moved:
        record("reports.import_cancelled", by=by, target=batch)
    return bool(moved)


def try_out(batch_id: int) -> None:
    """Job: read the file and predict counts and refusals without importing anything."""
    _run(batch_id, Status.CHECKING, Status.CHECKED, dry_run=True)


def commit(batch_id: int) -> None:
    """Job: import the valid rows; refused ones are stored with the batch."""
    _run(batch_id, Status.COMMITTING, Status.DONE, dry_run=False)


def _run(batch_id: int, running: str, finished: str, *, dry_run: bool) -> None:
    batch = ImportBatch.objects.select_related("department__institution", "source", "created_by").get(
        pk=batch_id
    )
    if batch.status != running and (dry_run or batch.status not in WRITING):
        return
    claim(batch)
    try:
        tally, reading = twice(lambda: _import(batch, running, dry_run=dry_run))
    except FileRefused as refused:
        _give_up(batch, running, problem=str(refused))
    except StoppedError:
        end_early(batch, why=FAULT)  # asked for, unless another process has the batch
    except Exception as error:
        # The error message may quote the row (PostgreSQL does): the log gets its type and location only.
        fault = f"import batch {batch_id} failed: {type(error).__name__}"
        logger.error("%s\n%s", fault, "".join(format_tb(error.__traceback__)))
        _give_up(batch, running, problem=FAULT if has_rows(batch) else _UNREAD)
        raise RuntimeError(fault) from None
    else:
        finish(batch, tally, reading, running=running, finished=finished)


def _import(batch: ImportBatch, running: str, *, dry_run: bool) -> tuple[Tally, dict[str, Any]]:
    """Read the file of a batch and import its rows, or try it."""
    batch.refresh_from_db(fields=["progress_done"])  # of an earlier run, or of the first of two tries
    people = people_of(batch.department)
    read, reading = read_file(
        Path(batch.file.path), batch.file_name, kind=batch.kind, mapping=batch.mapping, people=people
    )
    tally = take_rows(
        read,
        kind=batch.kind,
        department=batch.department,
        source=batch.source,
        batch=batch,
        by=batch.created_by,
        dry_run=dry_run,
        progress=heartbeat(batch, running),
    )
    return tally, reading


def _give_up(batch: ImportBatch, running: str, *, problem: str) -> None:
    if running == Status.COMMITTING:
        end_early(batch, why=problem)
    else:
        fail(batch, running, problem=problem)


@transaction.atomic
def finish(batch: ImportBatch, tally: Tally, reading: dict[str, Any], *, running: str, finished: str) -> None:
    """Store the result of a file; after a commit, its source remembers the mapping."""
    counts: dict[str, Any] = counts_of(tally) | {"ignored": reading["passed_count"]}
    if finished == Status.DONE:
        counts |= counted(batch)
    # Reports and outcomes store such columns beside the known ones (其他列).
    if tally.unused_columns and batch.kind in ("requests", "alerts", "staff"):
        counts["unused_columns"] = list(tally.unused_columns)
    refusals = [asdict(r) for r in tally.refused]
    moved = end(batch, running, finished, counts=counts, refusals=refusals, reading=reading)
    if moved and finished == Status.DONE:
        remember_mapping(batch)
