"""manage.py findings --department CODE [--since D --until D]: findings on the stored reports."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from reports.archive.models import Report
from reports.findings.actions.checking import check_waiting
from reports.findings.models import Finding
from reports.findings.page import shown_excerpt, shown_message
from staff.management.answers import department_of

_CHUNK = 1000
_COLUMNS = ("id", "accession_number", "patient_name", "patient_id")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}”不是日期，应写作2025-09-08") from error


class Command(BaseCommand):
    help = "列出已存报告的文本检查提示，每份报告一行（JSON），与check_text相同；已驳回的不列。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--until", type=_day, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        department = department_of(options["department"])
        since, until = options["since"] or date.min, options["until"] or date.max
        if since > until:
            raise CommandError(f"--since {since}晚于--until {until}。", returncode=2)
        # Reports not yet checked with the present rules would appear to have no findings.
        check_waiting(department=department, by=None)
        rows = Report.objects.filter(department=department, is_final=True).only(*_COLUMNS)
        if options["since"] or options["until"]:
            rows = rows.reported_between(since, until)
        ordered = rows.order_by(F("reported_at").asc(nulls_first=True), "accession_number")
        for chunk in _chunks(ordered.iterator(chunk_size=_CHUNK)):
            for line in _answers(chunk):
                self.stdout.write(json.dumps(line, ensure_ascii=False))


def _chunks(rows: Iterable[Report]) -> Iterator[list[Report]]:
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _answers(reports: list[Report]) -> Iterator[dict[str, Any]]:
    found: dict[int, list[Finding]] = {report.pk: [] for report in reports}
    for row in Finding.objects.current().filter(report__in=found).order_by("pk"):
        found[row.report_id].append(row)
    for report in reports:
        given = sorted(found[report.pk], key=lambda row: row.place)
        for row in given:
            row.report = report  # in memory already: its name and id are what is masked
        yield {
            "accession_number": report.accession_number,
            "findings": [_finding(row) for row in given],
        }


def _finding(row: Finding) -> dict[str, Any]:
    return {
        "code": row.code,
        "clause": row.clause,
        "field": row.field,
        "start": row.start,
        "end": row.end,
        "excerpt": shown_excerpt(row),
        "severity": row.severity,
        "message": shown_message(row),
    }
