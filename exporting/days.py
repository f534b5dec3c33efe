"""Start and end of a day in Beijing time, for any day a browser can send."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

# Nothing is recorded outside this range; year 1 or 9999 cannot be converted to UTC and would raise.
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)


def day_start(day: date) -> datetime:
    """The midnight in Beijing time at which `day` begins."""
    return timezone.make_aware(datetime.combine(min(max(day, _FIRST), _LAST), time.min))


def day_end(day: date) -> datetime:
    """The midnight in Beijing time at which `day` ends, for exclusive upper bounds."""
    return day_start(min(day, _LAST) + timedelta(days=1))
