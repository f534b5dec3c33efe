"""Read report exports of any vendor into IncomingReport values (Appendix A); every row is accounted for."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from reports.intake import cells, kinds
from reports.intake.checks import check
from reports.intake.joining import split_text
from reports.intake.layout import Layout, understand
from reports.intake.mapping import FileMapping
from reports.intake.reading import Progress, RowReader, each_read
from reports.intake.refusing import RowRefused
from reports.intake.rows import Rows
from reports.intake.values import LIMITS, Ignored, IncomingReport, ReadReports
from spreadsheets import Row, sheets_of

_COMPARED = tuple(f.name for f in fields(IncomingReport) if f.name not in ("row", "extra"))
# Field → separator of the fields to merge where an export has one row per item of an examination.
_ITEMS = {"examination_name": "；", "body_part": "、"}


def read_reports(
    source: bytes | Path,
    file_name: str,
    *,
    mapping: Mapping[str, Any] | FileMapping | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> ReadReports:
    """All reports of a file, in file order; `mapping` (header → field, or more) overrides the headers.

    Rows with a date after `today` are refused; without `today` this is not checked. Raises FileRefused when
    the file as a whole cannot be read; a bad row is refused and does not stop other rows.
    """
    layout = understand(sheets_of(source, file_name), "reports", mapping)
    return reports_of(layout, progress=progress, today=today)


def reports_of(layout: Layout, *, progress: Progress | None = None, today: date | None = None) -> ReadReports:
    """Reports of a file whose layout is known. Its rows are released as they are read, for their memory."""
    layout.require_readable()
    unused, found = layout.unused, _Found()
    for rows, row, report in each_read(
        layout, lambda rows: _Reader(rows, today).read, progress, release=True
    ):
        if why := found.take(report):
            rows.ignored.append(Ignored(row.number, why))
    return ReadReports(reports=tuple(found.reports), **layout.facts | {"unused": unused})


class _Found:
    """Collector of reports; a duplicate row, or one more item of the same examination, adds no report."""

    def __init__(self) -> None:
        self.reports: list[IncomingReport] = []
        # Most numbers occur once: a list for each of them would take as much as its report's times.
        self._first: dict[str, int] = {}
        self._others: dict[str, list[int]] = defaultdict(list)

    def take(self, report: IncomingReport) -> str:
        """Add the report; return why it adds none (duplicate, joined), or an empty string."""
        number, place = report.accession_number, len(self.reports)
        first = self._first.setdefault(number, place)
        if first != place:
            if why := self._merged(report, [first, *self._others.get(number, ())]):
                return why
            self._others[number].append(place)
        self.reports.append(report)
        return ""

    def _merged(self, report: IncomingReport, places: Iterable[int]) -> str:
        """Merge the report into an earlier one that differs in nothing, or in the item; return how."""
        for place in places:
            other = self.reports[place]
            differing = {name for name in _COMPARED if getattr(report, name) != getattr(other, name)}
            if not differing:
                return "duplicate"
            if "examination_name" in differing <= set(_ITEMS) and (joined := _with_item(other, report)):
                self.reports[place] = joined
                return "joined"
        return ""


def _with_item(report: IncomingReport, more: IncomingReport) -> IncomingReport | None:
    """Report with one more item of its examination; None if an item has no name or the text is too long."""
    values: dict[str, Any] = {}
    for name, separator in _ITEMS.items():
        one, other = getattr(report, name), getattr(more, name)
        if name == "examination_name" and not (one and other):
            return None
        items = dict.fromkeys([*(one or "").split(separator), *(other or "").split(separator)])
        values[name] = separator.join(filter(None, items)) if one is not None else other
        if len(values[name] or "") > LIMITS[name]:
            return None
    return replace(report, **values)


class _Reader(RowReader):
    """Reader for the report rows of one table."""

    def __init__(self, rows: Rows, today: date | None) -> None:
        super().__init__(rows.head, today)
        self.rows = rows

    def read(self, row: Row) -> IncomingReport:
        """One report. Raises RowRefused or CellRefused."""
        values = self.values(row)
        split_text(values)
        values |= self._modality(row, values)
        check(values, self.head)
        return IncomingReport(row=row.number, extra=self.rows.others(row), **values)

    def _modality(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self.single.get("modality", [])
        given = str(values.pop("modality", "") or (self.first(row, places, cells.line) if places else ""))
        given = given or self.head.constants.get("modality", "")
        named = values.get("examination_name") or values.get("body_part") or ""
        kind = kinds.kind_of(given) if given else None
        if kind is None and not kinds.is_foreign(given):
            kind = kinds.kind_of(named)
        if kind is None:
            label = self.head.labels[places[0]] if places else "检查名称"
            found = given or named
            reason = (
                f"{label}为空，无法判断属于DR、CT还是MRI。请在RIS中补齐设备类型或检查名称后重新导出。"
                if not found
                else f"设备类型“{found}”不属于DR、CT、MRI，本标准不适用，或无法识别。"
                "若应收录，请在RIS中更正设备类型后重新导出。"
            )
            raise RowRefused(label, found, "DR、CT、MRI（含DX、CR、MG、MR等）", reason, "unknown_modality")
        return {"modality": kind} | (
            {"modality_code": unicodedata.normalize("NFKC", given).upper()[:200]} if places else {}
        )
