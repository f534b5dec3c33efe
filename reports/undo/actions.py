"""Undo a finished import: begun by a person, carried out by a job, whole or not at all."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django_q.tasks import async_task

from reports.archive.content import content_of, fill, from_json
from reports.archive.models import CONTENT_FIELDS, Report, Revision
from reports.conflicts import RefusedError
from reports.domain.versions import content_hash
from reports.findings.actions.checking import recheck_accessions
from reports.imports.actions import exam_records
from reports.imports.actions.bulk import update_many
from reports.imports.actions.mapping import restore_mapping
from reports.imports.actions.progress import claim, is_dead
from reports.imports.models import ImportBatch, PriorState
from reports.outcomes.actions import rematch_outcomes
from reports.outcomes.models import Outcome
from reports.undo.queries import RECORDS, Obstacle, changed_reports, created_reports, undo_plan
from staff.accounts.models import User
from staff.departments.models import Department
from staff.jobs.heartbeat import claim_silent
from trail.chain import record

CHUNK = 500
RESTORED = [
    *CONTENT_FIELDS,
    "patient_key",
    "is_final",
    "is_signed",
    "system",
    "revision_number",
    "content_hash",
    "updated_at",
]
Status = ImportBatch.Status
Kind = PriorState.Kind


def begin_undo(batch: ImportBatch, *, reason: str, by: User) -> None:
    """Queue the undo of a finished or stopped import. RefusedError when it is in use."""
    if not reason.strip():
        raise RefusedError("请写明撤销这次导入的理由。")
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=batch.department_id)
        _refuse_obstacles(undo_plan(batch).obstacles)
        moved = ImportBatch.objects.filter(pk=batch.pk, status__in=ImportBatch.IMPORTED).update(
            status=Status.UNDOING,
            undo_reason=reason.strip(),
            undone_by=by,
            problem="",
            process="",
            beat_at=timezone.now(),
        )
        if not moved:
            raise RefusedError("这批文件的状态已变化，请刷新后核对。")
        transaction.on_commit(lambda: _queue(batch.pk))


def resume_undos() -> list[int]:
    """Queue killed undos again; return their ids. What one had done was rolled back."""
    running = ImportBatch.objects.filter(status=Status.UNDOING)
    found = list(claim_silent(running.filter(pk__in=[batch.pk for batch in running if is_dead(batch)])))
    for pk in found:
        _queue(pk)
    return found


def _queue(batch_id: int) -> None:
    async_task(f"{__name__}.undo", batch_id, task_name=f"undo {batch_id}")


def undo(batch_id: int) -> None:
    """Job: delete what the import created and restore what it changed, in one transaction.

    When one of its reports was drawn or judged meanwhile, nothing is changed and the batch's page says so.
    """
    batch = ImportBatch.objects.select_related("department__institution", "source", "undone_by").get(
        pk=batch_id
    )
    if batch.status != Status.UNDOING:
        return
    claim(batch)
    try:
        with transaction.atomic():
            # The lock of imports and draws.
            Department.objects.select_for_update().get(pk=batch.department_id)
            plan = undo_plan(batch)
            _refuse_obstacles(plan.obstacles)
            _UNDO[batch.kind](batch)
            if not batch.is_partial:
                restore_mapping(batch)
            batch.prior_states.all().delete()
            batch.status, batch.undone_at = Status.UNDONE, timezone.now()
            batch.save(update_fields=["status", "undone_at"])
            counts = {"deleted": plan.deleted, "restored": plan.restored}
            detail = counts | {"reason": batch.undo_reason, "sha256": batch.sha256}
            record("reports.undo_import", by=batch.undone_by, target=batch, detail=detail)
    except RefusedError as refused:
        before = Status.STOPPED if batch.is_partial else Status.DONE
        ImportBatch.objects.filter(pk=batch_id, status=Status.UNDOING).update(
            status=before, problem=str(refused), undo_reason="", undone_by=None
        )


def _refuse_obstacles(obstacles: tuple[Obstacle, ...]) -> None:
    if obstacles:
        first = obstacles[0]
        raise RefusedError(f"不能撤销这次导入：检查号“{first.accession_number}”{first.reason}{first.place}。")


def _undo_reports(batch: ImportBatch) -> None:
    department, by = batch.department, batch.undone_by
    # Keys only: an import may have brought 100,000 reports.
    created = list(created_reports(batch).values_list("pk", flat=True))
    patients = set(created_reports(batch).values_list("patient_key", flat=True))
    changed = list(
        changed_reports(batch).exclude(pk__in=created_reports(batch)).values_list("pk", "accession_number")
    )
    for pks in _chunks(created):
        # An outcome is not deleted; it is matched again when its report is imported again.
        Outcome.objects.filter(report__in=pks).update(
            report=None, match=Outcome.Match.UNMATCHED, match_note="原报告的导入已撤销。", candidates=[]
        )
        Report.objects.filter(pk__in=pks).delete()
    for pks in _chunks([pk for pk, _ in changed]):
        Revision.objects.filter(batch=batch, report__in=pks).delete()
        _restore_reports(batch, pks)
    revisions = batch.prior_states.filter(kind=Kind.REVISION).values_list("row_id", flat=True)
    for pks in _chunks(list(revisions)):
        _restore_revisions(batch, pks)
    rematch_outcomes(department, by=by)
    # A deleted report was the prior of the patient's later ones.
    numbers = {number for _, number in changed}
    for keys in _chunks(list(patients)):
        later = Report.objects.filter(department=department, patient_key__in=keys)
        numbers.update(later.values_list("accession_number", flat=True))
    recheck_accessions(department, numbers, by=by)


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _prior(batch: ImportBatch, kind: str, pks: list[int]) -> dict[int, dict[str, Any]]:
    """The stored values of rows before the import."""
    rows = batch.prior_states.filter(kind=kind, row_id__in=pks)
    return dict(rows.values_list("row_id", "values"))


def _restore_reports(batch: ImportBatch, pks: list[int]) -> None:
    prior = _prior(batch, Kind.REPORT, pks)
    reports = list(Report.objects.filter(pk__in=pks).annotate(versions=Count("revisions")).order_by())
    for report in reports:
        report.department = batch.department
        stored = from_json(prior[report.pk])
        before = content_of(report) | {name: stored[name] for name in prior[report.pk]}
        fill(report, before)
        report.content_hash = content_hash(before)
        report.revision_number = report.versions
    update_many(Report, reports, RESTORED)


def _restore_revisions(batch: ImportBatch, pks: list[int]) -> None:
    prior = _prior(batch, Kind.REVISION, pks)
    revisions = list(Revision.objects.filter(pk__in=prior))
    for revision in revisions:
        revision.content = revision.content | prior[revision.pk]
        content = from_json(revision.content)
        revision.content_hash = content_hash(content)
        at = content["reported_at"]
        revision.reported_at = timezone.make_aware(at) if at else None
    update_many(Revision, revisions, ["content", "content_hash", "reported_at"])


def _undo_outcomes(batch: ImportBatch) -> None:
    Outcome.objects.filter(batch=batch).delete()


def _undo_records(batch: ImportBatch) -> None:
    model, kind = RECORDS[batch.kind]
    names = [field.name for field in model._meta.local_concrete_fields if not field.primary_key]
    numbers = set(model.objects.filter(batch=batch).values_list("accession_number", flat=True))
    for pks in _chunks(list(batch.prior_states.filter(kind=kind).values_list("row_id", flat=True))):
        prior = _prior(batch, kind, pks)
        rows: list[Any] = list(model.objects.filter(pk__in=pks))
        for row in rows:
            values = dict(prior[row.pk])
            row.batch_id = values.pop("batch")
            exam_records.fill(row, exam_records.content_of(row) | exam_records.content_from_json(values))
            numbers.add(row.accession_number)
        update_many(model, rows, names)
    model.objects.filter(batch=batch).delete()
    recheck_accessions(batch.department, numbers, by=batch.undone_by)


_UNDO = {
    "reports": _undo_reports,
    "outcomes": _undo_outcomes,
    "requests": _undo_records,
    "alerts": _undo_records,
}
