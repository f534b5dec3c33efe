"""The distinct values of a column with their rows, and those of them that nothing explains."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.intake.heads import Head, writing
from spreadsheets import Cell, Row

MOST_WRITINGS = 200  # a column with more distinct values is free text or numbers
EXAMPLES = 3


@dataclass(frozen=True)
class Seen:
    """A distinct value of a column: in how many rows it occurs, and the first of them."""

    text: str
    count: int
    rows: tuple[int, ...]


def seen_in(rows: Sequence[Row], place: int) -> tuple[Seen, ...]:
    """The distinct values in the column at index `place`; none of a column of free text."""
    counts: Counter[Cell] = Counter()
    first: dict[Cell, tuple[int, ...]] = {}
    for row in rows:
        if place < len(row.cells):
            cell = row.cells[place]
            counts[cell] += 1
            if counts[cell] <= EXAMPLES:
                first[cell] = (*first.get(cell, ()), row.number)
                if len(counts) > MOST_WRITINGS:
                    return ()
    merged: dict[str, Seen] = {}
    for cell, count in counts.items():
        if text := writing(cell):
            old = merged.get(text, Seen(text, 0, ()))
            merged[text] = Seen(text, old.count + count, tuple(sorted((*old.rows, *first[cell])))[:EXAMPLES])
    return tuple(merged.values())


def unknown_in(
    head: Head, place: int, values: Iterable[Seen], is_known: Callable[[str, Seen], bool]
) -> Iterator[Seen]:
    """Those of a column's values whose meaning by its legend, or else themselves, nothing knows.

    `is_known` is asked for the meaning; a value that a person's mapping leaves out is known.
    """
    for seen in values:
        said = writing(head.translated(place, seen.text))
        if said and not is_known(said, seen):
            yield seen
