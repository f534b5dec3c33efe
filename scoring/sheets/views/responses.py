"""What the acts on a sheet answer: done, refused with a sentence, or a conflict with nothing overwritten."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from audits.conflicts import ConflictError, RefusedError
from scoring.sheets.actions.differences import note_difference
from scoring.sheets.models import Sheet
from scoring.sheets.page import sheet_page
from scoring.sheets.queries.signed_records import RecordDiffersError
from staff.access import fetch

_HEAVY = ("corrects__content", "audit__pool_list", "audit__ledger", "audit__draw")
_SHOWN = (
    "audit__department__institution",
    "corrects",
    "submitted_by",
    "returned_by",
    "signed_by",
    "created_by",
)


def fetch_sheet(request: HttpRequest, pk: int, code: str = "scoring.view_sheet") -> Sheet:
    """The sheet, of a department in which the user holds `code`; else 404."""
    rows = Sheet.objects.select_related(*_SHOWN).defer(*_HEAVY)
    return fetch(request, rows, code, pk=pk)


def act(
    request: HttpRequest,
    sheet: Sheet,
    form: forms.Form,
    write: Callable[[], Any],
    done: str,
    *,
    go_to: Callable[[Any], Sheet] = lambda made: made,
) -> HttpResponse:
    """Run a whole-page act: redirect with a message, 422 with the page, or 409 with the conflict page."""
    if not form.is_valid():
        return refused(request, sheet, "".join("".join(errors) for errors in form.errors.values()))
    try:
        made = write()
    except ConflictError as conflict:
        return conflicted(request, conflict)
    except RefusedError as unfit:
        return refused(request, sheet, str(unfit))
    messages.success(request, done)
    return HttpResponseRedirect(reverse("scoring:detail", args=[go_to(made).pk]))


def refused(request: HttpRequest, sheet: Sheet, sentence: str) -> HttpResponse:
    """422: the page as it stands with the sentence on top; for htmx, the sentence alone."""
    if getattr(request, "htmx", False):
        return _alone(request, "fail", sentence, 422)
    sheet = fetch_sheet(request, sheet.pk)
    try:
        context = sheet_page(request, sheet) | {"problem": sentence}
    except RefusedError as differs:
        return not_as_signed(request, sheet, differs)
    return render(request, "scoring/detail.html", context, status=422)


def not_as_signed(request: HttpRequest, sheet: Sheet, problem: RefusedError) -> HttpResponse:
    """409: a signed sheet that is not what was signed; nothing of it is shown, and the trail says so."""
    if isinstance(problem, RecordDiffersError):
        note_difference(sheet, problem, by=request.user)
    return render(request, "scoring/differs.html", {"sheet": sheet, "sentence": str(problem)}, status=409)


def conflicted(request: HttpRequest, conflict: ConflictError) -> HttpResponse:
    """409: what stands now, and that nothing was written (QUALITY F7)."""
    sheet = conflict.current
    if getattr(request, "htmx", False):
        return _alone(request, "due", str(conflict), 409, reverse("scoring:detail", args=[sheet.pk]))
    context = {"sheet": sheet, "sentence": str(conflict), "typed": _typed(request)}
    return render(request, "scoring/conflict.html", context, status=409)


def _alone(request: HttpRequest, kind: str, text: str, status: int, url: str = "") -> HttpResponse:
    context = {"kind": kind, "text": text, "url": url, "label": "载入最新内容"}
    response = render(request, "components/_alert.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#sheet-problem", "innerHTML"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed and not saved, so that it can be copied."""
    words = {
        "reason": "理由",
        "remark": "备注",
        "differs_reason": "与建议不同的理由",
        "title": "资料名称",
        "dated_on": "日期",
        "note": "说明",
    }
    return [(zh, request.POST[name]) for name, zh in words.items() if request.POST.get(name)]
