"""What is deleted after how long: each app registers its kinds, and what the trail must keep as a basis."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

MANAGES = "staff.manage_retention"  # who sets periods, asks for a purge and confirms another's


@dataclass(frozen=True)
class Order:
    """Delete what is older than `before`, decided by two people."""

    before: datetime
    asked_by: Any
    confirmed_by: Any


@dataclass(frozen=True)
class Kind:
    """A kind of rows or files: `days` its period unless a person sets another, `least` the shortest allowed.

    `count` says how many would go; `purge` deletes them, asked again by the caller if it was interrupted, and
    raises ValueError with a sentence when it may not. None: never deleted here. `by_schedule`: deleted daily,
    without a request, because it is nobody's record. `hindrance`: why this process may not delete it although
    it was decided on, and what to do then; "" when it may.
    """

    code: str
    label: str
    days: int
    least: int
    basis: str
    count: Callable[[datetime], int]
    purge: Callable[[Order], int] | None = None
    by_schedule: bool = False
    hindrance: Callable[[], str] = lambda: ""

    @property
    def is_set_here(self) -> bool:
        """May its period be set on the page? A template would call `purge` itself."""
        return self.purge is not None

    @property
    def is_asked_for(self) -> bool:
        """Is it deleted on request?"""
        return self.purge is not None and not self.by_schedule


# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_kinds: dict[str, Kind] = {}
_bases: list[Callable[[], Q]] = []


def register_kind(kind: Kind) -> None:
    """Register a kind; ValueError for a code that is taken."""
    if kind.code in _kinds:
        raise ValueError(f"retention: the kind {kind.code} is registered twice")
    _kinds[kind.code] = kind


def kinds() -> dict[str, Kind]:
    """All kinds by code, in the order in which the apps registered them."""
    return dict(_kinds)


def register_basis(find: Callable[[], Q]) -> None:
    """Register which events of the trail stay as the basis of records."""
    _bases.append(find)


def basis_of_records() -> Q:
    """The events of the trail on which records rest."""
    found = Q(pk__in=())
    for find in _bases:
        found |= find()
    return found
