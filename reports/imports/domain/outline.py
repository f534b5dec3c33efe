"""The first rows of a file and the distinct values of its short columns.

Enough to try a mapping without reading the file again: 100,000 rows take seconds to read, and a person who
maps the columns tries a dozen choices.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.intake.heads import writing
from spreadsheets import Cell, Sheet

FIRST_ROWS = 220  # a header is within the first 60 rows, a legend within 200
MOST_WRITINGS = 200  # a column with more distinct values is free text or numbers
LONGEST = 60
EXAMPLES = 3


@dataclass(frozen=True)
class Seen:
    """A distinct value of a column: in how many rows it occurs, and the first of them."""

    text: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Outline:
    """`sheets`: the first rows; `seen`: (sheet index, column index) → distinct values in all rows."""

    sheets: tuple[Sheet, ...]
    seen: Mapping[tuple[int, int], tuple[Seen, ...]]

    def writings(self, sheet: Sheet, place: int) -> tuple[Seen, ...]:
        """The distinct values in a column of one of `sheets`; empty for a column of free text."""
        at = next(i for i, one in enumerate(self.sheets) if one is sheet)
        return self.seen.get((at, place), ())


def outline_of(sheets: Sequence[Sheet]) -> Outline:
    """The outline of a file that was read."""
    seen = {}
    for at, sheet in enumerate(sheets):
        for place in range(max((len(row.cells) for row in sheet.rows), default=0)):
            if found := _writings(sheet, place):
                seen[at, place] = found
    return Outline(tuple(replace(sheet, rows=sheet.rows[:FIRST_ROWS]) for sheet in sheets), seen)


def _writings(sheet: Sheet, place: int) -> tuple[Seen, ...]:
    counts: Counter[Cell] = Counter()
    first: dict[Cell, tuple[int, ...]] = {}
    for row in sheet.rows:
        if place < len(row.cells):
            cell = row.cells[place]
            counts[cell] += 1
            if counts[cell] <= EXAMPLES:
                first[cell] = (*first.get(cell, ()), row.number)
            if len(counts) > MOST_WRITINGS:
                return ()
    texts = {cell: writing(cell) for cell in counts}
    merged: dict[str, Seen] = {}
    for cell, text in texts.items():
        if text and len(text) <= LONGEST:
            old = merged.get(text, Seen(text, 0, ()))
            rows = tuple(sorted((*old.rows, *first[cell])))[:EXAMPLES]
            merged[text] = Seen(text, old.count + counts[cell], rows)
    return tuple(merged.values())
