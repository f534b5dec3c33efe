"""The period of a batch of packets: a quarter or a year, written 2026Q3 or 2026.

One parser for all spellings: 2026Q3, 2026-Q3 and 2026年第3季度 are one quarter, and DEMO/2026Q3 is
that quarter of one department.
"""

import re
from dataclasses import dataclass
from datetime import date

from audits.sampling.domain.window import quarter_of, quarter_window

_WRITTEN = re.compile(r"(\d{4})(?:[ -]?[Qq]([1-4])|年(?:第?([1-4])季度)?)?", re.ASCII)
_FIRST_YEAR = 2000


@dataclass(frozen=True, order=True)
class PacketPeriod:
    """A quarter or a year; a packet belongs to the one that contains the last day of its window."""

    year: int
    quarter: int | None = None

    @property
    def code(self) -> str:
        """`2026Q3` or `2026`."""
        return f"{self.year}Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def label(self) -> str:
        """`2026年第3季度` or `2026年`."""
        return f"{self.year}年第{self.quarter}季度" if self.quarter else f"{self.year}年"

    @property
    def first(self) -> date:
        return quarter_window(self.year, self.quarter or 1).start

    @property
    def last(self) -> date:
        return quarter_window(self.year, self.quarter or 4).end

    @property
    def quarters(self) -> tuple["PacketPeriod", ...]:
        """The quarters it is made of, in order."""
        if self.quarter:
            return (self,)
        return tuple(PacketPeriod(self.year, number) for number in (1, 2, 3, 4))


def parse_period(text: str) -> PacketPeriod:
    """The period written as 2026Q3, 2026-Q3, 2026年第3季度, 2026 or 2026年; ValueError for anything else.

    >>> parse_period("2026Q3").label
    '2026年第3季度'
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or int(found[1]) < _FIRST_YEAR:
        raise ValueError(f"期间应写作 2026Q3（季度）或 2026（年度），收到“{text[:20]}”。")
    quarter = found[2] or found[3]
    return PacketPeriod(int(found[1]), int(quarter) if quarter else None)


def split_department(text: str) -> tuple[str, str]:
    """(department's code, period as written): DEMO/2026Q3 names both, 2026Q3 no department ("").

    >>> split_department("DEMO/2026Q3")
    ('DEMO', '2026Q3')
    """
    code, _, period = text.strip().rpartition("/")
    return code.strip(), period.strip()


def quarter_of_day(day: date) -> PacketPeriod:
    """The quarter that contains a day."""
    return PacketPeriod(*quarter_of(day))
