"""Submit, return, sign, correct."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from scoring.sheets.actions.corrections import correct_after_appeal, correct_sheet
from scoring.sheets.forms import ReasonForm
from scoring.sheets.views.responses import act, fetch_sheet
from scoring.signing.actions import return_sheet, sign_sheet, submit_sheet
from staff.forms_version import VersionForm
from staff.permissions import requires


@requires("scoring.edit_sheet")
@require_POST
def sheet_submit(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, "scoring.edit_sheet")
    form = VersionForm(request.POST)
    return act(
        request,
        sheet,
        form,
        lambda: submit_sheet(sheet, version=form.cleaned_data["version"], by=request.user),
        "已提交，等待科主任签发。",
    )


@requires("scoring.sign_sheet")
@require_POST
def sheet_return(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, "scoring.sign_sheet")
    form = ReasonForm(request.POST)
    return act(
        request,
        sheet,
        form,
        lambda: return_sheet(sheet, by=request.user, **form.cleaned_data),
        "已退回质控员，理由已写明。",
    )


@requires("scoring.sign_sheet")
@require_POST
def sheet_sign(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, "scoring.sign_sheet")
    form = VersionForm(request.POST)
    return act(
        request,
        sheet,
        form,
        lambda: sign_sheet(sheet, version=form.cleaned_data["version"], by=request.user),
        "已签发并冻结，可在迎检包中下载。",
    )


@requires("scoring.edit_sheet")
@require_POST
def sheet_correct(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, "scoring.edit_sheet")
    form = ReasonForm(request.POST)
    return act(
        request,
        sheet,
        form,
        lambda: correct_sheet(sheet, by=request.user, **form.cleaned_data),
        "更正版已建立，内容从上一版带入；签发前上一版仍然有效。",
    )


@requires("scoring.edit_sheet")
@require_POST
def sheet_correct_after_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, "scoring.edit_sheet")
    form = VersionForm(request.POST)
    return act(
        request,
        sheet,
        form,
        lambda: correct_after_appeal(sheet, version=form.cleaned_data["version"], by=request.user),
        "更正版已建立，理由写明了申诉改变了什么；请核对后提交签发。",
    )
