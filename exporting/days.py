"""Days as moments: where a day begins and ends in Beijing, for any day a browser can send."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

# Nothing was recorded outside; a year 1 or 9999 has no moment in UTC and would stop the query.
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)


def day_start(day: date) -> datetime:
    """Midnight in Beijing at which `day` begins."""
    return timezone.make_aware(datetime.combine(min(max(day, _FIRST), _LAST), time.min))


def day_end(day: date) -> datetime:
    """Midnight in Beijing at which `day` ends: the first moment that is no longer of it."""
    return day_start(min(day, _LAST) + timedelta(days=1))
