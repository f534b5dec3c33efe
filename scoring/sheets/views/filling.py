"""Filling a draft: rows, evidence notes, the hospital's level. Answers htmx with the figures that changed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from scoring.sheets.actions.notes import add_evidence, change_evidence, remove_evidence
from scoring.sheets.actions.sheets import set_row, take_level
from scoring.sheets.forms import EvidenceForm, RowForm
from scoring.sheets.models import EvidenceNote, Sheet
from scoring.sheets.page import sheet_page
from scoring.sheets.views.responses import fetch_sheet, run_sheet_action, run_sheet_step
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import VersionForm

_CODE = "scoring.edit_sheet"


@requires(_CODE)
@require_POST
def row_set(request: SignedInRequest, pk: int, row: str) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    form = RowForm(request.POST)

    def write(given: dict[str, Any]) -> None:
        set_row(sheet, row=row, version=given["version"], by=request.user, **form.sent())

    return _fill(request, sheet, form, write, row)


@requires(_CODE)
@require_POST
def evidence_add(request: SignedInRequest, pk: int, row: str) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    form = EvidenceForm(request.POST)
    return _fill(
        request, sheet, form, lambda given: add_evidence(sheet, row=row, by=request.user, **given), row
    )


@requires(_CODE)
@require_POST
def evidence_change(request: SignedInRequest, pk: int, note: int) -> HttpResponse:
    return _fill_note(request, pk, note, EvidenceForm, change_evidence)


@requires(_CODE)
@require_POST
def evidence_remove(request: SignedInRequest, pk: int, note: int) -> HttpResponse:
    return _fill_note(request, pk, note, VersionForm, remove_evidence)


@requires(_CODE)
@require_POST
def level_take(request: SignedInRequest, pk: int) -> HttpResponse:
    return run_sheet_step(request, pk, _CODE, VersionForm, take_level, "已按机构现在的级别更新。")


def _fill_note(
    request: SignedInRequest, pk: int, note: int, form_type: type[VersionForm], action: Callable[..., Any]
) -> HttpResponse:
    sheet = fetch_sheet(request, pk, _CODE)
    found = get_object_or_404(EvidenceNote, pk=note, sheet=sheet)
    form = form_type(request.POST)
    return _fill(request, sheet, form, lambda given: action(found, by=request.user, **given), found.row)


def _fill(
    request: SignedInRequest,
    sheet: Sheet,
    form: VersionForm,
    write: Callable[[dict[str, Any]], Any],
    row: str,
) -> HttpResponse:
    """Write one part. htmx gets the figures and the row's notes; without it the page is reloaded."""
    url = reverse("scoring:detail", args=[sheet.pk]) + f"#row-{row}"
    answer = (lambda made: _changed_parts(request, sheet, row)) if request.htmx else None
    return run_sheet_action(request, sheet, form, write, url=lambda made: url, answer=answer)


def _changed_parts(request: SignedInRequest, sheet: Sheet, row: str) -> HttpResponse:
    """The figures and the parts of the row that changed: a text someone may be typing is not replaced."""
    context = sheet_page(request, fetch_sheet(request, sheet.pk))
    found = next(found for found in context["view"].rows if found.id == row)
    parts = {"row": found, "oob": True, "with_reason": "state" in request.POST}
    parts["with_state"] = "accept" in request.POST
    parts["with_evidence"] = not {"state", "reason", "remark", "differs_reason"} & set(request.POST)
    return render(request, "scoring/_moved.html", context | parts)
