"""Reading the file of an import and importing its rows: the same for every kind of file."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone

from reports.domain.people import RegisteredPeople
from reports.imports.actions.alerts import receive_alerts
from reports.imports.actions.progress import counted
from reports.imports.actions.receive import RowRefusal, Tally, receive_reports
from reports.imports.actions.register import ReadRegister, read_register_file, take_register_rows
from reports.imports.actions.requests import receive_requests
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.queries import people_of
from reports.intake.alerts import alerts_of
from reports.intake.layout import understand
from reports.intake.mapping import FileMapping
from reports.intake.outcomes import outcomes_of
from reports.intake.reports import reports_of
from reports.intake.requests import requests_of
from reports.outcomes.actions import receive_outcomes, rematch_outcomes
from spreadsheets import sheets_of
from staff.accounts.models import User
from staff.departments.models import Department

MOST_PASSED = 500  # skipped lines that are listed individually
READERS: dict[str, Callable[..., Any]] = {
    "reports": reports_of,
    "outcomes": outcomes_of,
    "requests": requests_of,
    "alerts": alerts_of,
}
RECEIVERS: dict[str, Callable[..., Tally]] = {
    "reports": receive_reports,
    "outcomes": receive_outcomes,
    "requests": receive_requests,
    "alerts": receive_alerts,
}


def read_file(
    source: bytes | Path,
    file_name: str,
    *,
    kind: str,
    mapping: Mapping[str, Any] | FileMapping | None,
    people: RegisteredPeople | None = None,
) -> tuple[Any, dict[str, Any]]:
    """The rows of a file, and how it was read, as ImportBatch.reading stores it. Raises FileRefused."""
    if kind == ImportSource.Kind.STAFF:
        return read_register_file(source, file_name, mapping)
    layout = understand(sheets_of(source, file_name), kind, mapping, people)
    read = READERS[kind](layout, today=timezone.localdate())
    labels = {rows.head.labels for rows in layout.tables}
    return read, {
        # Headers for refused rows: only when all tables have the same columns in the same order.
        "labels": list(labels.pop()) if len(labels) == 1 else [],
        "columns": dict(read.mapping),
        "passed": [[line.row, line.why] for line in read.ignored[:MOST_PASSED]],
        "passed_count": len(read.ignored),
        "unknown": [asdict(value) for value in read.unknown_values],
    }


def take_file(
    content: bytes | Path,
    file_name: str,
    *,
    kind: str,
    department: Department,
    source: ImportSource | None,
    mapping: Mapping[str, Any] | FileMapping | None,
    by: User | None,
    batch: ImportBatch | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Tally, int]:
    """Read a file and import its rows, in one step.

    Returns the tally (refusals by the reader and by the import, in row order) and the number of rows skipped
    as blank, repeated headers or footers. Raises FileRefused when nothing can be read.
    """
    read, reading = read_file(content, file_name, kind=kind, mapping=mapping, people=people_of(department))
    tally = take_rows(
        read,
        kind=kind,
        department=department,
        source=source,
        by=by,
        batch=batch,
        dry_run=dry_run,
        progress=progress,
    )
    return tally, reading["passed_count"]


def take_rows(
    read: Any,
    *,
    kind: str,
    department: Department,
    source: ImportSource | None,
    by: User | None,
    batch: ImportBatch | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """Import rows already read from a file; used by both the page and the command line.

    After an import of reports, pending outcomes are matched again: they may have been imported earlier.
    """
    if isinstance(read, ReadRegister):
        return take_register_rows(read, department=department, by=by, dry_run=dry_run)
    rows = getattr(read, kind)
    total = len(rows)
    if progress:
        progress(0, total)
    tally = RECEIVERS[kind](
        rows,
        department=department,
        by=by,
        source=source,
        batch=batch,
        dry_run=dry_run,
        progress=(lambda done: progress(done, total)) if progress else None,
        unread=[_refusal(given) for given in read.refusals],
    )
    if kind == "reports" and not dry_run:
        rematch_outcomes(department, by=by)
    if batch is not None and not dry_run:
        for name, count in counted(batch).items():
            if name != "pending":
                setattr(tally, name, count)
    tally.unused_columns, tally.unknown_values = read.unused, read.unknown_values
    tally.refused.sort(key=lambda refusal: refusal.row)
    return tally


def _refusal(given: Any) -> RowRefusal:
    return RowRefusal(
        given.row,
        given.column,
        given.reason,
        given.found,
        given.expected,
        given.accession_number,
        tuple(given.cells),
    )
