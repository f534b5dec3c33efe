"""Outcome registers (手术、病理、随访) as IncomingOutcome values; the report each means is found later."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from reports.intake import cells, kinds, moments
from reports.intake.cells import Unreadable
from reports.intake.checks import check_not_ahead
from reports.intake.headers import Head, meaning, missing
from reports.intake.refusing import CellRefused, RowRefused
from reports.intake.rows import Rows
from reports.intake.sheets import tables_of
from reports.intake.values import LIMITS, IncomingOutcome, ReadOutcomes
from spreadsheets import Cell, FileRefused, Row


def read_outcomes(
    data: bytes,
    file_name: str,
    *,
    mapping: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    today: date | None = None,
) -> ReadOutcomes:
    """All outcomes of a CSV or XLSX file, in file order. Raises FileRefused when the file cannot be read."""
    tables = tables_of(data, file_name, "outcomes", mapping)
    head = tables.head
    implied = implied_kind(head)
    lacking = [
        name for name in missing(head.mapping.values(), "outcomes") if not (implied and name == "结局来源")
    ]
    if lacking:
        shown = "、".join(label for label in head.labels if label)
        raise FileRefused(
            f"缺少必需的列：{'、'.join(lacking)}。第{head.row}行的表头为：{shown}。"
            "请在导入页面为这份文件指定对应的列，或补齐这些列后重新导入。"
        )
    outcomes: list[IncomingOutcome] = []
    total = sum(len(rows.head.sheet.rows) for rows in tables.rows)
    every = ((rows, row) for rows in tables.rows for row in rows)
    for done, (rows, row) in enumerate(every, 1):
        try:
            outcomes.append(_read(rows.head, row, implied, rows, today))
        except RowRefused as refused:
            rows.refuse(row, *refused.args)
        except CellRefused as refused:
            rows.refuse_unreadable(row, *refused.args)
        if progress and done % 1000 == 0:
            progress(done, total)
    return ReadOutcomes(
        outcomes=tuple(outcomes),
        **tables.facts,
    )


def implied_kind(head: Head) -> str | None:
    """A register without a kind column may name its kind in the head of the text: 病理诊断, 手术所见."""
    return None if head.columns("kind") else _kind_of_heads(head.labels[i] for i in head.columns("text"))


def _kind_of_heads(labels: Iterable[str]) -> str | None:
    return kinds.strongest(kinds.outcome_kind(label) for label in labels if meaning(label, "outcomes"))


def _read(head: Head, row: Row, implied: str | None, rows: Rows, today: date | None) -> IncomingOutcome:
    texts = _texts(head, row)
    text = _one_text(texts)
    number = _value(head, row, "accession_number", cells.identifier)
    kind_label, kind = _kind(head, row, _kind_of_heads(texts) if implied else None)
    observed = _day(head, row, "observed_on")
    if not text:
        raise RowRefused(
            _label(head, "text"),
            "",
            "结局内容",
            "结局内容为空，没有可供评判的结果。请补齐后重新导入。",
            "no_text",
        )
    if observed is None:
        label = _label(head, "observed_on")
        raise RowRefused(
            label, "", "结局日期", "结局日期为空。请补齐如2025-09-08的日期后重新导入。", "invalid_date"
        )
    if kind is None:
        found = f"结局来源“{kind_label}”无法归类。请改为" if kind_label else "结局来源为空。请填写下列之一"
        reason = f"{found}：{kinds.OUTCOME_KINDS}。"
        raise RowRefused(_label(head, "kind"), kind_label, kinds.OUTCOME_KINDS, reason, "unknown_kind")
    examined = _day(head, row, "examined_on")
    check_not_ahead({"examined_on": examined, "observed_on": observed}, head, today)
    values = {
        "accession_number": number,
        "patient_id": _value(head, row, "patient_id", cells.identifier),
        "patient_name": _value(head, row, "patient_name", cells.name),
        "recorded_by": _value(head, row, "recorded_by", cells.name),
    }
    for name, value in (*values.items(), ("text", text)):
        if value and len(value) > LIMITS[name]:
            label = _label(head, name)
            reason = (
                f"“{label}”有{len(value)}个字，上限为{LIMITS[name]}个，多半是列已错位。请核对后重新导入。"
            )
            raise RowRefused(label, value[:40], f"不超过{LIMITS[name]}个字", reason, "too_long")
    return IncomingOutcome(
        row=row.number,
        kind=kind,
        observed_on=observed,
        text=text,
        examined_on=examined,
        extra=rows.others(row),
        **values,
    )


def _texts(head: Head, row: Row) -> dict[str, str]:
    """What each text column of the row says, by its header, the plainest first; empty ones are left out."""
    found: dict[str, str] = {}
    for place in head.columns("text"):
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            text = cells.text(cell)
        except Unreadable as error:
            raise CellRefused(head.labels[place], cell, error) from error
        if text and text not in found.values():
            found[head.labels[place]] = text
    return found


def _one_text(texts: Mapping[str, str]) -> str:
    """One text as it stands; several each under its header."""
    return "\n".join(
        texts.values() if len(texts) < 2 else (f"{label}：{text}" for label, text in texts.items())
    )


def _kind(head: Head, row: Row, implied: str | None) -> tuple[str, str | None]:
    given = _value(head, row, "kind", cells.line) or ""
    return given, kinds.outcome_kind(given) if given else implied


def _day(head: Head, row: Row, name: str) -> date | None:
    value: date | None = _value(head, row, name, moments.day)
    return value


def _value(head: Head, row: Row, name: str, reader: Callable[[Cell], Any]) -> Any:
    """The first column of the field that says anything; None when there is none."""
    for place in head.columns(name):
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            value = reader(cell)
        except Unreadable as error:
            raise CellRefused(head.labels[place], cell, error) from error
        if value not in ("", None):
            return value
    return None


def _label(head: Head, name: str) -> str:
    return next((head.labels[i] for i in head.columns(name)), name)
