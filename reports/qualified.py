"""Was everybody qualified on the day (4.3, 4.4)? For every report of a period; 4.5 is in `reports.signed`.

    period = QualifiedPeriod(department, since, until)   # reads the register once, two grouped queries
    period.reports(role="", code="", member=None)        # QuerySet of exactly the reports with an exception
    period.of(reports)                                   # the exceptions of a page of reports
    period.counts()                                      # ExceptionCounts: by role, by code, by person
    exceptions(department, since, until)                 # the same, streamed; what the command prints

The number of queries does not depend on the number of reports. Names are grouped in the database; a name's
answer changes only on the turning days of its records (`reports.domain.windows`), so a period of 50,000
reports is judged by some hundreds of looks, and the database finds the reports in the failing stretches.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Max, Min, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from exporting.days import day_end, day_start
from reports.domain.people import NamedPerson, people_in
from reports.domain.windows import Codes, Window, failing_windows
from reports.failing import MOMENTS, OPERATOR, SIGNER, FailingName, condition
from reports.models import Report
from reports.querysets import ReportQuerySet
from staff.domain.people import Answer
from staff.domain.rules import Kind
from staff.models import Department
from staff.people import roster_of

COLUMNS = {SIGNER: ("signer",), OPERATOR: ("operator", "modality")}
KINDS: dict[str, Kind] = {SIGNER: "physician", OPERATOR: "technologist"}
ROLE_WORDS = {SIGNER: "签发医师", OPERATOR: "操作技师"}
_LIGHT = ("id", "accession_number", "department_id", "is_final", "modality", "operator", "examined_at")
_LIGHT += ("signed_by", "reviewing_physician", "reporting_physician", "signed_at", "reported_at")


@dataclass(frozen=True)
class QualificationException:
    """One person of one report who is not shown to have been qualified on the day."""

    report: Report
    role: str
    person: NamedPerson
    on: date
    answer: Answer
    member_ids: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return self.report.accession_number, self.role, str(self.person)


@dataclass
class ExceptionCounts:
    """How many exceptions of each sort; `people`: (role, name as written) → how many."""

    reports: int = 0
    advisory: bool = False
    roles: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    people: Counter[tuple[str, str]] = field(default_factory=Counter)


class QualifiedPeriod:
    """One department's reports completed from `since` to `until` (None: without bound), and their people."""

    def __init__(self, department: Department, since: date | None = None, until: date | None = None) -> None:
        self.department = department
        self._base = with_signer(period_of(department, since, until), department)

    @property
    def size(self) -> int:
        """How many reports the period has."""
        return self._base.count()

    @cached_property
    def roster(self) -> Any:
        """The register, read once."""
        return roster_of(self.department)

    @cached_property
    def groups(self) -> tuple[FailingName, ...]:
        """Every name in the period that fails on some day."""
        spans = self._base.order_by().aggregate(
            **{f"{role}_{edge.name}": edge(moment) for role, moment in MOMENTS.items() for edge in (Min, Max)}
        )
        found: list[FailingName] = []
        for role in MOMENTS:
            first, last = spans[f"{role}_Min"], spans[f"{role}_Max"]
            if first is not None:
                found += self._failing_names(role, _day(first), _day(last))
        return tuple(found)

    def _failing_names(self, role: str, first: date, last: date) -> Iterator[FailingName]:
        for name, *kind in self._base.order_by().values_list(*COLUMNS[role]).distinct():
            modality = kind[0] if kind else ""
            windows = self._windows(role, name, modality, first, last) if name else ()
            if windows:
                always = [(window.first, window.last) for window in windows] == [(first, last)]
                yield FailingName(role, name, modality, windows, always)

    def _windows(self, role: str, name: str, modality: str, first: date, last: date) -> tuple[Window, ...]:
        people = people_in(name)
        turning = [self.roster.turning_days(p.name, p.number, kind=KINDS[role]) for p in people]

        def codes_on(day: date) -> Codes:
            found = (self.answer(role, person, modality, day).codes for person in people)
            return tuple(dict.fromkeys(code for codes in found for code in codes))

        return failing_windows(first, last, set().union(*turning), codes_on)

    def answer(self, role: str, person: NamedPerson, modality: str, on: date) -> Answer:
        """The register's answer for one person and day."""
        if role == SIGNER:
            return self.roster.signer(person.name, person.number, on)
        return self.roster.operator(person.name, person.number, modality, on)

    def reports(self, *, role: str = "", code: str = "", member: Any = None) -> ReportQuerySet:
        """Exactly the reports with an exception, of one role, code or member where named. Any order."""
        groups = [group for group in self.groups if role in ("", group.role)]
        if member is not None:
            groups = [group for group in groups if member.pk in self._member_ids(group.role, group.name)]
        if code:
            groups = [group for group in (g.only(code) for g in groups) if group.windows]
        return self._base.filter(condition(self._base, groups)) if groups else self._base.none()

    def _member_ids(self, role: str, written: str) -> tuple[int, ...]:
        kind, people = KINDS[role], people_in(written)
        found = (p for who in people for p in self.roster.find(who.name, who.number, kind=kind))
        return tuple(person.pk for person in found if person.pk)

    def of(self, reports: Iterable[Report]) -> list[QualificationException]:
        """The exceptions of these reports, in their order, the signer's first; no query."""
        return [found for report in reports for found in self._of_one(report)]

    def _of_one(self, report: Report) -> Iterator[QualificationException]:
        at = report.signed_at or report.reported_at
        if report.is_final and at:
            yield from self._failing(report, SIGNER, signer_of(report, self.department), at)
        if report.examined_at:
            yield from self._failing(report, OPERATOR, report.operator, report.examined_at)

    def _failing(
        self, report: Report, role: str, written: str | None, at: datetime
    ) -> Iterator[QualificationException]:
        on = _day(at)
        for person in people_in(written):
            answer = self._memo(role, person, report.modality if role == OPERATOR else "", on)
            if answer.reasons:
                ids = self._member_ids(role, str(person))
                yield QualificationException(report, role, person, on, answer, ids)

    def _memo(self, role: str, person: NamedPerson, modality: str, on: date) -> Answer:
        key = (role, person, modality, on)
        if key not in self._answers:
            self._answers[key] = self.answer(role, person, modality, on)
        return self._answers[key]

    @cached_property
    def _answers(self) -> dict[tuple[str, NamedPerson, str, date], Answer]:
        return {}

    def counts(self) -> ExceptionCounts:
        """How many of each sort; two queries a role, more only for names whose reasons change."""
        counts = ExceptionCounts(reports=self.reports().count(), advisory=not self.roster.binding)
        for role in MOMENTS:
            self._count(counts, role, [part for g in self.groups if g.role == role for part in g.apart()])
        return counts

    def _count(self, counts: ExceptionCounts, role: str, groups: list[FailingName]) -> None:
        """Each stretch of a name is asked in its own turn, so that a query counts every name once."""
        turns: Counter[tuple[str, str]] = Counter()
        rounds: dict[int, dict[tuple[str, str], FailingName]] = defaultdict(dict)
        for group in groups:
            key = (group.name, group.modality)
            rounds[turns[key]][key] = group
            turns[key] += 1
        for known in rounds.values():
            rows = self._base.filter(condition(self._base, known.values())).order_by()
            for name, *kind, size in rows.values_list(*COLUMNS[role]).annotate(size=Count("id")):
                _add(counts, known[name, kind[0] if kind else ""], size)


def _add(counts: ExceptionCounts, group: FailingName, size: int) -> None:
    counts.roles[group.role] += size
    counts.people[group.role, group.name] += size
    for code in group.windows[0].codes:
        counts.codes[code] += size


def exceptions(
    department: Department, since: date | None = None, until: date | None = None
) -> Iterator[QualificationException]:
    """Every exception of a period, by report time and accession number; streamed."""
    period = QualifiedPeriod(department, since, until)
    rows = period.reports().order_by("reported_at", "accession_number").only(*_LIGHT)
    for report in rows.iterator(chunk_size=2000):
        yield from period.of([report])


def exception_counts(
    department: Department, since: date | None = None, until: date | None = None
) -> ExceptionCounts:
    """The counts of a period, as the head's page shows them."""
    return QualifiedPeriod(department, since, until).counts()


def period_of(department: Department, since: date | None, until: date | None) -> ReportQuerySet:
    """The department's reports completed in the period; one bound alone leaves the other side open."""
    rows = Report.objects.filter(department=department)
    if since is not None:
        rows = rows.filter(reported_at__gte=day_start(since))
    return rows.filter(reported_at__lt=day_end(until)) if until is not None else rows


def with_signer(rows: ReportQuerySet, department: Department) -> ReportQuerySet:
    """With `signer` (D-10) and `signing_moment`, the day 4.4 is asked for: signed, else completed."""
    writers: list[Any] = [F("signed_by"), NullIf(F("reviewing_physician"), Value(""))]
    if department.one_step_reporting:
        writers.append(F("reporting_physician"))
    return rows.annotate(signer=Coalesce(*writers), signing_moment=Coalesce("signed_at", "reported_at"))


def signer_of(report: Report, department: Department) -> str | None:
    """签发医师 of one report (D-10), as `with_signer` reads it in the database."""
    if report.signed_by is not None:
        return report.signed_by
    return report.reviewing_physician or (
        report.reporting_physician if department.one_step_reporting else None
    )


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
