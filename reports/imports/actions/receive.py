"""Import reports: new ones, new versions (4.5), unchanged ones, or a refusal with its sentence.

Rows are imported in file order (versions of one report: earliest first), a chunk at a time, each chunk in one
transaction: a report and its revision are written together or not at all, and importing the same file again
after a failure changes nothing more.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from reports.archive.content import content_of_incoming
from reports.archive.models import Report, Revision
from reports.domain.versions import content_hash, decide
from reports.imports.actions.chunk import (
    EarlierVersions,
    KnownReport,
    complete,
    keep_prior,
    load,
    note_version,
    with_corrections,
    write_checked,
)
from reports.imports.actions.correcting import ImportCorrection, apply
from reports.imports.actions.other_reports import refused_for
from reports.imports.actions.progress import note_chunk
from reports.imports.domain.row_order import earliest_first, repeated
from reports.imports.models import ImportBatch, ImportSource
from reports.intake.values import UnknownValue
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

CHUNK = 1000


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
    places = repeated(rows)
    rows = earliest_first(rows, places)
    correction = ImportCorrection(batch, rows) if batch is not None and batch.corrects_id else None
    if correction:
        tally.corrected = tally.left = 0
    given = _Import(department, by, source, batch, tally, correction, places, dry_run=dry_run, checks=checks)
    for start in range(0, max(len(rows), 1), CHUNK):
        chunk = rows[start : start + CHUNK]
        given.take(chunk, start + len(chunk))
        if progress:
            progress(start + len(chunk))
    if correction:
        correction.finish()
    return tally


@dataclass
class _Import:
    """One import, chunk by chunk. `repeated`: accession numbers that occur in several rows of the file."""

    department: Department
    by: User | None
    source: ImportSource | None
    batch: ImportBatch | None
    tally: Tally
    correction: ImportCorrection | None
    repeated: Collection[str]
    dry_run: bool
    checks: bool
    _counted: dict[str, int] = field(default_factory=dict)  # up to the last chunk
    _carried: dict[str, KnownReport] = field(default_factory=dict)  # what a dry run did not write

    def take(self, chunk: Sequence[Any], done: int) -> None:
        """Decide on the rows of one chunk, which ends with row `done`; write it and its event together."""
        department, batch, dry_run = self.department, self.batch, self.dry_run
        with transaction.atomic():
            known, revisions = load(department, chunk, self._carried), list[Revision]()
            rows = chunk
            if self.correction:
                rows = _correct_chunk(chunk, known, self.correction, self.tally, dry_run=dry_run)
            if dry_run:
                rows = self._count_new(rows, known)
            for row in rows:
                _take(row, known, revisions, department, self.source, batch, self.tally)
            if not dry_run:
                write_checked(known, revisions, batch, department=department, by=self.by, checks=self.checks)
                self._note(chunk, done)
        if dry_run:
            self._carried |= {a: k for a, k in known.items() if k.touched and a in self.repeated}

    def _count_new(self, rows: Sequence[Any], known: Collection[str]) -> list[Any]:
        """Count the new reports of which the file has one row; returns the other rows.

        Nothing in the file or the database can contradict them, and a dry run need not make what it does
        not write.
        """
        others = [r for r in rows if r.accession_number in known or r.accession_number in self.repeated]
        self.tally.created += len(rows) - len(others)
        return others

    def _note(self, chunk: Sequence[Any], done: int) -> None:
        detail = since(self._counted, self.tally) | {"from_row": chunk[0].row if chunk else 0}
        self._counted = counts_of(self.tally)
        action = "reports.correct_import" if self.correction else "reports.import"
        note_import(
            action, detail, by=self.by, department=self.department, source=self.source, batch=self.batch
        )
        if self.batch is not None:
            note_chunk(self.batch, done=done, counts=detail)


def _take(
    row: Any,
    known: dict[str, KnownReport],
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
        entry = known[row.accession_number] = KnownReport(report, incoming, is_new=True)
        note_version(entry, incoming, [], revisions, batch)
        tally.created += 1
        return
    if entry.corrections:
        incoming = with_corrections(incoming, entry.corrections)
    decision = decide(entry.content, incoming, EarlierVersions(entry, revisions))
    if decision.action == "refuse":
        column, reason = "报告时间", decision.reason
        if decision.differing:
            column, reason = refused_for(f"检查号“{row.accession_number}”", decision.differing)
        tally.refused.append(RowRefusal(row.row, column, reason, accession_number=row.accession_number))
    elif decision.action == "complete":
        complete(entry, decision.content, revisions)
        tally.completed += 1
    elif decision.action == "unchanged" or content_hash(decision.content) in entry.hashes:
        # Second case: equal to an earlier version, as when the exports of two systems alternate.
        tally.unchanged += 1
    else:
        entry.report.revision_number += 1
        note_version(entry, decision.content, list(decision.changed), revisions, batch)
        tally.updated += 1


def _correct_chunk(
    chunk: Sequence[Any],
    known: dict[str, KnownReport],
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


def _correct(row: Any, known: dict[str, KnownReport], correction: ImportCorrection, tally: Tally) -> bool:
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
    keep_prior(entry)
    apply(entry.report, result.content)
    entry.content, entry.touched = result.content, True
    return True


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
