"""What a second save of a month, of one of its cases or of a measure gets: nothing was overwritten."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audits.measures.models import Measure
from audits.monthly.models import MonthlyAudit, MonthlyCase

_ASKED = (
    ("summary", "小结"),
    ("reason", "理由"),
    ("text", "内容"),
    ("due_on", "期限"),
    ("done_on", "落实日期"),
    ("remark", "备注"),
    ("problem", "问题"),
    ("action", "改进措施"),
)


def month_conflict(request: HttpRequest, audit: MonthlyAudit, act: str) -> HttpResponse:
    """409 for an act on a month."""
    audit = MonthlyAudit.objects.select_related("department__institution").get(pk=audit.pk)
    stored = [
        ("状态", audit.get_status_display()),
        ("已检查", f"{audit.cases.exclude(verdict='').count()}/{audit.cases.count()} 份"),
        ("小结", audit.summary),
    ]
    return _page(request, f"{audit.label}月度质控", reverse("audits:month", args=[audit.pk]), act, stored)


def case_conflict(request: HttpRequest, case: MonthlyCase) -> HttpResponse:
    """409 for the check of one report; the stored faults beside what was typed."""
    case = MonthlyCase.objects.select_related("audit").get(pk=case.pk)
    faults = "；".join(f"{fault.clause} {fault.reason}" for fault in case.faults.all())
    stored = [("结果", case.get_verdict_display()), ("问题", faults), ("备注", case.remark)]
    title = f"{case.audit.label}第{case.position}份"
    return _page(request, title, reverse("audits:monthly_case", args=[case.pk]), "保存检查结果", stored)


def measure_conflict(request: HttpRequest, measure: Measure, act: str) -> HttpResponse:
    """409 for an act on a measure."""
    measure = Measure.objects.get(pk=measure.pk)
    last = measure.entries.order_by("-at", "-pk").first()
    stored = [
        ("状态", measure.get_status_display()),
        ("改进措施", measure.action),
        ("期限", measure.due_on.isoformat()),
        ("最近一条记录", f"{last.get_kind_display()}：{last.text}" if last else ""),
    ]
    return _page(request, str(measure), reverse("audits:measure", args=[measure.pk]), act, stored)


def _page(
    request: HttpRequest, title: str, url: str, act: str, stored: list[tuple[str, str]]
) -> HttpResponse:
    asked = [("操作", act), *((label, request.POST.get(name, "")) for name, label in _ASKED)]
    context = {
        "conflict_title": title,
        "conflict_url": url,
        "mine": [pair for pair in asked if pair[1]],
        "stored": [pair for pair in stored if pair[1]],
    }
    return render(request, "audits/monthly_conflict.html", context, status=409)
