"""Report exports of any vendor as IncomingReport values (Appendix A elements), with every row accounted for."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from reports.intake import cells
from reports.intake.cells import Unreadable
from reports.intake.headers import Head, find_head, require_needed
from reports.intake.rows import Rows, settle_twins
from reports.intake.values import LIMITS, Ignored, IncomingReport, ReadReports
from spreadsheets import Cell, Row, sheets_of

Progress = Callable[[int, int], None]

_TEXTS = ("technique", "findings", "impression", "clinical_diagnosis", "surgical_history")
_NAMES = (
    "patient_name",
    "reporting_physician",
    "reviewing_physician",
    "signed_by",
    "last_modified_by",
    "operator",
)
_LINES = (
    "patient_class", "requesting_department", "examination_name", "body_part", "signature_method",
    "modification_kind", "report_status", "institution_name", "report_title",
)  # fmt: skip
_TIMES = ("examined_at", "reported_at", "signed_at", "last_modified_at")
_READERS: dict[str, Callable[[Cell], Any]] = (
    dict.fromkeys(_TEXTS, cells.text)
    | dict.fromkeys(_NAMES, cells.name)
    | dict.fromkeys(_LINES, cells.line)
    | {"patient_id": cells.identifier, "sex": cells.sex, "birth_on": cells.day, "report_text": cells.text}
)
_CONCLUSION = re.compile(
    r"(?:^|\n|。)\s*[【\[]?(?:影像|检查|CT|MRI?|X线)?(?:诊断结论|诊断意见|诊断印象|印象|结论|诊断|意见)[】\]]?\s*[:：]?\s*\n?",
    re.I,
)
_FINDINGS = re.compile(
    r"^\s*[【\[]?(?:影像|检查|CT|MRI?|X线)?(?:学)?(?:所见|表现|描述)[】\]]?\s*[:：]?\s*", re.I
)
_COMPARED = tuple(f.name for f in fields(IncomingReport) if f.name not in ("row", "extra"))


def read_reports(
    data: bytes, file_name: str, *, mapping: Mapping[str, str] | None = None, progress: Progress | None = None
) -> ReadReports:
    """All reports of a CSV or XLSX file, in file order. `mapping` (header → field) overrides what headers suggest.

    Raises FileRefused when the file as a whole cannot be read; a bad row is a refusal and stops no other row.
    """
    head = find_head(sheets_of(data, file_name), "reports", mapping)
    rows = Rows(head)
    settle_twins(head, Rows(head))
    require_needed(head, "reports")
    reader = _Reader(head, rows)
    total = len(head.sheet.rows)
    for done, row in enumerate(rows, 1):
        reader.take(row)
        if progress and done % 1000 == 0:
            progress(done, total)
    return ReadReports(
        reports=tuple(reader.reports),
        refusals=tuple(sorted(rows.refusals, key=lambda r: r.row)),
        ignored=tuple(sorted((i for i in rows.ignored if i.why != "header"), key=lambda i: i.row)),
        headers=tuple(label for label in head.labels if label),
        mapping=head.mapping,
        ambiguous=head.ambiguous,
        encoding=head.sheet.encoding,
        header_row=head.row,
    )


class _Refused(Exception):
    """The row is refused: column, found, expected, reason, code."""


class _Reader:
    """Takes rows one by one; knows where each field stands."""

    def __init__(self, head: Head, rows: Rows) -> None:
        self.head, self.rows = head, rows
        self.reports: list[IncomingReport] = []
        self._seen: dict[str, list[IncomingReport]] = defaultdict(list)
        places = {name: head.columns(name) for name in head.fields}
        self._combined = {
            i: label for i, label in enumerate(head.labels) if "+" in head.mapping.get(label, "")
        }
        single = {n: [i for i in given if i not in self._combined] for n, given in places.items()}
        self._numbers = single.get("accession_number", [])
        self._moments = [(name, single[name]) for name in _TIMES if single.get(name)]
        self._simple = [(name, single[name], _READERS[name]) for name in _READERS if single.get(name)]
        self._single = single
        self._units = [head.units.get(head.labels[i], "") for i in single.get("age", [])]
        self._loose_numbers = self._numbers_differ()

    def take(self, row: Row) -> None:
        """Read one row into `reports`, or note why it is refused or passed over."""
        try:
            report = self._read(row)
        except _Refused as refused:
            self.rows.refuse(row, *refused.args)
            return
        except _CellRefused as refused:
            self.rows.refuse_unreadable(row, *refused.args)
            return
        earlier = self._seen[report.accession_number]
        if any(all(getattr(report, n) == getattr(other, n) for n in _COMPARED) for other in earlier):
            self.rows.ignored.append(Ignored(row.number, "duplicate"))
            return
        earlier.append(report)
        self.reports.append(report)

    def _read(self, row: Row) -> IncomingReport:
        values: dict[str, Any] = {"accession_number": self._number(row)}
        for place, label in self._combined.items():
            values |= self._parts(row, place, label)
        for name, places in self._moments:
            values |= self._moment(row, name, places)
        for name, places, reader in self._simple:
            values[name] = self._first(row, places, reader)
        values |= self._age(row, values)
        _split_text(values)
        values |= self._modality(row, values)
        self._check(values)
        return IncomingReport(row=row.number, extra=self.rows.extra(row), **values)

    def _cell(self, row: Row, place: int) -> Cell:
        return row.cells[place] if place < len(row.cells) else ""

    def _first(self, row: Row, places: list[int], reader: Callable[[Cell], Any]) -> Any:
        """The first column of a field that says anything."""
        value: Any = ""
        for place in places:
            cell = self._cell(row, place)
            try:
                value = reader(cell)
            except Unreadable as error:
                raise _CellRefused(self.head.labels[place], cell, error) from error
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
            raise _Refused(
                label,
                "",
                "检查号",
                "检查号为空，无法确定是哪一份报告。请在RIS中补齐后重新导出。",
                "missing_accession",
            )
        if len(found) > 1 and not self._loose_numbers:
            shown = "、".join(f"{where}为{number}" for number, where in found.items())
            reason = f"同义的列取值不同：{shown}，无法确定以哪个为准。请核对后重新导出。"
            raise _Refused(
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
                given = [cells.shown(self._cell(row, i)) for i in self._numbers[:2]]
                both += all(given)
                differing += all(given) and given[0] != given[1]
        return differing >= 5 and differing * 2 > both

    def _moment(self, row: Row, name: str, places: list[int]) -> dict[str, Any]:
        found: list[cells.Moment] = []
        clock: tuple[timedelta, str] | None = None
        for place in places:
            cell = self._cell(row, place)
            try:
                bare = cells.time_of_day(cell) if len(places) > 1 else None
                value = None if bare else cells.moment(cell)
            except Unreadable as error:
                raise _CellRefused(self.head.labels[place], cell, error) from error
            clock = bare or clock
            found += [value] if value else []
        at, precision = self._joined(name, places, row, found, clock)
        exact = {f"{name}_precision": precision} if name in ("examined_at", "reported_at") else {}
        return {name: at} | exact

    def _joined(
        self,
        name: str,
        places: list[int],
        row: Row,
        found: list[cells.Moment],
        clock: tuple[timedelta, str] | None,
    ) -> tuple[datetime | None, str]:
        label = self.head.labels[places[0]]
        if not found:
            if clock:
                raise _Refused(
                    label,
                    "只有时刻",
                    "日期",
                    f"“{label}”只有时刻，没有日期。请补上日期后重新导出。",
                    "invalid_date",
                )
            return None, ""
        if len({at.date() for at, _ in found}) > 1:
            names = "、".join(self.head.labels[i] for i in places)
            given = " / ".join(cells.shown(self._cell(row, i)) for i in places)
            reason = f"“{names}”各列的日期不同（{given}），无法确定以哪个为准。请核对后重新导出。"
            raise _Refused(names, given, "日期一致", reason, "conflicting_columns")
        order = ("", "day", "minute", "second")
        at, precision = max(found, key=lambda m: (m[0].time() != datetime.min.time(), order.index(m[1])))
        if clock and (precision == "day" or at.time() == datetime.min.time()):
            return at.replace(hour=0, minute=0, second=0) + clock[0], clock[1]
        return at, precision

    def _parts(self, row: Row, place: int, label: str) -> dict[str, Any]:
        """A column that holds several fields, such as 姓名/性别/年龄."""
        names = self.head.mapping[label].split("+")
        cell = self._cell(row, place)
        given = cells.shown(cell)
        parts = [p for p in re.split(r"[/／、|\\,，;；\s]+", given) if p]
        if given and len(parts) != len(names):
            reason = (
                f"“{label}”应含{len(names)}项，找到“{given[:40]}”，无法分开。请分列导出，或改为以“/”分隔。"
            )
            raise _Refused(label, given, f"以“/”分隔的{len(names)}项", reason, "combined_cell")
        values: dict[str, Any] = {}
        for name, part in zip(names, parts or [""] * len(names), strict=True):
            if name == "accession_number":
                values[name] = cells.identifier(part)
            elif name in _TIMES:
                raise _Refused(
                    label,
                    given,
                    "单独的时间列",
                    f"“{label}”把时间与其他内容合在一列，请分列导出。",
                    "combined_cell",
                )
            else:
                values[name] = _READERS.get(name, cells.line)(part)
        return values

    def _age(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self._single.get("age", [])
        if not places and "age" not in values:
            return {}
        cell: Cell = self._first(row, places, cells.line) if places else values["age"]
        named = self._first(row, self._single.get("age_unit", []), cells.line) or next(iter(self._units), "")
        values.pop("age_unit", None)
        try:
            words, days = cells.age(cell, named)
        except KeyError:
            words, days = cells.line(cell), None
        return {"age": words, "age_days": days}

    def _modality(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self._single.get("modality", [])
        given = str(values.pop("modality", "") or (self._first(row, places, cells.line) if places else ""))
        named = values.get("examination_name") or values.get("body_part") or ""
        kind = cells.kind_of(given) if given else None
        if kind is None and not cells.is_foreign(given):
            kind = cells.kind_of(named)
        if kind is None:
            label = self.head.labels[places[0]] if places else "检查名称"
            found = given or named
            reason = f"设备类型“{found}”不属于DR、CT、MRI，本标准不适用，或无法识别。若应收录，请在RIS中更正设备类型后重新导出。"
            raise _Refused(label, found, "DR、CT、MRI（含DX、CR、MG、MR等）", reason, "unknown_modality")
        return {"modality": kind} | ({"modality_code": given.upper()[:200]} if places else {})

    def _check(self, values: dict[str, Any]) -> None:
        examined, reported = values.get("examined_at"), values.get("reported_at")
        if examined and reported and _before(values):
            reason = f"报告时间{reported:%Y-%m-%d %H:%M:%S}早于检查时间{examined:%Y-%m-%d %H:%M:%S}，不可能。请在RIS中核对后重新导出。"
            raise _Refused(
                self._label("reported_at"), f"{reported}", f"不早于{examined}", reason, "report_before_exam"
            )
        if values.get("findings", None) == "" and values.get("impression", None) == "":
            reason = "影像描述与诊断结论都为空，没有报告内容。请确认报告已书写后重新导出。"
            raise _Refused(self._label("findings"), "", "报告文字", reason, "no_text")
        for name, limit in LIMITS.items():
            value = values.get(name)
            if value and len(value) > limit:
                label = self._label(name)
                reason = f"“{label}”有{len(value)}个字，上限为{limit}个，多半是列已错位。请核对后重新导出。"
                raise _Refused(label, value[:40], f"不超过{limit}个字", reason, "too_long")

    def _label(self, name: str) -> str:
        return next((self.head.labels[i] for i in self.head.columns(name)), name)


class _CellRefused(Exception):
    """The row is refused for one cell: label, cell, the reader's error."""


def _before(values: dict[str, Any]) -> bool:
    """Is the report earlier than the examination, at the coarser precision of the two?"""
    given = {values["examined_at_precision"], values["reported_at_precision"]}
    cut = (
        {"hour": 0, "minute": 0, "second": 0}
        if "day" in given
        else {"second": 0}
        if "minute" in given
        else {}
    )
    reported: datetime = values["reported_at"].replace(**cut)
    return bool(reported < values["examined_at"].replace(**cut))


def _split_text(values: dict[str, Any]) -> None:
    """Description and conclusion written in one column are parted at the conclusion's own heading."""
    whole = values.pop("report_text", None)
    if whole is None or (values.get("findings") and values.get("impression")):
        return
    heads = list(_CONCLUSION.finditer(whole))
    if not heads:
        if whole:
            reason = "“描述与结论合在一列”的内容中找不到“诊断结论：”等小标题，无法分开。请分列导出。"
            raise _Refused("报告内容", whole[:40], "含“诊断结论：”小标题", reason, "combined_cell")
        values |= {"findings": "", "impression": ""}
        return
    at = heads[-1]
    end = at.start() + 1 if whole[at.start()] == "。" else at.start()
    values["findings"] = _FINDINGS.sub("", whole[:end], count=1).strip()
    values["impression"] = whole[at.end() :].strip()
