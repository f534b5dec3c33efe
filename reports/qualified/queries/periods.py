"""Qualification on the day (4.3, 4.4) for every report of a period; 4.5 is in `signatures`.

    period = QualifiedPeriod(department, since, until)   # reads the register once, two grouped queries
    period.reports(role="", code="", member=None)        # QuerySet of exactly the reports with an exception
    period.of(reports)                                   # the exceptions of a page of reports
    period.ids(role="", code="", member=None)            # the ids of these, newest first, cached
    period.counts()                                      # ExceptionCounts: by role, by code, by person
    exceptions(department, since, until)                 # the exceptions, streamed, for the command

The number of queries does not depend on the number of reports. Names are grouped in the database; the
answer for a name changes only when a record begins or ends (`qualified.domain.windows`), so that a period of
50,000 reports takes some hundreds of evaluations, and the database finds the reports in the failing windows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.db.models import F, Max, Min, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from exporting.days import day_end, day_start
from reports.archive.models import Report
from reports.archive.querysets import ReportQuerySet
from reports.domain.people import NamedPerson, people_in
from reports.qualified.queries.failing import (
    MOMENTS,
    OPERATOR,
    SIGNER,
    FailingName,
    FailingReports,
    Fault,
    condition,
)
from reports.qualified.queries.register_lookup import RegisterLookup
from staff.departments.models import Department
from staff.register.domain.people import Answer
from staff.register.queries.people import roster_of

COLUMNS = {SIGNER: ("signer",), OPERATOR: ("operator", "modality")}
ROLE_WORDS = {SIGNER: "签发医师", OPERATOR: "操作技师"}
_JUDGED = ("reported_at", "pk", "is_final", "signer", "signing_moment", "operator", "modality", "examined_at")
_COLUMNS = (
    *("id", "accession_number", "department_id", "is_final", "modality", "operator", "examined_at"),
    *("signed_by", "reviewing_physician", "reporting_physician", "signed_at", "reported_at"),
)


@dataclass(frozen=True)
class QualificationException:
    """One person of a report without proof of qualification on the day."""

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
    """Counts of exceptions; `people`: (role, name as written) → count."""

    reports: int = 0
    advisory: bool = False
    roles: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    people: Counter[tuple[str, str]] = field(default_factory=Counter)


class QualifiedPeriod:
    """One department's reports completed from `since` to `until` (None: without bound), and their people."""

    def __init__(
        self,
        department: Department,
        since: date | None = None,
        until: date | None = None,
        *,
        hidden: Collection[int] = (),
    ) -> None:
        """`hidden`: ids of reports that are neither listed nor counted."""
        self.department, self.since, self.until = department, since, until
        self._base = with_signer(period_of(department, since, until, hidden), department)

    @property
    def size(self) -> int:
        """Number of reports in the period."""
        return self._base.count()

    @cached_property
    def register(self) -> RegisterLookup:
        """The register of the department, read once."""
        return RegisterLookup(roster_of(self.department))

    @cached_property
    def groups(self) -> tuple[FailingName, ...]:
        """Every name in the period that fails on a day of its reports."""
        return tuple(name for role in MOMENTS for name in self._failing_names(role))

    def _failing_names(self, role: str) -> Iterator[FailingName]:
        rows = self._base.order_by().values_list(*COLUMNS[role])
        for name, *kind, first, last in rows.annotate(first=Min(MOMENTS[role]), last=Max(MOMENTS[role])):
            if not name or first is None:
                continue
            modality, days = kind[0] if kind else "", (_day(first), _day(last))
            if windows := self.register.windows(role, name, modality, *days):
                always = [(window.first, window.last) for window in windows] == [days]
                yield FailingName(role, name, modality, windows, always)

    def reports(self, *, role: str = "", code: str = "", member: Any = None) -> ReportQuerySet[Report]:
        """The reports with an exception, filtered by role, code or member; unordered."""
        groups = [group for group in self.groups if role in ("", group.role)]
        if member is not None:
            groups = [
                group for group in groups if member.pk in self.register.member_ids(group.role, group.name)
            ]
        if code:
            groups = [group for group in (g.only(code) for g in groups) if group.windows]
        return self._base.filter(condition(self._base, groups)) if groups else self._base.none()

    def of(self, reports: Iterable[Report]) -> list[QualificationException]:
        """The exceptions of these reports in order, the signer's first; without a query."""
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
            answer = self.register.answer(role, person, report.modality, on)
            if answer.reasons:
                ids = self.register.member_ids(role, str(person))
                yield QualificationException(report, role, person, on, answer, ids)

    @cached_property
    def failing(self) -> FailingReports:
        """Every report with an exception, newest first; one query."""
        # Sorted here: with ORDER BY the database would read the reports instead of their index.
        rows = sorted(self.reports().order_by().values_list(*_JUDGED), key=_moment, reverse=True)
        groups = {(group.role, group.name, group.modality): group for group in self.groups}
        found = FailingReports()
        for _, pk, is_final, signer, signed, operator, modality, examined in rows:
            asked = [
                (SIGNER, signer, "", signed if is_final else None),
                (OPERATOR, operator, modality, examined),
            ]
            faults = []
            for role, name, kind, moment in asked:
                group = groups.get((role, name, kind)) if moment else None
                if group and (codes := group.codes_on(_day(moment))):
                    faults.append(Fault(role, name, codes))
            found.add(pk, tuple(faults))
        return found

    def ids(self, *, role: str = "", code: str = "", member: Any = None) -> Sequence[int]:
        """The ids of `reports()` with these arguments, newest first; without a query once cached."""

        def is_asked(fault: Fault) -> bool:
            of_member = member is None or member.pk in self.register.member_ids(fault.role, fault.name)
            return role in ("", fault.role) and code in ("", *fault.codes) and of_member

        return self.failing.where(kind for kind in self.failing.kinds if any(map(is_asked, kind)))

    def counts(self) -> ExceptionCounts:
        """Counts of the exceptions, cached."""
        return self._counts

    @cached_property
    def _counts(self) -> ExceptionCounts:
        counts = ExceptionCounts(reports=len(self.failing.ids), advisory=not self.register.binding)
        for faults, size in self.failing.sizes():
            for fault in faults:
                counts.roles[fault.role] += size
                counts.people[fault.role, fault.name] += size
                for code in fault.codes:
                    counts.codes[code] += size
        return counts


def exceptions(
    department: Department, since: date | None = None, until: date | None = None
) -> Iterator[QualificationException]:
    """Every exception of a period, by report time and accession number; streamed."""
    period = QualifiedPeriod(department, since, until)
    rows = period.reports().order_by("reported_at", "accession_number").only(*_COLUMNS)
    for report in rows.iterator(chunk_size=2000):
        yield from period.of([report])


def exception_counts(
    department: Department, since: date | None = None, until: date | None = None
) -> ExceptionCounts:
    """Counts of the exceptions of a period."""
    return QualifiedPeriod(department, since, until).counts()


def period_of(
    department: Department, since: date | None, until: date | None, hidden: Collection[int] = ()
) -> ReportQuerySet[Report]:
    """The department's reports completed in the period; a bound of None leaves that side open."""
    rows = Report.objects.filter(department=department)
    if hidden:
        rows = rows.exclude(pk__in=hidden)
    if since is not None:
        rows = rows.filter(reported_at__gte=day_start(since))
    return rows.filter(reported_at__lt=day_end(until)) if until is not None else rows


def with_signer(rows: ReportQuerySet[Report], department: Department) -> ReportQuerySet[Report]:
    """Annotate `signer` (D-10) and `signing_moment`, the time that counts for 4.4: signed, else completed."""
    writers: list[Any] = [F("signed_by"), NullIf(F("reviewing_physician"), Value(""))]
    if department.one_step_reporting:
        writers.append(F("reporting_physician"))
    signing_moment = Coalesce("signed_at", "reported_at")
    found = rows.annotate(signer=Coalesce(*writers), signing_moment=signing_moment)
    return cast("ReportQuerySet[Report]", found)


def signer_of(report: Report, department: Department) -> str | None:
    """签发医师 of one report (D-10), computed like the annotation of `with_signer`."""
    if report.signed_by is not None:
        return report.signed_by
    return report.reviewing_physician or (
        report.reporting_physician if department.one_step_reporting else None
    )


def _moment(row: tuple[Any, ...]) -> tuple[float, int]:
    """Report time and key of a row; reports without a time come before all others."""
    return row[0].timestamp() if row[0] else float("-inf"), row[1]


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
