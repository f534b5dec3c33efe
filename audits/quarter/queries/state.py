"""The state of quarters from their rows: for one with its results at hand, and for a list in one query."""

from typing import Any, cast

from django.db.models import Count, OuterRef, Subquery

from audits.judging.queries.results import AuditResults
from audits.judging.queries.settled import settled_cases
from audits.quarter.domain.state import QuarterState, quarter_state
from audits.sampling.models import Audit, Case
from audits.sampling.querysets import AuditQuerySet
from staff.departments.models import Department


def with_state(rows: AuditQuerySet[Audit], department: Department | None = None) -> AuditQuerySet[Audit]:
    """Quarters with what `state_of` reads. `department`: theirs, where they are of one."""
    active = Case.objects.active().order_by()
    asked = Case.objects.filter(audit__department=department) if department else Case.objects.all()
    settled = active.filter(pk__in=settled_cases(asked).values("pk"))
    found: Any = rows.annotate(
        drawn_cases=_counted(active), settled_cases=_counted(settled), sheet_status=_sheet_status()
    )
    return cast(AuditQuerySet[Audit], found)


def state_of(row: Any) -> QuarterState:
    """The state of a quarter that was read by `with_state`."""
    return quarter_state(
        cancelled=row.status == Audit.Status.CANCELLED,
        cases=row.drawn_cases or 0,
        settled=row.settled_cases or 0,
        sheet=row.sheet_status or "",
    )


def current_state(audit: Audit) -> QuarterState:
    """The state of one quarter as it is stored now; one query."""
    return state_of(with_state(Audit.objects.filter(pk=audit.pk).without_draw()).get())


def state_from(audit: Audit, results: AuditResults | None, sheet: str) -> QuarterState:
    """The state of a quarter whose results are at hand. `sheet`: status of its newest version, or ""."""
    cases = results.cases if results else ()
    return quarter_state(
        cancelled=audit.status == Audit.Status.CANCELLED,
        cases=len(cases),
        settled=sum(1 for case in cases if case.settled),
        sheet=sheet,
    )


def sheet_status_of(audit: Audit) -> str:
    """Status of the newest version of the quarter's sheet that was not superseded; "" without one."""
    found = Audit.objects.filter(pk=audit.pk).values_list(_sheet_status(), flat=True).first()
    return found or ""


def _counted(rows: Any) -> Subquery:
    mine = rows.filter(audit=OuterRef("pk"))
    return Subquery(mine.values("audit").annotate(n=Count("pk")).values("n"))


def _sheet_status() -> Subquery:
    # Sheets are of a later app: asked for by the relation, not imported.
    sheets: Any = Audit._meta.get_field("sheets").related_model
    rows = sheets.objects.filter(audit=OuterRef("pk")).exclude(status="superseded")
    return Subquery(rows.order_by("-number").values("status")[:1])
