"""月度质控: the calendar of the year, a new month, its page, and the acts on it."""

import json
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.judging.actions.assignment import judges_of
from audits.measures.models import Measure
from audits.measures.tables import measure_tag
from audits.monthly.actions.months import (
    assign_month,
    cancel_month,
    close_month,
    draw_month,
    open_month,
    reopen_month,
)
from audits.monthly.documents import monthly_record, record_name, render_record
from audits.monthly.forms import OpenMonthForm, SummaryForm
from audits.monthly.models import MonthlyAudit
from audits.monthly.page import case_lines, clause_rows, month_steps, suggested_summary
from audits.monthly.queries.calendar import calendar_months, year_months
from audits.monthly.queries.earlier_draws import earlier_draws_of
from audits.monthly.queries.pool import month_pool
from audits.monthly.queries.results import month_result
from audits.monthly.views.conflict import month_conflict
from audits.quarter.actions.repeating import REDRAWS, may_redraw
from audits.quarter.forms import AssessorsForm, ReasonForm
from audits.sampling.queries.withheld import refuse_numbers, withheld_ids
from exporting.download import download_response
from staff.access import fetch, working_department
from staff.acting import run_action
from staff.forms_version import VersionForm
from staff.models import Department
from staff.permissions import requires
from staff.requests import SignedInRequest


@requires("audits.view_monthly")
@require_GET
def calendar(request: SignedInRequest) -> HttpResponse:
    """年历: twelve months that are over and the running one, or a calendar year of the past."""
    today = timezone.localdate()
    department = working_department(request, "audits.view_monthly")
    year = _year(request.GET.get("year"), today)
    shown = calendar_months(today) if year is None else tuple(date(year, n, 1) for n in range(1, 13))
    months = year_months(department, shown, today) if department else ()
    measures = Measure.objects.filter(department=department)
    may_run = department is not None and request.user.may("audits.run_monthly", department)
    may_redraw_here = department is not None and may_redraw(request.user, department)
    context = {
        "department": department,
        "months": months,
        "year": year,
        "years": range(today.year, today.year - 5, -1),
        "finished": sum(1 for month in months if month.is_finished),
        "late": sum(1 for month in months if month.is_late),
        "due": sum(1 for month in months if month.state not in ("future", "current", "empty")),
        "open": measures.filter(status=Measure.Status.OPEN).count(),
        "overdue": measures.overdue(today).count(),
        "next": _next_step(months) if may_run else None,
        "may_run": may_run,
        "may_redraw": may_redraw_here,
    }
    return render(request, "audits/monthly.html", context)


def _year(text: str | None, today: date) -> int | None:
    if text and text.isdecimal() and len(text) == 4 and 1990 <= int(text) <= today.year:
        return int(text)
    return None


def _next_step(months: Any) -> tuple[str, str] | None:
    """(words, address) of the oldest month on which something is to be done."""
    for month in months:
        if month.state == "none":
            return f"开始{month.label}月度质控", f"{reverse('audits:monthly_new')}?month={month.month:%Y-%m}"
        if month.state in ("planned", "drawn"):
            return f"继续{month.label}月度质控", reverse("audits:month", args=[month.audit.pk])
    return None


@requires("audits.run_monthly", REDRAWS)
@require_http_methods(["GET", "POST"])
def month_new(request: SignedInRequest) -> HttpResponse:
    rows = Department.objects.visible_to(request.user, "audits.run_monthly")
    departments = (rows | Department.objects.visible_to(request.user, REDRAWS)).select_related("institution")
    here = working_department(request, "audits.view_monthly")
    initial = {"month": request.GET.get("month", ""), "department": here.pk if here else None}
    form = OpenMonthForm(
        request.POST or None, departments=departments, may_repeat=request.user.may(REDRAWS), initial=initial
    )

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
    done = "已建立，随机种子已固定；现在可以冻结名单并抽取。"
    return run_action(request, form, plan, done=done, url=_url, show=show)


@requires("audits.view_monthly")
@require_GET
def month_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return month_page(request, fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk))


def month_page(
    request: SignedInRequest, audit: MonthlyAudit, *, form: SummaryForm | None = None, status: int = 200
) -> HttpResponse:
    """The month as it stands; `form`: the summary as it was typed, when it was not taken."""
    result = month_result(audit)
    running = audit.status == MonthlyAudit.Status.DRAWN
    everything = list(
        Measure.objects.filter(department=audit.department_id).select_related(
            "audit", "quarter", "owner", "owner_user"
        )
    )
    measures = [measure for measure in everything if measure.audit_id == audit.pk]
    rows = clause_rows(result, measures, everything)
    missing = [row for row in rows if not row.is_covered]
    may_run = request.user.may("audits.run_monthly", audit.department)
    mine = [case for case in result.cases if case.assessor_id == request.user.pk and not case.verdict]
    initial = {"version": audit.version, "summary": audit.summary or suggested_summary(result)}
    context = {
        "audit": audit,
        "result": result,
        "steps": month_steps(result, len([m for m in measures if m.status != "cancelled"]), len(missing)),
        "rows": rows,
        "missing": missing,
        "lines": case_lines(result, withheld_ids(request.user)),
        "measures": [(measure, measure_tag(measure)) for measure in measures],
        "next_case": mine[0] if running and mine else None,
        "unassigned": sum(1 for case in result.cases if case.assessor_id is None and not case.verdict),
        "judges": judges_of(audit.department) if running and may_run and result.unjudged else [],
        "may_run": may_run,
        "may_redraw": may_redraw(request.user, audit.department),
        "earlier": earlier_draws_of(audit),
        "may_set_measure": may_run and audit.status != MonthlyAudit.Status.CANCELLED,
        "new_measure_url": f"{reverse('audits:measure_new')}?month={audit.pk}",
        "pool_now": len(month_pool(audit.department, audit.month).entries) if not audit.drawn_at else None,
        "summary_form": (form or SummaryForm(initial=initial)) if running and may_run else None,
    }
    return render(request, "audits/month.html", context, status=status)


@requires("audits.run_monthly")
@require_POST
def month_draw(request: SignedInRequest, pk: int) -> HttpResponse:
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    return run_action(
        request,
        VersionForm(request.POST),
        lambda given: draw_month(audit, version=given["version"], by=request.user),
        done="已抽取，名单与样本已冻结。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "冻结名单并抽取"),
    )


@requires("audits.run_monthly")
@require_POST
def month_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)

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
def month_close(request: SignedInRequest, pk: int) -> HttpResponse:
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return month_page(request, audit, form=form, status=400)
    return run_action(
        request,
        form,
        lambda given: close_month(audit, **given, by=request.user),
        done="本月质控已完成，可以下载记录归档。",
        url=_url(audit),
        conflict=partial(month_conflict, request, "完成本月质控"),
    )


@requires("audits.run_monthly")
@require_POST
def month_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
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
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
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
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
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


@requires("audits.view_monthly")
@require_GET
def month_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """月度质控检查记录 as A4 pages to file; before the month is finished it says 未完成."""
    audit: MonthlyAudit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
    if not audit.drawn_at:
        messages.error(request, "还没有抽取，没有可打印的记录。")
        return HttpResponseRedirect(reverse("audits:month", args=[audit.pk]))
    numbers = audit.cases.values_list("report__accession_number", flat=True)
    refuse_numbers(request.user, audit.department_id, numbers)
    record = monthly_record(audit, timezone.now())
    return download_response(
        request,
        filename=record_name(audit),
        content=render_record(record),
        content_type="application/pdf",
        action="audits.download_month_record",
        target=audit,
        detail={"month": audit.label},
    )
