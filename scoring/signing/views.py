"""Submit, return, sign, correct."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from scoring.sheets.actions.corrections import correct_after_appeal, correct_sheet
from scoring.sheets.forms import ReasonForm
from scoring.sheets.views.responses import run_sheet_step
from scoring.signing.actions import return_sheet, sign_sheet, submit_sheet
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import VersionForm

_EDIT, _SIGN = "scoring.edit_sheet", "scoring.sign_sheet"


@requires(_EDIT)
@require_POST
def sheet_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    return run_sheet_step(request, pk, _EDIT, VersionForm, submit_sheet, "已提交，等待科主任签发。")


@requires(_SIGN)
@require_POST
def sheet_return(request: SignedInRequest, pk: int) -> HttpResponse:
    return run_sheet_step(request, pk, _SIGN, ReasonForm, return_sheet, "已退回质控员，理由已写明。")


@requires(_SIGN)
@require_POST
def sheet_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    return run_sheet_step(request, pk, _SIGN, VersionForm, sign_sheet, "已签发并冻结，可在迎检包中下载。")


@requires(_EDIT)
@require_POST
def sheet_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    done = "更正版已建立，内容从上一版带入；签发前上一版仍然有效。"
    return run_sheet_step(request, pk, _EDIT, ReasonForm, correct_sheet, done)


@requires(_EDIT)
@require_POST
def sheet_correct_after_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    done = "更正版已建立，理由写明了申诉改变了什么；请核对后提交签发。"
    return run_sheet_step(request, pk, _EDIT, VersionForm, correct_after_appeal, done)
