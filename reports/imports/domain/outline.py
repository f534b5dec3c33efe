"""The first rows of a file and the distinct values of its short columns.

Enough to try a mapping without reading the file again: 100,000 rows take seconds to read, and a person who
maps the columns tries a dozen choices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.intake.writings import Seen, seen_in
from spreadsheets import Sheet

FIRST_ROWS = 220  # a header is within the first 60 rows, a legend within 200
LONGEST = 60


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
            if found := tuple(one for one in seen_in(sheet.rows, place) if len(one.text) <= LONGEST):
                seen[at, place] = found
    return Outline(tuple(replace(sheet, rows=sheet.rows[:FIRST_ROWS]) for sheet in sheets), seen)
