"""Names that fail in some window of days, and the reports in these windows."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from exporting.days import day_end, day_start
from reports.archive.models import Report
from reports.archive.querysets import ReportQuerySet
from reports.qualified.domain.windows import Codes, Window

SIGNER, OPERATOR = "signer", "operator"
# By role: the column of the name, and the time whose day counts (`periods.with_signer`).
NAMES = {SIGNER: "signer", OPERATOR: "operator"}
MOMENTS = {SIGNER: "signing_moment", OPERATOR: "examined_at"}
MOST_TERMS = 200  # per query: SQLite accepts at most a thousand nested conditions


@dataclass(frozen=True)
class FailingName:
    """A written name (with one kind of equipment) and the windows in which it fails.

    `always`: one window covers every report of the period.
    """

    role: str
    name: str
    modality: str
    windows: tuple[Window, ...]
    always: bool

    def only(self, code: str) -> "FailingName":
        """A copy with only the windows of this code."""
        return replace(self, windows=tuple(window for window in self.windows if code in window.codes))

    def codes_on(self, day: date) -> Codes:
        """The codes on that day; () on a day without fault."""
        for window in self.windows:
            if window.first <= day <= window.last:
                return window.codes
        return ()


class Fault(NamedTuple):
    """One person of a report without proof of qualification: the written name, and the codes."""

    role: str
    name: str
    codes: Codes


Faults = tuple[Fault, ...]


@dataclass
class FailingReports:
    """The reports of a period with an exception, newest first: ids, and their kind of fault."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    kinds: dict[Faults, int] = field(default_factory=dict)
    _kind_of: "array[int]" = field(default_factory=lambda: array("l"))

    def add(self, pk: int, faults: Faults) -> None:
        self.ids.append(pk)
        self._kind_of.append(self.kinds.setdefault(faults, len(self.kinds)))

    def where(self, asked: Iterable[Faults]) -> Sequence[int]:
        """The ids of the reports of these kinds, newest first."""
        wanted = {self.kinds[faults] for faults in asked}
        if len(wanted) == len(self.kinds):
            return self.ids
        return [pk for pk, kind in zip(self.ids, self._kind_of, strict=True) if kind in wanted]

    def by_report(self) -> Iterator[tuple[int, Faults]]:
        """The faults of each report, by its id."""
        kinds = list(self.kinds)
        return ((pk, kinds[kind]) for pk, kind in zip(self.ids, self._kind_of, strict=True))

    def sizes(self) -> Iterator[tuple[Faults, int]]:
        """How many reports each kind has."""
        sizes = Counter(self._kind_of)
        return ((faults, sizes[kind]) for faults, kind in self.kinds.items())


def condition(base: ReportQuerySet[Report], groups: Iterable[FailingName]) -> Q:
    """Condition for the reports of these groups within their failing windows."""
    asked = Q(pk__in=[])
    kinds: dict[tuple[str, str], list[FailingName]] = defaultdict(list)
    for group in groups:
        kinds[group.role, group.modality].append(group)
    for (role, modality), some in kinds.items():
        asked |= _of_kind(base, role, modality, some)
    return asked


def _of_kind(base: ReportQuerySet[Report], role: str, modality: str, groups: list[FailingName]) -> Q:
    name, moment = NAMES[role], MOMENTS[role]
    always = Q(**{f"{name}__in": [group.name for group in groups if group.always]})
    partly = [group for group in groups if not group.always]
    # Names first: only their reports are compared with the windows.
    named = Q(**{f"{name}__in": [group.name for group in partly]})
    terms = [_term(name, moment, group, window) for group in partly for window in group.windows]
    whole = Q(is_final=True) if role == SIGNER else Q(modality=modality)
    whole &= Q(**{f"{moment}__isnull": False})
    if len(terms) <= MOST_TERMS:
        return whole & (always | (named & _any(terms)))
    return whole & (always | Q(pk__in=list(_ids(base.filter(whole & named), terms))))


def _term(name: str, moment: str, group: FailingName, window: Window) -> Q:
    first, last = day_start(window.first), day_end(window.last)
    return Q(**{name: group.name, f"{moment}__gte": first, f"{moment}__lt": last})


def _any(terms: list[Q]) -> Q:
    found = Q(pk__in=[])
    for term in terms:
        found |= term
    return found


def _ids(rows: ReportQuerySet[Report], terms: list[Q]) -> Iterator[int]:
    for place in range(0, len(terms), MOST_TERMS):
        some = terms[place : place + MOST_TERMS]
        yield from rows.filter(_any(some)).order_by().values_list("pk", flat=True)
