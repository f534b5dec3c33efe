"""The four quarters of the story and the working days in them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.content.dice import Dice

ENOUGH_DAYS = 45  # a younger quarter has an incomplete pool: the story then ends with the one before
CUT_OFF_DAYS = 21  # outcomes of the last reports of a closed quarter still come in
_HOLIDAYS = frozenset({(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))})


@dataclass(frozen=True)
class Span:
    """A quarter: first and last day of its window, and the last day an outcome counts."""

    label: str
    start: date
    end: date
    cut_off: date


def four_quarters(today: date) -> tuple[Span, Span, Span, Span]:
    """Three closed quarters and the one in progress: the current one once it is 45 days old."""
    start = _quarter_start(today)
    if (today - start).days < ENOUGH_DAYS:
        start = _quarter_start(start - timedelta(days=1))
    starts = [start]
    while len(starts) < 4:
        starts.append(_quarter_start(starts[-1] - timedelta(days=1)))
    spans = [_span(first, today, is_last=first == start) for first in reversed(starts)]
    return spans[0], spans[1], spans[2], spans[3]


def twelve_months(today: date) -> tuple[date, ...]:
    """First days of the last twelve complete months, oldest first: the months that are checked."""
    months = [(today.replace(day=1) - timedelta(days=1)).replace(day=1)]
    while len(months) < 12:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return tuple(reversed(months))


def months_before(today: date, first: date) -> tuple[date, ...]:
    """Those of the twelve months that lie before the first quarter, whose first day is `first`."""
    return tuple(month for month in twelve_months(today) if month < first)


def _quarter_start(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _span(start: date, today: date, *, is_last: bool) -> Span:
    end = (_quarter_start(start + timedelta(days=100))) - timedelta(days=1)
    label = f"{start.year}年第{(start.month + 2) // 3}季度"
    if is_last:
        return Span(label, start, min(end, today), today)
    return Span(label, start, end, end + timedelta(days=CUT_OFF_DAYS))


def working_days(first: date, last: date) -> list[date]:
    """Monday to Friday without the fixed public holidays (those of the moon calendar are not known here)."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS]


def examined_at(day: date, dice: Dice) -> datetime:
    """Between 8:00 and 11:45, or 13:15 and 17:00."""
    minute = dice.weighted(((dice.between(0, 225), 3), (dice.between(315, 540), 2)))
    start = datetime(day.year, day.month, day.day, 8)
    return start + timedelta(minutes=minute, seconds=dice.between(0, 59))


def later(moment: datetime, dice: Dice, low: int, high: int) -> datetime:
    """Some `low` to `high` minutes later, to the second."""
    return moment + timedelta(minutes=dice.between(low, high), seconds=dice.between(0, 59))
