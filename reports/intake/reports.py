"""Report exports of any vendor as IncomingReport values (Appendix A elements); every row is accounted for."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from reports.intake import cells, kinds
from reports.intake.cells import Unreadable
from reports.intake.checks import check
from reports.intake.headers import Head, require_needed
from reports.intake.joining import READERS, TIMES, cell_at, moment_of, parts_of, split_text
from reports.intake.refusing import CellRefused, RowRefused
from reports.intake.rows import Rows
from reports.intake.sheets import tables_of
from reports.intake.values import Ignored, IncomingReport, ReadReports
from spreadsheets import Cell, Row

Progress = Callable[[int, int], None]

_COMPARED = tuple(f.name for f in fields(IncomingReport) if f.name not in ("row", "extra"))


def read_reports(
    data: bytes, file_name: str, *, mapping: Mapping[str, str] | None = None, progress: Progress | None = None
) -> ReadReports:
    """All reports of a CSV or XLSX file, in file order; `mapping` (header → field) overrides the headers.

    Raises FileRefused when the file as a whole cannot be read; a bad row is a refusal and stops no other row.
    """
    tables = tables_of(data, file_name, "reports", mapping)
    head = tables.head
    require_needed(head, "reports")
    reports: list[IncomingReport] = []
    seen: dict[str, list[IncomingReport]] = defaultdict(list)
    done, total = 0, sum(len(rows.head.sheet.rows) for rows in tables.rows)
    for rows in tables.rows:
        reader = _Reader(rows.head, rows, reports, seen)
        for row in rows:
            reader.take(row)
            done += 1
            if progress and done % 1000 == 0:
                progress(done, total)
    return ReadReports(
        reports=tuple(reports),
        refusals=tables.refusals,
        ignored=tables.ignored,
        headers=tuple(label for label in head.labels if label),
        mapping=head.mapping,
        ambiguous=head.ambiguous,
        encoding=head.sheet.encoding,
        header_row=head.row,
    )


class _Reader:
    """Takes a table's rows one by one into `reports`; knows where each field stands, and what was `seen`."""

    def __init__(
        self,
        head: Head,
        rows: Rows,
        reports: list[IncomingReport],
        seen: dict[str, list[IncomingReport]],
    ) -> None:
        self.head, self.rows, self.reports, self._seen = head, rows, reports, seen
        places = {name: head.columns(name) for name in head.fields}
        self._combined = {
            i: label for i, label in enumerate(head.labels) if "+" in head.mapping.get(label, "")
        }
        single = {n: [i for i in given if i not in self._combined] for n, given in places.items()}
        self._numbers = single.get("accession_number", [])
        self._moments = [(name, single[name]) for name in TIMES if single.get(name)]
        self._simple = [(name, single[name], READERS[name]) for name in READERS if single.get(name)]
        self._single = single
        self._units = [head.units.get(head.labels[i], "") for i in single.get("age", [])]
        self._loose_numbers = self._numbers_differ()

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
        values: dict[str, Any] = {}
        for place, label in self._combined.items():
            values |= parts_of(self.head, row, place, label)
        values["accession_number"] = values.get("accession_number") or self._number(row)
        for name, places in self._moments:
            values |= moment_of(self.head, row, name, places)
        for name, places, reader in self._simple:
            values[name] = self._first(row, places, reader)
        values |= self._age(row, values)
        split_text(values)
        values |= self._modality(row, values)
        check(values, self.head)
        return IncomingReport(row=row.number, extra=self.rows.others(row), **values)

    def _first(self, row: Row, places: list[int], reader: Callable[[Cell], Any]) -> Any:
        """The first column of a field that says anything."""
        value: Any = ""
        for place in places:
            cell = cell_at(row, place)
            try:
                value = reader(cell)
            except Unreadable as error:
                raise CellRefused(self.head.labels[place], cell, error) from error
            if value not in ("", None):
                return value
        return value

    def _number(self, row: Row) -> str:
        found: dict[str, str] = {}
        for place in self._numbers:
            number = self._first(row, [place], cells.identifier)
            if number:
                found.setdefault(number, self.head.labels[place])
        label = self.head.labels[self._numbers[0]] if self._numbers else "检查号"
        if not found:
            raise RowRefused(
                label,
                "",
                "检查号",
                "检查号为空，无法确定是哪一份报告。请在RIS中补齐后重新导出。",
                "missing_accession",
            )
        if len(found) > 1 and not self._loose_numbers:
            shown = "、".join(f"{where}为{number}" for number, where in found.items())
            reason = f"同义的列取值不同：{shown}，无法确定以哪个为准。请核对后重新导出。"
            raise RowRefused(
                "、".join(found.values()), " / ".join(found), "两列一致", reason, "conflicting_columns"
            )
        return next(iter(found))

    def _numbers_differ(self) -> bool:
        """Two number columns that disagree in most rows are different numbers, not two names of one."""
        if len(self._numbers) < 2:
            return False
        both = differing = 0
        for row in self.head.sheet.rows:
            if row.number > self.head.row:
                given = [cells.shown(cell_at(row, i)) for i in self._numbers[:2]]
                both += all(given)
                differing += all(given) and given[0] != given[1]
        return differing >= 5 and differing * 2 > both

    def _age(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self._single.get("age", [])
        if not places and "age" not in values:
            return {}
        cell: Cell = self._first(row, places, cells.line) if places else values["age"]
        named = self._first(row, self._single.get("age_unit", []), cells.line) or next(iter(self._units), "")
        values.pop("age_unit", None)
        try:
            words, days = kinds.age(cell, named)
        except KeyError:
            words, days = cells.line(cell), None
        return {"age": words, "age_days": days}

    def _modality(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self._single.get("modality", [])
        given = str(values.pop("modality", "") or (self._first(row, places, cells.line) if places else ""))
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
