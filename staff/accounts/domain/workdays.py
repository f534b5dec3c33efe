"""Working days: when a period that is counted in them ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

_MOST_DAYS = 60  # looked at for each working day: a calendar without one is a mistake


@dataclass(frozen=True)
class Holidays:
    """Weekdays that are off, and days of weekends that are worked (调休)."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether people are at work on this day."""
        return day in self.worked or (day.weekday() < 5 and day not in self.off)


def parse_holidays(raw: Any, *, source: str) -> Holidays:
    """The parsed file as Holidays; ValueError on anything it does not know."""
    if not isinstance(raw, Mapping) or set(raw) != {"days_off", "days_worked"}:
        raise ValueError(f"{source}: the top level must have exactly the keys days_off and days_worked")
    for name, days in raw.items():
        if not isinstance(days, list) or any(type(day) is not date for day in days):
            raise ValueError(f"{source}: {name} must be a list of days such as 2026-10-01")
    off, worked = frozenset(raw["days_off"]), frozenset(raw["days_worked"])
    if both := sorted(off & worked):
        raise ValueError(f"{source}: {both[0]} is both off and worked")
    return Holidays(off, worked)


def working_days_later(start: datetime, days: int, holidays: Holidays) -> datetime:
    """The same time of day, `days` working days after `start` (in the hospital's time)."""
    end = start
    for _ in range(days):
        for _ in range(_MOST_DAYS):
            end += timedelta(days=1)
            if holidays.is_working(end.date()):
                break
    return end
