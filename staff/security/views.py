"""Requests for roles and passwords, decided by a second person; the page of security controls."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from exporting.listing import listing
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import policy, requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from staff.accounts.actions.passwords import OneTimePassword
from staff.accounts.actions.requests import (
    confirm_request,
    expire_requests,
    refuse_request,
    withdraw_request,
)
from staff.accounts.actions.roles import ADMINISTERS, GRANTS
from staff.accounts.models import GrantRequest, RoleGrant
from staff.conflicts.versions import RefusedError
from staff.security.forms import RefuseForm
from staff.security.page import controls_of
from staff.security.tables import GrantRequestTable, status_tag

_RELATED = ("user", "department__institution", "requested_by", "decided_by")


@requires(ADMINISTERS, GRANTS)
@require_GET
def grant_requests(request: SignedInRequest) -> HttpResponse:
    """All requests the user may see, those that wait first by date."""
    expire_requests()
    page = listing(request, GrantRequestTable, _rows(request))
    context = {"page": page, "table": page.table}
    template = "staff/security/_requests.html" if request.htmx else "staff/security/requests.html"
    return render(request, template, context)


@requires(ADMINISTERS, GRANTS)
@require_GET
def grant_request(request: SignedInRequest, pk: int) -> HttpResponse:
    expire_requests()
    return _page(request, _fetch(request, pk))


@requires("staff.view_security")
@require_GET
def controls(request: SignedInRequest) -> HttpResponse:
    """Each security control, its state now and its evidence; printed for an assessor as it is."""
    return render(request, "staff/security/controls.html", {"controls": controls_of(request.user)})


@requires(GRANTS)
@confirmed
@require_POST
@sensitive_variables("made")
def grant_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Carry the request out; the answer to a password's is its second half, shown this once."""
    found = _fetch(request, pk)
    try:
        made = confirm_request(found, by=request.user)
    except RefusedError as error:
        messages.error(request, str(error))
        return _page(request, _fetch(request, pk), status=400)
    if isinstance(made, OneTimePassword):
        context = {"found": found, "half": made.password, "place": "后半段", "expires_at": made.expires_at}
        return render(request, "staff/password_half.html", context)
    messages.success(request, _given(made))
    return HttpResponseRedirect(reverse("staff:grant_request", args=[pk]))


@requires(GRANTS)
@require_POST
def grant_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    form = RefuseForm(request.POST, action=request.path)
    return run_action(
        request,
        form,
        lambda given: refuse_request(found, by=request.user, **given),
        done="已拒绝，理由会显示给申请人。",
        url=reverse("staff:grant_request", args=[pk]),
        show=lambda: _page(request, _fetch(request, pk), status=400, form=form),
    )


@requires(ADMINISTERS, GRANTS)
@require_POST
def grant_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    try:
        withdraw_request(found, by=request.user)
    except RefusedError as error:
        messages.error(request, str(error))
        return _page(request, _fetch(request, pk), status=400)
    messages.success(request, "申请已撤回。")
    return HttpResponseRedirect(reverse("staff:grant_requests"))


def _rows(request: SignedInRequest) -> Any:
    rows = GrantRequest.objects.visible_to(request.user, ADMINISTERS, GRANTS)
    return rows.select_related(*_RELATED)


def _fetch(request: SignedInRequest, pk: int) -> GrantRequest:
    rows = GrantRequest.objects.select_related(*_RELATED)
    code = ADMINISTERS if request.user.may(ADMINISTERS) else GRANTS
    found: GrantRequest = fetch(request, rows, code, pk=pk)
    return found


def _given(grant: RoleGrant) -> str:
    return f"已确认：{grant.user.full_name}现为{policy().roles[grant.role].name}。"


def _page(request: SignedInRequest, found: GrantRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    user = request.user
    pending = found.status == GrantRequest.Status.PENDING
    is_own = found.requested_by_id == user.pk
    role = policy().roles.get(found.role)
    context = {
        "found": found,
        "state": status_tag(found),
        "role": role,
        "held": [policy().roles[g.role].name for g in found.user.active_grants if g.role in policy().roles],
        "may_decide": pending and user.may(GRANTS) and not is_own and found.user_id != user.pk,
        "may_withdraw": pending and is_own,
        "waits_for_another": pending and is_own,
        "is_unused": pending and found.user.must_change_password,
        "form": RefuseForm(action=reverse("staff:grant_refuse", args=[found.pk])),
    } | forms
    return render(request, "staff/security/request.html", context, status=status)
