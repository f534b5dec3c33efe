"""Values of a register that no rule explains, for a person to explain: each with its rows.

A value that would refuse its rows is unknown, as is a title that names no profession: it may be a code.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from spreadsheets import Row
from staff.intake import words
from staff.intake.cells import Unreadable
from staff.intake.certificates import proves_nothing, subject
from staff.intake.headers import Table, shown
from staff.intake.register import rows_of
from staff.intake.rows import RowReader

EXAMPLES = 3
# Values that a person may choose; those of `record_type` are the kinds of record of this installation.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "person_kind": ("医师", "技师"),
    "title": (
        *("主任医师", "副主任医师", "主治医师", "住院医师", "医师"),
        *("主任技师", "副主任技师", "主管技师", "技师", "技士"),
    ),
    "record_type": (),
    "modalities": ("DR", "CT", "MRI"),
    "result": ("合格", "不合格"),
    "status": ("有效", "视同通过", "未通过"),
}
_PROFESSION = re.compile(r"[医技药护教]|师|主任|主治|大夫|工程|研究|助理")


@dataclass(frozen=True)
class UnknownValue:
    """A value without an explanation: its field, its number of rows, and the first of them."""

    field: str
    text: str
    count: int
    rows: tuple[int, ...]


def unknown_values(
    tables: Iterable[Table],
    types: Mapping[str, str],
    given: Mapping[str, Mapping[str, str | None]] | None = None,
) -> tuple[UnknownValue, ...]:
    """The unknown values of these tables and those that a person explained, the most frequent first.

    The tables are read without the explanations; `types` as in `read_register`.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for table in tables:
        for row in rows_of(table):
            for field, text in _texts(table, row):
                explained = text in (given or {}).get(field, {})
                if explained or not _IS_KNOWN[field](text, RowReader(table, row, types)):
                    found.setdefault((field, text), []).append(row.number)
    order = list(VOCABULARY)
    values = [UnknownValue(*key, len(rows), tuple(rows[:EXAMPLES])) for key, rows in found.items()]
    return tuple(sorted(values, key=lambda v: (order.index(v.field), -v.count, v.text)))


def vocabulary(types: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """The values to choose from, with the kinds of record by their Chinese names."""
    return {**VOCABULARY, "record_type": tuple(types)}


def _texts(table: Table, row: Row) -> Iterable[tuple[str, str]]:
    for field in VOCABULARY:
        place = table.columns.get(field)
        if place is None or place >= len(row.cells) or row.problem:
            continue
        if text := shown(row.cells[place]):
            yield field, text


def _is_result(text: str, _: RowReader) -> bool:
    try:
        words.result(text)
    except Unreadable:
        return False
    return True


def _is_record_type(text: str, reader: RowReader) -> bool:
    known = any(text in name or name in text for name in reader.types)
    return known or proves_nothing(text) or subject(text) is not None


_IS_KNOWN: Mapping[str, Callable[[str, RowReader], bool]] = {
    "person_kind": lambda _, reader: reader.names_its_kind(),
    "title": lambda text, _: _PROFESSION.search(text) is not None,
    "record_type": _is_record_type,
    "modalities": lambda text, _: bool(words.modalities(text)[0]),
    "result": _is_result,
    "status": lambda text, reader: _is_result(text, reader) or bool(re.search("过期|到期|失效", text)),
}
