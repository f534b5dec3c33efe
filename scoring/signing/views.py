"""Submit, return, sign, correct."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from scoring.sheets.actions.corrections import correct_after_appeal, correct_sheet
from scoring.sheets.forms import ReasonForm, SignForm
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.warnings import SigningWarnings, signing_warnings
from scoring.sheets.views.responses import fetch_sheet, run_sheet_action, run_sheet_step
from scoring.signing.actions import return_sheet, sign_sheet, submit_sheet
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
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
@confirmed
@require_POST
def sheet_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Signs what was confirmed: the form names the warnings that the page showed."""
    sheet = fetch_sheet(request, pk, _SIGN)
    is_open = sheet.status == Sheet.Status.SUBMITTED
    warnings = signing_warnings(scored_sheet(sheet)) if is_open else SigningWarnings(())
    form = SignForm(request.POST, token=warnings.token if warnings.texts else "")

    def write(given: dict[str, Any]) -> Sheet:
        return sign_sheet(sheet, version=given["version"], by=request.user, warnings=warnings.texts)

    return run_sheet_action(request, sheet, form, write, done="已签发并冻结，可在迎检包中下载。")


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
