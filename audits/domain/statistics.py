"""Small-sample honesty: intervals, pooled quarters, the chance of the penalty, what-if numbers (PRODUCT 4).

Wherever a threshold is compared the numbers are integers or fractions; floats are for display only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb, sqrt

from audits.domain.strata import SAMPLE_SIZE

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


@dataclass(frozen=True)
class Pooled:
    """Several quarters added up. `interval` is None when nothing was judged."""

    quarters: int
    numerator: int
    denominator: int
    interval: Interval | None


@dataclass(frozen=True)
class WhatIf:
    """Where a running sample may still go. Rates as (numerator, denominator) on the full size.

    `until_penalty`: how many more discordant reports bring the −5 (0: already there); None: it can no
    longer happen with the reports left.
    """

    size: int
    judged: int
    discordant: int
    best: tuple[int, int]
    worst: tuple[int, int]
    until_penalty: int | None


def below_ninety(concordant: int, n: int) -> bool | None:
    """诊断符合率小于90%, in whole numbers (D-01: exactly 90 % is not below). None without a case."""
    _check_counts(concordant, n)
    return None if n == 0 else 10 * concordant < 9 * n


def wilson(successes: int, n: int, z: float = Z_95) -> Interval | None:
    """Wilson score interval of successes/n; None without a case."""
    _check_counts(successes, n)
    if n == 0:
        return None
    share, zz = successes / n, z * z
    centre = (share + zz / (2 * n)) / (1 + zz / n)
    half = z * sqrt(share * (1 - share) / n + zz / (4 * n * n)) / (1 + zz / n)
    # The exact ends at 0 of n and n of n are 0 and 1; floats miss them by a hair.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(low, high)


def pooled(quarters: Iterable[tuple[int, int]]) -> Pooled:
    """(numerator, denominator) of each quarter added up; empty quarters add nothing but are counted out."""
    judged = [(numerator, denominator) for numerator, denominator in quarters if denominator]
    numerator = sum(pair[0] for pair in judged)
    denominator = sum(pair[1] for pair in judged)
    return Pooled(len(judged), numerator, denominator, wilson(numerator, denominator))


def penalty_chance(true_rate: Fraction | Decimal | str | int, n: int = SAMPLE_SIZE) -> Fraction:
    """Exact binomial chance that a department whose true rate is `true_rate` meets the −5 in n reports.

    A float is refused (TypeError): 0.95 is not 95 % in binary. Raises ValueError outside 0…1.
    """
    if isinstance(true_rate, float):
        raise TypeError("true_rate: Fraction, Decimal or text such as '0.95', not a float")
    p = Fraction(true_rate)
    if not 0 <= p <= 1:
        raise ValueError(f"真实符合率应在0与1之间，收到“{true_rate}”。")
    below = (c for c in range(n + 1) if below_ninety(c, n))
    return sum((comb(n, c) * p**c * (1 - p) ** (n - c) for c in below), Fraction(0))


def at_least_once(chance: Fraction, times: int) -> Fraction:
    """Chance that something of that chance happens at least once in `times` independent quarters."""
    return 1 - (1 - chance) ** times


def what_if(judged: int, discordant: int, size: int = SAMPLE_SIZE) -> WhatIf:
    """The bounds of a sample in which `judged` of `size` are judged, `discordant` of them not concordant.

    Raises ValueError for counts that cannot be (more judged than drawn, more discordant than judged).
    """
    _check_counts(discordant, judged)
    if judged > size:
        raise ValueError(f"已评{judged}份多于抽样的{size}份，请核对。")
    left = size - judged
    trigger = next(k for k in range(size + 1) if size == 0 or 10 * (size - k) < 9 * size)
    more = max(0, trigger - discordant)
    return WhatIf(
        size=size,
        judged=judged,
        discordant=discordant,
        best=(size - discordant, size),
        worst=(size - discordant - left, size),
        until_penalty=more if more <= left else None,
    )


def concordant_until_ninety(concordant: int, n: int) -> int:
    """How many concordant reports in a row lift concordant/n to 90 %; 0 when it is there already.

    10·(c+x) ≥ 9·(n+x) holds from x = 9n − 10c on.
    """
    _check_counts(concordant, n)
    return max(0, 9 * n - 10 * concordant)


def percent(numerator: int, denominator: int) -> str:
    """`88.9%`, one decimal, half up as on the sheet; 无数据 without a case.

    Rounding crosses neither line that means something: 8,999 of 10,000 reads 89.9 %, 9,999 reads 99.9 %.
    """
    _check_counts(numerator, denominator)
    if denominator == 0:
        return NO_DATA
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    if (tenths == 900 and 10 * numerator < 9 * denominator) or (tenths == 1000 and numerator < denominator):
        tenths -= 1
    return f"{tenths // 10}.{tenths % 10}%"


def _check_counts(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"份数不合理：{whole}份中有{part}份；应为0至{whole}。")
