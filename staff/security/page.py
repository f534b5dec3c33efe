"""The page of security controls as a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from staff.access.profile import security_profile
from staff.security.domain.control import Control, Finding, State
from staff.security.queries.controls import CHAPTERS

# Pages that an administrator may not open: shown as a link to those who may.
_NEEDS = {
    "staff:trail": "staff.view_trail",
    "scoring:records": "staff.view_trail",
    "reports:readings": "staff.view_trail",
    "staff:retention": "staff.manage_retention",
}
_ACCOUNTS = ("staff.manage_accounts", "staff.grant_roles")


@dataclass(frozen=True)
class Line:
    """One control with what was found."""

    statement: str
    title: str
    found: Finding
    url: str


@dataclass(frozen=True)
class Part:
    """A chapter with its lines."""

    number: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Controls:
    """The whole page: chapters, counts of states, profile, and when it was computed."""

    parts: tuple[Part, ...]
    counts: tuple[tuple[str, str, int], ...]
    profile: str
    at: datetime


def controls_of(user: Any) -> Controls:
    """Every control computed now; links only to pages that `user` may open."""
    parts = tuple(
        Part(chapter.number, chapter.title, tuple(_line(control, user) for control in chapter.controls))
        for chapter in CHAPTERS
    )
    states = [line.found.state for part in parts for line in part.lines]
    counts = tuple((state.value, state.tag, states.count(state)) for state in State)
    return Controls(parts, counts, security_profile().name, timezone.now())


def _line(control: Control, user: Any) -> Line:
    found = control.find()
    needed = (_NEEDS[found.link],) if found.link in _NEEDS else _ACCOUNTS
    opens = found.link and any(user.may(code) for code in needed)
    return Line(control.statement, control.title, found, reverse(found.link) if opens else "")
