"""Corrections of an import that are in progress, and the reports they changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from reports.imports.models import ImportBatch, PriorState

Status = ImportBatch.Status
Kind = PriorState.Kind


@dataclass(frozen=True)
class ReportReimport:
    """A correcting import that changed a report: when, why, and the versions that it rewrote."""

    batch_id: int
    at: datetime
    reason: str
    rewritten: frozenset[int]


def correction_of(batch: ImportBatch) -> ImportBatch | None:
    """The correction of a batch that is in progress or finished; None when it may be corrected."""
    rows: ImportBatch | None = (
        batch.corrected_by.exclude(status__in=(Status.CANCELLED, Status.UNDONE)).order_by("-pk").first()
    )
    return rows


def reimports_of(report_ids: Collection[int], revision_ids: Collection[int]) -> dict[int, ReportReimport]:
    """The latest correcting import of each report that one changed; one query."""
    asked = Q(kind=Kind.REPORT, row_id__in=report_ids) | Q(kind=Kind.REVISION, row_id__in=revision_ids)
    rows = PriorState.objects.filter(asked, batch__corrects__isnull=False).select_related("batch")
    states = list(rows.order_by("batch_id"))
    rewritten: dict[int, set[int]] = {}
    for state in states:
        if state.kind == Kind.REVISION:
            rewritten.setdefault(state.batch_id, set()).add(state.row_id)
    return {
        state.row_id: ReportReimport(
            state.batch_id,
            state.batch.finished_at or state.batch.created_at,
            state.batch.correction_reason,
            frozenset(rewritten.get(state.batch_id, ())),
        )
        for state in states
        if state.kind == Kind.REPORT and set(state.values) != {"extra"}
    }
