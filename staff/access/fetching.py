"""Fetch and authorise in one step. A foreign row looks like a missing one and leaves a trail event."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from staff.access.openings import opened
from staff.access.querysets import Row
from staff.access.withholding import WithheldError, place_to_judge
from trail.chain import record


def fetch(request: HttpRequest, rows: QuerySet[Row], code: str, **lookup: Any) -> Row:
    """The one row of `rows.visible_to(user, code)`; Http404 otherwise, recorded when the row exists.

    `rows` is a queryset with `visible_to`; to type checkers a manager's chain is one without. That the
    report of the row is opened is recorded (staff.access.openings).
    """
    scoped: Any = rows
    row: Row | None = scoped.visible_to(request.user, code).filter(**lookup).first()
    if row is None:
        hidden = rows.filter(**lookup).first()
        if hidden is not None:
            _refuse_withheld(request, rows, hidden)
            record("access.refused", by=request.user, target=hidden, result="refused", detail={"needs": code})
        raise Http404
    if request.method == "GET" and (path := getattr(rows, "opened_path", "")):
        _tell_opened(request, row, path)
    return row


def _tell_opened(request: HttpRequest, row: Any, path: str) -> None:
    through = row._meta.label_lower
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
    report = row.pk if last == "pk" else getattr(row, f"{last}_id")
    if report is not None:
        opened(request.user, [report], through)


def _refuse_withheld(request: HttpRequest, rows: Any, hidden: Any) -> None:
    """Say why, and where it is judged, when the row is missing only because its report is under review."""
    path = getattr(rows, "report_path", "")
    if not path or not rows.withheld_from(request.user).filter(pk=hidden.pk).exists():
        return
    reports = rows.filter(pk=hidden.pk).values_list(path, flat=True)
    places = (place_to_judge(request.user, report) for report in reports)
    raise WithheldError(next(filter(None, places), ""))
