"""更正导入: compare the rows of a file imported under a wrong mapping with the stored reports.

The file is read again under the mapping of the correcting batch. Reports that the corrected batch (or one
that it corrected in turn) created or changed are compared three ways; other rows are imported by the ordinary
rules. This is not a revision in the sense of 4.5: versions are rewritten, except those that a drawn case
refers to.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from reports.archive.content import content_of_incoming, fill, from_json, to_json
from reports.archive.models import Report, Revision
from reports.archive.uses import uses_of
from reports.domain.three_way import Corrected, Pair, corrected, pair_of
from reports.domain.versions import content_hash
from reports.imports.actions.bulk import update_many
from reports.imports.actions.prior_states import keep_prior_states
from reports.imports.models import ImportBatch, PriorState
from reports.imports.queries import people_of
from reports.intake.layout import understand
from reports.intake.reports import reports_of
from spreadsheets import FileRefused, sheets_of

SHOWN = 50  # reports that the comparison shows
NAMED = 200  # reports that it names because fields were left alone
Kind = PriorState.Kind


class ImportCorrection:
    """State of one correcting batch: the paired rows and the corrections so far."""

    def __init__(self, batch: ImportBatch, rows: Sequence[Any]) -> None:
        chain = _chain(batch)
        self.batch, self.chain = batch, [one.pk for one in chain]
        old_rows = _rows_taken(chain[0])
        self._moved = _moved_numbers(old_rows, rows)
        self._pairs = _paired(old_rows, rows)
        self._prior: dict[int, dict[str, Any] | None] = {}
        self._revisions: dict[int, list[Revision]] = {}
        self._changed_revisions: dict[int, tuple[Revision, dict[str, Any]]] = {}
        self._pending: list[int] = []
        self._done: set[int] = set()
        self.fields: Counter[str] = Counter()
        self.shown: list[dict[str, Any]] = []
        self.left: list[dict[str, Any]] = []
        self.used: list[int] = []

    def moved_from(self, row: Any) -> str:
        """The old accession number of a row whose number differs under the new mapping; otherwise ""."""
        return self._moved.get((row.row, row.accession_number), "")

    def load(self, report_ids: Sequence[int]) -> None:
        """Load the changes that the corrected import made to these reports, and their rewritable versions."""
        first = Revision.objects.filter(report__in=report_ids, number=1, batch__in=self.chain)
        self._prior = dict.fromkeys(first.values_list("report_id", flat=True))
        states = PriorState.objects.filter(kind=Kind.REPORT, row_id__in=report_ids, batch__in=self.chain)
        for report_id, values in states.order_by("-batch_id").values_list("row_id", "values"):
            before = self._prior.setdefault(report_id, {})
            if before is not None:
                # The oldest import of the chain comes last: its prior values precede the whole chain.
                before |= {name: value for name, value in from_json(values).items() if name in values}
        unused = {relation.name: None for relation in Revision._meta.related_objects}
        rows = defaultdict(list)
        for revision in Revision.objects.filter(report__in=list(self._prior), **unused):
            rows[revision.report_id].append(revision)
        self._revisions = rows

    def compare(self, row: Any, report: Report, content: Mapping[str, Any]) -> Corrected | None:
        """Compare a row with its stored report; None when the ordinary import rules apply."""
        pairs = self._pairs.get(row.accession_number, {})
        if row.row not in pairs or report.pk not in self._prior:
            return None
        if report.pk in self._done:  # another version of a report that was compared already
            return Corrected(dict(content), (), {})
        self._done.add(report.pk)
        pair = pair_of(content, self._contents(row.accession_number))
        return corrected(content, pair, self._prior[report.pk])

    def _contents(self, number: str) -> list[Pair]:
        rows = self._pairs[number].values()
        return [Pair(content_of_incoming(old), content_of_incoming(new)) for old, new in rows]

    def note(self, report: Report, before: Mapping[str, Any], result: Corrected) -> None:
        """Record for the page which fields are corrected and which are left unchanged."""
        self.fields.update(result.changed)
        if result.changed:
            self._pending.append(report.pk)
        old, new = to_json(dict(before)), to_json(result.content)
        line = {
            "report": report.pk,
            "changed": [[name, old[name], new[name]] for name in result.changed],
            "left": [[name, old[name], given] for name, given in to_json(dict(result.left)).items()],
        }
        if len(self.shown) < SHOWN:
            self.shown.append(line)
        elif result.left and len(self.left) < NAMED:
            self.left.append(line)

    def rewrite(self, report: Report, hashes: set[str], content: Mapping[str, Any]) -> None:
        """Rewrite the unreferenced versions of a report; `content` is that of the current version."""
        pairs = self._contents(report.accession_number)
        for revision in self._revisions.get(report.pk, ()):
            was = dict.fromkeys(content) | from_json(revision.content)
            if revision.number == report.revision_number:
                now = dict(content)
            elif revision.batch_id in self.chain:
                now = corrected(was, pair_of(was, pairs), self._prior[report.pk]).content
            else:
                continue
            fresh = content_hash(now)
            if now == was or fresh in hashes - {revision.content_hash}:
                continue
            hashes.add(fresh)
            self._changed_revisions[revision.pk] = (revision, to_json(was))
            revision.content, revision.content_hash = to_json(now), fresh
            given = now.get("reported_at")
            revision.reported_at = timezone.make_aware(given) if given else None

    def finish_chunk(self, *, dry_run: bool) -> None:
        """Save the rewritten versions of a chunk and their prior states; note which reports are drawn."""
        self.used += sorted({use.report_id for use in uses_of(self._pending)})
        self._pending = []
        rows, self._changed_revisions = self._changed_revisions, {}
        if not dry_run:
            prior = {pk: (before, revision.content) for pk, (revision, before) in rows.items()}
            keep_prior_states(self.batch, Kind.REVISION, prior)
            names = ["content", "content_hash", "reported_at"]
            update_many(Revision, [revision for revision, _ in rows.values()], names)

    def finish(self) -> None:
        """Store the comparison for the batch's page.

        A run that goes on after a kill sees the reports corrected before as unchanged: the comparison of the
        try-out stays, which has them all.
        """
        if self.batch.progress_done:
            return
        found = {"fields": dict(self.fields), "shown": self.shown, "left": self.left, "used": self.used}
        ImportBatch.objects.filter(pk=self.batch.pk).update(comparison=found)


def apply(report: Report, content: dict[str, Any]) -> None:
    """Set the corrected content; the version number is unchanged."""
    fill(report, content)
    report.content_hash = content_hash(content)


def _chain(batch: ImportBatch) -> list[ImportBatch]:
    """The corrected batch and those it corrected in turn, newest first. FileRefused when it was undone."""
    found, one = [], batch.corrects
    while one is not None:
        found.append(one)
        one = one.corrects
    if not found or found[0].status != ImportBatch.Status.DONE:
        raise FileRefused("要更正的那次导入已撤销或尚未完成，不能更正；请直接重新导入。")
    return found


def _rows_taken(old: ImportBatch) -> list[Any]:
    """The rows that the corrected batch imported, read again under its mapping and as of its own date."""
    day = timezone.localtime(old.finished_at).date() if old.finished_at else None
    refused = {refusal["row"] for refusal in old.refusals}
    people = people_of(old.department)
    layout = understand(sheets_of(Path(old.file.path), old.file_name), "reports", old.mapping, people)
    return [row for row in reports_of(layout, today=day).reports if row.row not in refused]


def _paired(old_rows: Sequence[Any], rows: Sequence[Any]) -> dict[str, dict[int, tuple[Any, Any]]]:
    """Accession number → row number → the row under the old and the new mapping, versions in order."""
    old = {(row.row, row.accession_number): row for row in old_rows}
    pairs: dict[str, dict[int, tuple[Any, Any]]] = defaultdict(dict)
    for row in rows:
        if before := old.get((row.row, row.accession_number)):
            pairs[row.accession_number][row.row] = (before, row)
    return pairs


def _moved_numbers(old_rows: Sequence[Any], rows: Sequence[Any]) -> dict[tuple[int, str], str]:
    """(row, new number) → old number, for rows whose old number occurs nowhere under the new mapping."""
    numbers = {row.accession_number for row in rows}
    gone = {row.row: row.accession_number for row in old_rows if row.accession_number not in numbers}
    return {(row.row, row.accession_number): gone[row.row] for row in rows if row.row in gone}
