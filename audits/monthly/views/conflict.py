"""The pages that answer the second save of a month or of one of its cases: nothing was overwritten."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audits.conflicts import ConflictError
from audits.judging.forms import drafted_faults
from audits.monthly.models import MonthlyAudit, MonthlyCase
from staff.conflicts.page import typed_values


def month_conflict(request: HttpRequest, operation: str, conflict: ConflictError) -> HttpResponse:
    """409 for an operation on a month."""
    audit = MonthlyAudit.objects.select_related("department__institution").get(pk=conflict.current.pk)
    stored = [
        ("状态", audit.get_status_display()),
        ("已检查", f"{audit.cases.exclude(verdict='').count()}/{audit.cases.count()} 份"),
        ("小结", audit.summary),
    ]
    url = reverse("audits:month", args=[audit.pk])
    return conflict_page(request, f"{audit.label}月度质控", url, operation, stored, conflict)


def case_conflict(request: HttpRequest, conflict: ConflictError) -> HttpResponse:
    """409 for the check of one report: the stored faults and what was sent."""
    case = MonthlyCase.objects.select_related("audit").get(pk=conflict.current.pk)
    faults = "；".join(f"{fault.clause} {fault.reason}" for fault in case.faults.all())
    stored = [("结果", case.get_verdict_display()), ("问题", faults), ("备注", case.remark)]
    title, url = f"{case.audit.label}第{case.position}份", reverse("audits:monthly_case", args=[case.pk])
    sent = "；".join(f"{fault['clause']} {fault['reason']}" for fault in drafted_faults(request.POST))
    return conflict_page(request, title, url, "保存检查结果", stored, conflict, more=[("问题", sent)])


def conflict_page(
    request: HttpRequest,
    title: str,
    url: str,
    operation: str,
    stored: Sequence[tuple[str, str]],
    conflict: ConflictError,
    *,
    more: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """409 with all that was sent and what is stored; `url`: the page of the object."""
    sent = [("操作", operation), *typed_values(conflict.form), *more]
    context = {
        "conflict_title": title,
        "conflict_url": url,
        "mine": [pair for pair in sent if pair[1]],
        "stored": [pair for pair in stored if pair[1]],
    }
    return render(request, "audits/monthly_conflict.html", context, status=409)
