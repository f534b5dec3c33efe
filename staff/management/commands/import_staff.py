"""manage.py import_staff FILE --department CODE [--dry-run]"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from spreadsheets import FileRefused
from staff.management.answers import department_of
from staff.register.actions.imports import import_register


class Command(BaseCommand):
    help = (
        "导入人员登记表（医师、技师、放射防护培训、设备操作培训，XLSX）。"
        "Prints {created, updated, unchanged, refused} as JSON, unused_columns where data has no meaning "
        "here and ignored for what was passed over; exit 0 done, 1 with refusals, 2 not run."
    )
    # The checks look at every page of the app; an import need not wait for them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        department, path = department_of(options["department"]), options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(
                f"无法读取文件{path}（{error.strerror}），请核对路径与权限。", returncode=2
            ) from error
        try:
            tally = import_register(
                data, path.name, department=department, by=None, dry_run=options["dry_run"]
            )
        except FileRefused as error:
            raise CommandError(f"{path.name}：{error}", returncode=2) from error
        refused = [{"row": r.row, "column": r.column, "reason": r.reason} for r in tally.refused]
        answer: dict[str, Any] = {**tally.counts, "refused": refused}
        if tally.unused_columns:
            answer["unused_columns"] = list(tally.unused_columns)
        if tally.ignored:
            answer["ignored"] = [{"row": i.row, "reason": i.reason} for i in tally.ignored]
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if refused:
            raise SystemExit(1)
