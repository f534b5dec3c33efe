"""What the suggestions for section 1 are made from: a department's documents and records as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from scoring.evidence.domain.validity import Validity
from standards.scoresheet import HospitalLevel

Source = Literal["document", "month", "measure", "follow_up", "conference", "group"]
ConferencePeriod = Literal["weekly", "monthly", "quarterly"]

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
    """A document of the register; `kinds` are the codes it serves as.

    `conference_period`: how often it says that conferences are held (row 1.4), None when it sets no period.
    """

    id: int
    title: str
    version: str
    kinds: tuple[str, ...]
    validity: Validity
    has_file: bool
    conference_period: ConferencePeriod | None = None


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
    draw of the month, where it was drawn more than once or by a chosen seed. `done_on`: None while the month
    is not finished. `has_reports` False: a person closed it as 本月无报告.
    """

    id: int
    month: date
    due_on: date
    done_on: date | None
    state_zh: str
    problems: tuple[str, ...]
    without_measure: tuple[str, ...]
    measures: tuple[MeasureFact, ...]
    who: str
    given_up: tuple[str, ...] = ()
    has_reports: bool = True

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def late_days(self) -> int:
        """By how many days it was finished after its due day; 0 when in time, or not finished."""
        return max(0, (self.done_on - self.due_on).days) if self.done_on else 0


@dataclass(frozen=True)
class FollowUpFact:
    """A case of the register (`is_taken`), or one to be followed up by what its outcome shows (`is_due`).

    `begun`: at least one part of its record is there. `id` is the follow-up's, 0 where nobody made one.
    """

    id: int
    accession_number: str
    on: date
    state: Literal["complete", "running", "incomplete", "excluded"]
    begun: bool
    says: str
    is_taken: bool = True
    is_due: bool = True


@dataclass(frozen=True)
class ConferenceFact:
    """A held conference, and how many cases were discussed; `unfit` more were examined after its day."""

    id: int
    on: date
    title: str
    cases: int
    who: str
    unfit: int = 0


@dataclass(frozen=True)
class MembershipFact:
    """A member of a group at one rank, from a day until a day, both included; None: not known, or still.

    `rank_place`: position of the rank in the ladder.
    """

    member: int
    name: str
    rank_zh: str
    rank_place: int
    is_lead: bool
    since: date | None
    until: date | None

    def touches(self, first: date, last: date) -> bool:
        """Whether it lasted on any day of the period."""
        return (self.since is None or self.since <= last) and (self.until is None or self.until >= first)


@dataclass(frozen=True)
class GroupFact:
    """A subspecialty group and everybody who was ever recorded in it, oldest first."""

    id: int
    name: str
    memberships: tuple[MembershipFact, ...]
    is_dissolved: bool = False

    def members_between(self, first: date, last: date) -> tuple[MembershipFact, ...]:
        """Who was in the group in the period, each once, at the last rank they had in it.

        The first day is that of their first membership in the period.
        """
        found: dict[int, MembershipFact] = {}
        for one in self.memberships:
            if one.touches(first, last):
                earlier = found.get(one.member)
                found[one.member] = replace(one, since=earlier.since) if earlier else one
        return tuple(found.values())


@dataclass(frozen=True)
class Facts:
    """The documents and records of a department; `within` narrows the dated ones to a period.

    `on`: the day as of which a period has ended. `followed_up`: number of reports with an outcome in the
    sheet's sample, `sample_size` how many it asks for, 0 without a sheet (D-26).
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
    sample_size: int = 0
    on: date = date.max

    def within(self, first: date, last: date) -> "Facts":
        """The facts of a shorter period: documents and groups stay, their days are checked by the rules."""
        months = tuple(calendar_months(first, last))
        return replace(
            self,
            first=first,
            last=last,
            months=tuple(found for found in self.months if found.month in months),
            follow_ups=tuple(found for found in self.follow_ups if first <= found.on <= last),
            conferences=tuple(found for found in self.conferences if first <= found.on <= last),
        )


def calendar_months(first: date, last: date) -> Iterator[date]:
    """The first day of every calendar month the period touches, even by one day (D-04)."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def month_zh(month: date) -> str:
    """2026年8月."""
    return f"{month.year}年{month.month}月"
