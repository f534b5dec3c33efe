"""The first rows of a file and the writings of its short columns: enough to try a mapping without rereading.

A file of 100,000 rows takes seconds to read; a person who maps it asks a dozen times what each choice does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.intake.heads import writing
from spreadsheets import Cell, Sheet

FIRST_ROWS = 220  # a head stands in the first 60, a legend in 200
MOST_WRITINGS = 200  # a column of more is free text or numbers, no vocabulary
LONGEST = 60
EXAMPLES = 3


@dataclass(frozen=True)
class Seen:
    """A writing of a column: how many rows have it, and the first of them."""

    text: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Outline:
    """`sheets` hold the first rows; `seen` is (sheet's place, column's place) → its writings in all rows."""

    sheets: tuple[Sheet, ...]
    seen: Mapping[tuple[int, int], tuple[Seen, ...]]

    def writings(self, sheet: Sheet, place: int) -> tuple[Seen, ...]:
        """What stands in a column of one of `sheets`; nothing for a column of free text."""
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
