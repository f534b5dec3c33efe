"""Results of months from their rows: facts for the figures, and cases with their faults.

A month's faults are read here only, so that a correction of a ruling reaches every page and record.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from audits.monthly.domain.figures import (
    ClauseCount,
    Comparison,
    MonthFacts,
    Share,
    clause_counts,
    compare,
    pooled,
)
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from staff.departments.models import Department

EARLIER = 3  # finished months with which a month is compared


@dataclass(frozen=True)
class ClauseLine:
    """A clause of a month: how often, and the comparison with the months before."""

    count: ClauseCount
    share: Share
    comparison: Comparison


@dataclass(frozen=True)
class MonthResult:
    """The present result of a month: its cases in order with their faults, and the figures by clause.

    `earlier`: the finished months it is compared with, newest first; () in the first one.
    """

    audit: MonthlyAudit
    cases: tuple[MonthlyCase, ...]
    faults: dict[int, tuple[MonthlyFault, ...]]
    facts: MonthFacts
    earlier: tuple[MonthFacts, ...]

    @property
    def judged(self) -> int:
        return len(self.facts.cases)

    @property
    def unjudged(self) -> int:
        return len(self.cases) - self.judged

    @property
    def problems(self) -> int:
        """Entries found, over all reports."""
        return sum(len(found) for found in self.faults.values())

    @property
    def faulty(self) -> Share:
        return self.facts.faulty

    @property
    def comparison(self) -> Comparison:
        """Reports with any problem, against the months before."""
        return compare(pooled(month.faulty for month in self.earlier), self.faulty)

    @property
    def clauses(self) -> tuple[ClauseLine, ...]:
        counts = clause_counts(
            [fault.clause for fault in self.faults.get(case.pk, ())] for case in self.cases if case.verdict
        )
        return tuple(self._line(count) for count in counts)

    def _line(self, count: ClauseCount) -> ClauseLine:
        clauses = frozenset((count.clause,))
        share = self.facts.share(clauses)
        return ClauseLine(count, share, compare(pooled(m.share(clauses) for m in self.earlier), share))


def month_result(audit: MonthlyAudit) -> MonthResult:
    """The present result of a month, in four queries."""
    cases = tuple(
        audit.cases.select_related("report", "revision", "assessor", "judged_by").order_by("position")
    )
    faults = faults_of([case.pk for case in cases])
    found = tuple(clauses_of(faults.get(case.pk, ())) for case in cases if case.verdict)
    before = MonthlyAudit.objects.filter(
        department=audit.department_id, status=MonthlyAudit.Status.CLOSED, month__lt=audit.month
    )
    earlier = facts_of(before.without_draw().order_by("-month")[:EARLIER])
    return MonthResult(audit, cases, faults, MonthFacts(audit.month, found), tuple(earlier))


def faults_of(cases: Iterable[int]) -> dict[int, tuple[MonthlyFault, ...]]:
    """Case id → its faults without those that an appeal removed; one query."""
    found: dict[int, list[MonthlyFault]] = defaultdict(list)
    rows = MonthlyFault.objects.filter(case__in=list(cases)).exclude(appealed__struck=True)
    for fault in rows.order_by("case_id", "pk"):
        found[fault.case_id].append(fault)
    return {case: tuple(faults) for case, faults in found.items()}


def clauses_of(faults: Iterable[MonthlyFault]) -> frozenset[str]:
    return frozenset(fault.clause for fault in faults)


def facts_of(audits: Iterable[MonthlyAudit]) -> list[MonthFacts]:
    """The figures of several months in the order given; three queries."""
    months = list(audits)
    cases: dict[int, list[int]] = defaultdict(list)
    judged = MonthlyCase.objects.filter(audit__in=[month.pk for month in months]).exclude(verdict="")
    for audit, case in judged.order_by("position").values_list("audit_id", "pk"):
        cases[audit].append(case)
    faults = faults_of([case for found in cases.values() for case in found])
    return [
        MonthFacts(month.month, tuple(clauses_of(faults.get(case, ())) for case in cases[month.pk]))
        for month in months
    ]


def finished_months(department: Department | int) -> list[MonthFacts]:
    """Every finished month of a department, oldest first."""
    closed = MonthlyAudit.objects.filter(department=department, status=MonthlyAudit.Status.CLOSED)
    return facts_of(closed.without_draw().order_by("month"))
