"""Requests and alerts met again: which one a row speaks of, what it adds, and where two rows contradict.

Content is a plain dict by field as in `versions`. Empty cells and unknown columns never erase what is kept,
so that an older file imported once more changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.domain.moments import MOMENTS, same_moment
from reports.domain.versions import merge

Content = Mapping[str, Any]
_NOT_COMPARED = {"age_days"}


def revised(known: Content, incoming: Content) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The known content with what a row of the same paper says, and the fields that change by it."""
    merged = merge(known, incoming)
    if merged.get("age") != known.get("age"):
        merged["age_days"] = incoming.get("age_days")
    for name in MOMENTS:
        exact = f"{name}_precision"
        if merged.get(exact) is None and incoming.get(exact) is not None:
            merged[exact] = incoming[exact]  # the column is there now, and empty
    return merged, tuple(name for name in merged if merged[name] != known.get(name))


def contradicting(known: Content, incoming: Content) -> tuple[str, ...]:
    """The fields that both give, and not alike."""
    compared = (n for n in incoming if n not in _NOT_COMPARED and not n.endswith("_precision"))
    return tuple(name for name in compared if not _alike(name, known, incoming))


def which_alert(incoming: Content, known: Sequence[Content], claimed: Sequence[bool]) -> int | None:
    """The place of the alert a row speaks of among those of its examination; None for a new one.

    Alerts are told apart by what was found and when. A row completes or corrects a known alert; but two rows
    of one file that contradict each other are two notifications of one finding (`claimed`: met in this file).
    """
    agreeing = [i for i, other in enumerate(known) if not contradicting(other, incoming)]
    for place in agreeing:
        if not revised(known[place], incoming)[1]:
            return place
    same = [i for i, other in enumerate(known) if _same_finding(other, incoming)]
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
    """Not both given, or the same."""
    if not one.get(name) or not other.get(name):
        return True
    return same_moment(name, one, other) if name in MOMENTS else bool(one[name] == other[name])
