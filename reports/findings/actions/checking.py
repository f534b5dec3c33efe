"""Check stored reports and store the findings: on import, when requests or alerts arrive, when rules change.

New findings are inserted, those that no longer occur are marked as not current, and unchanged ones are left
as they are, with their ruling. `Report.rules_version` is the version of the last check; 0 or an older version
means that the report is waiting to be checked (`waiting`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from reports.archive.models import Report
from reports.domain.fingerprint import fingerprints
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import RULES_VERSION, bound_rules
from reports.findings.models import Finding
from reports.findings.queries.check_input import Surroundings
from reports.findings.queries.switches import Switches
from reports.imports.actions.bulk import insert_many, update_many
from reports.imports.models import CriticalAlert
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

CHUNK = 500
# Only columns derived from rule and report: a concurrent ruling is never overwritten.
_SAID = (
    "clause",
    "field",
    "start",
    "end",
    "excerpt",
    "message",
    "severity",
    "said_severity",
    "reporting_physician",
    "reported_at",
    "is_current",
)


@dataclass
class Changes:
    """What a check changed, by code."""

    added: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    reports: int = 0

    def __iadd__(self, other: "Changes") -> "Changes":
        self.added += other.added
        self.gone += other.gone
        self.kept += other.kept
        self.reports += other.reports
        return self

    @property
    def by_code(self) -> dict[str, dict[str, int]]:
        """code → {added, gone, kept}, in code order."""
        codes = sorted({*self.added, *self.gone, *self.kept})
        return {
            code: {"added": self.added[code], "gone": self.gone[code], "kept": self.kept[code]}
            for code in codes
        }


def check_arrived(reports: Sequence[Report], *, department: Department, by: User | None) -> Changes:
    """Check reports just written, and later reports of the same patients, whose priors they are.

    Call it in the transaction that wrote them, under its lock on the department.
    """
    around = Surroundings.of(department, reports)
    later = list(Report.objects.filter(pk__in=around.later_than(reports)))
    changes = check_reports([*reports, *later], department=department, around=None if later else around)
    _note(changes, department=department, by=by)
    return changes


def check_reports(
    reports: Sequence[Report], *, department: Department, around: Surroundings | None = None
) -> Changes:
    """Check reports of one department and store the difference; reports that are not final have no findings.

    Call it in a transaction with a lock on the department: two concurrent checks of one report would both
    insert. A fixed number of queries.
    """
    switches, around = Switches.of(department), around or Surroundings.of(department, reports)
    stored: dict[int, dict[str, Finding]] = {report.pk: {} for report in reports}
    for row in Finding.objects.filter(report__in=stored):
        stored[row.report_id][row.fingerprint] = row
    changes = Changes(reports=len(reports))
    new: list[Finding] = []
    changed: list[Finding] = []
    for report in reports:
        _compare(report, _findings_on(report, around, switches), stored[report.pk], changes, new, changed)
    insert_many(Finding, new)
    update_many(Finding, changed, _SAID)
    waiting = [report.pk for report in reports if report.rules_version != RULES_VERSION]
    if waiting:
        Report.objects.filter(pk__in=waiting).update(rules_version=RULES_VERSION)
    return changes


def _findings_on(report: Report, around: Surroundings, switches: Switches) -> dict[str, dict[str, Any]]:
    """The present findings of a report, as columns of Finding by fingerprint."""
    if not report.is_final:
        return {}
    checked = around.checked(report)
    findings = check(checked, bound_rules(), off=switches.off(report.source_id))
    return {
        fingerprint: {
            "code": finding.code,
            "clause": finding.clause,
            "field": finding.field,
            "start": finding.start,
            "end": finding.end,
            "excerpt": finding.excerpt,
            "message": finding.message,
            "severity": switches.shown(finding),
            "said_severity": finding.severity,
            "reporting_physician": report.reporting_physician,
            "reported_at": report.reported_at,
            "is_current": True,
        }
        for fingerprint, finding in zip(fingerprints(checked, findings), findings, strict=True)
    }


def _compare(
    report: Report,
    now: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Finding],
    changes: Changes,
    new: list[Finding],
    changed: list[Finding],
) -> None:
    for fingerprint, columns in now.items():
        row = before.get(fingerprint)
        if row is None:
            new.append(_new(report, fingerprint, columns))
            changes.added[columns["code"]] += 1
            continue
        (changes.kept if row.is_current else changes.added)[row.code] += 1
        if any(getattr(row, name) != columns[name] for name in _SAID):
            for name in _SAID:
                setattr(row, name, columns[name])
            changed.append(row)
    for fingerprint, row in before.items():
        if row.is_current and fingerprint not in now:
            row.is_current = False
            changed.append(row)
            changes.gone[row.code] += 1


def _new(report: Report, fingerprint: str, columns: Mapping[str, Any]) -> Finding:
    return Finding(
        report_id=report.pk,
        department_id=report.department_id,
        fingerprint=fingerprint,
        rules_version=RULES_VERSION,
        revision_number=report.revision_number,
        **columns,
    )


def waiting(department: Department) -> QuerySet[Report]:
    """Final reports that were not checked with the present rules."""
    return Report.objects.filter(department=department, is_final=True, rules_version__lt=RULES_VERSION)


def check_waiting(
    *,
    department: Department,
    by: User | None,
    each_chunk: Callable[[Changes], None] | None = None,
) -> Changes:
    """Check every waiting report, one transaction per chunk, so that an interrupted run can continue.

    `each_chunk` is called in the transaction of the chunk with its changes.
    """
    total = Changes()
    while True:
        with transaction.atomic():
            # The same lock as imports take: no report changes between read and check.
            Department.objects.select_for_update().get(pk=department.pk)
            chunk = list(waiting(department).order_by("rules_version", "pk")[:CHUNK])
            if chunk:
                changes = check_reports(chunk, department=department)
                if each_chunk:
                    each_chunk(changes)
                total += changes
        if len(chunk) < CHUNK:
            break
    if total.reports:
        _note(total, department=department, by=by)
    return total


def recheck_accessions(department: Department, numbers: Iterable[str], *, by: User | None) -> Changes:
    """Check the reports of these examinations again, after their request or alert records changed."""
    asked = sorted(set(numbers) - {""})
    total = Changes()
    for start in range(0, len(asked), CHUNK):
        with transaction.atomic():
            Department.objects.select_for_update().get(pk=department.pk)
            rows = Report.objects.filter(
                department=department, accession_number__in=asked[start : start + CHUNK]
            )
            changes = check_reports(list(rows), department=department)
            _note(changes, department=department, by=by)
        total += changes
    return total


@transaction.atomic
def let_wait(department: Department, *, source_id: int | None = None) -> int:
    """Mark every report of a department (or of one source) for a new check; returns their number."""
    rows = Report.objects.filter(department=department, is_final=True)
    if source_id is not None:
        rows = rows.filter(source_id=source_id)
    return rows.update(rules_version=0)


def keeps_alerts(department: Department) -> bool:
    """Does the department import alert records? Only then can a missing one be found (4.1)."""
    return CriticalAlert.objects.filter(department=department).exists()


def _note(changes: Changes, *, department: Department, by: User | None) -> None:
    """Record the event when anything changed."""
    added, gone = changes.added.total(), changes.gone.total()
    if added or gone:
        detail = {"reports": changes.reports, "added": added, "removed": gone, "rules_version": RULES_VERSION}
        record("reports.check", by=by, target=department, department=department, detail=detail)
