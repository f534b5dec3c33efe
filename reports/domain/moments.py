"""Comparison of times from two exports, each at the precision at which it was given.

A time with zero seconds, or at midnight, may be precise to the minute or the day only: many exports fill
unknown parts with zeros.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

Content = Mapping[str, Any]
TIMES: Final = ("examined_at", "reported_at", "signed_at", "last_modified_at")
MOMENTS: Final = (*TIMES, "requested_at", "found_at", "notified_at")
_GRAINS: Final = {"": 0, "day": 1, "minute": 2, "second": 3}
_MINUTE: Final = 2
_HALF_A_MINUTE: Final = timedelta(seconds=30)


def same_moment(field: str, one: Content, other: Content) -> bool:
    """Are the times equal at the coarser of both precisions? The field must be given in both."""
    grains = sorted((_effective_grain(field, one), _effective_grain(field, other)))
    if _cut(one[field], grains[0]) == _cut(other[field], grains[0]):
        return True
    # Minutes may be rounded (smalldatetime) instead of truncated.
    rounded = grains[0] == _MINUTE < grains[1]
    return rounded and abs(one[field] - other[field]) <= _HALF_A_MINUTE


def is_rounded_otherwise(field: str, one: Content, other: Content) -> bool:
    """Are both exact to the minute and one minute apart? Some exports truncate seconds, others round them."""
    if not one.get(field) or not other.get(field):
        return False
    grains = {_effective_grain(field, one), _effective_grain(field, other)}
    return grains == {_MINUTE} and abs(one[field] - other[field]) == timedelta(minutes=1)


def is_finer(field: str, one: Content, other: Content) -> bool:
    """Is the first time more precise? The field must be given in both."""
    first = _effective_grain(field, one), _given_grain(field, one)
    return first > (_effective_grain(field, other), _given_grain(field, other))


def compare(field: str, one: Content, other_field: str, other: Content) -> int:
    """-1, 0 or 1: the first time is earlier, equal at the given precision (or missing), or later."""
    if not one.get(field) or not other.get(other_field):
        return 0
    grain = min(_given_grain(field, one), _given_grain(other_field, other))
    first, second = _cut(one[field], grain), _cut(other[other_field], grain)
    return int(first > second) - int(first < second)


def _given_grain(field: str, content: Content) -> int:
    given = content.get(f"{field}_precision")
    if given:
        return _GRAINS[given]
    value = content.get(field)
    return 3 if isinstance(value, datetime) and value.second else _MINUTE


def _effective_grain(field: str, content: Content) -> int:
    """The given precision, or the coarser one that zeros may indicate."""
    at: datetime = content[field]
    zeros = 3 if at.second else _MINUTE if at.hour or at.minute else 1
    return min(_given_grain(field, content), zeros)


def _cut(value: datetime, grain: int) -> datetime:
    if grain <= 1:
        return value.replace(hour=0, minute=0, second=0)
    return value.replace(second=0) if grain == _MINUTE else value
