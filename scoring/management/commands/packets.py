"""manage.py packets --quarter 2026Q3 | --year 2026 --out DIR [--department CODE] [--workers N]

A period may name its department too, CODE/2026Q3, and a quarter be written 2026-Q3 or 2026年第3季度.
A quarter becomes one ZIP with every department's signed packet, a year one ZIP for each department; inside
are a folder for each packet (PDF, Excel, JSON), 目录.html, manifest.json, SHA256SUMS.txt. JSON on stdout:
{"period", "files": [{"path", "sha256", "size", "packets"}], "lacking": [...], "refused": [...]}. Packets made
before are used as stored. Exit: 0 written, 1 some were refused, 2 could not run.
"""

import hashlib
import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exporting.download import safe_filename
from scoring.batches.actions import add_packet, archive_name
from scoring.batches.archive import PacketArchive
from scoring.batches.domain.packet_period import PacketPeriod, parse_period, split_department
from scoring.batches.queries import lacking, packets_of
from scoring.batches.workers import packet_workers
from scoring.sheets.models import Sheet
from staff.departments.models import Department
from trail.chain import record

_MOST_WORKERS = 16
_UNWRITABLE = "不能写入文件“{}”，请核对目录权限和剩余空间。"


class Command(BaseCommand):
    help = "把一个季度或一个年度的全部迎检包写成ZIP文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        period = parser.add_mutually_exclusive_group(required=True)
        period.add_argument("--quarter", metavar="2026Q3", help="季度：所有科室的迎检包合为一个ZIP")
        period.add_argument("--year", metavar="2026", help="年度：每个科室一个ZIP")
        parser.add_argument("--out", required=True, metavar="DIR", help="写到哪个目录，没有则建立")
        parser.add_argument("--department", metavar="CODE", help="只写这个科室")
        parser.add_argument(
            "--workers", type=int, default=min(2, os.cpu_count() or 1), help="同时生成的进程数"
        )

    def handle(self, **options: Any) -> None:
        code, period = _period(options["quarter"], options["year"])
        if code and options["department"] not in (None, code):
            words = f"“{code}”与 --department {options['department']} 不是同一科室，请只写一个。"
            raise CommandError(words, returncode=2)
        department = _department(code or options["department"])
        directory = _directory(options["out"])
        workers = options["workers"]
        if not 1 <= workers <= _MOST_WORKERS:
            raise CommandError(f"--workers 应在1至{_MOST_WORKERS}之间，收到 {workers}。", returncode=2)
        sheets = packets_of(None, period, department)
        if not sheets:
            raise CommandError(f"{period.label}没有已签发的迎检包。", returncode=2)
        self._make(sheets, workers)
        absent = lacking(None, period, sheets, department, timezone.localdate())
        written, refused = [], []
        for place, group in _archives(sheets, period, department):
            named = [line for line in absent if place is None or line.startswith(f"{place.code} ")]
            path = directory / safe_filename(archive_name(period, place))
            row, problems = _write(path, f"迎检包 {period.label} {place or '全部科室'}", group, named)
            written += [row] if row else []
            refused += problems
        detail = {"label": period.label, "packets": sum(row["packets"] for row in written)}
        record("scoring.write_packets", by=None, department=department, detail=detail)
        answer = {"period": period.code, "files": written, "lacking": absent, "refused": refused}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if refused:
            sys.exit(1)

    def _make(self, sheets: list[Sheet], workers: int) -> None:
        """Build one archive; progress goes to stderr, stdout gets the answer only."""
        with packet_workers(min(workers, len(sheets))) as make:
            for done, _ in enumerate(make([sheet.pk for sheet in sheets]), start=1):
                if self.stderr.isatty():
                    self.stderr.write(f"\r已生成 {done}/{len(sheets)} 份", ending="")


def _period(quarter: str | None, year: str | None) -> tuple[str, PacketPeriod]:
    """The department's code, "" for all, and the period."""
    code, written = split_department(quarter or year or "")
    try:
        period = parse_period(written)
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from None
    if bool(quarter) is not bool(period.quarter):
        raise CommandError("季度请写作 --quarter 2026Q3，年度请写作 --year 2026。", returncode=2)
    return code, period


def _department(code: str | None) -> Department | None:
    if code is None:
        return None
    found: Department | None = Department.objects.select_related("institution").filter(code=code).first()
    if found is None:
        known = "、".join(Department.objects.values_list("code", flat=True)[:10]) or "无"
        raise CommandError(f"没有代码为“{code}”的科室。现有：{known}。", returncode=2)
    return found


def _directory(given: str) -> Path:
    directory = Path(given)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise CommandError(f"不能建立目录“{given}”，请核对路径和权限。", returncode=2) from None
    return directory


def _archives(
    sheets: list[Sheet], period: PacketPeriod, department: Department | None
) -> list[tuple[Department | None, list[Sheet]]]:
    """Which archives there are: of a quarter one, of a year one a department."""
    if period.quarter:
        return [(department, sheets)]
    groups = groupby(sheets, key=lambda sheet: sheet.audit.department)
    return [(place, list(group)) for place, group in groups]


def _write(
    path: Path, title: str, sheets: Iterable[Sheet], absent: list[str]
) -> tuple[dict[str, Any] | None, list[str]]:
    """The row of the answer and what was refused. Written aside and moved into place, whole or not at all."""
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".packets-")
    except OSError:
        raise CommandError(_UNWRITABLE.format(path), returncode=2) from None
    try:
        with os.fdopen(handle, "w+b") as file:
            with PacketArchive(file, title) as archive:
                problems = [words for sheet in sheets if (words := add_packet(archive, sheet, by=None))]
                if not archive.packets:
                    return None, problems
                archive.finish(lacking=absent, problems=problems)
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except OSError:
        raise CommandError(_UNWRITABLE.format(path), returncode=2) from None
    finally:
        Path(aside).unlink(missing_ok=True)
    return {"path": str(path), "sha256": sha256, "size": size, "packets": len(archive.packets)}, problems
