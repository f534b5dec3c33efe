"""Outcomes: imported or typed, matched to a report by rule or by a person, never guessed."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from reports.archive.models import Report
from reports.conflicts import RefusedError
from reports.imports.actions.progress import note_chunk
from reports.imports.actions.receive import CHUNK, RowRefusal, Tally, counts_of, note_import, since
from reports.imports.models import ImportBatch, ImportSource
from reports.intake.values import IncomingOutcome
from reports.outcomes.domain.matching import Candidate, Match, match_outcome
from reports.outcomes.models import Outcome
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

_FIELDS = ("id", "accession_number", "patient_id", "patient_name", "examined_at", "reported_at")


def receive_outcomes(
    rows: Sequence[IncomingOutcome],
    *,
    department: Department,
    by: User | None,
    source: ImportSource | None = None,
    batch: ImportBatch | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    unread: Sequence[RowRefusal] = (),
) -> Tally:
    """Import outcome rows: matched ones count at once, doubtful ones are pending, impossible ones refused.

    `unread`: rows refused by the reader, which are added to the tally.
    """
    tally = Tally(refused=list(unread))
    seen: set[str] = set()
    for start in range(0, max(len(rows), 1), CHUNK):
        chunk = rows[start : start + CHUNK]
        before = counts_of(tally) if start else {}
        with transaction.atomic():
            _take_chunk(
                chunk, department=department, by=by, batch=batch, dry_run=dry_run, seen=seen, tally=tally
            )
            if not dry_run:
                detail = since(before, tally) | {"from_row": chunk[0].row if chunk else 0}
                note_import(
                    "outcomes.import", detail, by=by, department=department, source=source, batch=batch
                )
                if batch is not None:
                    note_chunk(batch, done=start + len(chunk), counts=detail)
        if progress:
            progress(start + len(chunk))
    return tally


def _take_chunk(
    chunk: Sequence[IncomingOutcome],
    *,
    department: Department,
    by: User | None,
    batch: ImportBatch | None,
    dry_run: bool,
    seen: set[str],
    tally: Tally,
) -> None:
    Department.objects.select_for_update().get(pk=department.pk)
    hashes = [identity_hash(row) for row in chunk]
    stored = Outcome.objects.filter(department=department, identity_hash__in=hashes)
    seen.update(stored.values_list("identity_hash", flat=True))
    find = _Finder(department, chunk)
    today = timezone.localdate()
    new: list[Outcome] = []
    for row, identity in zip(chunk, hashes, strict=True):
        if identity in seen:
            tally.unchanged += 1
            continue
        match = _impossible(row, today) or match_outcome(row, find.candidates(row))
        if match.status.startswith("refused"):
            tally.refused.append(_refusal(row, match))
            continue
        seen.add(identity)
        outcome = _outcome(row, match, find, department, by, batch, identity)
        new.append(outcome)
        tally.created += 1
        if outcome.match in Outcome.PENDING:
            number = row.accession_number or ""
            tally.pending.append(RowRefusal(row.row, "检查号", match.reason, accession_number=number))
    if not dry_run:
        Outcome.objects.bulk_create(new)


def _impossible(row: IncomingOutcome, today: date) -> Match | None:
    if row.observed_on <= today:
        return None
    return Match("refused_future", reason=f"结局日期{row.observed_on}尚未到来，请核对年份后重新导入。")


@transaction.atomic
def rematch_outcomes(department: Department, *, by: User | None) -> int:
    """Match pending outcomes again, because reports may be imported later; returns the number of changes.

    Outcomes settled by a person are not changed; contradictory ones remain for a person.
    """
    Department.objects.select_for_update().get(pk=department.pk)
    waiting = list(Outcome.objects.filter(department=department).pending())
    rows = {outcome.pk: _given(outcome) for outcome in waiting}
    find = _Finder(department, rows.values())
    moved = []
    for outcome in waiting:
        row = rows[outcome.pk]
        match = match_outcome(row, find.candidates(row))
        again = _outcome(row, match, find, department, by, None, outcome.identity_hash)
        if (again.match, again.candidates) != (outcome.match, outcome.candidates):
            outcome.report, outcome.match = again.report, again.match
            outcome.match_note, outcome.candidates = again.match_note, again.candidates
            moved.append(outcome)
    if moved:
        Outcome.objects.bulk_update(moved, ["report", "match", "match_note", "candidates"])
        record("outcomes.rematch", by=by, department=department, detail={"moved": len(moved)})
    return len(moved)


def _given(outcome: Outcome) -> IncomingOutcome:
    return IncomingOutcome(
        row=0,
        kind=outcome.kind,
        observed_on=outcome.observed_on,
        text=outcome.text,
        accession_number=outcome.given_accession or None,
        patient_id=outcome.given_patient_id or None,
        patient_name=outcome.given_patient_name or None,
        examined_on=outcome.given_examined_on,
        recorded_by=outcome.recorded_by,
    )


def _refusal(row: IncomingOutcome, match: Match) -> RowRefusal:
    found = row.observed_on.isoformat() if row.observed_on else ""
    return RowRefusal(
        row.row, "结局日期", match.reason, found=found, accession_number=row.accession_number or ""
    )


class _Finder:
    """Candidate reports of a chunk of outcomes, fetched in one query."""

    def __init__(self, department: Department, rows: Iterable[Any]) -> None:
        numbers = {row.accession_number for row in rows if row.accession_number}
        patients = {row.patient_id for row in rows if row.patient_id}
        reports = Report.objects.filter(
            Q(accession_number__in=numbers) | Q(patient_id__in=patients), department=department
        ).only(*_FIELDS)
        self.by_number: dict[str, Report] = {}
        self.by_patient: dict[str, list[Report]] = defaultdict(list)
        for report in reports:
            self.by_number[report.accession_number] = report
            self.by_patient[report.patient_id or ""].append(report)

    def candidates(self, row: Any) -> list[Candidate]:
        """The report with the given number, and all reports of the patient."""
        found = {r.accession_number: r for r in self.by_patient.get(row.patient_id or "?", [])}
        if row.accession_number in self.by_number:
            found[row.accession_number] = self.by_number[row.accession_number]
        return [candidate_of(report) for report in found.values()]


def candidate_of(report: Report) -> Candidate:
    """A stored report as input of the matching rules; dates in Beijing time."""
    return Candidate(
        accession_number=report.accession_number,
        patient_id=report.patient_id or "",
        patient_name=report.patient_name or "",
        examined_on=_day(report.examined_at),
        reported_on=_day(report.reported_at),
    )


def _day(moment: Any) -> date | None:
    return timezone.localtime(moment).date() if moment else None


_MATCHES = {
    "accession": Outcome.Match.ACCESSION,
    "patient_and_date": Outcome.Match.PATIENT_AND_DATE,
    "patient_only_unique": Outcome.Match.PATIENT_ONLY_UNIQUE,
    "ambiguous": Outcome.Match.AMBIGUOUS,
    "unmatched": Outcome.Match.UNMATCHED,
}


def _outcome(
    row: IncomingOutcome,
    match: Match,
    find: _Finder,
    department: Department,
    by: User | None,
    batch: ImportBatch | None,
    identity: str,
) -> Outcome:
    kind = _MATCHES.get(match.status, Outcome.Match.CONFLICT)
    certain = kind in Outcome.MATCHED
    suggested = [match.accession_number] if match.accession_number and not certain else []
    return Outcome(
        department=department,
        report=find.by_number[match.accession_number] if certain and match.accession_number else None,
        match=kind,
        match_note=match.reason,
        candidates=suggested or list(match.candidates),
        kind=row.kind,
        observed_on=row.observed_on,
        text=row.text,
        recorded_by=row.recorded_by or "",
        given_accession=row.accession_number or "",
        given_patient_id=row.patient_id or "",
        given_patient_name=row.patient_name or "",
        given_examined_on=row.examined_on,
        identity_hash=identity,
        batch=batch,
        created_by=by,
    )


def identity_hash(row: Any) -> str:
    """Hash that identifies an outcome: kind, date, text and patient, not its row or recorder."""
    parts = (
        row.kind,
        row.observed_on,
        row.text,
        row.accession_number,
        row.patient_id,
        row.patient_name,
        row.examined_on,
    )
    return hashlib.sha256("\x1f".join("" if p is None else str(p) for p in parts).encode()).hexdigest()


@transaction.atomic
def record_outcome(
    *, report: Report, kind: str, observed_on: date, text: str, recorded_by: str, by: User
) -> Outcome:
    """Record an outcome typed on the page of a report. RefusedError when it is impossible."""
    examined = _day(report.examined_at)
    if examined and observed_on < examined:
        raise RefusedError(f"结局日期{observed_on}早于检查日期{examined}，请核对。")
    if observed_on > timezone.localdate():
        raise RefusedError(f"结局日期{observed_on}尚未到来，请核对。")
    row = IncomingOutcome.typed(report.accession_number, kind=kind, observed_on=observed_on, text=text)
    outcome, created = Outcome.objects.get_or_create(
        department=report.department,
        identity_hash=identity_hash(row),
        defaults={
            "report": report,
            "match": Outcome.Match.PERSON,
            "kind": kind,
            "observed_on": observed_on,
            "text": text,
            "recorded_by": recorded_by,
            "given_accession": report.accession_number,
            "settled_by": by,
            "settled_at": timezone.now(),
            "created_by": by,
        },
    )
    if not created:
        raise RefusedError("这条结局已经登记过，内容完全相同。")
    record("outcomes.record", by=by, target=outcome, detail={"report": report.pk, "kind": kind})
    return outcome


@transaction.atomic
def settle_outcome(outcome: Outcome, *, report: Report | None, reason: str, by: User) -> Outcome:
    """Assign a pending outcome to a report, or dismiss it with a reason (report=None).

    RefusedError when the report is another department's, examined after the outcome, or when
    the outcome was settled meanwhile.
    """
    outcome = Outcome.objects.select_for_update().get(pk=outcome.pk)
    if outcome.match not in Outcome.PENDING:
        raise RefusedError("这条结局已由他人处理，请刷新后查看。")
    if report is None and not reason.strip():
        raise RefusedError("不采用结局时请写明理由。")
    if report is not None:
        examined = _day(report.examined_at)
        if report.department_id != outcome.department_id:
            raise RefusedError("所选报告不属于本科室。")
        if examined and outcome.observed_on < examined:
            raise RefusedError(f"结局日期{outcome.observed_on}早于该检查日期{examined}，不能归到这份报告。")
    outcome.report = report
    outcome.match = Outcome.Match.PERSON if report else Outcome.Match.DISMISSED
    outcome.match_note = reason.strip() or outcome.match_note
    outcome.settled_by, outcome.settled_at = by, timezone.now()
    outcome.save()
    detail = {"report": report.pk if report else None, "reason": outcome.masked(reason.strip())}
    record("outcomes.match", by=by, target=outcome, detail=detail)
    return outcome
