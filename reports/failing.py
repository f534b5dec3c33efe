"""Names that fail in some stretch of days, and the reports in these stretches as a database condition."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q

from exporting.days import day_end, day_start
from reports.domain.windows import Window
from reports.querysets import ReportQuerySet

SIGNER, OPERATOR = "signer", "operator"
# Of a role: the column of its name, and the moment whose day counts (`reports.qualified.with_signer`).
NAMES = {SIGNER: "signer", OPERATOR: "operator"}
MOMENTS = {SIGNER: "signing_moment", OPERATOR: "examined_at"}
MOST_TERMS = 200  # of one query: SQLite takes a condition of at most a thousand nested parts


@dataclass(frozen=True)
class FailingName:
    """Reports under one writing of a name (and one kind of equipment) and the stretches in which it fails.

    `always`: the one stretch holds every report of the period.
    """

    role: str
    name: str
    modality: str
    windows: tuple[Window, ...]
    always: bool

    def only(self, code: str) -> "FailingName":
        """The same, with the stretches in which this code is raised."""
        return replace(self, windows=tuple(window for window in self.windows if code in window.codes))

    def apart(self) -> list["FailingName"]:
        """One group a stretch."""
        return [replace(self, windows=(window,)) for window in self.windows]


def condition(base: ReportQuerySet, groups: Iterable[FailingName]) -> Q:
    """The reports of these groups that lie in their failing stretches."""
    asked = Q(pk__in=[])
    kinds: dict[tuple[str, str], list[FailingName]] = defaultdict(list)
    for group in groups:
        kinds[group.role, group.modality].append(group)
    for (role, modality), some in kinds.items():
        asked |= _of_kind(base, role, modality, some)
    return asked


def _of_kind(base: ReportQuerySet, role: str, modality: str, groups: list[FailingName]) -> Q:
    name, moment = NAMES[role], MOMENTS[role]
    always = Q(**{f"{name}__in": [group.name for group in groups if group.always]})
    partly = [group for group in groups if not group.always]
    # The names first: only their reports are held against the stretches one by one.
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


def _ids(rows: ReportQuerySet, terms: list[Q]) -> Iterator[int]:
    for place in range(0, len(terms), MOST_TERMS):
        some = terms[place : place + MOST_TERMS]
        yield from rows.filter(_any(some)).order_by().values_list("pk", flat=True)
