"""Reports withheld from a person for now, because they have still to judge them blind (docs/quality.md A2).

The app that assigns the judging registers what it withholds; every list and page below it asks here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

SENTENCE = "您正在评审该报告，完成评审前不能查看其结局与姓名。"
HIDDEN = "••••"


@dataclass(frozen=True)
class Withholding:
    """What an app withholds from a user.

    `reports`: their ids; `patients`: the keys of their patients; `place`: where the user judges a report ("":
    nowhere); `words`: every word by which the reports are known; `targets`: (type, id) of trail events whose
    detail may tell of them.
    """

    reports: Callable[[Any], QuerySet[Any]]
    patients: Callable[[Any], QuerySet[Any]]
    place: Callable[[Any, Any], str]
    words: Callable[[Any], Iterable[str]]
    targets: Callable[[Any], Iterable[tuple[str, str]]]


# Registered by AppConfig.ready: this app and `reports` know nothing of the apps above them.
_registered: list[Withholding] = []


class WithheldError(PermissionDenied):
    """The report is withheld from this person; `url` is the page of their own review, or ""."""

    def __init__(self, url: str = "", sentence: str = SENTENCE) -> None:
        super().__init__(sentence)
        self.url = url


def withhold(what: Withholding) -> None:
    """Register what an app withholds; once, when it is made ready."""
    _registered.append(what)


def withheld(user: Any, path: str, *, same_patient: bool = False) -> Q:
    """The rows whose report, reached by `path`, is withheld from `user`; asked together with the rows.

    `same_patient`: rows about other reports of its patient as well, for what tells outcomes.
    """
    found = Q(pk__in=())
    if getattr(user, "is_authenticated", False):
        for what in _registered:
            found |= Q(**{f"{path}__in": what.reports(user)})
            if same_patient:
                found |= Q(**{f"{path}__patient_key__in": what.patients(user)})
    return found


def place_to_judge(user: Any, report: Any) -> str:
    """The address of the user's own open review of `report`; "" without one."""
    return next(filter(None, (what.place(user, report) for what in _registered)), "")


def withheld_words(user: Any) -> frozenset[str]:
    """Names and numbers of the withheld reports, to be blotted out of free text."""
    return frozenset(word for what in _registered for word in what.words(user) if len(word) > 1)


def withheld_targets(user: Any) -> frozenset[tuple[str, str]]:
    """(type, id) of the targets of trail events whose detail may reveal what is withheld from `user`."""
    return frozenset(target for what in _registered for target in what.targets(user))


def hidden_in(text: str, words: Iterable[str]) -> str:
    """`text` with each of `words` blotted out, the longest first; a number is not found within another."""
    for word in sorted(words, key=len, reverse=True):
        edges = ("(?<![0-9A-Za-z])", "(?![0-9A-Za-z])") if word.isascii() else ("", "")
        text = re.sub(edges[0] + re.escape(word) + edges[1], HIDDEN, text)
    return text
