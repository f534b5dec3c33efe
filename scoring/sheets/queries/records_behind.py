"""Everything a sheet is scored and printed from, compared with the trail before it is signed or sealed."""

from collections.abc import Iterator

from audits.monthly.domain.monthly import first_of_month
from audits.monthly.models import MonthlyAudit
from audits.quarter.queries.figures import earlier_audits
from audits.sampling.models import Audit
from scoring.sheets.queries.audit_records import compare_appeals, compare_audit
from scoring.sheets.queries.compared import Compared
from scoring.sheets.queries.month_records import appeals_of_month, compare_month


def compare_behind(audit: Audit) -> Compared:
    """The draw with its rulings, the draws over the same days, the quarters pooled with it, its months."""
    audit = Audit.objects.get(pk=audit.pk)  # as stored: the caller's may be older
    parts = [compare_audit(one) for one in (audit, *_others(audit))]
    for month in _months(audit):
        parts += [compare_month(month), compare_appeals(appeals_of_month(month))]
    return sum(parts, Compared())


def _others(audit: Audit) -> Iterator[Audit]:
    """Draws over its days, cancelled ones too: the packet prints them; then the quarters before it."""
    overlapping = Audit.objects.overlapping(
        audit.department_id, audit.window_start, audit.window_end, audit.kind
    )
    keys = {audit.pk, *overlapping.values_list("pk", flat=True)}
    yield from Audit.objects.filter(pk__in=keys - {audit.pk}).order_by("pk")
    # With their lists, which are compared: the rows that are pooled leave them out.
    earlier = [one.pk for one in earlier_audits(audit) if one.pk not in keys]
    yield from Audit.objects.filter(pk__in=earlier).order_by("pk")


def _months(audit: Audit) -> Iterator[MonthlyAudit]:
    """Every draw of the months of its window, cancelled ones too."""
    rows = MonthlyAudit.objects.filter(department=audit.department_id)
    yield from rows.between(first_of_month(audit.window_start), audit.window_end).order_by("pk")
