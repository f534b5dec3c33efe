"""The first row of a file as it would be imported under a mapping, with empty fields marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.utils.html import format_html

from exporting.masking import mask_id, mask_in_text, mask_name
from reports.imports.page.columns import identity_in
from reports.intake import kinds
from reports.intake.cells import shown
from reports.intake.heads import Head
from reports.intake.joining import split_text
from reports.intake.kinds import outcome_word
from reports.intake.labels import LABELS_OF
from reports.intake.layout import Layout, understand
from reports.intake.mapping import FileMapping
from reports.intake.outcomes import outcomes_of
from reports.intake.reading import RowReader
from reports.intake.refusing import CellRefused, RowRefused
from reports.intake.rows import Rows
from spreadsheets import FileRefused, Row, Sheet

# What Table A.1 shows; the other fields are listed below it.
_OF_A1 = (
    "accession_number",
    "patient_name",
    "sex",
    "age",
    "requesting_department",
    "clinical_diagnosis",
    "examination_name",
    "examined_at",
    "technique",
    "findings",
    "impression",
    "reporting_physician",
    "reviewing_physician",
    "reported_at",
)
_NOT_SHOWN = ("report_text", "age_unit", "report_title", "institution_name")
_NO_COLUMN, _EMPTY = "未对应列", "此行为空"


@dataclass(frozen=True)
class Box:
    """One field of the first row: its label and its value, or why it is empty."""

    label: str
    text: Any
    is_empty: bool


@dataclass(frozen=True)
class Preview:
    """The first row as it would be imported: `report` for Table A.1, `boxes` for the fields beside it.

    `empty` names what Table A.1, or the kind of file, has a box for and the row does not fill.
    """

    row: int = 0
    report: SimpleNamespace | None = None
    boxes: tuple[Box, ...] = ()
    empty: tuple[str, ...] = ()
    problem: str = ""


class _Lenient(RowReader):
    """Row reader that accepts a row without its number, so that the other fields can be shown."""

    needs_accession = False


def preview_of(sheets: Sequence[Sheet], kind: str, mapping: FileMapping) -> Preview:
    """The first row of the first table that is neither skipped nor excluded by the mapping."""
    try:
        layout = understand(sheets, kind, mapping)
    except FileRefused as refused:
        return Preview(problem=str(refused))
    found = _first(layout)
    if found is None:
        return Preview(problem="按现在的对应，前面各行中没有可以导入的行。")
    rows, row = found
    values, problem = _values(rows, row)
    if kind == "outcomes" and not values["kind"]:
        values["kind"] = _kind_of(layout, row)
    texts = _masked(values, *identity_in(rows.head, [shown(cell) for cell in row.cells]))
    boxes = {
        name: _box(label, name, texts.get(name, ""), rows.head) for name, label in LABELS_OF[kind].items()
    }
    if kind != "reports":
        return Preview(row.number, None, tuple(boxes.values()), _empty(boxes.values()), problem)
    others = tuple(box for name, box in boxes.items() if name not in (*_OF_A1, *_NOT_SHOWN))
    empty = _empty(boxes[name] for name in _OF_A1)
    return Preview(row.number, _report(boxes, texts), others, empty, problem)


def _first(layout: Layout) -> tuple[Rows, Row] | None:
    return next(((rows, row) for rows in layout.tables for row in rows), None)


def _kind_of(layout: Layout, row: Row) -> str:
    """The kind of outcome that the words of the head or title give the row, "" if they give none."""
    try:
        outcomes = outcomes_of(layout).outcomes
    except FileRefused:
        return ""
    return next((outcome_word(one.kind) for one in outcomes if one.row == row.number), "")


def _values(rows: Rows, row: Row) -> tuple[dict[str, Any], str]:
    """Field → value of the row, and why it would be refused ("" if it is not)."""
    raw = {name: _raw(rows.head, row, name) for name in LABELS_OF[rows.head.kind]}
    if rows.head.kind == "outcomes":
        return raw, ""
    try:
        read = _Lenient(rows.head).values(row)
        split_text(read)
    except RowRefused as refused:
        rows.refuse(row, *refused.args)
    except CellRefused as refused:
        rows.refuse_unreadable(row, *refused.args)
    else:
        if rows.head.kind == "reports":
            read["modality"] = _modality(read, raw)
        return raw | {name: value for name, value in read.items() if value is not None}, ""
    return raw, rows.refusals[-1].reason


def _raw(head: Head, row: Row, name: str) -> str:
    cells = (shown(head.cell(row, place)).strip() for place in head.columns(name))
    return next(filter(None, cells), "") or head.constants.get(name, "")


def _modality(read: Mapping[str, Any], raw: Mapping[str, str]) -> str:
    named = (raw["modality"], read.get("examination_name"), read.get("body_part"))
    return next((kind for text in named if text and (kind := kinds.kind_of(text))), raw["modality"])


def _masked(values: Mapping[str, Any], name: str, numbers: Sequence[str]) -> dict[str, str]:
    """The values as texts, the patient hidden in every one (docs/quality.md A3)."""
    texts = {name: _text(value, values.get(f"{name}_precision", "")) for name, value in values.items()}
    name, number = texts.get("patient_name") or name, texts.get("patient_id", "")
    hidden = {field: mask_in_text(text, name, (number, *numbers)) for field, text in texts.items()}
    return hidden | {
        "patient_name": mask_name(texts.get("patient_name")),
        "patient_id": mask_id(number),
        "birth_on": f"{texts['birth_on'][:4]}…" if texts.get("birth_on") else "",
    }


def _text(value: Any, precision: str) -> str:
    if isinstance(value, datetime):
        is_day = precision == "day"
        return value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _box(label: str, name: str, text: str, head: Head) -> Box:
    if text:
        return Box(label, text, is_empty=False)
    parts = ("report_text",) if name in ("findings", "impression", "technique") else ()
    given = head.fields & {name, *parts} or name in head.constants
    return Box(
        label, format_html('<mark class="blank">{}</mark>', _EMPTY if given else _NO_COLUMN), is_empty=True
    )


def _empty(boxes: Any) -> tuple[str, ...]:
    return tuple(box.label for box in boxes if box.is_empty)


def _report(boxes: Mapping[str, Box], texts: Mapping[str, str]) -> SimpleNamespace:
    """The values for components/_report_a1.html."""
    values = {name: boxes[name].text for name in _OF_A1}
    return SimpleNamespace(
        **values,
        examined_at_text=values["examined_at"],
        reported_at_text=values["reported_at"],
        report_title=texts.get("report_title", ""),
        institution_name=texts.get("institution_name", ""),
    )
