"""manage.py qualifications --department CODE [--since D --until D]"""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.qualified.queries.periods import QualificationException, exceptions
from staff.management.answers import department_of


class Command(BaseCommand):
    help = (
        "签发、操作当日不合资质的报告（4.3、4.4）。Prints one JSON line per person and report: "
        "{accession_number, role, person, on, codes, reasons}, sorted by accession number."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--since", metavar="YYYY-MM-DD")
        parser.add_argument("--until", metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        department = department_of(options["department"])
        since, until = _day(options["since"]), _day(options["until"])
        if since and until and until < since:
            raise CommandError(f"--until {until}早于--since {since}。", returncode=2)
        for found in sorted(exceptions(department, since, until), key=lambda e: e.key):
            self.stdout.write(json.dumps(_line(found), ensure_ascii=False))


def _line(found: QualificationException) -> dict[str, Any]:
    line: dict[str, Any] = {
        "accession_number": found.report.accession_number,
        "role": found.role,
        "person": str(found.person),
        "on": found.on.isoformat(),
        "codes": list(found.answer.codes),
        "reasons": list(found.answer.sentences),
    }
    # Below the secondary level the clauses only advise: the line is marked, it is not a fault.
    return line | {"advisory": True} if found.answer.advisory else line


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise CommandError(f"“{given}”不是日期，应为YYYY-MM-DD，例如2025-07-01。", returncode=2) from error
