"""The reports of one chunk of rows: as stored, as the rows change them, and written together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.archive.content import content_of, fill, from_json, to_json
from reports.archive.models import CONTENT_FIELDS, Report, ReportCorrection, Revision
from reports.domain.textcheck.registry import RULES_VERSION
from reports.domain.versions import content_hash
from reports.findings.actions.checking import check_arrived
from reports.imports.actions.bulk import insert_many, update_many
from reports.imports.actions.completing import complete_versions
from reports.imports.actions.prior_states import keep_prior_states
from reports.imports.models import ImportBatch, PriorState
from staff.accounts.models import User
from staff.departments.models import Department

_UPDATED = [
    *CONTENT_FIELDS,
    "patient_key",
    "is_final",
    "is_signed",
    "system",
    "revision_number",
    "content_hash",
    "rules_version",
    "updated_at",
]


@dataclass
class KnownReport:
    """A report in its current state within the chunk, and what remains to be written."""

    report: Report
    content: dict[str, Any]
    hashes: set[str] = field(default_factory=set)
    is_new: bool = False
    touched: bool = False
    completed: bool = False
    prior: dict[str, Any] | None = None  # the content before this chunk changed it
    corrections: list[ReportCorrection] = field(default_factory=list)  # newest first


def load(
    department: Department, chunk: Iterable[Any], carried: dict[str, KnownReport]
) -> dict[str, KnownReport]:
    """The stored reports of a chunk by accession number; those `carried` from earlier chunks come first."""
    numbers = {row.accession_number for row in chunk}
    # Imports into one department are serialised: two of the same file must not both create a row.
    Department.objects.select_for_update().get(pk=department.pk)
    known: dict[int, KnownReport] = {}
    for report in Report.objects.filter(department=department, accession_number__in=numbers):
        report.department = department
        known[report.pk] = KnownReport(report, content_of(report))
    for report_id, seen in Revision.objects.filter(report__in=known).values_list("report_id", "content_hash"):
        known[report_id].hashes.add(seen)
    for correction in ReportCorrection.objects.filter(report__in=known):
        known[correction.report_id].corrections.append(correction)
    by_number = {entry.report.accession_number: entry for entry in known.values()}
    return by_number | {a: k for a, k in carried.items() if a in numbers}


def with_corrections(incoming: dict[str, Any], corrections: Sequence[ReportCorrection]) -> dict[str, Any]:
    """The row with the manual corrections of its report applied: the export still has the wrong values."""
    given = to_json(incoming)
    after = {one.field: one.after for one in corrections if given.get(one.field) == one.before}
    return incoming | {name: value for name, value in from_json(given | after).items() if name in after}


class EarlierVersions:
    """Contents of a report's earlier versions; read only when a text really differs."""

    def __init__(self, entry: KnownReport, revisions: list[Revision]) -> None:
        self.entry, self.revisions = entry, revisions

    def __iter__(self) -> Any:
        report = self.entry.report
        if report.pk:
            for stored in report.revisions.values_list("content", flat=True):
                yield from_json(stored)
        for revision in self.revisions:
            if revision.report is report:
                yield from_json(revision.content)


def note_version(
    entry: KnownReport,
    content: dict[str, Any],
    changed: list[str],
    revisions: list[Revision],
    batch: ImportBatch | None,
) -> None:
    """Give the report this content as a new version; `changed`: the fields that differ from the last one."""
    keep_prior(entry)
    report = fill(entry.report, content)
    report.content_hash = content_hash(content)
    entry.content, entry.touched = content, True
    entry.hashes.add(report.content_hash)
    revisions.append(
        Revision(
            report=report,
            number=report.revision_number,
            content=to_json(content),
            content_hash=report.content_hash,
            reported_at=report.reported_at,
            changed_fields=changed,
            batch=batch,
        )
    )


def complete(entry: KnownReport, content: dict[str, Any], revisions: list[Revision]) -> None:
    """Complete the report; its current version, if not yet written, gets the same content."""
    keep_prior(entry)
    report = fill(entry.report, content)
    report.content_hash = content_hash(content)
    entry.content, entry.touched, entry.completed = content, True, True
    for revision in revisions:
        is_current = revision.report is report and revision.number == report.revision_number
        if is_current and report.content_hash not in entry.hashes:
            revision.content, revision.content_hash = to_json(content), report.content_hash


def keep_prior(entry: KnownReport) -> None:
    """Note the content before the first change of this chunk, by which an import can be undone."""
    if entry.prior is None and not entry.is_new:
        entry.prior = entry.content


def _write(known: dict[str, KnownReport], revisions: list[Revision], batch: ImportBatch | None) -> None:
    touched = [k for k in known.values() if k.touched]
    new = [k.report for k in touched if k.is_new]
    insert_many(Report, new)
    if new:
        numbers = [report.accession_number for report in new]
        stored = Report.objects.filter(department=new[0].department, accession_number__in=numbers)
        keys = dict(stored.values_list("accession_number", "pk"))
        for report in new:
            report.pk = keys[report.accession_number]
    update_many(Report, [k.report for k in touched if not k.is_new], _UPDATED)
    if batch is not None:
        changed = {k.report.pk: (k.prior, k.content) for k in touched if k.prior is not None}
        keep_prior_states(batch, PriorState.Kind.REPORT, changed)
    complete_versions({k.report: k.hashes for k in touched if k.completed and not k.is_new}, batch)
    for revision in revisions:
        revision.report_id = revision.report.pk
    insert_many(Revision, revisions)


def write_checked(
    known: dict[str, KnownReport],
    revisions: list[Revision],
    batch: ImportBatch | None,
    *,
    department: Department,
    by: User | None,
    checks: bool,
) -> None:
    """Write a chunk and check the texts of its reports, or leave the checks pending."""
    touched = [entry.report for entry in known.values() if entry.touched]
    for report in touched:
        report.rules_version = RULES_VERSION if checks else 0
    _write(known, revisions, batch)
    if checks and touched:
        check_arrived(touched, department=department, by=by)
