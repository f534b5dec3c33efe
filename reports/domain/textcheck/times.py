"""Displayed times: completeness (6.2.2, 4.6), and comparison at the precision of both."""

import re
from datetime import datetime, timedelta
from typing import Final

from reports.domain.textcheck.report import Moment

CLOCK_SKEW: Final = timedelta(seconds=60)  # two servers' clocks (4.5, 4.6)
# 6.2.2 requires year, month, day, hour and minute. These show all five but may be ambiguous to parse.
_SHOWN: Final = re.compile(
    r"\s{0,9}(?:\d{2})?\d{2}\s?[-./年]\s?(?:1[0-2]|0?[1-9])\s?[-./月]\s?(?:3[01]|[12]\d|0?[1-9])\s?日?"
    r"[,，（(]?\s{0,3}(?:[T上下中晚早]午?|凌晨|[AP]M|星期[一二三四五六日天]|周[一二三四五六日天])?\s{0,3}"
    r"\d{1,2}\s?[:：时点]\s?\d{1,2}.{0,9}"
)
_COMPACT: Final = re.compile(
    r"\s{0,9}(?:19|20)\d{6}(?:[T\s-]{0,3}\d{4}(?:\d{2})?(?:\.\d{1,6})?|[T\s-]{1,3}\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)\s{0,9}"
)


def is_complete(moment: Moment) -> bool:
    """Does it show year, month, day, hour and minute?"""
    if moment.grain:
        return moment.grain != "day"
    text = moment.text
    return len(text) <= 60 and bool(_SHOWN.fullmatch(text) or _COMPACT.fullmatch(text))


def is_before(one: Moment | None, other: Moment | None) -> bool:
    """Is `one` earlier than `other` by more than the clocks may differ? At the coarser of both grains."""
    if one is None or other is None or one.at is None or other.at is None:
        return False
    first, second = _at_grain(one.at, other.grain), _at_grain(other.at, one.grain)
    if "day" in (one.grain, other.grain):
        return first.date() < second.date()
    return first + CLOCK_SKEW < second


def _at_grain(at: datetime, grain: str) -> datetime:
    return at.replace(second=0, microsecond=0) if grain == "minute" else at
