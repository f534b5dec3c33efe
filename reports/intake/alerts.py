"""Read 危急值记录 into IncomingAlert values.

Only the accession number is required in a row; other missing fields become findings.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from reports.intake.checks import check_lengths
from reports.intake.layout import Layout, understand
from reports.intake.mapping import FileMapping
from reports.intake.reading import Progress, RowReader, each_read
from reports.intake.values import Ignored, IncomingAlert, ReadAlerts
from spreadsheets import Row, sheets_of

_FIELDS = tuple(f.name for f in fields(IncomingAlert) if f.name != "row")


def read_alerts(
    data: bytes,
    file_name: str,
    *,
    mapping: Mapping[str, Any] | FileMapping | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> ReadAlerts:
    """All alerts of a file, in file order. Raises FileRefused when the file cannot be read."""
    return alerts_of(
        understand(sheets_of(data, file_name), "alerts", mapping), progress=progress, today=today
    )


def alerts_of(layout: Layout, *, progress: Progress | None = None, today: date | None = None) -> ReadAlerts:
    """Alerts of a file whose layout is known."""
    layout.require_readable()
    alerts: list[IncomingAlert] = []
    seen: set[tuple[object, ...]] = set()
    for rows, row, alert in each_read(layout, lambda rows: _Reader(rows.head, today).read, progress):
        content = tuple(getattr(alert, name) for name in _FIELDS)
        if content in seen:
            rows.ignored.append(Ignored(row.number, "duplicate"))
        else:
            seen.add(content)
            alerts.append(alert)
    return ReadAlerts(alerts=tuple(alerts), **layout.facts)


class _Reader(RowReader):
    def read(self, row: Row) -> IncomingAlert:
        values = self.values(row)
        kept = {name: values[name] for name in _FIELDS if name in values}
        check_lengths(kept, self.head)
        return IncomingAlert(row=row.number, **kept)
