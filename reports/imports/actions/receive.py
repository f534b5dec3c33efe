"""Import reports: new ones, new versions (4.5), unchanged ones, or a refusal with its sentence.

Rows are imported in file order (versions of one report: earliest first), a chunk at a time, each chunk in one
transaction: a report and its revision are written together or not at all, and importing the same file again
after a failure changes nothing more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from reports.archive.content import content_of, content_of_incoming, fill, from_json, to_json
from reports.archive.models import CONTENT_FIELDS, Report, ReportCorrection, Revision
from reports.domain.textcheck.registry import RULES_VERSION
from reports.domain.versions import content_hash, decide
from reports.findings.actions.checking import check_arrived
from reports.imports.actions.bulk import insert_many, update_many
from reports.imports.actions.completing import complete_versions
from reports.imports.actions.correcting import ImportCorrection, apply
from reports.imports.actions.other_reports import refused_for
from reports.imports.actions.prior_states import keep_prior_states
from reports.imports.models import ImportBatch, ImportSource, PriorState
from reports.intake.values import UnknownValue
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

CHUNK = 1000
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


@dataclass(frozen=True)
class RowRefusal:
    """A refused row: where, what was found, what was expected, and what to do."""

    row: int
    column: str
    reason: str
    found: str = ""
    expected: str = ""
    accession_number: str = ""
    cells: tuple[str, ...] = ()


@dataclass
class Tally:
    """Counts of an import as the command line prints them; refused rows, and rows left for a person.

    `completed`: a column, an empty field or an exact time that was not known before was filled in. Each row
    is counted once. `unused_columns` contain data without a known field, `unknown_values` codes without an
    explanation. `corrected` and `left` count reports with fields that a correcting import set or left
    unchanged; None for an ordinary import.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    completed: int = 0
    corrected: int | None = None
    left: int | None = None
    refused: list[RowRefusal] = field(default_factory=list)
    pending: list[RowRefusal] = field(default_factory=list)
    unused_columns: tuple[str, ...] = ()
    unknown_values: tuple[UnknownValue, ...] = ()


@dataclass
class _Known:
    """A report in its current state within the chunk, and what remains to be written."""

    report: Report
    content: dict[str, Any]
    hashes: set[str] = field(default_factory=set)
    is_new: bool = False
    touched: bool = False
    completed: bool = False
    prior: dict[str, Any] | None = None  # the content before this chunk changed it
    corrections: list[ReportCorrection] = field(default_factory=list)  # newest first


def receive_reports(
    rows: Sequence[Any],
    *,
    department: Department,
    by: User | None,
    source: ImportSource | None = None,
    batch: ImportBatch | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    unread: Sequence[RowRefusal] = (),
    checks: bool = True,
) -> Tally:
    """Import `rows` (IncomingReport values, in file order) into `department`.

    A dry run makes the same decisions and writes nothing. `unread`: rows refused by the reader, which are
    added to the tally. Each chunk writes its own trail event in its transaction and checks its reports in the
    same one (`checks=False`: the checks remain pending). A batch that corrects another compares its rows with
    those that the other imported.
    """
    tally = Tally(refused=list(unread))
    rows = _earliest_first(rows)
    correction = ImportCorrection(batch, rows) if batch is not None and batch.corrects_id else None
    if correction:
        tally.corrected = tally.left = 0
    carried: dict[str, _Known] = {}
    for start in range(0, max(len(rows), 1), CHUNK):
        chunk = rows[start : start + CHUNK]
        before = counts_of(tally) if start else {}
        with transaction.atomic():
            known = _load(department, chunk, carried if dry_run else {})
            revisions: list[Revision] = []
            open_rows = (
                _correct_chunk(chunk, known, correction, tally, dry_run=dry_run) if correction else chunk
            )
            for row in open_rows:
                _take(row, known, revisions, department, source, batch, tally)
            if not dry_run:
                _write_checked(known, revisions, batch, department=department, by=by, checks=checks)
                detail = since(before, tally) | {"from_row": chunk[0].row if chunk else 0}
                action = "reports.correct_import" if correction else "reports.import"
                note_import(action, detail, by=by, department=department, source=source, batch=batch)
        if dry_run:
            carried.update({a: k for a, k in known.items() if k.touched})
        if progress:
            progress(start + len(chunk))
    if correction:
        correction.finish()
    return tally


def _write_checked(
    known: dict[str, _Known],
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


def _earliest_first(rows: Sequence[Any]) -> list[Any]:
    """Rows in file order, but versions of one report by time: some exports list the newest first."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.accession_number].append(place)
    ordered = list(rows)
    for given in places.values():
        if len(given) > 1:
            again = sorted((rows[i] for i in given), key=lambda r: r.reported_at or datetime.min)
            for place, row in zip(given, again, strict=True):
                ordered[place] = row
    return ordered


def _load(department: Department, chunk: Iterable[Any], carried: dict[str, _Known]) -> dict[str, _Known]:
    numbers = {row.accession_number for row in chunk}
    # Imports into one department are serialised: two of the same file must not both create a row.
    Department.objects.select_for_update().get(pk=department.pk)
    known: dict[int, _Known] = {}
    for report in Report.objects.filter(department=department, accession_number__in=numbers):
        report.department = department
        known[report.pk] = _Known(report, content_of(report))
    for report_id, seen in Revision.objects.filter(report__in=known).values_list("report_id", "content_hash"):
        known[report_id].hashes.add(seen)
    for correction in ReportCorrection.objects.filter(report__in=known):
        known[correction.report_id].corrections.append(correction)
    by_number = {entry.report.accession_number: entry for entry in known.values()}
    return by_number | {a: k for a, k in carried.items() if a in numbers}


def _take(
    row: Any,
    known: dict[str, _Known],
    revisions: list[Revision],
    department: Department,
    source: ImportSource | None,
    batch: ImportBatch | None,
    tally: Tally,
) -> None:
    incoming = content_of_incoming(row)
    entry = known.get(row.accession_number)
    if entry is None:
        report = Report(department=department, accession_number=row.accession_number, source=source)
        entry = known[row.accession_number] = _Known(report, incoming, is_new=True)
        _note(entry, incoming, [], revisions, batch)
        tally.created += 1
        return
    if entry.corrections:
        incoming = _corrected(incoming, entry.corrections)
    decision = decide(entry.content, incoming, _Earlier(entry, revisions))
    if decision.action == "refuse":
        column, reason = "报告时间", decision.reason
        if decision.differing:
            column, reason = refused_for(f"检查号“{row.accession_number}”", decision.differing)
        tally.refused.append(RowRefusal(row.row, column, reason, accession_number=row.accession_number))
    elif decision.action == "complete":
        _complete(entry, decision.content, revisions)
        tally.completed += 1
    elif decision.action == "unchanged" or content_hash(decision.content) in entry.hashes:
        # Second case: equal to an earlier version, as when the exports of two systems alternate.
        tally.unchanged += 1
    else:
        entry.report.revision_number += 1
        _note(entry, decision.content, list(decision.changed), revisions, batch)
        tally.updated += 1


def _correct_chunk(
    chunk: Sequence[Any],
    known: dict[str, _Known],
    correction: ImportCorrection,
    tally: Tally,
    *,
    dry_run: bool,
) -> list[Any]:
    """Correct the reports of a chunk; returns the rows to which the ordinary rules apply."""
    correction.load([entry.report.pk for entry in known.values() if not entry.is_new])
    others = [row for row in chunk if not _correct(row, known, correction, tally)]
    correction.finish_chunk(dry_run=dry_run)
    return others


def _correct(row: Any, known: dict[str, _Known], correction: ImportCorrection, tally: Tally) -> bool:
    """Correct the report of a row that the corrected batch imported; False when the ordinary rules apply."""
    if number := correction.moved_from(row):
        reason = (
            f"检查号在原来的列对应下是“{number}”，现在是“{row.accession_number}”。更正导入不改检查号；"
            "请撤销原来的导入后重新导入，或逐份核对。"
        )
        tally.refused.append(RowRefusal(row.row, "检查号", reason, accession_number=row.accession_number))
        return True
    entry = known.get(row.accession_number)
    result = correction.compare(row, entry.report, entry.content) if entry and not entry.is_new else None
    if entry is None or result is None:
        return False
    if result.changed or result.left:
        correction.note(entry.report, entry.content, result)
    tally.left = (tally.left or 0) + bool(result.left)
    correction.rewrite(entry.report, entry.hashes, result.content)
    if result.content == entry.content:
        tally.unchanged += 1
        return True
    if result.changed:
        tally.corrected = (tally.corrected or 0) + 1
    else:
        tally.unchanged += 1
    _keep_prior(entry)
    apply(entry.report, result.content)
    entry.content, entry.touched = result.content, True
    return True


def _corrected(incoming: dict[str, Any], corrections: Sequence[ReportCorrection]) -> dict[str, Any]:
    """The row with the manual corrections of its report applied: the export still has the wrong values."""
    given = to_json(incoming)
    after = {one.field: one.after for one in corrections if given.get(one.field) == one.before}
    return incoming | {name: value for name, value in from_json(given | after).items() if name in after}


class _Earlier:
    """Contents of a report's earlier versions; read only when a text really differs."""

    def __init__(self, entry: _Known, revisions: list[Revision]) -> None:
        self.entry, self.revisions = entry, revisions

    def __iter__(self) -> Any:
        report = self.entry.report
        if report.pk:
            for stored in report.revisions.values_list("content", flat=True):
                yield from_json(stored)
        for revision in self.revisions:
            if revision.report is report:
                yield from_json(revision.content)


def _note(
    entry: _Known,
    content: dict[str, Any],
    changed: list[str],
    revisions: list[Revision],
    batch: ImportBatch | None,
) -> None:
    _keep_prior(entry)
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


def _complete(entry: _Known, content: dict[str, Any], revisions: list[Revision]) -> None:
    """Complete the report; its current version, if not yet written, gets the same content."""
    _keep_prior(entry)
    report = fill(entry.report, content)
    report.content_hash = content_hash(content)
    entry.content, entry.touched, entry.completed = content, True, True
    for revision in revisions:
        is_current = revision.report is report and revision.number == report.revision_number
        if is_current and report.content_hash not in entry.hashes:
            revision.content, revision.content_hash = to_json(content), report.content_hash


def _keep_prior(entry: _Known) -> None:
    if entry.prior is None and not entry.is_new:
        entry.prior = entry.content


def _write(known: dict[str, _Known], revisions: list[Revision], batch: ImportBatch | None) -> None:
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


def counts_of(tally: Tally) -> dict[str, int]:
    """The counts of a tally, as stored with the batch and shown on the page."""
    counts = {
        "created": tally.created,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "completed": tally.completed,
        "refused": len(tally.refused),
        "pending": len(tally.pending),
    }
    of_correction = {"corrected": tally.corrected, "left": tally.left}
    return counts | {name: count for name, count in of_correction.items() if count is not None}


def since(before: dict[str, int], tally: Tally) -> dict[str, Any]:
    """The difference between the tally and the earlier counts `before`."""
    return {name: count - before.get(name, 0) for name, count in counts_of(tally).items()}


def note_import(
    action: str,
    detail: dict[str, Any],
    *,
    by: User | None,
    department: Department,
    source: ImportSource | None,
    batch: ImportBatch | None,
) -> None:
    """Record the trail event of one chunk: counts, source and file, no identity."""
    origin = {"source": source.name if source else "", "sha256": batch.sha256 if batch else ""}
    record(action, by=by, target=batch, department=department, detail=origin | detail)
