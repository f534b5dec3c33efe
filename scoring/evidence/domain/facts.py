"""What the suggestions for section 1 are made from: a department's documents and records as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from scoring.evidence.domain.validity import Validity
from standards.scoresheet import HospitalLevel

Source = Literal["document", "month", "measure", "follow_up", "conference", "group"]

SOURCES_ZH: Mapping[Source, str] = MappingProxyType(
    {
        "document": "佐证文件",
        "month": "月度质控",
        "measure": "改进措施",
        "follow_up": "随访",
        "conference": "会议",
        "group": "专业组",
    }
)


@dataclass(frozen=True)
class DocumentFact:
    """A document of the register; `kinds` are the codes it serves as."""

    id: int
    title: str
    version: str
    kinds: tuple[str, ...]
    validity: Validity


@dataclass(frozen=True)
class MeasureFact:
    """An improvement measure of a month: which clauses it is meant for, and how far it has come."""

    id: int
    title: str
    clauses: tuple[str, ...]
    due_on: date
    state_zh: str
    is_overdue: bool
    who: str


@dataclass(frozen=True)
class MonthFact:
    """A month's check: is it finished, which clauses showed problems, and the measures against them.

    `without_measure`: clauses with a problem against which no measure of this month, nor one of an earlier
    month that still runs, is meant. `measures` are those of the month itself. `given_up`: a sentence for each
    draw of the month, where it was drawn more than once or by a chosen seed.
    """

    id: int
    month: date
    is_done: bool
    state_zh: str
    problems: tuple[str, ...]
    without_measure: tuple[str, ...]
    measures: tuple[MeasureFact, ...]
    who: str
    given_up: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowUpFact:
    """A follow-up record; `begun`: at least one of its parts is there."""

    id: int
    accession_number: str
    on: date
    state: Literal["complete", "running", "incomplete"]
    begun: bool
    says: str


@dataclass(frozen=True)
class ConferenceFact:
    """A held conference and how many cases were discussed."""

    id: int
    on: date
    title: str
    cases: int
    who: str


@dataclass(frozen=True)
class GroupFact:
    """A current subspecialty group, its 梯队 as a text of titles and their counts."""

    id: int
    name: str
    lead: str
    members: int
    ladder: str


@dataclass(frozen=True)
class Facts:
    """The documents and records of a department; `within` narrows the dated ones to a period.

    `followed_up`: number of reports with an outcome in the sheet's sample (D-26).
    """

    first: date
    last: date
    level: HospitalLevel
    documents: tuple[DocumentFact, ...] = ()
    months: tuple[MonthFact, ...] = ()
    follow_ups: tuple[FollowUpFact, ...] = ()
    conferences: tuple[ConferenceFact, ...] = ()
    groups: tuple[GroupFact, ...] = ()
    followed_up: int = 0

    def within(self, first: date, last: date) -> "Facts":
        """The facts of a shorter period: documents and groups stay, their validity is checked by day."""
        months = tuple(calendar_months(first, last))
        return Facts(
            first,
            last,
            self.level,
            self.documents,
            tuple(found for found in self.months if found.month in months),
            tuple(found for found in self.follow_ups if first <= found.on <= last),
            tuple(found for found in self.conferences if first <= found.on <= last),
            self.groups,
            self.followed_up,
        )


def calendar_months(first: date, last: date) -> Iterator[date]:
    """The first day of every calendar month the period touches, even by one day (D-04)."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
