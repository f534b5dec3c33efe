"""Calendar quarters: the default period of the pages on 4.3 to 4.5."""

from datetime import date, timedelta


def quarter_around(day: date) -> tuple[date, date]:
    """First and last day of the quarter.

    >>> quarter_around(date(2026, 2, 28))
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    """
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, _next(first) - timedelta(days=1)


def quarter_before(day: date) -> tuple[date, date]:
    """First and last day of the quarter before the one of `day`."""
    return quarter_around(quarter_around(day)[0] - timedelta(days=1))


def _next(first: date) -> date:
    return date(first.year + 1, 1, 1) if first.month == 10 else date(first.year, first.month + 3, 1)
