"""The own second factor: set up, replace, new recovery codes, remove; reset by an administrator."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires, signed_in
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from staff.accounts.actions.roles import ADMINISTERS
from staff.accounts.models import User
from staff.conflicts.versions import RefusedError
from staff.second_factor.actions import (
    confirm_setup,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from staff.second_factor.forms import SetUpForm
from staff.second_factor.page import own_page
from staff.second_factor.pending import end_setup, pending_secret


@signed_in
@sensitive_post_parameters()
@confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: SignedInRequest) -> HttpResponse:
    """The state; while none is set up, the QR code and the form for its first code."""
    if request.method == "GET":
        return render(request, "staff/second_factor.html", own_page(request))
    return _confirm(request)


@signed_in
@confirmed
@never_cache
@require_POST
def second_factor_replace(request: SignedInRequest) -> HttpResponse:
    """A new device in place of the present one, which stays in use until the new one's code is typed."""
    end_setup(request.session)
    return render(request, "staff/second_factor.html", own_page(request, replacing=True))


def _confirm(request: SignedInRequest) -> HttpResponse:
    form = SetUpForm(request.POST)
    return run_action(
        request,
        form,
        lambda given: _take_into_use(request, given["code"]),
        done="",
        url=reverse("second_factor"),
        show=lambda: render(request, "staff/second_factor.html", own_page(request, form=form), status=400),
        answer=lambda codes: _codes_once(request, codes, "双重验证已启用"),
    )


def _take_into_use(request: SignedInRequest, code: str) -> list[str]:
    secret = pending_secret(request.session)
    if secret is None:
        raise RefusedError("二维码已失效，请重新扫描下面的二维码。")
    codes = confirm_setup(request.user, secret=secret, code=code)
    end_setup(request.session)
    return codes


@signed_in
@confirmed
@require_POST
def second_factor_codes(request: SignedInRequest) -> HttpResponse:
    """New recovery codes in place of all earlier ones."""
    if request.user.second_factor_at is None:
        return HttpResponseRedirect(reverse("second_factor"))
    return _codes_once(request, renew_recovery_codes(request.user), "新的恢复码")


@sensitive_variables("codes")
def _codes_once(request: SignedInRequest, codes: list[str], title: str) -> HttpResponse:
    """The answer to the POST itself: a redirect would have to keep the codes somewhere."""
    update_session_auth_hash(request, request.user)
    return render(request, "staff/recovery_codes.html", {"codes": codes, "title": title})


@signed_in
@confirmed
@require_POST
def second_factor_remove(request: SignedInRequest) -> HttpResponse:
    try:
        remove_second_factor(request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        update_session_auth_hash(request, request.user)
        messages.success(request, "双重验证已停用，此后登录只用密码。")
    return HttpResponseRedirect(reverse("second_factor"))


@requires(ADMINISTERS)
@confirmed
@require_POST
def second_factor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """For somebody who lost the device and the recovery codes."""
    user: User = fetch(request, User.accounts.all(), ADMINISTERS, pk=pk)
    try:
        reset_second_factor(user, by=request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "双重验证已重设：本人下次登录时会看到提示，并可重新绑定设备。")
    return HttpResponseRedirect(reverse("staff:account_edit", args=[pk]))
