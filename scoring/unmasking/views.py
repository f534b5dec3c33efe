"""未脱敏迎检包: asked for, decided by another person, taken back, downloaded by the one it is for."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as page
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conflicts import RefusedError
from exporting.download import download_response
from exporting.listing import listing
from scoring.downloads.actions import inspectors_of
from scoring.packet.models import PacketFile
from scoring.packet.rendering import CONTENT_TYPES
from scoring.sheets.actions.openings import open_reports
from scoring.sheets.models import Sheet
from scoring.sheets.page import Happening
from scoring.sheets.views.responses import fetch_sheet
from scoring.unmasking.actions.files import OVER, unmasked_file
from scoring.unmasking.actions.requests import (
    approve_unmasked,
    ask_unmasked,
    refuse_unmasked,
    withdraw_unmasked,
)
from scoring.unmasking.forms import ApproveForm, AskForm, RefuseForm, WithdrawForm
from scoring.unmasking.models import ASK, DECIDE, SEE, UnmaskRequest
from scoring.unmasking.queries.document import unmasked_name
from scoring.unmasking.tables import UnmaskRequestFilter, UnmaskRequestTable, state_tag
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed, hands_out
from trail.chain import record


@requires(SEE)
@require_GET
def unmask_list(request: SignedInRequest) -> HttpResponse:
    rows = UnmaskRequest.objects.visible_to(request.user).for_page()
    narrowed = UnmaskRequestFilter(request.GET, queryset=rows)
    found = listing(request, UnmaskRequestTable, narrowed.qs)
    context = {"filter": narrowed, "page": found, "table": found.table}
    template = "scoring/_unmask_table.html" if request.htmx else "scoring/unmask_list.html"
    return page(request, template, context)


@requires(ASK)
@confirmed
@require_http_methods(["GET", "POST"])
def unmask_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form, and its answer; only for a version in force."""
    sheet = fetch_sheet(request, pk, ASK)
    if sheet.status != Sheet.Status.SIGNED:
        raise Http404
    given = (request.POST,) if request.method == "POST" else ()
    action = reverse("scoring:unmask_ask", args=[pk])
    form = AskForm(*given, inspectors=inspectors_of(sheet.department_id), action=action)

    def show() -> HttpResponse:
        status = 422 if form.is_bound else 200
        return page(request, "scoring/unmask_ask.html", {"sheet": sheet, "form": form}, status=status)

    if not form.is_bound:
        return show()
    return run_action(
        request,
        form,
        lambda given: ask_unmasked(sheet, by=request.user, **given),
        done=lambda made: f"已提交{made}申请，等待另一位有批准权限的人决定。",
        url=lambda made: reverse("scoring:unmask_request", args=[made.pk]),
        show=show,
    )


@requires(SEE)
@require_GET
def unmask_request(request: SignedInRequest, pk: int) -> HttpResponse:
    return _request_page(request, _fetch(request, pk))


def _request_page(
    request: SignedInRequest, found: UnmaskRequest, *, status: int = 200, **bound: Any
) -> HttpResponse:
    """The page of one request, with the forms this person may use; `bound` is one that was sent."""
    may_decide, may_withdraw = _may_decide_or_withdraw(request, found)
    at = {name: reverse(f"scoring:unmask_{name}", args=[found.pk]) for name in _FORMS}
    made: dict[str, forms.Form] = {}
    if may_decide:
        made |= {name: _FORMS[name](action=at[name]) for name in ("approve", "refuse")}
    if may_withdraw:
        made |= {"withdraw": WithdrawForm(action=at["withdraw"])}
    context = {
        "found": found,
        "state_tag": state_tag(found),
        "events": _events(found),
        "forms": made | bound,
        "opened": next(iter(bound), ""),
        "is_own": found.asked_by_id == request.user.pk,
        "may_download": UnmaskRequest.objects.downloadable_by(request.user).filter(pk=found.pk).exists(),
        "inside": request.user.may("scoring.view_sheet", found.sheet.audit.department),
    }
    return page(request, "scoring/unmask_request.html", context, status=status)


def _may_decide_or_withdraw(request: SignedInRequest, found: UnmaskRequest) -> tuple[bool, bool]:
    """Whether this person may decide, and may withdraw. Only the asker withdraws a waiting request."""
    user, department = request.user, found.sheet.audit.department
    decides = user.may(DECIDE, department)
    waits = found.status == UnmaskRequest.Status.ASKED
    others = user.pk not in (found.asked_by_id, found.inspector_id)
    own = found.asked_by_id == user.pk and user.may(ASK, department)
    return decides and waits and others, (own and waits) or ((own or decides) and found.is_in_force)


_FORMS: dict[str, Any] = {"approve": ApproveForm, "refuse": RefuseForm, "withdraw": WithdrawForm}


@requires(DECIDE)
@confirmed
@require_POST
def unmask_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, DECIDE)
    done = "已批准：只有接收人（或移交的申请人）可以下载，到期自动删除。"
    return _run_decision(request, found, "approve", approve_unmasked, done)


@requires(DECIDE)
@require_POST
def unmask_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk, DECIDE)
    return _run_decision(request, found, "refuse", refuse_unmasked, "已拒绝，理由会显示给申请人。")


@requires(ASK, DECIDE)
@require_POST
def unmask_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """By the asker; an approval also by one who may decide."""
    found = _fetch(request, pk)
    if not _may_decide_or_withdraw(request, found)[1]:
        form = WithdrawForm(request.POST, action=request.path)
        form.full_clean()
        form.add_error(None, "等待中的申请由申请人收回；有效期内的批准由申请人或有批准权限的人收回。")
        return _request_page(request, found, status=422, withdraw=form)
    return _run_decision(
        request, found, "withdraw", withdraw_unmasked, "已收回，服务器上的未脱敏文件已删除。"
    )


def _run_decision(
    request: SignedInRequest, found: UnmaskRequest, name: str, action: Callable[..., Any], done: str
) -> HttpResponse:
    form = _FORMS[name](request.POST, action=request.path)
    return run_action(
        request,
        form,
        lambda given: action(found, by=request.user, **given),
        done=done,
        url=reverse("scoring:unmask_request", args=[found.pk]),
        show=lambda: _request_page(request, _fetch(request, found.pk), status=422, **{name: form}),
    )


@requires(SEE)
@confirmed
@hands_out
@require_GET
def unmask_file(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The file, for the one it was approved for; every other try is recorded as refused."""
    if kind not in PacketFile.Kind.values:
        raise Http404
    found = _fetch(request, pk)
    facts = {"approval": found.pk, "kind": kind, "receiver": found.receiver}
    try:
        if not UnmaskRequest.objects.downloadable_by(request.user).filter(pk=pk).exists():
            raise RefusedError(OVER if not found.is_in_force else "这份文件只供接收人下载。")
        content = unmasked_file(found, kind, by=request.user)
    except RefusedError as refused:
        record(
            "scoring.download_unmasked", by=request.user, target=found.sheet, detail=facts, result="refused"
        )
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("scoring:unmask_request", args=[pk]))
    open_reports([found.sheet], by=request.user)
    return download_response(
        request,
        filename=unmasked_name(found, kind),
        content=content,
        content_type=CONTENT_TYPES[kind],
        action="scoring.download_unmasked",
        target=found.sheet,
        detail=facts,
    )


def _fetch(request: SignedInRequest, pk: int, code: str = SEE) -> UnmaskRequest:
    return fetch(request, UnmaskRequest.objects.for_page(), code, pk=pk)


def _events(found: UnmaskRequest) -> list[Happening]:
    """The events of a request, oldest first."""
    events = [Happening("申请", str(found.asked_by), found.asked_at, found.reason)]
    if found.decided_at:
        word, kind = ("批准", "pass") if found.until else ("拒绝", "fail")
        events.append(Happening(word, str(found.decided_by), found.decided_at, found.decision_reason, kind))
    if found.withdrawn_at:
        events.append(
            Happening("收回", str(found.withdrawn_by), found.withdrawn_at, found.withdrawn_reason, "fail")
        )
    return events
