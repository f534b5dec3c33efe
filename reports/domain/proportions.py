"""Proportions with their 95 % interval, and percentages that rounding never moves across a bound."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054  # two-sided 95 %
NO_DATA = "无数据"


@dataclass(frozen=True)
class Interval:
    """A 95 % Wilson interval, both ends in 0…1."""

    low: float
    high: float

    @property
    def label(self) -> str:
        """`60%–98%`, rounded to whole percent."""
        return f"{self.low:.0%}–{self.high:.0%}"


def wilson(successes: int, n: int, z: float = Z_95) -> Interval | None:
    """Wilson score interval of successes/n; None without a case."""
    check_counts(successes, n)
    if n == 0:
        return None
    share, zz = successes / n, z * z
    centre = (share + zz / (2 * n)) / (1 + zz / n)
    half = z * sqrt(share * (1 - share) / n + zz / (4 * n * n)) / (1 + zz / n)
    # The exact bounds for 0 of n and n of n are 0 and 1; floating point misses them slightly.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(low, high)


def percent(numerator: int, denominator: int) -> str:
    """`88.9%`, one decimal, half up as on the sheet; 无数据 without a case.

    Rounding never reaches 90 % or 100 %: 8,999 of 10,000 gives 89.9 %, 9,999 gives 99.9 %.
    """
    check_counts(numerator, denominator)
    if denominator == 0:
        return NO_DATA
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    if (tenths == 900 and 10 * numerator < 9 * denominator) or (tenths == 1000 and numerator < denominator):
        tenths -= 1
    return f"{tenths // 10}.{tenths % 10}%"


def check_counts(part: int, whole: int) -> None:
    """Raise ValueError with a Chinese sentence for impossible counts."""
    if not 0 <= part <= whole:
        raise ValueError(f"份数不合理：{whole}份中有{part}份；应为0至{whole}。")
