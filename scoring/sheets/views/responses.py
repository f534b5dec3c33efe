"""Responses of the actions on a sheet: done, refused with a sentence, or a conflict with nothing saved."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audits.conflicts import ConflictError, RefusedError
from scoring.sheets.actions.differences import note_difference
from scoring.sheets.models import Sheet
from scoring.sheets.page import sheet_page
from scoring.sheets.queries.signed_records import RecordDiffersError
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import VersionForm

_STATES = {"met": "齐备", "incomplete": "不完整", "absent": "缺"}


def fetch_sheet(request: SignedInRequest, pk: int, code: str = "scoring.view_sheet") -> Sheet:
    """The sheet, of a department in which the user has the permission `code`; else 404."""
    return fetch(request, Sheet.objects.for_page(), code, pk=pk)


def run_sheet_action(
    request: SignedInRequest,
    sheet: Sheet,
    form: forms.Form,
    action: Callable[[dict[str, Any]], Any],
    *,
    done: str = "",
    url: Callable[[Any], str] | None = None,
    answer: Callable[[Any], HttpResponse] | None = None,
) -> HttpResponse:
    """Run an action on a sheet: redirect to the page of the sheet it returns, 422 with the page, or 409."""
    return run_action(
        request,
        form,
        action,
        done=done,
        url=url or (lambda made: reverse("scoring:detail", args=[made.pk])),
        show=lambda: refused(request, sheet, form),
        conflict=lambda conflict: conflicted(request, conflict),
        answer=answer,
    )


def run_sheet_step(
    request: SignedInRequest,
    pk: int,
    code: str,
    form_type: type[VersionForm],
    action: Callable[..., Sheet],
    done: str,
) -> HttpResponse:
    """Run an action that takes the sheet and the fields of the posted form."""
    sheet = fetch_sheet(request, pk, code)
    form = form_type(request.POST)
    return run_sheet_action(
        request, sheet, form, lambda given: action(sheet, by=request.user, **given), done=done
    )


def refused(request: SignedInRequest, sheet: Sheet, form: forms.Form) -> HttpResponse:
    """422: the current page with the form's errors on top; for htmx, the errors alone."""
    sentence = "".join(str(error) for errors in form.errors.values() for error in errors)
    if getattr(request, "htmx", False):
        return _alone(request, "fail", sentence, 422)
    sheet = fetch_sheet(request, sheet.pk)
    try:
        context = sheet_page(request, sheet) | {"problem": sentence}
    except RefusedError as differs:
        return not_as_signed(request, sheet, differs)
    return render(request, "scoring/detail.html", context, status=422)


def not_as_signed(request: SignedInRequest, sheet: Sheet, problem: RefusedError) -> HttpResponse:
    """409 for a signed sheet that differs from what was signed: nothing is shown, the trail records it."""
    if isinstance(problem, RecordDiffersError):
        note_difference(sheet, problem, by=request.user)
    return render(request, "scoring/differs.html", {"sheet": sheet, "sentence": str(problem)}, status=409)


def conflicted(request: SignedInRequest, conflict: ConflictError) -> HttpResponse:
    """409: the current values, and that nothing was written (docs/quality.md F7)."""
    sheet = conflict.current
    if getattr(request, "htmx", False):
        return _alone(request, "due", str(conflict), 409, reverse("scoring:detail", args=[sheet.pk]))
    context = {
        "sheet": sheet,
        "sentence": str(conflict),
        "typed": _typed(request),
        "stored": _stored(request, sheet),
    }
    return render(request, "scoring/conflict.html", context, status=409)


def _alone(request: SignedInRequest, kind: str, text: str, status: int, url: str = "") -> HttpResponse:
    context = {"kind": kind, "text": text, "url": url, "label": "载入最新内容"}
    response = render(request, "components/_alert.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#sheet-problem", "innerHTML"
    return response


def _stored(request: SignedInRequest, sheet: Sheet) -> list[tuple[str, str]]:
    """What is stored now: of the row that the form was about, else of the whole sheet."""
    resolved = request.resolver_match
    row = resolved.kwargs.get("row", "") if resolved else ""
    pairs = [("状态", sheet.get_status_display()), ("退回理由", sheet.returned_reason)]
    if setting := sheet.row_settings.filter(row=row).first():
        pairs += [
            (f"第{row}行评定", _STATES.get(setting.state, "")),
            ("理由", setting.reason),
            ("备注", setting.remark),
            ("与建议不同的理由", setting.differs_reason),
        ]
    return [pair for pair in pairs if pair[1]]


def _typed(request: SignedInRequest) -> list[tuple[str, str]]:
    """Texts that were typed and not saved, to be copied."""
    words = {
        "reason": "理由",
        "remark": "备注",
        "differs_reason": "与建议不同的理由",
        "title": "资料名称",
        "dated_on": "日期",
        "note": "说明",
    }
    return [(zh, request.POST[name]) for name, zh in words.items() if request.POST.get(name)]
