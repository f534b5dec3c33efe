"""Filling a draft: rows, evidence notes, the hospital's level. Answers htmx with the figures that moved."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.conflicts import ConflictError, RefusedError
from scoring.sheets.actions.notes import add_evidence, change_evidence, remove_evidence
from scoring.sheets.actions.sheets import set_row, take_level
from scoring.sheets.forms import EvidenceForm, RowForm
from scoring.sheets.models import EvidenceNote, Sheet
from scoring.sheets.page import sheet_page
from scoring.sheets.views.responses import act, conflicted, fetch_sheet, refused
from staff.forms_version import VersionForm
from staff.permissions import requires

_CODE = "scoring.edit_sheet"


@requires(_CODE)
@require_POST
def row_set(request: HttpRequest, pk: int, row: str) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    form = RowForm(request.POST)

    def write() -> None:
        set_row(sheet, row=row, version=form.cleaned_data["version"], by=request.user, **form.sent())

    return _fill(request, sheet, form, write, row)


@requires(_CODE)
@require_POST
def evidence_add(request: HttpRequest, pk: int, row: str) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    form = EvidenceForm(request.POST)
    return _fill(
        request, sheet, form, lambda: add_evidence(sheet, row=row, by=request.user, **form.cleaned_data), row
    )


@requires(_CODE)
@require_POST
def evidence_change(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    evidence = get_object_or_404(EvidenceNote, pk=note, sheet=sheet)
    form = EvidenceForm(request.POST)
    return _fill(
        request,
        sheet,
        form,
        lambda: change_evidence(evidence, by=request.user, **form.cleaned_data),
        evidence.row,
    )


@requires(_CODE)
@require_POST
def evidence_remove(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    evidence = get_object_or_404(EvidenceNote, pk=note, sheet=sheet)
    form = VersionForm(request.POST)
    return _fill(
        request,
        sheet,
        form,
        lambda: remove_evidence(evidence, by=request.user, **form.cleaned_data),
        evidence.row,
    )


@requires(_CODE)
@require_POST
def level_take(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    form = VersionForm(request.POST)
    return act(
        request,
        sheet,
        form,
        lambda: take_level(sheet, version=form.cleaned_data["version"], by=request.user),
        "已按机构现在的级别更新。",
    )


def _fill(
    request: HttpRequest, sheet: Sheet, form: forms.Form, write: Callable[[], Any], row: str
) -> HttpResponse:
    """Write one part. htmx gets the figures and the row's notes; without it the page loads anew."""
    if not form.is_valid():
        return refused(request, sheet, "".join("".join(errors) for errors in form.errors.values()))
    try:
        write()
    except ConflictError as conflict:
        return conflicted(request, conflict)
    except RefusedError as unfit:
        return refused(request, sheet, str(unfit))
    if not request.htmx:
        return HttpResponseRedirect(reverse("scoring:detail", args=[sheet.pk]) + f"#row-{row}")
    context = sheet_page(request, fetch_sheet(request, sheet.pk))
    touched = next(found for found in context["view"].rows if found.id == row)
    # What someone may be typing in must not be replaced under their hands: only the parts that moved are.
    moved = {"row": touched, "oob": True, "with_reason": "state" in request.POST}
    moved["with_state"] = "accept" in request.POST
    moved["with_evidence"] = not {"state", "reason", "remark", "differs_reason"} & set(request.POST)
    return render(request, "scoring/_moved.html", context | moved)
