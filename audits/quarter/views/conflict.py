"""The page that answers a second save: what was sent and what is stored (docs/quality.md F7)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audits.conflicts import ConflictError
from audits.quarter.queries.state import current_state
from audits.sampling.models import Audit
from staff.conflicts.page import typed_values


def audit_conflict(request: HttpRequest, operation: str, conflict: ConflictError) -> HttpResponse:
    """409 for an operation on an audit: what was sent and the audit's present state."""
    audit = Audit.objects.select_related("department__institution").get(pk=conflict.current.pk)
    sent = [("操作", operation), *typed_values(conflict.form)]
    stored = [
        ("状态", current_state(audit).label),
        ("窗口", f"{audit.window_start} 至 {audit.window_end}"),
        ("在评病例", f"{audit.cases.active().count()} 份" if audit.drawn_at else "尚未抽取"),
        ("版次", f"第{audit.version}版"),
    ]
    context = {"audit": audit, "mine": [pair for pair in sent if pair[1]], "stored": stored}
    return render(request, "audits/audit_conflict.html", context, status=409)
