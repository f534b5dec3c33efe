"""Fields split across columns (date and time), and columns that combine several fields (姓名/性别/年龄)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from reports.intake import cells, kinds, moments
from reports.intake.cells import Unreadable
from reports.intake.heads import Head
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
# Times stored with their precision; TIMES adds those stored without.
_EXACT_TIMES = ("examined_at", "reported_at", "requested_at", "found_at", "notified_at")
TIMES = (*_EXACT_TIMES, "signed_at", "last_modified_at")
READERS: dict[str, Callable[[Cell], Any]] = (
    dict.fromkeys(_TEXTS, cells.text)
    | dict.fromkeys(_NAMES, cells.name)
    | dict.fromkeys(_LINES, cells.line)
    | dict.fromkeys(("patient_id", "request_number"), cells.identifier)
    | {"sex": kinds.sex, "birth_on": moments.births, "report_text": cells.text}
)
# Time → earlier time of the same row that supplies the date where a cell has a time of day only.
BEFORE = {"notified_at": "found_at"}
_OF = r"(?:影像|检查|放射|CT|MRI?|DR|X线)?(?:学)?"
_HEADINGS = {
    "technique": rf"{_OF}(?:检查|扫描|成像|摄影|投照)?(?:方法|技术|参数|技术参数)",
    "findings": rf"{_OF}(?:所见|表现|描述|征象)",
    "impression": rf"{_OF}(?:诊断结论|诊断意见|诊断印象|诊断提示|印象|结论|诊断|意见|提示)",
}
_HEADING = re.compile(
    r"(?:^|\n|(?<=。))\s*[【\[]?(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _HEADINGS.items())
    + r")(?:[】\]]?\s*[:：]|[】\]]|\s*\n)\s*",
    re.I,
)


def moment_of(head: Head, row: Row, name: str, places: list[int], before: datetime | None) -> dict[str, Any]:
    """A time with its precision, from one column or from a date column and a time-of-day column.

    A time of day alone gets the date of `before`, or the next day if it is more than 12 hours earlier.
    """
    found: list[moments.Moment] = []
    clock: tuple[timedelta, str] | None = None
    for place in places:
        cell = head.cell(row, place)
        try:
            bare = moments.time_of_day(cell) if len(places) > 1 or before else None
            value = None if bare else moments.moment(cell)
        except Unreadable as error:
            raise CellRefused(head.labels[place], cell, error) from error
        clock = bare or clock
        found += [value] if value else []
    at: datetime | None
    if clock and before and not found:
        at, precision = _after(before, clock[0]), clock[1]
    else:
        at, precision = _joined(head, name, places, row, found, clock)
    exact = {f"{name}_precision": precision} if name in _EXACT_TIMES else {}
    return {name: at} | exact


def _after(before: datetime, clock: timedelta) -> datetime:
    at = before.replace(hour=0, minute=0, second=0) + clock
    return at + timedelta(days=1) if before - at > timedelta(hours=12) else at


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
        given = " / ".join(cells.shown(head.cell(row, i)) for i in places)
        reason = f"“{names}”各列的日期不同（{given}），无法确定以哪个为准。请核对后重新导出。"
        raise RowRefused(names, given, "日期一致", reason, "conflicting_columns")
    order = ("", "day", "minute", "second")
    at, precision = max(found, key=lambda m: (m[0].time() != datetime.min.time(), order.index(m[1])))
    if clock and (precision == "day" or at.time() == datetime.min.time()):
        return at.replace(hour=0, minute=0, second=0) + clock[0], clock[1]
    return at, precision


def parts_of(head: Head, row: Row, place: int, label: str) -> dict[str, Any]:
    """Values of a column that combines several fields, such as 姓名/性别/年龄."""
    names = head.mapping[label].split("+")
    cell = head.cell(row, place)
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
    """Split a report written in one column at its own headings (检查方法, 所见, 诊断), in place."""
    whole = values.pop("report_text", None)
    if whole is None or (values.get("findings") and values.get("impression")):
        return
    heads = _parts_in_order(whole)
    if not any(head.lastgroup == "impression" for head in heads):
        if whole:
            reason = "“描述与结论合在一列”的内容中找不到“诊断结论：”等小标题，无法分开。请分列导出。"
            raise RowRefused("报告内容", whole[:40], "含“诊断结论：”小标题", reason, "combined_cell")
        values |= {"findings": values.get("findings") or "", "impression": values.get("impression") or ""}
        return
    ends = [head.start() for head in heads[1:]] + [len(whole)]
    parts = {
        str(head.lastgroup): whole[head.end() : end].strip() for head, end in zip(heads, ends, strict=True)
    }
    if before := whole[: heads[0].start()].strip():
        parts["findings"] = f"{before}\n{parts.get('findings', '')}".strip()
    for name, text in parts.items():
        if text or name != "technique":
            values[name] = values.get(name) or text


def _parts_in_order(whole: str) -> list[re.Match[str]]:
    """First heading of each part, in the order of the text."""
    found: dict[str, re.Match[str]] = {}
    for head in _HEADING.finditer(whole):
        found.setdefault(str(head.lastgroup), head)
    return list(found.values())
