"""Open work of a person, named by the apps that assign it: what must be handed over before an account ends.

The apps above register their sources; this app lists what they name and lets another person take it over.
What is assigned to one person only; qcportal.waiting counts what somebody may do next, by role or by name.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OpenItem:
    """One thing a person has still to do.

    `key`: unique among all items; `takers`: accounts that may take it over; `hand_over(taker, by)` is the
    app's own action, which may refuse; `note`: why it cannot be handed over here, "" when it can;
    `department`: whose administrator may hand it over.
    """

    key: str
    kind: str
    label: str
    takers: Sequence[Any]
    hand_over: Callable[[Any, Any], object] | None
    note: str = ""
    department: int | None = None


@dataclass(frozen=True)
class WorkSource:
    """What an app knows: the open items of one person, and the ids of everybody who has some."""

    items: Callable[[Any], list[OpenItem]]
    holders: Callable[[], set[int]]


# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_registered: list[WorkSource] = []


def register_work(source: WorkSource) -> None:
    """Register a source of open work; once, when an app is made ready."""
    _registered.append(source)


def open_work_of(user: Any) -> list[OpenItem]:
    """Everything the account has still to do, by source."""
    return [item for source in _registered for item in source.items(user)]


def counted(items: Sequence[OpenItem]) -> dict[str, int]:
    """How many items of each kind, for sentences and the trail."""
    return dict(Counter(item.kind for item in items))


def in_words(items: Sequence[OpenItem]) -> str:
    """季度评审2项、改进措施1项."""
    return "、".join(f"{kind}{count}项" for kind, count in counted(items).items())


def holders_of_work() -> set[int]:
    """Ids of the accounts with open work; one query a source."""
    return set().union(*(source.holders() for source in _registered))
