"""月度质控: a new month, the operations on it, and its draw as a file. Its page is a view of measures."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.judging.queries.judges import judges_of
from audits.monthly.actions.months import (
    assign_month,
    cancel_month,
    close_month_without_reports,
    draw_month,
    open_month,
    reopen_month,
)
from audits.monthly.actions.repeating import may_draw_month_now
from audits.monthly.forms import NoReportsForm, OpenMonthForm
from audits.monthly.models import MonthlyAudit
from audits.monthly.views.conflict import month_conflict
from audits.quarter.actions.repeating import REDRAWS, may_redraw
from audits.quarter.forms import AssessorsForm, DrawForm, ReasonForm
from audits.sampling.queries.withheld import refuse_numbers
from exporting.download import download_response
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.models import Department
from staff.departments.queries import working_department


@requires("audits.run_monthly", REDRAWS)
@require_http_methods(["GET", "POST"])
def month_new(request: SignedInRequest) -> HttpResponse:
    rows = Department.objects.visible_to(request.user, "audits.run_monthly")
    departments = (rows | Department.objects.visible_to(request.user, REDRAWS)).select_related("institution")
    here = working_department(request, "audits.view_monthly")
    initial = {"month": request.GET.get("month", ""), "department": here.pk if here else None}
    form = OpenMonthForm(request.POST or None, departments=departments, initial=initial)

    def show() -> HttpResponse:
        return render(request, "audits/monthly_new.html", {"form": form}, status=400 if form.errors else 200)

    def plan(given: dict[str, Any]) -> MonthlyAudit:
        return open_month(
            department=given["department"],
            month=given["month"],
            size=given["size"],
            repeat_reason=given.get("repeat_reason", ""),
            by=request.user,
        )

    if request.method != "POST":
        return show()
    done = "已建立，种子哈希已公布；现在可以冻结名单并抽取。"
    return run_action(request, form, plan, done=done, url=_url, show=show)


@requires("audits.run_monthly", REDRAWS)
@require_POST
def month_draw(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
    if not may_draw_month_now(request.user, audit):
        audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    return run_action(
        request,
        DrawForm(request.POST),
        lambda given: draw_month(audit, **given, by=request.user),
        done="已抽取，名单与样本已冻结。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "冻结名单并抽取"),
    )


@requires("audits.run_monthly")
@require_POST
def month_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)

    def assign(given: dict[str, Any]) -> None:
        _, problems = assign_month(audit, **given, by=request.user)
        for problem in problems:
            messages.warning(request, problem)

    return run_action(
        request,
        AssessorsForm(request.POST, judges=judges_of(audit.department)),
        assign,
        done="未检查的报告已重新分配。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "分配检查人"),
    )


@requires("audits.run_monthly")
@require_POST
def month_no_reports(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    return run_action(
        request,
        NoReportsForm(request.POST),
        lambda given: close_month_without_reports(audit, **given, by=request.user),
        done="已登记为本月无报告；以后导入该月的报告，须作废后抽查。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "登记本月无报告"),
    )


@requires("audits.run_monthly")
@require_POST
def month_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    return run_action(
        request,
        ReasonForm(request.POST),
        lambda given: reopen_month(audit, **given, by=request.user),
        done="已重新打开，理由已记录；改完后请再次完成。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "重新检查"),
    )


@requires("audits.run_monthly", REDRAWS)
@require_POST
def month_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
    if not may_redraw(request.user, audit.department):
        audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    return run_action(
        request,
        ReasonForm(request.POST),
        lambda given: cancel_month(audit, **given, by=request.user),
        done="已作废，记录仍保留；这个月可以重新建立。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "作废"),
    )


def _url(audit: MonthlyAudit) -> str:
    return reverse("audits:month", args=[audit.pk])


@requires("audits.view_monthly")
@require_GET
def month_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draw as a file that verify_draw repeats."""
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
    if not audit.draw:
        messages.error(request, "还没有抽取，没有可下载的抽样记录。")
        return HttpResponseRedirect(reverse("audits:month", args=[audit.pk]))
    refuse_numbers(request.user, audit.department_id, (row[0] for row in audit.pool_list))
    return download_response(
        request,
        filename=f"月度抽样_{audit.department.code}_{audit.month:%Y%m}.json",
        content=json.dumps(audit.draw, ensure_ascii=False, indent=2).encode(),
        content_type="application/json",
        action="audits.download_month_draw",
        target=audit,
        detail={"digest": audit.draw["digest"]},
    )
