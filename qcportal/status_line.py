"""The status line of the quarter at the head of every page, with what is overdue; one query."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Subquery
from django.utils import timezone

from audits.measures.models import Measure
from audits.quarter.queries.state import state_of, with_state
from audits.sampling.models import Audit
from qcportal.links import link
from staff.departments.models import Department


@dataclass(frozen=True)
class QuarterStatusLine:
    """2026年第3季度 · 评审中 6/10, and the page on which it goes on."""

    text: str
    url: str
    overdue: int = 0

    @property
    def overdue_url(self) -> str:
        """The measures that are not carried out in time."""
        return link("audits:measures", state="overdue")


def quarter_status_line(department: Department | None, user: Any) -> QuarterStatusLine | None:
    """The newest quarter of the department, for those who may see it; None while there is none."""
    if department is None or not user.may("audits.view", department):
        return None
    row = _newest_audit(department, timezone.localdate()).first()
    if row is None:
        return None
    overdue = (row.overdue or 0) if user.may("audits.view_monthly", department) else 0
    text = f"{row.label} · {state_of(row).label}"
    return QuarterStatusLine(text, link("audits:detail", row.pk), overdue)


def _newest_audit(department: Department, today: date) -> QuerySet[Audit, Any]:
    late = Measure.objects.filter(department=department).overdue(today).order_by()
    rows = Audit.objects.filter(department=department, kind=Audit.Kind.QUARTERLY).running()
    overdue = Subquery(late.values("department").annotate(n=Count("pk")).values("n"))
    found: QuerySet[Audit, Any] = (
        with_state(rows, department)
        .annotate(overdue=overdue)
        .order_by("-window_end", "-id")
        .values_list(
            "pk", "label", "status", "drawn_cases", "settled_cases", "sheet_status", "overdue", named=True
        )
    )
    return found
