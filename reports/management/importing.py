"""Shared by the import commands: arguments, JSON output, exit codes 0 done, 1 with refusals, 2 not run."""

import hashlib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, transaction

from reports.imports.actions.batches import finish, open_committing
from reports.imports.actions.files import read_file, take_rows
from reports.imports.actions.progress import INTERRUPTED, StoppedError, end_early, heartbeat
from reports.imports.actions.receive import RowRefusal, Tally
from reports.imports.domain.vocabulary import blocking
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.page.columns import labels
from reports.imports.queries import people_of
from reports.intake.mapping import FileMapping, MappingRefused, mapping_from_json, mapping_of
from spreadsheets import FileRefused
from staff.departments.models import Department
from staff.jobs.retry import twice

_SOURCE_LENGTH = ImportSource._meta.get_field("name").max_length or 0

# A writing in as many rows is a word of the system, and a person must say what it means; a rare one is a
# slip, which refuses its own rows.
LEAST_ROWS = 3
_PAGE = (
    "（页面：导入 /reports/import/，已记住的对应见数据来源 /reports/sources/；也可用 --mapping FILE 指定。）"
)
Status = ImportBatch.Status
Progress = Callable[[int, int], None]
_T = TypeVar("_T")


class ImportCommand(BaseCommand):
    """Imports one file like the import page; `kind` is the kind of its content."""

    kind = ""
    # The checks look at every page of the app; `serve` and the tests run them, an import need not wait.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--source", default="命令行", metavar="NAME")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="FILE",
            help='JSON: {"columns": {"列名": "field" or null}, "values": {"field": {"写法": "值"}}, '
            '"constants": {"field": "值"}}; used instead of the mapping the source remembers.',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        department = _department(options["department"])
        if len(options["source"]) > _SOURCE_LENGTH:
            raise CommandError(
                f"来源名称有{len(options['source'])}个字，上限为{_SOURCE_LENGTH}个。", returncode=2
            )
        path, name = options["file"], options["file"].name
        digest = _opened(path, _digest)
        source = self._source(department, options)
        mapping = self._mapping(options["mapping"], source)
        try:
            people = people_of(department)
            read, reading = read_file(path, name, kind=self.kind, mapping=mapping, people=people)
        except FileRefused as refused:
            raise CommandError(f"{name}：{refused}{_PAGE}", returncode=2) from refused
        _require_known(name, read)
        tally = self._take(path, digest, read, reading, department, source, mapping, options["dry_run"])
        self.stdout.write(json.dumps(self._answer(tally, reading), ensure_ascii=False))
        if tally.refused:
            raise SystemExit(1)

    def _take(
        self,
        path: Path,
        digest: str,
        read: Any,
        reading: dict[str, Any],
        department: Department,
        source: ImportSource | None,
        mapping: FileMapping,
        dry_run: bool,
    ) -> Tally:
        """Import the rows under a new batch, so that the import can be undone; a dry run has no batch."""
        options: dict[str, Any] = {
            "kind": self.kind,
            "department": department,
            "source": source if source and source.pk else None,
            "by": None,
            "progress": _bar if sys.stderr.isatty() else None,
        }
        if dry_run or source is None:
            return take_rows(read, dry_run=True, **options)
        batch = self._batch(path, digest, department, source, mapping)
        options["progress"] = _both(heartbeat(batch, Status.COMMITTING), options["progress"])
        try:
            tally = twice(lambda: take_rows(read, batch=batch, **options))
        except (StoppedError, KeyboardInterrupt):
            end_early(batch, why=INTERRUPTED)
            batch.refresh_from_db()
            raise CommandError(
                f"{path.name}：导入已中止：已导入{batch.imported_rows}行，未导入{batch.remaining_rows}行。"
                "重新导入同一文件可继续。",
                returncode=2,
            ) from None
        except BaseException:
            end_early(batch, why=INTERRUPTED)
            raise
        finish(batch, tally, reading, running=Status.COMMITTING, finished=Status.DONE)
        return tally

    def _batch(
        self, path: Path, digest: str, department: Department, source: ImportSource, mapping: FileMapping
    ) -> ImportBatch:
        """Store the file and open its batch. Raises CommandError when it is not the file that was read."""
        with transaction.atomic(), path.open("rb") as file:
            upload = UploadedFile(file, path.name, size=path.stat().st_size)
            batch = open_committing(
                department=department,
                kind=self.kind,
                source=source,
                upload=upload,
                mapping=mapping.as_json(),
            )
            if batch.sha256 != digest:
                problem = "文件在读取时被改动，没有写入任何数据；请重新运行。"
                raise CommandError(f"{path.name}：{problem}", returncode=2)
        return batch

    def _mapping(self, path: Path | None, source: ImportSource | None) -> FileMapping:
        if path is None:
            return mapping_of(source.mapping if source else None)
        try:
            return mapping_from_json(
                _opened(path, lambda file: file.read()).decode("utf-8-sig"), labels(self.kind)
            )
        except UnicodeDecodeError as error:
            raise CommandError(f"{path.name}：列对应文件应为UTF-8编码的JSON。", returncode=2) from error
        except MappingRefused as refused:
            raise CommandError(f"{path.name}：{refused}", returncode=2) from refused

    def _source(self, department: Department, options: dict[str, Any]) -> ImportSource | None:
        rows = ImportSource.objects.filter(department=department, kind=self.kind, name=options["source"])
        found = rows.first()
        if found or options["dry_run"]:
            return found
        # Two imports may start at once: the second finds the first one's source.
        return ImportSource.objects.get_or_create(
            department=department, kind=self.kind, name=options["source"]
        )[0]

    def _answer(self, tally: Tally, reading: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "created": tally.created,
            "updated": tally.updated,
            "unchanged": tally.unchanged,
        }
        if self.kind == "reports":
            answer["completed"] = tally.completed
        answer["refused"] = [_row(r) for r in tally.refused]
        if self.kind == "outcomes":
            answer["pending"] = [_row(r) for r in tally.pending]
        if tally.unused_columns:
            answer["unused_columns"] = list(tally.unused_columns)
        if self.kind == ImportSource.Kind.STAFF and reading["passed"]:
            answer["ignored"] = [{"row": row, "reason": why} for row, why in reading["passed"]]
        if tally.unknown_values:
            answer["unknown_values"] = [asdict(value) for value in tally.unknown_values]
        return answer


def _require_known(name: str, read: Any) -> None:
    """Raise CommandError with the values that would cause rows to be refused in every import."""
    refusals = ((one.code, one.column, one.found) for one in read.refusals)
    if found := blocking(refusals, LEAST_ROWS):
        said = "、".join(f"“{column}”的“{text}”（{count}行）" for (column, text), count in found.items())
        raise CommandError(
            f"{name}：有没有说明的写法：{said}。没有写入任何数据；请指定它们的含义或不导入{_PAGE}",
            returncode=2,
        )


def _row(refusal: RowRefusal) -> dict[str, Any]:
    return {"row": refusal.row, "column": refusal.column, "reason": refusal.reason}


def _digest(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(path: Path, use: Callable[[BufferedReader], _T]) -> _T:
    """What `use` returns for the open file. Raises CommandError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return use(file)
    except FileNotFoundError as error:
        raise CommandError(f"找不到文件{path}，请核对路径。", returncode=2) from error
    except IsADirectoryError as error:
        raise CommandError(f"{path}是文件夹，请给出其中的CSV或表格文件。", returncode=2) from error
    except PermissionError as error:
        raise CommandError(f"没有读取文件{path}的权限，请调整权限后重试。", returncode=2) from error
    except OSError as error:
        raise CommandError(
            f"读取文件{path}失败（{error.strerror}），请检查磁盘或网络位置后重试。", returncode=2
        ) from error


def _department(code: str) -> Department:
    try:
        department: Department | None = (
            Department.objects.select_related("institution").filter(code=code).first()
        )
    except (OperationalError, ProgrammingError) as error:
        raise CommandError("数据库尚未建立或无法连接，请先运行 manage.py migrate。", returncode=2) from error
    if department is None:
        codes = "、".join(Department.objects.values_list("code", flat=True)) or "尚无科室"
        raise CommandError(
            f"没有代码为“{code}”的科室（现有：{codes}）。请先用 add_department 建立。", returncode=2
        )
    return department


def _both(beat: Progress, shown: Progress | None) -> Progress:
    def progress(done: int, total: int) -> None:
        beat(done, total)
        if shown:
            shown(done, total)

    return progress


def _bar(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done}/{total}")
    sys.stderr.flush()
