"""How far a rule is trusted: what people confirmed of what they judged, and when that is too little."""

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
    """Below the bound, with enough judgements to say so; in whole numbers, exactly at it is not below."""
    judged = precision.judged
    return judged >= enough and precision.confirmed * bound.denominator < judged * bound.numerator
