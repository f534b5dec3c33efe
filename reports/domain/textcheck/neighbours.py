"""Which places are the same structure, of one organ, or neighbours; which sides may be the same."""

from functools import lru_cache
from typing import Final

from reports.domain.textcheck.anatomy import organ_of
from reports.domain.textcheck.places import Place
from reports.domain.textcheck.vocabulary import tree

_TREE: Final = tree()
BOTH: Final = "双"


def same_structure(one: Place, other: Place) -> bool:
    """May both be the same structure, whatever the side and the level? A bare side is of any."""
    if not one.name or not other.name:
        return True
    if one.is_open or other.is_open:
        return one.name.startswith(other.name) or other.name.startswith(one.name)
    if one.name != other.name:
        return False
    return not _TREE[one.name].distinct or not one.part or not other.part or one.part == other.part


def may_support(claim: Place, found: Place) -> bool:
    """May the description of a place support a claim? A pair without a side: only for itself."""
    if same_structure(claim, found):
        return True
    return is_near(claim, found) and not (claim.side and not found.side and is_paired(found))


def is_paired(place: Place) -> bool:
    """Are there two?"""
    return place.name in _TREE and _TREE[place.name].pair


def is_near(one: Place, other: Place) -> bool:
    """Are they of one organ, or neighbours, so that one's description may support a claim about the other?"""
    if same_structure(one, other):
        return True
    return not one.is_open and not other.is_open and are_near(one.name, other.name)


@lru_cache(maxsize=8192)
def are_near(one: str, other: str) -> bool:
    """Are two structures of the tree of one organ, or neighbours?"""
    if organ_of(one) == organ_of(other):
        return True
    return other in _TREE[one].near or one in _TREE[other].near


def sides_meet(one: str, other: str) -> bool:
    """May both be the same side? A side not named may be either."""
    return not one or not other or one == other or BOTH in (one, other)
