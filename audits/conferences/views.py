"""疑难病例讨论、MDT读片会: the list, one record, entering and correcting it, its files and its print."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conferences.actions import (
    add_conference,
    add_minutes,
    cancel_conference,
    change_conference,
    masked,
    values_of,
)
from audits.conferences.documents import minutes_of, minutes_pdf
from audits.conferences.forms import ConferenceForm, MinutesForm, case_forms
from audits.conferences.models import Conference, ConferenceCase, MinutesFile
from audits.conferences.tables import ConferenceFilter, ConferenceTable
from audits.conflicts import ConflictError, RefusedError
from audits.quarter.forms import ReasonForm
from exporting.download import download_response
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from exporting.uploads import FileDamagedError, stored_response
from reports.archive.queries import left_out
from staff.access import fetch, working_department
from staff.models import Department
from staff.permissions import requires
from trail.history import history

VIEWS, RECORDS = "audits.view_conferences", "audits.record_conference"
_CASES = Prefetch("cases", ConferenceCase.objects.select_related("report"))


@requires(VIEWS)
@require_GET
def conferences(request: HttpRequest) -> HttpResponse:
    rows = Conference.objects.visible_to(request.user, VIEWS).annotate(
        case_count=Count("cases", distinct=True), people_count=Count("participants", distinct=True)
    )
    narrowed = ConferenceFilter(request.GET, queryset=rows)
    shown = narrowed.qs.prefetch_related(_CASES, "files")
    if wants_workbook(request):
        action = "audits.export_conferences"
        note = left_out(request.user)
        return workbook_response(request, ConferenceTable, shown, name="会议记录", action=action, note=note)
    page = listing(request, ConferenceTable, shown, exports=True)
    context = {
        "filter": narrowed,
        "page": page,
        "table": page.table,
        "may_record": request.user.may(RECORDS),
    }
    name = "audits/_conferences.html" if request.htmx else "audits/conferences.html"
    return render(request, name, context)


@requires(VIEWS)
@require_GET
def conference(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "audits/conference.html", _page(request, _fetch(request, pk, VIEWS)))


@requires(RECORDS)
@require_http_methods(["GET", "POST"])
def conference_new(request: HttpRequest) -> HttpResponse:
    department = working_department(request, RECORDS)
    if department is None:
        return HttpResponseRedirect(reverse("audits:conferences"))
    given = request.POST or None
    form = ConferenceForm(given, department=department, initial={"held_on": timezone.localdate()})
    report = request.GET.get("report", "")[:64]
    initial = [{"accession_number": report}] if report else []
    cases = case_forms(3)(given, department=department, prefix="case", initial=initial)
    if request.method == "POST" and form.is_valid() and cases.is_valid():
        try:
            found = add_conference(department, form.values(cases.values), by=request.user)
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "会议记录已登记；打印签字后可上传签字的记录。")
            return HttpResponseRedirect(reverse("audits:conference", args=[found.pk]))
    return _form_page(request, form, cases, None)


@requires(RECORDS)
@require_http_methods(["GET", "POST"])
def conference_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, RECORDS)
    form, cases = _edit_forms(found, found.department, request.POST or None)
    if request.method == "POST" and form.is_valid() and cases.is_valid():
        try:
            version = request.POST.get("version", "")
            version = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
            change_conference(found, form.values(cases.values), version=version, by=request.user)
        except RefusedError as refused:
            form.add_error(None, str(refused))
        except ConflictError as conflict:
            return _conflict(request, conflict)
        else:
            messages.success(request, "会议记录已更正，原来的内容保留在留痕中。")
            return HttpResponseRedirect(reverse("audits:conference", args=[pk]))
    return _form_page(request, form, cases, found)


@requires(RECORDS)
@require_POST
def conference_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, RECORDS)
    form = ReasonForm(request.POST)
    back = HttpResponseRedirect(reverse("audits:conference", args=[pk]))
    if not form.is_valid():
        messages.error(request, "".join("".join(errors) for errors in form.errors.values()))
        return back
    given = form.cleaned_data
    try:
        cancel_conference(found, reason=given["reason"], version=given["version"], by=request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    except ConflictError as conflict:
        return _conflict(request, conflict)
    else:
        messages.success(request, "会议记录已作废，仍可查阅，不再计为佐证。")
    return back


@requires(RECORDS)
@require_POST
def conference_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload the signed minutes."""
    found = _fetch(request, pk, RECORDS)
    form = MinutesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_minutes(found, form.cleaned_data["file"], by=request.user)
        except RefusedError as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, "签字的会议记录已上传。")
            return HttpResponseRedirect(reverse("audits:conference", args=[pk]))
    context = _page(request, found, file_form=form)
    return render(request, "audits/conference.html", context, status=400)


@requires(VIEWS)
@require_GET
def conference_download(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A file as it was taken in; a changed one is never handed out."""
    found = _fetch(request, pk, VIEWS)
    kept = _file_of(found, file)
    if kept is None:
        return HttpResponseRedirect(reverse("audits:conference", args=[pk]))
    try:
        return stored_response(
            request,
            kept.file,
            name=kept.name,
            sha256=kept.sha256,
            action="audits.download_minutes",
            target=found,
            department=found.department_id,
        )
    except FileDamagedError as damaged:
        messages.error(request, str(damaged))
        return render(request, "audits/conference.html", _page(request, found), status=409)


def _file_of(found: Conference, pk: int) -> MinutesFile | None:
    """A file of this conference; the conference itself was authorised."""
    return found.files.filter(pk=pk).first()


@requires(VIEWS)
@require_GET
def conference_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes filled from the record, to print and sign."""
    found = _fetch(request, pk, VIEWS)
    return download_response(
        request,
        filename=f"{found.get_kind_display()}记录_{found.department.code}_{found.held_on:%Y%m%d}.pdf",
        content=minutes_pdf(minutes_of(found)),
        content_type="application/pdf",
        action="audits.print_minutes",
        target=found,
        department=found.department_id,
    )


def _fetch(request: HttpRequest, pk: int, code: str) -> Conference:
    rows = Conference.objects.select_related("department__institution", "created_by", "cancelled_by")
    return fetch(request, rows, code, pk=pk)


def _edit_forms(found: Conference, department: Department, given: Any) -> tuple[Any, Any]:
    values = values_of(found)
    initial = {name: getattr(values, name) for name in ("kind", "held_on", "title", "place")} | {
        "chair": values.chair,
        "recorder": values.recorder,
        "summary": values.summary,
        "members": [str(member.pk) for member in values.members],
        "guests": "\n".join(f"{name} {unit}".strip() for name, unit in values.guests),
    }
    lines = [
        {
            "accession_number": case.report.accession_number,
            "question": case.question,
            "conclusion": case.conclusion,
        }
        for case in values.cases
    ]
    form = ConferenceForm(given, department=department, kept=values.members, initial=initial)
    return form, case_forms(2)(given, department=department, prefix="case", initial=lines)


def _form_page(request: HttpRequest, form: Any, cases: Any, found: Conference | None) -> HttpResponse:
    wrong = bool(form.errors) or (cases.is_bound and not cases.is_valid())
    context = {"form": form, "cases": cases, "conference": found}
    return render(request, "audits/conference_form.html", context, status=400 if wrong else 200)


def _page(request: HttpRequest, found: Conference, **forms: Any) -> dict[str, Any]:
    return {
        "conference": found,
        "minutes": minutes_of(found),
        "files": found.files.select_related("uploaded_by"),
        "may_record": found.cancelled_at is None and request.user.may(RECORDS, found.department),
        "file_form": MinutesForm(),
        "history": history(found),
    } | forms


def _conflict(request: HttpRequest, conflict: ConflictError) -> HttpResponse:
    found = Conference.objects.get(pk=conflict.current.pk)
    asked = (("议题", "title"), ("主持人", "chair"), ("小结", "summary"), ("理由", "reason"))
    context = {
        "title": f"{found.get_kind_display()}记录",
        "url": reverse("audits:conference", args=[found.pk]),
        "mine": [(label, request.POST[name]) for label, name in asked if request.POST.get(name)],
        "stored": [
            ("议题", masked(found, found.title)),
            ("主持人", found.chair),
            ("小结", masked(found, found.summary)),
            ("状态", "已作废" if found.cancelled_at else f"第{found.version}版"),
        ],
    }
    return render(request, "audits/year_conflict.html", context, status=409)
