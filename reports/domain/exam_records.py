"""Repeated requests and alerts: which stored record a row belongs to, what it adds, and contradictions.

Content is a plain dict by field as in `versions`. Empty cells and unknown columns never erase stored
values, so that importing an older file again changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.domain.moments import MOMENTS, same_moment
from reports.domain.versions import merge

Content = Mapping[str, Any]
_NOT_COMPARED = {"age_days"}


def revised(stored: Content, incoming: Content) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The stored content merged with a row of the same record, and the fields that change."""
    merged = merge(stored, incoming)
    if merged.get("age") != stored.get("age"):
        merged["age_days"] = incoming.get("age_days")
    for name in MOMENTS:
        exact = f"{name}_precision"
        if merged.get(exact) is None and incoming.get(exact) is not None:
            merged[exact] = incoming[exact]  # the column exists now, and is empty
    return merged, tuple(name for name in merged if merged[name] != stored.get(name))


def contradicting(stored: Content, incoming: Content) -> tuple[str, ...]:
    """The fields that both give with different values."""
    compared = (n for n in incoming if n not in _NOT_COMPARED and not n.endswith("_precision"))
    return tuple(name for name in compared if not _alike(name, stored, incoming))


def which_alert(incoming: Content, stored: Sequence[Content], claimed: Sequence[bool]) -> int | None:
    """Index of the stored alert of the examination that a row belongs to; None for a new alert.

    Alerts are distinguished by content and time. A row completes or corrects a stored alert; but two rows of
    one file that contradict each other are two notifications of one finding (`claimed`: seen in this file).
    """
    agreeing = [i for i, other in enumerate(stored) if not contradicting(other, incoming)]
    for place in agreeing:
        if not revised(stored[place], incoming)[1]:
            return place
    same = [i for i, other in enumerate(stored) if _same_finding(other, incoming)]
    completed = [i for i in agreeing if i in same]
    if completed:
        return completed[0]
    for places in ([i for i in same if not claimed[i]], agreeing):
        if len(places) == 1:
            return places[0]
    return None


def _same_finding(one: Content, other: Content) -> bool:
    given = [(one.get(n), other.get(n)) for n in ("content", "found_at")]
    both = all(bool(a) == bool(b) for a, b in given)
    return both and _alike("content", one, other) and _alike("found_at", one, other)


def _alike(name: str, one: Content, other: Content) -> bool:
    """Is the value equal, or missing on one side?"""
    if not one.get(name) or not other.get(name):
        return True
    return same_moment(name, one, other) if name in MOMENTS else bool(one[name] == other[name])
