"""Between the rows of the database and a month's draw: its final reports in, frozen cases out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils import timezone

from audits.monthly.domain.monthly import last_of_month
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.sampling.domain.frozen_list import Entry
from audits.sampling.queries.pool import physician_token
from reports.archive.models import Report, Revision
from staff.departments.models import Department

_COLUMNS = ("accession_number", "system", "modality", "patient_key", "reporting_physician", "is_final")


@dataclass(frozen=True)
class MonthPool:
    """The reports a month's check is drawn from, and how many of the month were left out, by reason."""

    entries: tuple[Entry, ...]
    excluded: dict[str, int]


def month_pool(department: Department, month: date) -> MonthPool:
    """Every final report completed in the month, Beijing time; one query."""
    rows = Report.objects.filter(department=department).reported_between(month, last_of_month(month))
    tokens: dict[str | None, str] = {}
    entries = []
    unfinished = 0
    for number, system, modality, patient, physician, final in rows.order_by().values_list(*_COLUMNS):
        if not final:
            unfinished += 1
            continue
        if physician not in tokens:
            tokens[physician] = physician_token(department, physician)
        # Unknown patients cannot be compared: each counts as a different one.
        entries.append(Entry(number, system, modality, patient or f"?{number}", tokens[physician]))
    return MonthPool(tuple(sorted(entries)), {"未完成（非最终报告）": unfinished} if unfinished else {})


def refuted_months(department: Department | int, audits: Iterable[MonthlyAudit]) -> frozenset[date]:
    """Months closed as 本月无报告 that have final reports now; no query without such a month."""
    empty = [audit.month for audit in audits if audit.status == MonthlyAudit.Status.NO_REPORTS]
    if not empty:
        return frozenset()
    reports = Report.objects.filter(department=department, is_final=True)
    days = reports.reported_between(min(empty), last_of_month(max(empty))).order_by()
    reported = {timezone.localdate(at).replace(day=1) for at in days.values_list("reported_at", flat=True)}
    return frozenset(empty) & reported


def freeze_month(audit: MonthlyAudit, drawn: Sequence[Entry]) -> list[MonthlyCase]:
    """Cases in the order drawn, at the version of each report that is in force at the draw."""
    numbers = [entry.accession_number for entry in drawn]
    current = Revision.objects.filter(
        report__department=audit.department_id,
        report__accession_number__in=numbers,
        number=F("report__revision_number"),
    ).select_related("report")
    by_number = {revision.report.accession_number: revision for revision in current}
    return MonthlyCase.objects.bulk_create(
        MonthlyCase(
            audit=audit,
            report=by_number[entry.accession_number].report,
            revision=by_number[entry.accession_number],
            position=place,
            system=entry.system,
            modality=entry.modality,
        )
        for place, entry in enumerate(drawn, start=1)
    )
