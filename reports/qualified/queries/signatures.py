"""Signatures (4.5) of the reports of a period: signed by a permitted method and by the last editor.

    period = SignedPeriod(department, since, until)   # two queries for any number of reports
    period.reports(code="")                           # QuerySet of exactly the reports with a fault
    period.ids(code="")                               # the ids of these, newest first
    period.of(reports)                                # [SignatureException], their order, no query
    period.counts()                                   # Counter of codes

The rule is in `reports.domain.signature`; the database only excludes reports that cannot fail.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import F, Q
from django.utils import timezone

from reports.archive.models import Report
from reports.archive.querysets import ReportQuerySet
from reports.domain.signature import Fault, permitted_method, signature_faults
from reports.qualified.queries.periods import period_of, signer_of
from staff.departments.models import Department

FIELDS = (
    *("is_final", "signed_by", "reviewing_physician", "reporting_physician", "signature_method"),
    *("signed_at", "last_modified_by", "last_modified_at", "modification_kind", "reported_at"),
)


@dataclass(frozen=True)
class SignatureException:
    """One fault of 4.5 on one report."""

    report: Report
    code: str
    sentence: str


class SignedPeriod:
    """One department's final reports completed from `since` to `until` (None: without bound)."""

    def __init__(
        self,
        department: Department,
        since: date | None = None,
        until: date | None = None,
        *,
        hidden: Collection[int] = (),
    ) -> None:
        """`hidden`: ids of reports that are neither listed nor counted."""
        self.department = department
        self._base = period_of(department, since, until, hidden).filter(is_final=True)

    @cached_property
    def _codes(self) -> dict[int, tuple[str, ...]]:
        """Report id → codes, for every report with a fault, newest first."""
        found = {}
        rows = self._base.filter(self._may_fail()).only("id", *FIELDS).order_by("-reported_at", "-id")
        for report in rows.iterator(2000):
            if faults := faults_of(report, self.department):
                found[report.pk] = tuple(code for code, _ in faults)
        return found

    def _may_fail(self) -> Q:
        """Condition for reports that may fail: unsigned, refused method, or changed after the first issue."""
        methods = self._base.order_by().values_list("signature_method", flat=True).distinct()
        refused = [m for m in methods if m is not None and permitted_method(m) is False]
        changed = Q(last_modified_by__gt="") | Q(last_modified_at__isnull=False)
        before = Q(last_modified_at__lte=F("reported_at"))
        return Q(signed_by="") | Q(signature_method__in=refused) | (changed & ~before)

    def reports(self, *, code: str = "") -> ReportQuerySet[Report]:
        """The reports with a fault, filtered by code; unordered."""
        return self._base.filter(pk__in=self.ids(code=code))

    def ids(self, *, code: str = "") -> list[int]:
        """The ids of `reports()`, newest first; without a query once cached."""
        return [pk for pk, codes in self._codes.items() if code in ("", *codes)]

    def of(self, reports: Iterable[Report]) -> list[SignatureException]:
        """The faults of these reports, in their order."""
        return list(self._of(reports))

    def _of(self, reports: Iterable[Report]) -> Iterator[SignatureException]:
        for report in reports:
            for code, sentence in faults_of(report, self.department):
                yield SignatureException(report, code, sentence)

    def counts(self) -> Counter[str]:
        """Number of reports by fault."""
        return Counter(code for codes in self._codes.values() for code in codes)


def faults_of(report: Report, department: Department) -> tuple[Fault, ...]:
    """The faults of a stored report; messages give Beijing time."""
    return signature_faults(
        is_final=report.is_final,
        signed_by=signer_of(report, department),
        signature_method=report.signature_method,
        signed_at=_local(report.signed_at),
        last_modified_by=report.last_modified_by,
        last_modified_at=_local(report.last_modified_at),
        modification_kind=report.modification_kind,
        reported_at=_local(report.reported_at),
    )


def _local(at: datetime | None) -> datetime | None:
    return timezone.localtime(at) if at else None
