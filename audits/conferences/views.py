"""疑难病例讨论、MDT读片会: the list, one record, entering and correcting it, its files and its print."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
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
from audits.conferences.forms import CaseFormSet, ConferenceForm, MinutesForm, case_forms
from audits.conferences.models import Conference
from audits.conferences.tables import ConferenceFilter, ConferenceTable
from audits.conflicts import ConflictError, sent_version
from audits.quarter.forms import ReasonForm
from exporting.download import download_response
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from exporting.uploads import FileDamagedError, stored_response
from reports.archive.queries import left_out
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.openings import opened
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.page import typed_values
from staff.departments.models import Department
from staff.departments.queries import working_department
from trail.history import history

VIEWS, RECORDS = "audits.view_conferences", "audits.record_conference"


@requires(VIEWS)
@require_GET
def conferences(request: SignedInRequest) -> HttpResponse:
    rows = Conference.objects.visible_to(request.user, VIEWS).for_list()
    narrowed = ConferenceFilter(request.GET, queryset=rows)
    if wants_workbook(request):
        action = "audits.export_conferences"
        note = left_out(request.user)
        return workbook_response(
            request, ConferenceTable, narrowed.qs, name="会议记录", action=action, note=note
        )
    page = listing(request, ConferenceTable, narrowed.qs, exports=True)
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
def conference(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _opened(request, pk)
    return render(request, "audits/conference.html", _page(request, found))


def _opened(request: SignedInRequest, pk: int) -> Conference:
    """The record of a conference, whose reports its reader opens."""
    found = fetch(request, Conference.objects.for_page(), VIEWS, pk=pk)
    opened(request.user, [case.report_id for case in found.cases.all()], found._meta.label_lower)
    return found


@requires(RECORDS)
@require_http_methods(["GET", "POST"])
def conference_new(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, RECORDS)
    if department is None:
        return HttpResponseRedirect(reverse("audits:conferences"))
    given = request.POST or None
    form = ConferenceForm(given, department=department, initial={"held_on": timezone.localdate()})
    report = request.GET.get("report", "")[:64]
    initial = [{"accession_number": report}] if report else []
    cases = case_forms(3)(given, department=department, prefix="case", initial=initial)
    if request.method != "POST" or not (form.is_valid() and cases.is_valid()):
        return _form_page(request, form, cases, None)
    return run_action(
        request,
        form,
        lambda _: add_conference(department, form.values(cases.values), by=request.user),
        done="会议记录已登记；打印签字后可上传签字的记录。",
        url=_url,
        show=lambda: _form_page(request, form, cases, None),
    )


@requires(RECORDS)
@require_http_methods(["GET", "POST"])
def conference_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    found = fetch(request, Conference.objects.for_page(), RECORDS, pk=pk)
    form, cases = _edit_forms(found, found.department, request.POST or None)
    if request.method != "POST" or not (form.is_valid() and cases.is_valid()):
        return _form_page(request, form, cases, found)
    version = sent_version(request.POST)
    return run_action(
        request,
        form,
        lambda _: change_conference(found, form.values(cases.values), version=version, by=request.user),
        done="会议记录已更正，原来的内容保留在留痕中。",
        url=_url,
        show=lambda: _form_page(request, form, cases, found),
        conflict=partial(_conflict, request),
    )


@requires(RECORDS)
@require_POST
def conference_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    found = fetch(request, Conference.objects.for_page(), RECORDS, pk=pk)
    return run_action(
        request,
        ReasonForm(request.POST),
        lambda given: cancel_conference(found, **given, by=request.user),
        done="会议记录已作废，仍可查阅，不再计为佐证。",
        url=_url(found),
        conflict=partial(_conflict, request),
    )


@requires(RECORDS)
@require_POST
def conference_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Upload the signed minutes."""
    found = fetch(request, Conference.objects.for_page(), RECORDS, pk=pk)
    form = MinutesForm(request.POST, request.FILES)

    def show() -> HttpResponse:
        return render(request, "audits/conference.html", _page(request, found, file_form=form), status=400)

    return run_action(
        request,
        form,
        lambda given: add_minutes(found, given["file"], by=request.user),
        done="签字的会议记录已上传。",
        url=_url(found),
        show=show,
        refused_on="file",
    )


@requires(VIEWS)
@require_GET
def conference_download(request: SignedInRequest, pk: int, file: int) -> HttpResponse:
    """Download a file as uploaded; a damaged one is refused."""
    found = fetch(request, Conference.objects.for_page(), VIEWS, pk=pk)
    stored = found.files.filter(pk=file).first()  # of this conference, which was authorised
    if stored is None:
        return HttpResponseRedirect(_url(found))
    try:
        return stored_response(
            request,
            stored.file,
            name=stored.name,
            sha256=stored.sha256,
            action="audits.download_minutes",
            target=found,
            department=found.department_id,
        )
    except FileDamagedError as damaged:
        messages.error(request, str(damaged))
        return render(request, "audits/conference.html", _page(request, found), status=409)


@requires(VIEWS)
@require_GET
def conference_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """The minutes filled from the record, to print and sign."""
    found = _opened(request, pk)
    return download_response(
        request,
        filename=f"{found.get_kind_display()}记录_{found.department.code}_{found.held_on:%Y%m%d}.pdf",
        content=minutes_pdf(minutes_of(found)),
        content_type="application/pdf",
        action="audits.print_minutes",
        target=found,
        department=found.department_id,
    )


def _url(found: Conference) -> str:
    return reverse("audits:conference", args=[found.pk])


def _edit_forms(
    found: Conference, department: Department, given: QueryDict | None
) -> tuple[ConferenceForm, CaseFormSet]:
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
    form = ConferenceForm(given, department=department, earlier=values.members, initial=initial)
    return form, case_forms(2)(given, department=department, prefix="case", initial=lines)


def _form_page(
    request: SignedInRequest, form: ConferenceForm, cases: CaseFormSet, found: Conference | None
) -> HttpResponse:
    wrong = bool(form.errors) or (cases.is_bound and not cases.is_valid())
    context = {"form": form, "cases": cases, "conference": found}
    return render(request, "audits/conference_form.html", context, status=400 if wrong else 200)


def _page(request: SignedInRequest, found: Conference, **forms: Any) -> dict[str, Any]:
    return {
        "conference": found,
        "minutes": minutes_of(found),
        "files": found.files.select_related("uploaded_by"),
        "may_record": found.cancelled_at is None and request.user.may(RECORDS, found.department),
        "file_form": MinutesForm(),
        "history": history(found),
    } | forms


def _conflict(request: SignedInRequest, conflict: ConflictError) -> HttpResponse:
    """409 with every field of the record as stored now and as sent."""
    found = Conference.objects.for_page().get(pk=conflict.current.pk)
    stored = _field_values(*_edit_forms(found, found.department, None))
    sent = typed_values(conflict.form)
    if isinstance(conflict.form, ConferenceForm):
        sent = _field_values(conflict.form, _edit_forms(found, found.department, request.POST)[1])
    state = "已作废" if found.cancelled_at else f"第{found.version}版"
    context = {
        "title": f"{found.get_kind_display()}记录",
        "url": _url(found),
        "mine": sent,
        "stored": [*((label, masked(found, value)) for label, value in stored), ("状态", state)],
    }
    return render(request, "audits/year_conflict.html", context, status=409)


def _field_values(form: ConferenceForm, cases: CaseFormSet) -> list[tuple[str, str]]:
    """(label, value) of every filled field of the record and of its cases."""
    lines = [(place, typed_values(case)) for place, case in enumerate(cases, 1)]
    return [
        *typed_values(form),
        *((f"病例{place} {label}", value) for place, values in lines for label, value in values),
    ]
