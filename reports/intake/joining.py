"""Fields that lie across columns (day and time), and columns that hold several fields (姓名/性别/年龄)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from reports.intake import cells, kinds, moments
from reports.intake.cells import Unreadable
from reports.intake.headers import Head
from reports.intake.refusing import CellRefused, RowRefused
from spreadsheets import Cell, Row

_TEXTS = (
    "technique",
    "findings",
    "impression",
    "clinical_diagnosis",
    "clinical_question",
    "surgical_history",
    "content",
)
_NAMES = (
    "patient_name",
    "reporting_physician",
    "reviewing_physician",
    "signed_by",
    "last_modified_by",
    "operator",
    "notified_by",
    "received_by",
)
_LINES = (
    "patient_class",
    "requesting_department",
    "examination_name",
    "body_part",
    "signature_method",
    "modification_kind",
    "report_status",
    "institution_name",
    "report_title",
    "requested_examination",
    "receiving_department",
)
# Those whose precision is kept beside them, and the others.
_EXACT_TIMES = ("examined_at", "reported_at", "requested_at", "found_at", "notified_at")
TIMES = (*_EXACT_TIMES, "signed_at", "last_modified_at")
READERS: dict[str, Callable[[Cell], Any]] = (
    dict.fromkeys(_TEXTS, cells.text)
    | dict.fromkeys(_NAMES, cells.name)
    | dict.fromkeys(_LINES, cells.line)
    | dict.fromkeys(("patient_id", "request_number"), cells.identifier)
    | {"sex": kinds.sex, "birth_on": moments.births, "report_text": cells.text}
)
_CONCLUSION = re.compile(
    r"(?:^|\n|。)\s*[【\[]?(?:影像|检查|CT|MRI?|X线)?(?:诊断结论|诊断意见|诊断印象|印象|结论|诊断|意见)(?:[】\]]?\s*[:：]|[】\]]|\s*\n)\s*",
    re.I,
)
_FINDINGS = re.compile(
    r"^\s*[【\[]?(?:影像|检查|CT|MRI?|X线)?(?:学)?(?:所见|表现|描述)[】\]]?\s*[:：]?\s*", re.I
)


def cell_at(row: Row, place: int) -> Cell:
    """The cell, empty where a record was trimmed."""
    return row.cells[place] if place < len(row.cells) else ""


def moment_of(head: Head, row: Row, name: str, places: list[int]) -> dict[str, Any]:
    """A time, from one column or from the day and the clock of two, with its precision."""
    found: list[moments.Moment] = []
    clock: tuple[timedelta, str] | None = None
    for place in places:
        cell = cell_at(row, place)
        try:
            bare = moments.time_of_day(cell) if len(places) > 1 else None
            value = None if bare else moments.moment(cell)
        except Unreadable as error:
            raise CellRefused(head.labels[place], cell, error) from error
        clock = bare or clock
        found += [value] if value else []
    at, precision = _joined(head, name, places, row, found, clock)
    exact = {f"{name}_precision": precision} if name in _EXACT_TIMES else {}
    return {name: at} | exact


def _joined(
    head: Head,
    name: str,
    places: list[int],
    row: Row,
    found: list[moments.Moment],
    clock: tuple[timedelta, str] | None,
) -> tuple[datetime | None, str]:
    label = head.labels[places[0]]
    if not found:
        if clock:
            raise RowRefused(
                label,
                "只有时刻",
                "日期",
                f"“{label}”只有时刻，没有日期。请补上日期后重新导出。",
                "invalid_date",
            )
        return None, ""
    if len({at.date() for at, _ in found}) > 1:
        names = "、".join(head.labels[i] for i in places)
        given = " / ".join(cells.shown(cell_at(row, i)) for i in places)
        reason = f"“{names}”各列的日期不同（{given}），无法确定以哪个为准。请核对后重新导出。"
        raise RowRefused(names, given, "日期一致", reason, "conflicting_columns")
    order = ("", "day", "minute", "second")
    at, precision = max(found, key=lambda m: (m[0].time() != datetime.min.time(), order.index(m[1])))
    if clock and (precision == "day" or at.time() == datetime.min.time()):
        return at.replace(hour=0, minute=0, second=0) + clock[0], clock[1]
    return at, precision


def parts_of(head: Head, row: Row, place: int, label: str) -> dict[str, Any]:
    """A column that holds several fields, such as 姓名/性别/年龄."""
    names = head.mapping[label].split("+")
    cell = cell_at(row, place)
    given = cells.shown(cell)
    parts = [p for p in re.split(r"[/／、|\\,，;；\s]+", given) if p]
    if given and len(parts) != len(names):
        reason = f"“{label}”应含{len(names)}项，找到“{given[:40]}”，无法分开。请分列导出，或改为以“/”分隔。"
        raise RowRefused(label, given, f"以“/”分隔的{len(names)}项", reason, "combined_cell")
    values: dict[str, Any] = {}
    for name, part in zip(names, parts or [""] * len(names), strict=True):
        if name in TIMES:
            reason = f"“{label}”把时间与其他内容合在一列，请分列导出。"
            raise RowRefused(label, given, "单独的时间列", reason, "combined_cell")
        reader = cells.identifier if name == "accession_number" else READERS.get(name, cells.line)
        try:
            values[name] = reader(part)
        except Unreadable as error:
            raise CellRefused(label, cell, error) from error
    return values


def split_text(values: dict[str, Any]) -> None:
    """Description and conclusion written in one column are parted at the conclusion's own heading."""
    whole = values.pop("report_text", None)
    if whole is None or (values.get("findings") and values.get("impression")):
        return
    heads = list(_CONCLUSION.finditer(whole))
    if not heads:
        if whole:
            reason = "“描述与结论合在一列”的内容中找不到“诊断结论：”等小标题，无法分开。请分列导出。"
            raise RowRefused("报告内容", whole[:40], "含“诊断结论：”小标题", reason, "combined_cell")
        values |= {"findings": "", "impression": ""}
        return
    at = heads[0]
    end = at.start() + 1 if whole[at.start()] == "。" else at.start()
    values["findings"] = _FINDINGS.sub("", whole[:end], count=1).strip()
    values["impression"] = whole[at.end() :].strip()
