"""Precision of a rule: the share of judged findings that people confirmed, and the lower bound."""

from dataclasses import dataclass
from fractions import Fraction

from reports.domain.proportions import Interval, percent, wilson

BOUND = Fraction(4, 5)
ENOUGH = 20


@dataclass(frozen=True)
class Precision:
    """The measured precision of one rule; `interval` is None while nothing was judged."""

    confirmed: int = 0
    judged: int = 0

    @property
    def interval(self) -> Interval | None:
        """The 95 % Wilson interval."""
        return wilson(self.confirmed, self.judged)

    @property
    def share(self) -> str:
        """`87.5%`, or 无数据."""
        return percent(self.confirmed, self.judged)

    @property
    def label(self) -> str:
        """`87.5%（14/16，95%区间64%–97%）`, or 无数据."""
        interval = self.interval
        if interval is None:
            return self.share
        return f"{self.share}（{self.confirmed}/{self.judged}，95%区间{interval.label}）"


def is_too_low(precision: Precision, *, bound: Fraction = BOUND, enough: int = ENOUGH) -> bool:
    """Is the precision below the bound, with enough judgements? Exact arithmetic: the bound itself passes."""
    judged = precision.judged
    return judged >= enough and precision.confirmed * bound.denominator < judged * bound.numerator
