"""A security control and its state, as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class State(Enum):
    """Whether a control holds now. There is no planned: what is not there does not hold."""

    HOLDS = "符合"
    FAILS = "不符合"
    NOT_APPLICABLE = "不适用"

    @property
    def tag(self) -> str:
        """The kind of tag it is shown with."""
        return {"符合": "pass", "不符合": "fail", "不适用": "open"}[self.value]


@dataclass(frozen=True)
class Finding:
    """What was found: the state, its evidence as a sentence, a page's name, and when it was last checked."""

    state: State
    evidence: str
    link: str = ""
    checked_at: datetime | None = None


def holds_if(condition: bool, evidence: str, link: str = "", checked_at: datetime | None = None) -> Finding:
    """符合 or 不符合, with the same evidence for both."""
    return Finding(State.HOLDS if condition else State.FAILS, evidence, link, checked_at)


def not_applicable(reason: str) -> Finding:
    return Finding(State.NOT_APPLICABLE, reason)


@dataclass(frozen=True)
class Control:
    """One line of the page: its statement (docs/quality.md), what it says, and how its state is found."""

    statement: str
    title: str
    find: Callable[[], Finding]


@dataclass(frozen=True)
class Chapter:
    """A chapter of GB/T 22239-2019, 8.1.4 安全计算环境, and its controls."""

    number: str
    title: str
    controls: tuple[Control, ...]
