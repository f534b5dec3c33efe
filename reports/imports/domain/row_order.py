"""The order in which the rows of a file are imported."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


def repeated(rows: Sequence[Any]) -> dict[str, list[int]]:
    """Accession number → its places, for numbers that occur in several rows."""
    counts = Counter(row.accession_number for row in rows)
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if counts[row.accession_number] > 1:
            places[row.accession_number].append(place)
    return places


def earliest_first(rows: Sequence[Any], places: Mapping[str, Sequence[int]]) -> list[Any]:
    """Rows in file order, but versions of one report by time: some exports list the newest first.

    `places`: those of numbers that occur in several rows.
    """
    ordered = list(rows)
    for given in places.values():
        again = sorted((rows[i] for i in given), key=lambda r: r.reported_at or datetime.min)
        for place, row in zip(given, again, strict=True):
            ordered[place] = row
    return ordered
