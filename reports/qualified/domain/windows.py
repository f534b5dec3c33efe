"""Stretches of days on which a question has the same answer: how a period is judged without judging each day.

A person's answer changes only on the days a record begins to hold or has ended. Between those days one look
is enough, whether ten reports lie in the stretch or ten thousand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

Codes = tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """Days from `first` to `last`, both included, on which these codes are raised."""

    first: date
    last: date
    codes: Codes


def failing_windows(
    first: date, last: date, turning_days: Iterable[date], codes_on: Callable[[date], Codes]
) -> tuple[Window, ...]:
    """The stretches from `first` to `last` with any code, neighbours of the same codes joined."""
    starts = sorted({first, *(day for day in turning_days if first < day <= last)})
    ends = [day - timedelta(days=1) for day in starts[1:]] + [last]
    found: list[Window] = []
    for start, end in zip(starts, ends, strict=True):
        codes = codes_on(start)
        if found and found[-1].codes == codes and found[-1].last + timedelta(days=1) == start:
            found[-1] = Window(found[-1].first, end, codes)
        elif codes:
            found.append(Window(start, end, codes))
    return tuple(found)
