"""List and detail of reports."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from reports.archive.models import Report
from reports.archive.queries import left_out
from reports.browsing.actions import is_unmasked, set_system, shown_system, unmask
from reports.browsing.filters import ReportFilter
from reports.browsing.forms import SystemForm, UnmaskForm
from reports.browsing.page import ReportPage
from reports.browsing.tables import ReportTable
from reports.findings.filters import filter_pairs, filter_query
from reports.findings.page import margin_of
from reports.outcomes.actions import record_outcome
from reports.outcomes.forms import OutcomeForm
from reports.outcomes.models import Outcome
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict
from staff.conflicts.versions import ConflictError

# Fetched for the rows of the page only: a count in the list's query would group all reports.
_OUTCOMES = Prefetch(
    "outcomes", Outcome.objects.matched().only("id", "report_id"), to_attr="matched_outcomes"
)
_COLUMNS = (
    "id",
    "accession_number",
    "reported_at",
    "patient_name",
    "sex",
    "age",
    "age_days",
    "examination_name",
    "modality",
    "system",
    "reporting_physician",
    "signed_by",
    "is_signed",
    "revision_number",
)


@requires("reports.view", "reports.view_own")
@require_GET
def report_list(request: SignedInRequest) -> HttpResponse:
    rows = Report.objects.visible_to(request.user).only(*_COLUMNS).prefetch_related(_OUTCOMES)
    narrowed = ReportFilter(request.GET, queryset=rows)
    with_outcomes = bool(request.user.may("reports.view_outcomes"))
    if not with_outcomes:
        del narrowed.filters["outcome"]
    columns: dict[str, Any] = {} if with_outcomes else {"exclude": ("outcome_count",)}
    if wants_workbook(request):
        return workbook_response(
            request,
            ReportTable,
            narrowed.qs,
            name="检查报告",
            action="reports.export",
            note=left_out(request.user),
            **columns,
        )
    page = listing(request, ReportTable, narrowed.qs, exports=True, **columns)
    context = {"filter": narrowed, "page": page, "table": page.table, "may_import": _may_import(request)}
    return render(request, "reports/_table.html" if request.htmx else "reports/list.html", context)


def _may_import(request: SignedInRequest) -> bool:
    return bool(request.user.may("reports.import"))


@requires("reports.view", "reports.view_own")
@require_GET
def report_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _fetch(request, pk)
    return render(request, "reports/detail.html", _detail(request, report))


@requires("reports.unmask")
@confirmed
@require_POST
def report_unmask(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _fetch(request, pk, "reports.unmask")
    form = UnmaskForm(request.POST, action=reverse("reports:unmask", args=[pk]))
    return run_action(
        request,
        form,
        lambda given: unmask(request, report, reason=given["reason"]),
        done="",  # the page itself shows that the identity is unmasked
        url=reverse("reports:detail", args=[pk]),
        show=lambda: _with_errors(request, report, unmask_form=form),
    )


@requires("reports.record_outcomes")
@require_POST
def report_system(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _fetch(request, pk, "reports.record_outcomes")
    form = _system_form(report, request.POST)
    url = reverse("reports:detail", args=[pk])

    def conflict(error: ConflictError) -> HttpResponse:
        fresh = _system_form(error.current)
        return edit_conflict(request, form, fresh, title=report.accession_number, url=url)

    return run_action(
        request,
        form,
        lambda given: set_system(report, by=request.user, **given),
        done="系统归类已保存。",
        url=url,
        show=lambda: _with_errors(request, report, system_form=form),
        conflict=conflict,
    )


@requires("reports.record_outcomes")
@require_POST
def report_outcome(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _fetch(request, pk, "reports.record_outcomes")
    form = OutcomeForm(request.POST, action=reverse("reports:outcome_record", args=[pk]))
    return run_action(
        request,
        form,
        lambda given: record_outcome(report=report, by=request.user, **given),
        done="结局已登记。",
        url=reverse("reports:detail", args=[pk]),
        show=lambda: _with_errors(request, report, outcome_form=form),
    )


def _with_errors(request: SignedInRequest, report: Report, **forms: Any) -> HttpResponse:
    """The report's page with the form that was refused."""
    return render(request, "reports/detail.html", _detail(request, report, **forms), status=400)


def _system_form(report: Report, data: Any = None) -> SystemForm:
    shown = shown_system(report)  # before the form writes into the instance
    form = SystemForm(data, instance=report, action=reverse("reports:system", args=[report.pk]))
    return with_version(form, shown)


def _fetch(request: SignedInRequest, pk: int, code: str = "reports.view") -> Report:
    return fetch(request, Report.objects.for_page(), code, pk=pk)


def _detail(request: SignedInRequest, report: Report, **forms: Any) -> dict[str, Any]:
    """The page's context: the report (masked unless unmasked now), its versions, outcomes and forms."""
    may = {
        code: request.user.may(code, report.department)
        for code in ("reports.unmask", "reports.record_outcomes", "reports.import")
    }
    page = ReportPage.of(
        report,
        unmasked=is_unmasked(request, report),
        with_outcomes=request.user.may("reports.view_outcomes", report.department),
        reader=request.user,
    )
    urls = {name: reverse(f"reports:{name}", args=[report.pk]) for name in ("unmask", "outcome_record")}
    return {
        "page": page,
        "report": page.report,
        "may_unmask": may["reports.unmask"] and not page.unmasked,
        "may_record": may["reports.record_outcomes"],
        "may_correct": may["reports.import"],
        "may_manage_rules": request.user.may("reports.manage_rules", report.department),
        "unmask_form": UnmaskForm(action=urls["unmask"]),
        "system_form": _system_form(report),
        "outcome_form": OutcomeForm(action=urls["outcome_record"]),
    } | (_findings(request, report, page) | forms)


def _findings(request: SignedInRequest, report: Report, page: ReportPage) -> dict[str, Any]:
    """Context of the margin; none for operators, who did not write the report."""
    may_see = request.user.may("reports.view", report.department)
    names = (report.reporting_physician, report.reviewing_physician, report.signed_by)
    if not may_see and not set(names) & set(request.user.report_names):
        return {"margin": None}
    margin = margin_of(report, page.report)
    return {
        "margin": margin,
        "marks": margin.marks,
        "flags": margin.flags,
        "may_rule": request.user.may("reports.rule_findings", report.department),
        "may_see_rules": may_see,
        "list_query": filter_query(request.GET),
        "kept_pairs": filter_pairs(request.GET),
        "after": min((note.pk for note in margin.notes), default=""),
        "is_checked": report.is_final and report.rules_version > 0,
        "is_final": report.is_final,
    }
