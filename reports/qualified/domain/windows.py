"""Windows of days with the same answer, so that a period is evaluated without evaluating each day.

The answer for a person changes only on days on which a record begins or ends. Between these days one
evaluation suffices, for ten reports or ten thousand.
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
    """The windows from `first` to `last` with any code; neighbours with equal codes are joined."""
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
