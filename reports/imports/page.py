"""What the columns of an uploaded file seem to mean, for a person to confirm before anything is read in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from exporting.masking import mask_id, mask_in_text, mask_name
from reports.intake.cells import shown
from reports.intake.headers import is_unwanted, missing
from reports.intake.heads import Head
from reports.intake.labels import LABELS_OF
from reports.intake.layout import understand_head
from reports.intake.registers import implied_kind
from reports.intake.rows import Rows, differing_twins
from spreadsheets import Row, sheets_of

SAMPLES = 3


@dataclass(frozen=True)
class ColumnRow:
    """One column: its header, the field (a form's bound field once `with_form` was called), first values."""

    header: str
    field: Any
    errors: Any
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The columns of a file: `suggested` is header → field, `choices` what a column may be, in that order."""

    kind: str
    headers: list[str]
    rows: tuple[ColumnRow, ...]
    choices: list[tuple[str, str]]
    suggested: dict[str, str]
    ambiguous: tuple[str, ...]
    encoding: str
    header_row: int
    implies_kind: bool = False

    def missing_from(self, mapping: Mapping[str, str]) -> list[str]:
        """A sentence for every needed column that `mapping` lacks; empty when the file can be read."""
        lacking = [
            n for n in missing(mapping.values(), self.kind) if not (self.implies_kind and n == "结局来源")
        ]
        return [f"还没有指定“{name}”是哪一列；没有这一列无法导入。" for name in lacking]

    def with_form(self, form: Any) -> "Columns":
        """The same with each row's field and errors taken from the mapping form (fields c0, c1, …)."""
        bound = (
            replace(row, field=form[f"c{i}"], errors=form[f"c{i}"].errors) for i, row in enumerate(self.rows)
        )
        return replace(self, rows=tuple(bound))


def columns_of(
    content: bytes, file_name: str, kind: str, remembered: Mapping[str, str] | None = None
) -> Columns:
    """Recognise the columns of a file. Raises FileRefused when it cannot be read or has no head.

    Headers whose meaning cannot be told apart are listed in `ambiguous` and suggested as nothing.
    """
    head = understand_head(sheets_of(content, file_name), kind, remembered)
    open_twins = [name for plain, twin, _ in differing_twins(head, Rows(head)) for name in (plain, twin)]
    suggested = {label: field for label, field in head.mapping.items() if label not in open_twins}
    first = [_masked(head, row) for row in islice(Rows(head), 50)]
    rows = []
    for place, label in enumerate(head.labels):
        if label:
            values = (row[place][:60] for row in first if place < len(row))
            samples = tuple(islice(filter(None, values), SAMPLES))
            rows.append(ColumnRow(label, suggested.get(label, ""), "", samples))
    return Columns(
        kind=kind,
        headers=[row.header for row in rows],
        rows=tuple(rows),
        choices=_choices(kind, suggested.values()),
        suggested=suggested,
        ambiguous=tuple(dict.fromkeys(open_twins)),
        encoding=head.sheet.encoding,
        header_row=head.row,
        implies_kind=kind == "outcomes" and implied_kind(head) is not None,
    )


def _identity(cells: Sequence[Any], headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, str]:
    """The patient's name and number as they stand in a row, "" where no column is known to hold them."""
    given = {mapping.get(label): shown(cell) for label, cell in zip(headers, cells, strict=False)}
    return given.get("patient_name", ""), given.get("patient_id", "")


def _sample(value: str, field: str, name: str, number: str) -> str:
    """A cell as a sample may show it: identity masked, in its own column and inside other texts."""
    masks = {"patient_name": mask_name, "patient_id": mask_id}
    return masks[field](value) if field in masks else mask_in_text(value, name, (number,))


def _masked(head: Head, row: Row) -> list[str]:
    """A row as the page may show it: the patient is hidden in every column (docs/quality.md A3)."""
    texts = [shown(cell) for cell in row.cells]
    names, ids = (
        [texts[i] for i in head.columns(f) if i < len(texts)] for f in ("patient_name", "patient_id")
    )
    masks = {"patient_name": mask_name, "patient_id": mask_id, "birth_on": lambda day: f"{day[:4]}…"}
    hidden = []
    for place, text in enumerate(texts):
        label = head.labels[place] if place < len(head.labels) else ""
        mask = masks.get(head.mapping.get(label, ""))
        if text and (is_unwanted(label) or "+" in head.mapping.get(label, "")):
            hidden.append("（已隐藏）")
        else:
            hidden.append(mask(text) if mask else mask_in_text(text, "".join(names[:1]), tuple(ids)))
    return hidden


def labels(kind: str) -> dict[str, str]:
    """Field → Chinese name of everything a column of this kind of file may be."""
    return LABELS_OF[kind]


def label_of(field: str, kind: str) -> str:
    """The Chinese name of a mapped field; 性别+年龄 for a combined column."""
    return "+".join(labels(kind).get(name, name) for name in field.split("+"))


def _choices(kind: str, suggested: Any) -> list[tuple[str, str]]:
    combined = dict.fromkeys(field for field in suggested if "+" in field)
    return [*labels(kind).items(), *((field, label_of(field, kind)) for field in combined)]
