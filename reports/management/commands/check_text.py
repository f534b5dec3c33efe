"""manage.py check_text FILE.jsonl|-: the text checks over reports given as JSON lines; needs no database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.domain.textcheck.accounts import as_rows
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.intake.check_lines import LineRefused, answer, read_line


class Command(BaseCommand):
    help = "按条款检查报告文字，每行一份报告。One JSON line per report: {accession_number, findings}."
    # Only the lines are read: neither the database nor the pages need to work.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl|-")
        parser.add_argument(
            "--statements", action="store_true", help="并列出所读出的陈述。Also what the rules read."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if self._check(_lines(options["file"]), with_statements=options["statements"]):
            raise SystemExit(1)

    def _check(self, lines: Iterable[tuple[int, bytes]], *, with_statements: bool) -> int:
        """Check each line and write its answer; returns the number of refused lines."""
        now = timezone.localtime().replace(tzinfo=None)
        refused = 0
        for number, raw in lines:
            try:
                report, unknown = read_line(raw.decode("utf-8"), now=now)
            except UnicodeDecodeError:
                refused += 1
                self.stderr.write(f"第{number}行：不是UTF-8编码。")
                continue
            except LineRefused as error:
                refused += 1
                self.stderr.write(f"第{number}行：{error}")
                continue
            if unknown:
                self.stderr.write(f"第{number}行：未用到的键：{'、'.join(unknown)}。")
            findings = check(report, bound_rules())
            said = answer(report, findings)
            if with_statements:
                said["statements"] = as_rows(report)
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        return refused


def _lines(name: str) -> Iterator[tuple[int, bytes]]:
    """Yield (line number, line) of non-blank lines; CommandError (exit 2) when the file cannot be read."""
    try:
        with sys.stdin.buffer if name == "-" else open(name, "rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
                if line.strip():
                    yield number, line.strip()
    except OSError as error:
        raise CommandError(
            f"无法读取文件{name}（{error.strerror}），请核对路径与权限。", returncode=2
        ) from error
