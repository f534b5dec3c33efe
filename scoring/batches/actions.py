"""批量迎检包: order, cancel, build in a job, store for a limited time.

A job knows only its row's number. Each packet's files are stored as they are built (packet.actions.files),
so a job that was killed and delivered again goes on where it stopped; it ends by compare-and-set, so that two
deliveries have one result.
"""

import contextlib
import hashlib
import io
import logging
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from traceback import format_tb
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from audits.conflicts import RefusedError
from scoring.batches.archive import PacketArchive
from scoring.batches.domain.packet_period import PacketPeriod
from scoring.batches.models import FOLDER, PacketJob
from scoring.batches.queries import lacking, packets_of, packets_within
from scoring.packet.actions.files import packet_files
from scoring.packet.rendering import CONTENT_TYPES
from scoring.sheets.models import Sheet
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

logger = logging.getLogger(__name__)
Status = PacketJob.Status
NONE_TO_PACK = "所选期间没有您可以下载的迎检包。"


class StoppedError(Exception):
    """The job was cancelled, or finished by another delivery."""


def begin_packets(
    period: PacketPeriod, *, department: Department | None, by: User, queue: bool = True
) -> PacketJob:
    """Order the packets of a period; the same order still under way is not begun twice. Raises RefusedError.

    `queue=False`: the caller runs it at once with `run_packets`.
    """
    key = f"{period.code}:{department.pk if department else ''}"
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        known: PacketJob | None = PacketJob.objects.open().filter(asked_by=by, key=key).first()
        if known is not None:
            return known
        sheets = packets_of(by, period, department)
        if not sheets:
            raise RefusedError(NONE_TO_PACK)
        job = PacketJob.objects.create(
            year=period.year,
            quarter=period.quarter,
            department=department,
            sheets=[sheet.pk for sheet in sheets],
            lacking=lacking(by, period, sheets, department, timezone.localdate()),
            progress_total=len(sheets),
            key=key,
            asked_by=by,
            beat_at=timezone.now(),
        )
        detail = {"label": period.label, "packets": len(sheets)}
        record("scoring.ask_packets", by=by, target=job, department=department, detail=detail)
        if queue:
            transaction.on_commit(lambda: queue_packets(job.pk))
    return job


@transaction.atomic
def cancel_packets(job: PacketJob, *, by: User) -> bool:
    """Stop a job that waits or is at work; False when it had ended already."""
    moved = PacketJob.objects.open().filter(pk=job.pk)
    if not moved.update(status=Status.CANCELLED, finished_at=timezone.now()):
        return False
    record("scoring.cancel_packets", by=by, target=job, department=job.department)
    return True


def run_packets(job_id: int) -> None:
    """Job: build the files, archive and store them. A job that has ended is not changed."""
    rows = PacketJob.objects.select_related("department__institution", "asked_by")
    job = rows.get(pk=job_id)
    if not job.is_open:
        return
    now = timezone.now()
    PacketJob.objects.filter(pk=job_id, started_at__isnull=True).update(started_at=now)
    PacketJob.objects.filter(pk=job_id, status=Status.QUEUED).update(status=Status.RUNNING, beat_at=now)
    try:
        with tempfile.TemporaryFile(dir=settings.QC_DATA_DIR) as handle:
            made = _Making(job, handle)
            made.build()
            _keep(job, made, handle)
    except StoppedError:
        return
    except RefusedError as refused:
        _fail(job_id, str(refused))
    except Exception as error:
        # The error message may quote a packet: only its type and location are logged.
        fault = f"packet job {job_id} failed: {type(error).__name__}"
        logger.error("%s\n%s", fault, "".join(format_tb(error.__traceback__)))
        _fail(job_id, "生成时发生内部错误；已生成的文件会保留，请重新发起，仍不成功请联系系统管理员。")
        raise RuntimeError(fault) from None


@dataclass
class _Making:
    """One run of a job: packets go into the archive one by one, each step noted in the row."""

    job: PacketJob
    handle: IO[bytes]
    included: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    done: int = 0

    def build(self) -> None:
        title = f"迎检包 {self.job}"
        with PacketArchive(self.handle, title) as archive:
            if self.job.quarter is None and self.job.department_id is None:
                self._by_department(archive)
            else:
                self._fill(archive, self._sheets())
            if not self.included:
                raise RefusedError("没有一份迎检包可以收入：" + "".join(self.problems[:3]))
            archive.finish(lacking=self.job.lacking, problems=self.problems)

    def _by_department(self, archive: PacketArchive) -> None:
        """A year of several departments: one archive per department, so that each can be passed on alone."""
        for department, sheets in groupby(self._sheets(), key=lambda sheet: sheet.audit.department):
            inner = io.BytesIO()
            title = f"迎检包 {self.job.period.label} {department}"
            before = len(self.problems)
            with PacketArchive(inner, title) as part:
                self._fill(part, sheets)
                absent = [line for line in self.job.lacking if line.startswith(f"{department.code} ")]
                part.finish(lacking=absent, problems=self.problems[before:])
            if part.packets:
                archive.add_archive(archive_name(self.job.period, department), inner.getvalue(), part)

    def _sheets(self) -> Iterator[Sheet]:
        """The frozen order, one sheet in memory at a time. What may no longer be downloaded is named."""
        for place, pk in enumerate(self.job.sheets, start=1):
            sheet = packets_within(self.job.asked_by).filter(pk=pk).first()
            if sheet is not None:
                yield sheet
            else:
                self.problems.append(f"申请时的第{place}份：授权已到期或已收回。")
                self._step()

    def _fill(self, archive: PacketArchive, sheets: Iterator[Sheet]) -> None:
        for sheet in sheets:
            problem = add_packet(archive, sheet, by=self.job.asked_by)
            if problem:
                self.problems.append(problem)
            else:
                self.included.append(sheet.pk)
            self._step()

    def _step(self) -> None:
        self.done += 1
        running = PacketJob.objects.filter(pk=self.job.pk, status=Status.RUNNING)
        if not running.update(progress_done=self.done, beat_at=timezone.now()):
            raise StoppedError


def all_files(sheet_id: int, *, by: User | None) -> dict[str, bytes]:
    """All files of a signed sheet's packet by kind, built where none is stored. Raises RefusedError."""
    sheet = Sheet.objects.select_related("audit__department__institution").get(pk=sheet_id)
    return packet_files(sheet, CONTENT_TYPES, by=by)


def add_packet(archive: PacketArchive, sheet: Sheet, *, by: User | None) -> str:
    """Put a sheet's files into the archive; "", or a sentence saying why they cannot be put in."""
    try:
        files = all_files(sheet.pk, by=by)
    except RefusedError as refused:
        return f"{sheet.audit.department.code} {sheet}：{refused}"
    archive.add_packet(sheet, files)
    return ""


def archive_name(period: PacketPeriod, department: Department | None) -> str:
    """迎检包_RAD_2026年.zip; 迎检包_全部科室_2026年第3季度.zip."""
    return f"迎检包_{department.code if department else '全部科室'}_{period.label}.zip"


def _keep(job: PacketJob, made: _Making, handle: io.BufferedRandom) -> None:
    """Store the archive and end the job, unless it was cancelled or has a result already."""
    size = handle.seek(0, io.SEEK_END)
    handle.seek(0)
    sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    handle.seek(0)
    name = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.zip", File(handle))
    now = timezone.now()
    with transaction.atomic():
        moved = PacketJob.objects.filter(pk=job.pk, status=Status.RUNNING).update(
            status=Status.DONE,
            file=name,
            sha256=sha256,
            size=size,
            included=made.included,
            problems=made.problems,
            finished_at=now,
            keep_until=now + timedelta(days=settings.QC_RESULT_DAYS),
        )
        if moved:
            detail = {"label": job.period.label, "packets": len(made.included), "sha256": sha256}
            detail |= {"size": size, "problems": len(made.problems)}
            record(
                "scoring.packets_made", by=job.asked_by, target=job, department=job.department, detail=detail
            )
    if not moved:
        remove_results([name])


def _fail(job_id: int, problem: str) -> None:
    PacketJob.objects.open().filter(pk=job_id).update(
        status=Status.FAILED, problem=problem, finished_at=timezone.now()
    )


def queue_packets(job_id: int) -> None:
    """Hand the job to the worker; it carries its number alone (docs/quality.md A4)."""
    async_task(f"{__name__}.run_packets", job_id, task_name=f"packets {job_id}")


def remove_results(names: Sequence[str]) -> None:
    """Delete files of results; a missing file is ignored."""
    for name in names:
        with contextlib.suppress(OSError):
            default_storage.delete(name)
