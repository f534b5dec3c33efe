"""召开周期: the periods in which a department's document says conferences are held. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from scoring.evidence.domain.facts import ConferencePeriod, month_zh

PERIODS_ZH: Mapping[ConferencePeriod, str] = MappingProxyType(
    {"weekly": "每周", "monthly": "每月", "quarterly": "每季"}
)


@dataclass(frozen=True)
class Period:
    """One calendar period, both days included."""

    first: date
    last: date
    name_zh: str

    def holds(self, day: date) -> bool:
        """Whether the period contains the day."""
        return self.first <= day <= self.last


def whole_periods(period: ConferencePeriod, first: date, last: date) -> tuple[Period, ...]:
    """The calendar periods (weeks from Monday) that lie whole within the days, in order.

    A period that the window cuts is not asked for: its conference may lie outside.
    """
    found, one = [], _around(period, first)
    while one.last <= last:
        if one.first >= first:
            found.append(one)
        one = _around(period, one.last + timedelta(days=1))
    return tuple(found)


def _around(period: ConferencePeriod, day: date) -> Period:
    if period == "weekly":
        monday = day - timedelta(days=day.weekday())
        sunday = monday + timedelta(days=6)
        return Period(monday, sunday, f"{monday}至{sunday}一周")
    months = 3 if period == "quarterly" else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first
    for _ in range(months):
        after = (after + timedelta(days=31)).replace(day=1)
    name = f"{first.year}年第{first.month // 3 + 1}季度" if period == "quarterly" else month_zh(first)
    return Period(first, after - timedelta(days=1), name)
