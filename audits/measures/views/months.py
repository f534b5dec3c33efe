"""月度质控 with its measures: the calendar of the year, the page of a month, and its printed record."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audits.judging.queries.judges import judges_of
from audits.measures.documents import monthly_record, record_name, render_record
from audits.measures.models import Measure
from audits.measures.page import clause_rows
from audits.measures.queries.calendar import YearMonth, calendar_months, closed_late, year_months
from audits.measures.tables import measure_tag
from audits.monthly.actions.months import (
    close_month,
)
from audits.monthly.actions.repeating import may_draw_month_now, month_needs_reason
from audits.monthly.forms import NoReportsForm, SummaryForm
from audits.monthly.models import MonthlyAudit
from audits.monthly.page import case_lines, month_steps, suggested_summary
from audits.monthly.queries.draw_chain import earlier_draws_of
from audits.monthly.queries.pool import month_pool
from audits.monthly.queries.results import month_result
from audits.monthly.views.conflict import month_conflict
from audits.quarter.actions.repeating import may_redraw
from audits.sampling.queries.withheld import refuse_numbers, withheld_ids
from exporting.download import download_response
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.queries import working_department


@requires("audits.view_monthly")
@require_GET
def calendar(request: SignedInRequest) -> HttpResponse:
    """年历: the last twelve complete months and the current one, or a past calendar year."""
    today = timezone.localdate()
    department = working_department(request, "audits.view_monthly")
    year = _year(request.GET.get("year"), today)
    wanted = calendar_months(today) if year is None else tuple(date(year, n, 1) for n in range(1, 13))
    hidden = withheld_ids(request.user)
    months = year_months(department, wanted, today, hidden) if department else ()
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


def _next_step(months: Sequence[YearMonth]) -> tuple[str, str] | None:
    """(label, address) of the oldest month that is not finished."""
    for month in months:
        if month.state == "none":
            return f"开始{month.label}月度质控", f"{reverse('audits:monthly_new')}?month={month.month:%Y-%m}"
        if month.audit is not None and month.state in ("planned", "drawn"):
            return f"继续{month.label}月度质控", reverse("audits:month", args=[month.audit.pk])
    return None


@requires("audits.view_monthly")
@require_GET
def month_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return month_page(request, fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk))


def month_page(
    request: SignedInRequest, audit: MonthlyAudit, *, form: SummaryForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a month; `form`: the summary as typed, when it was invalid."""
    result, hidden = month_result(audit), withheld_ids(request.user)
    running = audit.status == MonthlyAudit.Status.DRAWN
    everything = list(Measure.objects.filter(department=audit.department_id).for_list())
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
        "lines": case_lines(result, hidden),
        "measures": [(measure, measure_tag(measure)) for measure in measures],
        "next_case": mine[0] if running and mine else None,
        "unassigned": sum(1 for case in result.cases if case.assessor_id is None and not case.verdict),
        "judges": judges_of(audit.department) if running and may_run and result.unjudged else [],
        "may_run": may_run,
        "may_redraw": may_redraw(request.user, audit.department),
        "may_draw_now": audit.status == MonthlyAudit.Status.PLANNED
        and may_draw_month_now(request.user, audit),
        "earlier": earlier_draws_of(audit, hidden),
        "closed_late": closed_late(audit),
        "needs_reason": month_needs_reason(audit),
        "may_set_measure": may_run and audit.drawn_at and audit.status != MonthlyAudit.Status.CANCELLED,
        "new_measure_url": f"{reverse('audits:measure_new')}?month={audit.pk}",
        "no_reports_form": NoReportsForm(initial={"version": audit.version}),
        "pool_now": len(month_pool(audit.department, audit.month).entries) if not audit.drawn_at else None,
        "summary_form": (form or SummaryForm(initial=initial)) if running and may_run else None,
    }
    return render(request, "audits/month.html", context, status=status)


@requires("audits.run_monthly")
@require_POST
def month_close(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.run_monthly", pk=pk)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return month_page(request, audit, form=form, status=400)
    return run_action(
        request,
        form,
        lambda given: close_month(audit, **given, by=request.user),
        done="本月质控已完成，可以下载记录归档。",
        url=reverse("audits:month", args=[audit.pk]),
        conflict=partial(month_conflict, request, "完成本月质控"),
    )


@requires("audits.view_monthly")
@require_GET
def month_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """月度质控检查记录 as A4 pages to file; with 未完成 before the month is finished."""
    audit = fetch(request, MonthlyAudit.objects.for_page(), "audits.view_monthly", pk=pk)
    if not audit.drawn_at and not audit.is_finished:
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
