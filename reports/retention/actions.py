"""Delete old reports, readings and files of imports; nothing that a draw, follow-up or appeal needs."""

from collections.abc import Iterator
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from reports.archive.models import Report
from reports.archive.uses import holds_of
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch
from reports.outcomes.models import Outcome
from reports.readings.models import Reading
from staff.access.retention import Order
from trail.chain import record

_CHUNK = 500  # reports deleted in one transaction: others write in between
_OVER = ("done", "failed", "cancelled", "undone", "stopped")


def count_reports(before: datetime) -> int:
    """Old reports that nothing holds."""
    return sum(len(pks) for pks in _free_reports(before))


def purge_reports(order: Order) -> int:
    """Delete them with their revisions, findings, outcomes, requests and alerts; one event for each chunk."""
    removed = 0
    for pks in list(_free_reports(order.before)):
        with transaction.atomic():
            removed += _delete_reports(pks, order)
    return removed


def _old(before: datetime) -> "QuerySet[Report]":
    return Report.objects.filter(Q(reported_at__lt=before) | Q(reported_at=None, created_at__lt=before))


def _free_reports(before: datetime) -> Iterator[list[int]]:
    pks = list(_old(before).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), _CHUNK):
        chunk = pks[start : start + _CHUNK]
        held = {hold.row_id for hold in holds_of("report", chunk)} | _held_by_outcome(chunk)
        if free := [pk for pk in chunk if pk not in held]:
            yield free


def _held_by_outcome(pks: list[int]) -> set[int]:
    """Reports with an outcome that a drawn case rests on."""
    rows = dict(Outcome.objects.filter(report__in=pks).values_list("pk", "report_id"))
    return {rows[hold.row_id] for hold in holds_of("outcome", list(rows))}


def _delete_reports(pks: list[int], order: Order) -> int:
    rows = Report.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    held = {hold.row_id for hold in holds_of("report", pks)} | _held_by_outcome(pks)
    found = [row for row in rows.values_list("pk", "department_id", "accession_number") if row[0] not in held]
    free = [pk for pk, _, _ in found]
    Outcome.objects.filter(report__in=free).delete()
    for department in sorted({department for _, department, _ in found}):
        numbers = [number for _, where, number in found if where == department]
        for model in (ImagingRequest, CriticalAlert):
            model.objects.filter(department=department, accession_number__in=numbers).delete()
        detail = {"rows": len(numbers), "asked_by": str(order.asked_by)}
        record("reports.purge", by=order.confirmed_by, department=department, detail=detail)
    Report.objects.filter(pk__in=free).delete()
    return len(free)


def count_readings(before: datetime) -> int:
    return Reading.objects.filter(hour__lt=before).count()


def purge_readings(order: Order) -> int:
    return Reading.objects.filter(hour__lt=order.before).delete()[0]


def count_files(before: datetime) -> int:
    return len(_old_files(before))


def purge_files(order: Order) -> int:
    """Delete the stored files of finished imports; their batches, counts and rows stay."""
    names = _old_files(order.before)
    ImportBatch.objects.filter(file__in=names).update(file="")
    for name in names:
        default_storage.delete(name)
    return len(names)


def _old_files(before: datetime) -> list[str]:
    """A correction shares the file of the import it corrects: the file goes when both are over."""
    rows = ImportBatch.objects.exclude(file="")
    over = rows.filter(status__in=_OVER, created_at__lt=before)
    young = rows.exclude(pk__in=over.values("pk")).values("file")
    return sorted(set(over.exclude(file__in=young).values_list("file", flat=True)))
