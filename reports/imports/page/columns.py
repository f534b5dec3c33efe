"""Suggested meanings of the columns of an uploaded file, for a person to confirm before the import."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from exporting.masking import mask_id, mask_in_text, mask_name
from reports.domain.people import RegisteredPeople
from reports.intake.cells import shown
from reports.intake.headers import is_unwanted, meaning, missing
from reports.intake.heads import Head
from reports.intake.labels import LABELS_OF
from reports.intake.layout import understand_head
from reports.intake.mapping import FileMapping
from reports.intake.registers import implied_kind
from reports.intake.rows import Rows
from reports.intake.twins import differing_twins
from spreadsheets import Row, Sheet, sheets_of
from staff.intake.labels import LABELS as REGISTER_LABELS

SAMPLES = 3
_NO_SHEET = Sheet("", (), "")


@dataclass(frozen=True)
class ColumnRow:
    """One column: its header, the field (a form's bound field once `with_form` was called), first values."""

    header: str
    field: Any
    errors: Any
    samples: tuple[str, ...]
    why: str = ""


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

    def missing_from(self, mapping: Mapping[str, str], constants: Iterable[str] = ()) -> list[str]:
        """A sentence for every needed column that `mapping` lacks; empty when the file can be read."""
        lacking = [
            n
            for n in missing((*mapping.values(), *constants), self.kind)
            if not (self.implies_kind and n == "结局来源")
        ]
        return [f"还没有指定“{name}”是哪一列；没有这一列无法导入。" for name in lacking]

    def with_form(self, form: Any) -> "Columns":
        """The same with each row's field and errors taken from the mapping form (fields c0, c1, …)."""
        bound = (
            replace(row, field=form[f"c{i}"], errors=form[f"c{i}"].errors) for i, row in enumerate(self.rows)
        )
        return replace(self, rows=tuple(bound))


def columns_of(
    content: bytes,
    file_name: str,
    kind: str,
    remembered: Mapping[str, Any] | FileMapping | None = None,
) -> Columns:
    """Recognise the columns of a file. Raises FileRefused when it cannot be read or has no header."""
    return columns_in(sheets_of(content, file_name), kind, remembered)


def columns_in(
    sheets: Sequence[Sheet],
    kind: str,
    remembered: Mapping[str, Any] | FileMapping | None = None,
    people: RegisteredPeople | None = None,
) -> Columns:
    """Recognise the columns of a file that was read, with the people of the register as evidence.

    Headers with several possible meanings are listed in `ambiguous` and get no suggestion.
    """
    head = understand_head(sheets, kind, remembered, people)
    open_twins = [name for plain, twin, _ in differing_twins(head, Rows(head)) for name in (plain, twin)]
    suggested = {label: field for label, field in head.mapping.items() if label not in open_twins}
    first = [_masked(head, row) for row in islice(Rows(head), 50)]
    rows = []
    for place, label in enumerate(head.labels):
        if label:
            values = (row[place][:60] for row in first if place < len(row))
            samples = tuple(islice(filter(None, values), SAMPLES))
            why = head.evidence.get(label) or head.doubts.get(label, "")
            rows.append(ColumnRow(label, suggested.get(label, ""), "", samples, why))
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


def identity_in(head: Head, texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The patient's name and numbers in the cells of a row, also where their columns are not imported."""
    found: dict[str, list[str]] = {"patient_name": [], "patient_id": []}
    for label, text in zip(head.labels, texts, strict=False):
        for field in _fields(head, label) & set(found):
            found[field].append(text)
    return next(filter(None, found["patient_name"]), ""), tuple(filter(None, found["patient_id"]))


def _fields(head: Head, label: str) -> set[str]:
    """What a column holds by its mapping or, where it has none, by its header."""
    return set((head.mapping.get(label) or meaning(label, "reports")).split("+"))


def _masked(head: Head, row: Row) -> list[str]:
    """A row as the page may show it: the patient is hidden in every column (docs/quality.md A3)."""
    texts = [shown(cell) for cell in row.cells]
    name, ids = identity_in(head, texts)
    masks: dict[str, Callable[[str], str]] = {
        "patient_name": mask_name,
        "patient_id": mask_id,
        "birth_on": lambda day: f"{day[:4]}…",
    }
    hidden = []
    for place, text in enumerate(texts):
        label = head.labels[place] if place < len(head.labels) else ""
        fields = _fields(head, label)
        mask = masks.get(next(iter(fields)))
        if text and (is_unwanted(label) or (len(fields) > 1 and fields & set(masks))):
            hidden.append("（已隐藏）")
        else:
            hidden.append(mask(text) if mask else mask_in_text(text, name, ids))
    return hidden


def masked_cells(
    kind: str, labels: Sequence[str], mapping: Mapping[str, str], cells: Sequence[str]
) -> list[tuple[str, str]]:
    """(header, content) of the filled cells of a row, with the patient masked in each.

    Empty without headers, because then the cell with the patient's name is not known.
    """
    if not labels:
        return []
    head = Head(kind, _NO_SHEET, 0, tuple(labels), mapping)
    shown_cells = _masked(head, Row(0, tuple(cells)))
    named = zip_longest(labels[: len(cells)], shown_cells, fillvalue="")
    return [(label or "（无表头）", text) for label, text in named if text]


def labels(kind: str) -> Mapping[str, str]:
    """Field → Chinese name of everything a column of this kind of file may be."""
    return REGISTER_LABELS if kind == "staff" else LABELS_OF[kind]


def label_of(field: str, kind: str) -> str:
    """The Chinese name of a mapped field; 性别+年龄 for a combined column."""
    return "+".join(labels(kind).get(name, name) for name in field.split("+"))


def _choices(kind: str, suggested: Any) -> list[tuple[str, str]]:
    combined = dict.fromkeys(field for field in suggested if "+" in field)
    return [*labels(kind).items(), *((field, label_of(field, kind)) for field in combined)]
