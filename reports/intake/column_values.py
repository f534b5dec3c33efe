"""What stands under a header decides where its own words leave it open: 检出 over times is their time."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from reports.intake import moments
from reports.intake.cells import Unreadable
from reports.intake.headers import Head, is_counter, meaning, rank
from reports.intake.joining import TIMES
from spreadsheets import Cell

_LOOK_AT = 50  # filled cells of a column
_MOST = 0.8


def with_bare_times(head: Head) -> Head:
    """The head with those unknown columns that hold times and would be known by their word and 时间."""
    found: list[tuple[int, str, str]] = []
    for place, label in enumerate(head.labels):
        named = next((n for n in (f"{label}时间", f"{label} time") if meaning(n, head.kind) in TIMES), "")
        if label and named and label not in head.mapping and _holds_times(head, place):
            field = meaning(named, head.kind)
            found.append((rank(named, field, head.kind), label, field))
    mapping = dict(head.mapping)
    for _, label, field in sorted(found, key=lambda each: each[0]):
        if field not in mapping.values():
            mapping[label] = field
    return replace(head, mapping=mapping) if found else head


def unused_columns(head: Head) -> tuple[str, ...]:
    """Headers of columns that hold data and have no meaning here; a mere counter of rows is none."""
    labels = head.labels
    wanted = [
        i for i, label in enumerate(labels) if label and label not in head.mapping and not is_counter(label)
    ]
    return tuple(labels[i] for i in wanted if next(_filled(head, i), None) is not None)


def _holds_times(head: Head, place: int) -> bool:
    cells = list(islice(_filled(head, place), _LOOK_AT))
    return bool(cells) and sum(map(_is_time, cells)) >= _MOST * len(cells)


def _filled(head: Head, place: int) -> Iterator[Cell]:
    for row in head.sheet.rows:
        if row.number > head.row and not row.problem and place < len(row.cells):
            cell = row.cells[place]
            if not isinstance(cell, str) or cell.strip():
                yield cell


def _is_time(cell: Cell) -> bool:
    try:
        return moments.moment(cell) is not None
    except Unreadable:
        return False
