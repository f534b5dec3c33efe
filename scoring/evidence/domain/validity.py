"""Validity of a document: from a day until a day, both included. Pure: the day is always given."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Coverage = Literal["whole", "part", "none"]


@dataclass(frozen=True)
class Validity:
    """`first` None: on no day (withdrawn). `last` None: without an end."""

    first: date | None
    last: date | None

    def on(self, day: date) -> bool:
        """Whether it is valid on the day; first and last day included."""
        return self.first is not None and self.first <= day and (self.last is None or day <= self.last)

    def touches(self, first: date, last: date) -> bool:
        """Whether it is valid on any day of the period."""
        if self.first is None or (self.last is not None and self.last < self.first):
            return False
        return self.first <= last and (self.last is None or self.last >= first)


def coverage(held: tuple[Validity, ...], first: date, last: date) -> Coverage:
    """Whether documents that follow one another leave no day of the period uncovered."""
    touching = sorted(
        (v for v in held if v.touches(first, last)), key=lambda v: (v.first or first, v.last or last)
    )
    if not touching:
        return "none"
    reached = first.toordinal() - 1  # the last day covered so far
    for validity in touching:
        begins = validity.first or first
        if begins.toordinal() > reached + 1:
            return "part"
        reached = max(reached, (validity.last or last).toordinal())
    return "whole" if reached >= last.toordinal() else "part"
