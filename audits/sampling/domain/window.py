"""3个月内: the sampling window, calendar quarters and extended windows (DOMAIN 2, D-07, D-19)."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

EXTENDED_LABEL = "延长抽样窗口"
_MONTHS = 3


@dataclass(frozen=True, order=True)
class Window:
    """First and last day, both inclusive. With `extension_reason` it is an extended one (D-07).

    Raises ValueError when the last day is before the first.
    """

    start: date
    end: date
    extension_reason: str = ""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"抽样窗口的末日 {self.end} 早于首日 {self.start}，请更正日期。")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def is_extended(self) -> bool:
        return bool(self.extension_reason)

    @property
    def dates(self) -> str:
        """`2025-03-31 至 2025-06-30`."""
        return f"{self.start.isoformat()} 至 {self.end.isoformat()}"

    @property
    def label(self) -> str:
        """The quarter's name when the window is within one quarter; else its dates."""
        if self.is_extended:
            return f"{EXTENDED_LABEL}（{self.dates}）"
        year, quarter = quarter_of(self.start)
        if self.end in quarter_window(year, quarter):
            return f"{year}年第{quarter}季度"
        return self.dates


def audit_window(until: date) -> Window:
    """The three months to `until`, inclusive: (until minus 3 months, clamped to month end) + 1 day."""
    months = until.year * 12 + until.month - 1 - _MONTHS
    year, month = divmod(months, 12)
    if year < date.min.year:
        raise ValueError(f"截止日 {until} 过早，无法向前推算三个月。")
    day = min(until.day, calendar.monthrange(year, month + 1)[1])
    return Window(date(year, month + 1, day) + timedelta(days=1), until)


def quarter_of(day: date) -> tuple[int, int]:
    """(year, quarter 1-4) of a day."""
    return day.year, (day.month - 1) // _MONTHS + 1


def quarter_window(year: int, quarter: int) -> Window:
    """The calendar quarter as a preset. Raises ValueError for a quarter other than 1-4."""
    if quarter not in (1, 2, 3, 4):
        raise ValueError(f"季度应为1至4，收到“{quarter}”。")
    first_month = (quarter - 1) * _MONTHS + 1
    last_month = first_month + _MONTHS - 1
    last_day = calendar.monthrange(year, last_month)[1]
    return Window(date(year, first_month, 1), date(year, last_month, last_day))


def repeats(window: Window, earlier: Window) -> bool:
    """True when the two share days, other than the one that two quarters in a row may share.

    Three months to 30 June begin on 31 March, the last day of three months to 31 March: drawing
    quarter by quarter repeats nothing.
    """
    first, last = sorted((window, earlier), key=lambda one: one.end)
    if first.end < last.start:
        return False
    return not (first.end == last.start and _ends_a_month(first.end) and _ends_a_month(last.end))


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def extended_window(window: Window, start: date, reason: str) -> Window:
    """`window` with an earlier first day, because it had fewer than ten eligible reports (D-07).

    Only backwards: a later end would be another quarter's audit. Raises ValueError without a reason,
    or when `start` extends nothing.
    """
    if not reason.strip():
        raise ValueError("延长抽样窗口须写明理由。")
    if start >= window.start:
        raise ValueError(f"延长后的首日应早于原首日 {window.start}，收到 {start}。")
    return Window(start, window.end, reason.strip())
