"""Fetch and authorise in one step. A foreign row looks like a missing one and leaves a trail event."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from staff.models import Department
from staff.withholding import WithheldError, place_to_judge
from trail.chain import record


def fetch(request: HttpRequest, rows: QuerySet, code: str, **lookup: Any) -> Any:
    """The one row of `rows.visible_to(user, code)`; Http404 otherwise, recorded when the row exists."""
    row = rows.visible_to(request.user, code).filter(**lookup).first()
    if row is None:
        hidden = rows.filter(**lookup).first()
        if hidden is not None:
            _refuse_withheld(request, rows, hidden)
            record("access.refused", by=request.user, target=hidden, result="refused", detail={"needs": code})
        raise Http404
    return row


def _refuse_withheld(request: HttpRequest, rows: QuerySet, hidden: Any) -> None:
    """Say why, and where it is judged, when the row is missing only because its report is under review."""
    path = getattr(rows, "report_path", "")
    if not path or not rows.withheld_from(request.user).filter(pk=hidden.pk).exists():
        return
    reports = rows.filter(pk=hidden.pk).values_list(path, flat=True)
    places = (place_to_judge(request.user, report) for report in reports)
    raise WithheldError(next(filter(None, places), ""))


def working_department(request: HttpRequest, code: str | None = None) -> Department | None:
    """The department the user works in now: the one last chosen, else the first reachable by `code`."""
    rows = departments_of(request.user, code)
    chosen = request.session.get("department")
    return next((d for d in rows if d.pk == chosen), rows[0] if rows else None)


def departments_of(user: Any, code: str | None = None) -> list[Department]:
    """Departments the user has some role in (for `code`, when given), in code order."""
    if code is not None:
        return list(Department.objects.visible_to(user, code).select_related("institution"))
    if any(grant.department_id is None for grant in user.active_grants):
        return list(Department.objects.select_related("institution"))
    found = {grant.department_id: grant.department for grant in user.active_grants}
    return sorted(found.values(), key=lambda department: department.code)
