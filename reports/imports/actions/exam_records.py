"""Import of requests and alerts: the part common to both.

Rows are imported in file order, a chunk at a time, each chunk in one transaction with its trail event and the
check of the reports concerned. The caller's `find` decides which stored record a row belongs to. Importing
the same file again changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Manager, Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from reports.archive.content import wall_time
from reports.domain.exam_records import revised
from reports.domain.moments import MOMENTS
from reports.domain.versions import content_hash
from reports.findings.actions.checking import keeps_alerts, recheck_accessions
from reports.findings.actions.rechecking import recheck
from reports.imports.actions.bulk import update_many
from reports.imports.actions.prior_states import keep_prior_states
from reports.imports.actions.progress import note_chunk
from reports.imports.actions.receive import CHUNK, RowRefusal, Tally, counts_of, note_import, since
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch, ImportSource, PriorState
from staff.accounts.models import User
from staff.departments.models import Department

ExamRecord = ImagingRequest | CriticalAlert
Content = dict[str, Any]
_KEPT_BESIDE = {"id", "department", "batch", "content_hash", "created_at", "updated_at"}


class ExamRecordRefused(Exception):  # noqa: N818  (an answer, not an error)
    """A row cannot be imported. Arguments: the column, and the reason as a sentence for the user."""


@dataclass(eq=False)
class Entry:
    """A record in its current state during the import; `claimed` once a row of this file belongs to it."""

    record: ExamRecord
    content: Content
    claimed: bool = False
    touched: bool = False
    prior: Content | None = None  # the stored content before this import changed it


@dataclass
class Shelf:
    """The records to which the rows of a chunk may belong, indexed by number."""

    numbered: dict[str, Entry] = field(default_factory=dict)
    by_accession: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def add(self, entry: Entry) -> None:
        """Index an entry under its current numbers."""
        number, accession = entry.content.get("request_number"), entry.content["accession_number"]
        if number:
            self.numbered[number] = entry
        if accession and entry not in self.by_accession[accession]:
            self.by_accession[accession].append(entry)

    def of_examination(self, accession: str) -> list[Entry]:
        """The records of an examination, without those reassigned to another one."""
        return [e for e in self.by_accession.get(accession, []) if e.content["accession_number"] == accession]

    def __iter__(self) -> Iterator[Entry]:
        every = [*self.numbered.values(), *(e for given in self.by_accession.values() for e in given)]
        return iter({id(entry): entry for entry in every}.values())


Find = Callable[[Content, Shelf], Entry | None]


@dataclass
class Intake:
    """One import of one kind of record: the model, the matching function and the records seen so far."""

    model: type[ExamRecord]
    find: Find
    department: Department
    batch: ImportBatch | None
    dry_run: bool
    tally: Tally
    claimed: set[int] = field(default_factory=set)
    affected: set[str] = field(default_factory=set)
    shelf: Shelf = field(default_factory=Shelf)

    def take(self, rows: Sequence[Any]) -> None:
        """Import a chunk, within the caller's transaction."""
        # Imports into one department are serialised: two of the same file must not both create a row.
        Department.objects.select_for_update().get(pk=self.department.pk)
        if not self.dry_run:
            self.shelf, self.affected = Shelf(), set()
        self._load(rows)
        for row in rows:
            try:
                self._take(row)
            except ExamRecordRefused as refused:
                column, reason = refused.args
                self.tally.refused.append(
                    RowRefusal(row.row, column, reason, accession_number=row.accession_number)
                )
        if not self.dry_run:
            self._write()

    def _load(self, rows: Sequence[Any]) -> None:
        asked = Q(accession_number__in={row.accession_number for row in rows} - {""})
        if self.model is ImagingRequest:
            asked |= Q(request_number__in={row.request_number for row in rows} - {None})
        known = {entry.record.pk for entry in self.shelf}
        for record in self.model.objects.filter(asked, department=self.department).order_by("pk"):
            if record.pk not in known:
                self.shelf.add(Entry(record, content_of(record), claimed=record.pk in self.claimed))

    def _take(self, row: Any) -> None:
        incoming = {name: getattr(row, name) for name in fields_of(self.model)}
        entry = self.find(incoming, self.shelf)
        if entry is None:
            entry = Entry(self.model(department=self.department), incoming, touched=True)
            self.tally.created += 1
            changed: tuple[str, ...] = ("accession_number",)
        else:
            stored, before = entry.content, entry.content["accession_number"]
            entry.content, changed = revised(stored, incoming)
            if changed and entry.prior is None and entry.record.pk is not None:
                entry.prior = stored
            entry.touched = entry.touched or bool(changed)
            self.tally.updated += bool(changed)
            self.tally.unchanged += not changed
            self.affected |= {before} if changed else set()
        self.affected |= {entry.content["accession_number"]} if changed else set()
        entry.claimed = True
        self.shelf.add(entry)

    def _write(self) -> None:
        touched = [entry for entry in self.shelf if entry.touched]
        self._keep_prior(touched)
        for entry in touched:
            fill(entry.record, entry.content)
            entry.record.batch = self.batch
        new = [entry.record for entry in touched if entry.record.pk is None]
        old = [entry.record for entry in touched if entry.record.pk is not None]
        update_many(self.model, old, [*fields_of(self.model), "content_hash", "batch", "updated_at"])
        manager: Manager[Any] = self.model._default_manager
        manager.bulk_create(new)
        self.claimed.update(entry.record.pk for entry in self.shelf if entry.claimed)

    def _keep_prior(self, touched: Sequence[Entry]) -> None:
        if self.batch is None:
            return
        kind = PriorState.Kind.REQUEST if self.model is ImagingRequest else PriorState.Kind.ALERT
        changed = {
            # The batch is overwritten too: store the previous one, which wrote the row's last content.
            entry.record.pk: (entry.prior | {"batch": entry.record.batch_id}, entry.content)
            for entry in touched
            if entry.prior is not None and entry.record.batch_id != self.batch.pk
        }
        keep_prior_states(self.batch, kind, changed)


def receive_exam_records(
    rows: Sequence[Any],
    *,
    action: str,
    model: type[ExamRecord],
    find: Find,
    department: Department,
    by: User | None,
    source: ImportSource | None,
    batch: ImportBatch | None,
    dry_run: bool,
    progress: Callable[[int], None] | None,
    unread: Sequence[RowRefusal],
) -> Tally:
    """Import `rows` (Incoming… values, in file order) into `department`; a dry run writes nothing."""
    tally = Tally(refused=list(unread))
    intake = Intake(model, find, department, batch, dry_run, tally)
    silent = model is CriticalAlert and not dry_run and not keeps_alerts(department)
    for start in range(0, max(len(rows), 1), CHUNK):
        chunk = rows[start : start + CHUNK]
        before = counts_of(tally) if start else {}
        with transaction.atomic():
            intake.take(chunk)
            if not dry_run:
                detail = since(before, tally) | {"from_row": chunk[0].row if chunk else 0}
                note_import(action, detail, by=by, department=department, source=source, batch=batch)
                recheck_accessions(department, intake.affected, by=by)
                if silent and tally.created:
                    # From the first alert on, a critical finding without one is a fault (4.1) in any report.
                    recheck(department, by=by)
                    silent = False
                if batch is not None:
                    note_chunk(batch, done=start + len(chunk), counts=detail)
        if progress:
            progress(start + len(chunk))
    return tally


def fields_of(model: type[ExamRecord]) -> tuple[str, ...]:
    """The fields of a record that come from the file."""
    return tuple(f.name for f in model._meta.local_fields if f.name not in _KEPT_BESIDE)


def content_of(record: ExamRecord) -> Content:
    """The content of a stored record, times as Beijing wall times."""
    values = {name: getattr(record, name) for name in fields_of(type(record))}
    return values | {name: wall_time(values[name]) for name in MOMENTS if name in values}


def content_from_json(stored: Content) -> Content:
    """Convert stored fields (dates and times in ISO form, Beijing wall time) to the form of `content_of`."""
    content = dict(stored)
    for name in content.keys() & MOMENTS:
        content[name] = parse_datetime(content[name]) if content[name] else None
    if content.get("birth_on"):
        content["birth_on"] = parse_date(content["birth_on"])
    return content


def fill(record: ExamRecord, content: Content) -> None:
    """Set the content of a record and its hash."""
    for name, value in content.items():
        aware = name in MOMENTS and value is not None
        setattr(record, name, timezone.make_aware(value) if aware else value)
    record.content_hash = content_hash(content)
