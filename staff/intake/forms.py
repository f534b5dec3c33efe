"""A form per person (人员档案卡), labels with values beside or behind them, read as a table of one row."""

import re
from collections.abc import Iterator
from itertools import pairwise

from spreadsheets import Cell, Row, Sheet
from staff.intake.certificates import is_property_alone, subject
from staff.intake.headers import Table, kind_of, meaning, meanings, shown
from staff.intake.mapping import NO_MAPPING, RegisterMapping

_MOST_ROWS = 200
_NAME = re.compile(r"[\u3400-\u9fff·\s]{2,10}|[A-Za-z][A-Za-z .'-]+")

_COLON = re.compile(r"([^\s:：]+)[:：]\s*([^:：]*?)(?=\s+[^\s:：]+[:：]|$)")
_OF_ROWS = (
    "trained_on",
    "number",
    "valid_until",
    "issuer",
    "organiser",
    "result",
    "days",
    "status",
    "remark",
)

Pair = tuple[int, str, Cell]  # row, label, value


def form_tables(sheet: Sheet, mapping: RegisterMapping = NO_MAPPING) -> tuple[Table, ...]:
    """The people of a sheet of forms, each as a table of one row; nothing for any other sheet."""
    rows = [row for row in sheet.rows if not row.is_blank]
    if not _is_form(rows):
        return ()
    titles = " ".join(shown(cell) for cell in rows[0].cells)
    return tuple(_table(sheet, titles, pairs, mapping) for pairs in _people(rows))


def _is_form(rows: list[Row]) -> bool:
    """Is a name beside its label, and below that label another one?"""
    if len(rows) > _MOST_ROWS:
        return False
    for row, below in pairwise(rows):
        for place, cell in enumerate(row.cells):
            if any(meaning(label) == "full_name" for label, value in _written(shown(cell)) if value):
                return True
            if meaning(shown(cell)) != "full_name":
                continue
            value = _value(row, place)
            under = shown(below.cells[place]) if place < len(below.cells) else ""
            return bool(_NAME.fullmatch(shown(value))) and _is_label(under)
    return False


def _is_label(text: str) -> bool:
    return bool(text) and bool(meaning(text) or subject(text) or is_property_alone(text))


def _value(row: Row, place: int) -> Cell:
    """The value beside a label; for a label merged over two cells, one column further."""
    texts = [shown(cell) for cell in row.cells[place + 1 : place + 4]] + [""] * 3
    cells = [*row.cells[place + 1 : place + 3], "", ""]
    if texts[0]:
        # 职称 | 技师, 考核结果 | 合格: a value may read like a label, but then a label or nothing follows.
        is_value = not _is_label(texts[0]) or not texts[1] or _is_label(texts[1])
        return cells[0] if is_value else ""
    if not _is_blank(cells[0]):
        return cells[0]  # unreadable: refused under its label
    return "" if _is_label(texts[1]) else cells[1]


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _people(rows: list[Row]) -> Iterator[list[Pair]]:
    """The labels and values of each person: a name begins the next one."""
    pairs: list[Pair] = []
    for row in rows:
        for pair in _pairs(row):
            if meaning(pair[1]) == "full_name" and any(
                meaning(label) == "full_name" for _, label, _ in pairs
            ):
                yield pairs
                pairs = []
            pairs.append(pair)
    yield pairs


def _written(text: str) -> list[tuple[str, str]]:
    """The labels and values of one cell, `姓名：甲  工号：D1`; nothing where it starts with no label."""
    found = [(m[1], m[2].strip()) for m in _COLON.finditer(text)]
    return found if found and _is_label(found[0][0]) else []


def _pairs(row: Row) -> Iterator[Pair]:
    taken = -1
    for place, cell in enumerate(row.cells):
        label = shown(cell)
        if not label or place <= taken:
            continue
        if written := _written(label):
            # 姓名： may have its value in the next cell.
            if len(written) == 1 and not written[0][1]:
                label = written[0][0]
            else:
                yield from ((row.number, name, value) for name, value in written)
                continue
        value: Cell = ""
        if _is_label(label):
            value = _value(row, place)
            taken = next((i for i in range(place + 1, len(row.cells)) if row.cells[i] is value), place)
        yield row.number, label, value


def _table(sheet: Sheet, titles: str, pairs: list[Pair], mapping: RegisterMapping) -> Table:
    labels = tuple(label for _, label, _ in pairs)
    # A property that belongs to no certificate is the form's own: the day of the signature.
    columns = {
        field: place
        for field, place in meanings(labels, mapping.of_columns(labels, sheet.name)).items()
        if field not in _OF_ROWS and not _is_blank(pairs[place][2])
    }
    number = next((row for row, label, _ in pairs if meaning(label) == "full_name"), 1)
    row = Row(number, tuple(value for _, _, value in pairs))
    kind = kind_of(set(columns), sheet.name, titles)
    kind = kind or kind_of({*columns, *mapping.constants}, sheet.name, titles)
    return Table(kind, sheet, labels, columns, (row,), mapping=mapping)
