"""Small-sample honesty: intervals, pooled quarters, the chance of the penalty (docs/quality.md S1).

Wherever a threshold is compared the numbers are integers or fractions; floats are for display only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb

from audits.sampling.domain.strata import SAMPLE_SIZE
from reports.domain.proportions import NO_DATA as NO_DATA
from reports.domain.proportions import Z_95 as Z_95
from reports.domain.proportions import Interval as Interval
from reports.domain.proportions import check_counts
from reports.domain.proportions import percent as percent
from reports.domain.proportions import wilson as wilson

POOLED_QUARTERS = 4
UNFINISHED, OTHER_EDITION, OVERLAPPING = "评审未完成", "标准版本不同", "抽样窗口重叠"


@dataclass(frozen=True)
class QuarterCount:
    """One quarter in a pooled figure; days as "2026-09-30"."""

    label: str
    good: int
    judged: int
    window_start: str
    window_end: str
    edition: str
    finished: bool = True
    signed: bool = True

    @property
    def name(self) -> str:
        """The quarter as a pooled figure names it."""
        return self.label if self.signed else f"{self.label}（未签发）"


@dataclass(frozen=True)
class Pooled:
    """Quarters added up, newest first, and those left out with the reason.

    `interval` is None when nothing was judged.
    """

    taken: tuple[QuarterCount, ...]
    left_out: tuple[tuple[str, str], ...]
    numerator: int
    denominator: int
    interval: Interval | None

    @property
    def quarters(self) -> int:
        return len(self.taken)

    @property
    def names(self) -> str:
        """Which quarters: "2026年第3季度（未签发）、2026年第2季度"."""
        return "、".join(quarter.name for quarter in self.taken)

    @property
    def missing(self) -> str:
        """Which were left out, and why: "2026年第4季度（评审未完成）"; "" when none was."""
        return "、".join(f"{label}（{why}）" for label, why in self.left_out)


@dataclass(frozen=True)
class WhatIf:
    """Best and worst possible result of a running sample. Rates as (numerator, denominator) on the full size.

    `until_penalty`: how many more discordant reports lead to the −5 (0: already there); None: it can no
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
    check_counts(concordant, n)
    return None if n == 0 else 10 * concordant < 9 * n


def pooled(quarters: Iterable[QuarterCount]) -> Pooled:
    """The newest four quarters that fit together; `quarters` newest first.

    A quarter counts once all its reports are judged, signed or not (its name shows it). Quarters of
    another edition than the newest, and windows that overlap (one report would count twice), do not fit. One
    without a judged report is not counted among the four.
    """
    taken: list[QuarterCount] = []
    left_out: list[tuple[str, str]] = []
    for quarter in quarters:
        if len(taken) == POOLED_QUARTERS:
            break
        if why := _unfit(quarter, taken):
            left_out.append((quarter.label, why))
        elif quarter.judged:
            taken.append(quarter)
    numerator = sum(quarter.good for quarter in taken)
    denominator = sum(quarter.judged for quarter in taken)
    return Pooled(tuple(taken), tuple(left_out), numerator, denominator, wilson(numerator, denominator))


def _unfit(quarter: QuarterCount, taken: list[QuarterCount]) -> str:
    if not quarter.finished:
        return UNFINISHED
    if taken and quarter.edition != taken[0].edition:
        return OTHER_EDITION
    overlaps = any(
        quarter.window_start <= other.window_end and other.window_start <= quarter.window_end
        for other in taken
    )
    return OVERLAPPING if overlaps else ""


def penalty_chance(true_rate: Fraction | Decimal | str | int, n: int = SAMPLE_SIZE) -> Fraction:
    """Exact binomial chance that a department whose true rate is `true_rate` gets the −5 in n reports.

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
    """Probability that an event of this probability happens at least once in `times` independent quarters."""
    return 1 - (1 - chance) ** times


def what_if(judged: int, discordant: int, size: int = SAMPLE_SIZE) -> WhatIf:
    """The bounds of a sample in which `judged` of `size` are judged, `discordant` of them not concordant.

    Raises ValueError for counts that cannot be (more judged than drawn, more discordant than judged).
    """
    check_counts(discordant, judged)
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
    check_counts(concordant, n)
    return max(0, 9 * n - 10 * concordant)
