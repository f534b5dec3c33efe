"""随访与反馈: the worklist, one case, and what is done on it."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conflicts import ConflictError
from audits.follow_up.actions.candidates import gather_candidates, waiting_versions
from audits.follow_up.actions.records import exclude, mark_report, note_receipt, record_follow_up, take_up
from audits.follow_up.forms import OFFERED, PAPER, MarkForm, NoteForm, RecordForm
from audits.follow_up.models import Feedback, FollowUp
from audits.follow_up.page import page_of, report_url, steps_of
from audits.follow_up.queries import physicians_of, reporting_physician_of
from audits.follow_up.rules import follow_up_rules
from audits.follow_up.tables import STAGES, FollowUpFilter, FollowUpTable, staged
from audits.quarter.forms import ReasonForm
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from reports.archive.models import Report
from reports.archive.queries import left_out
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import VersionForm
from staff.conflicts.page import typed_values
from staff.departments.queries import working_department
from trail.history import history

VIEWS, RECORDS = "audits.view_follow_up", "audits.record_follow_up"
_TAKEN_BACK_DAYS = 30  # how long an inclusion of several cases can be reverted
_MOST_CHUNKS = 5  # thousands of reports searched in one request


@requires(VIEWS)
@require_GET
def follow_ups(request: SignedInRequest) -> HttpResponse:
    rows = FollowUp.objects.visible_to(request.user, VIEWS)
    narrowed = FollowUpFilter(request.GET, queryset=rows)
    listed = narrowed.qs.with_facts()
    if wants_workbook(request):
        name, action = "随访登记", "audits.export_follow_ups"
        note = left_out(request.user)
        return workbook_response(
            request, FollowUpTable, listed, name=name, action=action, note=note, exclude=("chosen",)
        )
    may_record = bool(request.user.may(RECORDS))
    # Only candidates can be ticked.
    ticks = may_record and request.GET.get("stage") == "candidate"
    hidden = () if ticks else ("chosen",)
    page = listing(request, FollowUpTable, listed, exports=True, exclude=hidden)
    context = {"filter": narrowed, "page": page, "table": page.table, "may_record": may_record}
    context["ticks"] = ticks
    if request.htmx:
        return render(request, "audits/_follow_ups.html", context)
    department = working_department(request, RECORDS) if may_record else None
    context |= {
        "figures": [(code, zh, staged(rows, code).count()) for code, zh in STAGES],
        "waiting": waiting_versions(department) if department else 0,
        "taken": _taken(request) if may_record else [],
        "rules": follow_up_rules(),
    }
    return render(request, "audits/follow_ups.html", context)


def _taken(request: SignedInRequest) -> list[dict[str, Any]]:
    rows = FollowUp.objects.visible_to(request.user, RECORDS)
    return rows.taken_lately(timezone.now() - timedelta(days=_TAKEN_BACK_DAYS))


@requires(RECORDS)
@require_POST
def gather(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, RECORDS)
    if department is not None:
        found = gather_candidates(department, by=request.user, most_chunks=_MOST_CHUNKS)
        words = f"新增 {found} 例候选，请逐例确认是否纳入随访。" if found else "没有新的候选病例。"
        if waiting_versions(department):
            words += "报告较多，其余由后台继续筛查。"
        messages.success(request, words)
    return HttpResponseRedirect(reverse("audits:follow_ups") + "?stage=candidate")


@requires(RECORDS)
@require_http_methods(["GET", "POST"])
def follow_up_new(request: SignedInRequest) -> HttpResponse:
    """Include a report by its number; `report` in the query names the one the page was opened from."""
    department = working_department(request, RECORDS)
    if department is None:
        return HttpResponseRedirect(reverse("audits:follow_ups"))
    initial = {"accession_number": request.GET.get("report", "")[:64]}
    form = MarkForm(request.POST or None, department=department, initial=initial)

    def show() -> HttpResponse:
        context = {"form": form, "department": department}
        return render(request, "audits/follow_up_new.html", context, status=400 if form.errors else 200)

    def mark(given: dict[str, Any]) -> FollowUp:
        return mark_report(
            form.report,
            is_operated=given["is_operated"],
            is_difficult=given["is_difficult"],
            reason=given["reason"],
            by=request.user,
        )

    if request.method != "POST":
        return show()
    return run_action(
        request,
        form,
        mark,
        done=lambda row: f"检查号 {row.report.accession_number} 已纳入随访。",
        url=_url,
        show=show,
    )


@requires(VIEWS)
@require_GET
def follow_up(request: SignedInRequest, pk: int) -> HttpResponse:
    row = fetch(request, FollowUp.objects.for_page(), VIEWS, pk=pk)
    return render(request, "audits/follow_up.html", _page(request, row))


@requires(RECORDS)
@require_POST
def follow_up_record(request: SignedInRequest, pk: int) -> HttpResponse:
    row = fetch(request, FollowUp.objects.for_page(), RECORDS, pk=pk)
    form = _record_form(row, request.POST)

    def show() -> HttpResponse:
        return render(request, "audits/follow_up.html", _page(request, row, record_form=form), status=400)

    def register(given: dict[str, Any]) -> FollowUp:
        return record_follow_up(
            row,
            version=given["version"],
            by=request.user,
            outcome=form.outcome,
            judgement=form.judged,
            feedback=form.feedback,
        )

    return run_action(
        request,
        form,
        register,
        done="随访已登记。",
        url=_url(row),
        show=show,
        conflict=partial(_conflict, request, "登记随访"),
    )


@requires(RECORDS)
@require_POST
def follow_up_take(request: SignedInRequest, pk: int) -> HttpResponse:
    row = fetch(request, FollowUp.objects.for_page(), RECORDS, pk=pk)
    return run_action(
        request,
        VersionForm(request.POST),
        lambda given: take_up(row, version=given["version"], by=request.user),
        done="已纳入随访。",
        url=_url(row),
        conflict=partial(_conflict, request, "纳入随访"),
    )


@requires(RECORDS)
@require_POST
def follow_up_exclude(request: SignedInRequest, pk: int) -> HttpResponse:
    row = fetch(request, FollowUp.objects.for_page(), RECORDS, pk=pk)
    return run_action(
        request,
        ReasonForm(request.POST),
        lambda given: exclude(row, **given, by=request.user),
        done="已注明不纳入，理由已记录。",
        url=_url(row),
        conflict=partial(_conflict, request, "不纳入"),
    )


@requires(RECORDS)
@require_POST
def feedback_receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note a paper receipt for a physician without an account."""
    one = fetch(request, Feedback.objects.for_page(), RECORDS, pk=pk)
    return run_action(
        request,
        NoteForm(request.POST),
        lambda given: note_receipt(one, note=given["note"], by=request.user),
        done="签收已登记。",
        url=reverse("audits:follow_up", args=[one.follow_up_id]),
    )


def _url(row: FollowUp) -> str:
    return reverse("audits:follow_up", args=[row.pk])


def _record_form(row: FollowUp, data: QueryDict | None = None) -> RecordForm:
    """The form with a default message for the first feedback, so that one step records a plain case."""
    report: Report = row.report
    writer = reporting_physician_of(report)
    has_feedback = row.feedbacks.exists()
    initial = {
        "version": row.version,
        "error_kind": row.error_kind or "none",
        "recipient": "" if has_feedback else str(writer.pk) if writer else PAPER,
        "message": "" if has_feedback else OFFERED,
    }
    return RecordForm(
        data,
        initial=initial,
        physicians=physicians_of(report),
        writer=report.reporting_physician or "",
        is_judged=bool(row.judgement),
    )


def _page(request: SignedInRequest, row: FollowUp, **forms: Any) -> dict[str, Any]:
    page = page_of(row, timezone.localdate(), reader=request.user)
    may_record = request.user.may(RECORDS, row.department)
    return {
        "row": row,
        "page": page,
        "report": page.report,
        "steps": steps_of(page) if page.is_open else [],
        "report_url": report_url(row),
        "may_record": may_record,
        "record_form": _record_form(row) if may_record else None,
        "history": history(row),
    } | forms


def _conflict(request: SignedInRequest, operation: str, conflict: ConflictError) -> HttpResponse:
    row = FollowUp.objects.select_related("report").get(pk=conflict.current.pk)
    page = page_of(row, timezone.localdate(), reader=request.user)
    stored = [
        ("状态", row.get_state_display()),
        ("评价", page.judgement_zh),
        ("对照说明", page.note),
        ("反馈", f"{len(page.feedbacks)} 条" if page.feedbacks else ""),
    ]
    context = {
        "title": f"随访 {row.report.accession_number}",
        "url": _url(row),
        "mine": [("操作", operation), *typed_values(conflict.form)],
        "stored": [pair for pair in stored if pair[1]],
    }
    return render(request, "audits/year_conflict.html", context, status=409)
