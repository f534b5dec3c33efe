"""Report exports of any vendor as IncomingReport values (Appendix A elements); every row is accounted for."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from reports.intake import cells, kinds
from reports.intake.checks import check
from reports.intake.headers import Head, require_needed
from reports.intake.joining import split_text
from reports.intake.reading import RowReader
from reports.intake.refusing import CellRefused, RowRefused
from reports.intake.rows import Rows
from reports.intake.sheets import tables_of
from reports.intake.values import Ignored, IncomingReport, ReadReports
from spreadsheets import Row

Progress = Callable[[int, int], None]

_COMPARED = tuple(f.name for f in fields(IncomingReport) if f.name not in ("row", "extra"))


def read_reports(
    data: bytes,
    file_name: str,
    *,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> ReadReports:
    """All reports of a CSV or XLSX file, in file order; `mapping` (header → field) overrides the headers.

    What a row says to have happened after `today` is refused (without it nothing is judged so).
    Raises FileRefused when the file as a whole cannot be read; a bad row is a refusal and stops no other row.
    """
    tables = tables_of(data, file_name, "reports", mapping)
    head = tables.head
    require_needed(head, "reports")
    reports: list[IncomingReport] = []
    seen: dict[str, list[IncomingReport]] = defaultdict(list)
    done, total = 0, sum(len(rows.head.sheet.rows) for rows in tables.rows)
    for rows in tables.rows:
        reader = _Reader(rows.head, rows, reports, seen, today)
        for row in rows:
            reader.take(row)
            done += 1
            if progress and done % 1000 == 0:
                progress(done, total)
    return ReadReports(
        reports=tuple(reports),
        **tables.facts,
    )


class _Reader(RowReader):
    """Takes a table's rows one by one into `reports`; knows where each field stands, and what was `seen`."""

    def __init__(
        self,
        head: Head,
        rows: Rows,
        reports: list[IncomingReport],
        seen: dict[str, list[IncomingReport]],
        today: date | None,
    ) -> None:
        super().__init__(head, today)
        self.rows, self.reports, self._seen = rows, reports, seen

    def take(self, row: Row) -> None:
        """Read one row into `reports`, or note why it is refused or passed over."""
        try:
            report = self._read(row)
        except RowRefused as refused:
            self.rows.refuse(row, *refused.args)
            return
        except CellRefused as refused:
            self.rows.refuse_unreadable(row, *refused.args)
            return
        earlier = self._seen[report.accession_number]
        if any(all(getattr(report, n) == getattr(other, n) for n in _COMPARED) for other in earlier):
            self.rows.ignored.append(Ignored(row.number, "duplicate"))
            return
        earlier.append(report)
        self.reports.append(report)

    def _read(self, row: Row) -> IncomingReport:
        values = self.values(row)
        split_text(values)
        values |= self._modality(row, values)
        check(values, self.head)
        return IncomingReport(row=row.number, extra=self.rows.others(row), **values)

    def _modality(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self.single.get("modality", [])
        given = str(values.pop("modality", "") or (self.first(row, places, cells.line) if places else ""))
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
