"""What the import commands share: arguments, the JSON answer, exit codes 0 done, 1 with refusals, 2 not run."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.actions.imports import take_file
from reports.actions.receive import RowRefusal, Tally
from reports.models import ImportSource
from spreadsheets import FileRefused
from staff.models import Department


class ImportCommand(BaseCommand):
    """Reads one file as the import page does; `kind` names what it holds."""

    kind = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--source", default="命令行", metavar="NAME")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        department = _department(options["department"])
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取文件{path}：{error.strerror}", returncode=2) from error
        source = self._source(department, options)
        try:
            tally, _ = take_file(
                data,
                path.name,
                kind=self.kind,
                department=department,
                source=source if source and source.pk else None,
                mapping=(source.mapping or None) if source else None,
                by=None,
                dry_run=options["dry_run"],
                progress=_bar if sys.stderr.isatty() else None,
            )
        except FileRefused as refused:
            raise CommandError(f"{path.name}：{refused}", returncode=2) from refused
        self.stdout.write(json.dumps(self._answer(tally), ensure_ascii=False))
        if tally.refused:
            raise SystemExit(1)

    def _source(self, department: Department, options: dict[str, Any]) -> ImportSource | None:
        rows = ImportSource.objects.filter(department=department, kind=self.kind, name=options["source"])
        found = rows.first()
        if found or options["dry_run"]:
            return found
        return ImportSource.objects.create(department=department, kind=self.kind, name=options["source"])

    def _answer(self, tally: Tally) -> dict[str, Any]:
        answer: dict[str, Any] = {"created": tally.created, "updated": tally.updated, "unchanged": tally.unchanged}
        answer["refused"] = [_row(r) for r in tally.refused]
        if self.kind == "outcomes":
            answer["pending"] = [_row(r) for r in tally.pending]
        return answer


def _row(refusal: RowRefusal) -> dict[str, Any]:
    return {"row": refusal.row, "column": refusal.column, "reason": refusal.reason}


def _department(code: str) -> Department:
    department = Department.objects.select_related("institution").filter(code=code).first()
    if department is None:
        known = "、".join(Department.objects.values_list("code", flat=True)) or "尚无科室"
        raise CommandError(f"没有代码为“{code}”的科室（现有：{known}）。请先用 add_department 建立。", returncode=2)
    return department


def _bar(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done}/{total}")
    sys.stderr.flush()
