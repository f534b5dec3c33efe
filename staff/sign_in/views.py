"""Sign in, sign out, own password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, password_validation, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff.access.permissions import public, signed_in
from staff.access.requests import SignedInRequest
from staff.access.return_page import nearest_page
from staff.access.step_up import forget_confirmation, note_confirmation
from staff.accounts.actions.passwords import change_password
from staff.accounts.models import User
from staff.sign_in import provider
from staff.sign_in.confirmation import ConfirmForm, confirmation_page
from staff.sign_in.ending import extend
from staff.sign_in.forms import ENDED, OwnPasswordForm, SignInCodeForm, SignInForm
from staff.sign_in.opening import OPENID, PASSWORD, SOURCE, begin_session, open_session, waiting_sign_in
from trail.chain import record

_AWAY = "医院统一身份认证暂时无法连接，请稍后再试；本系统的账号密码仍可登录。"
_NOT_DONE = "统一身份认证没有完成，请重新登录。多次出现请联系系统管理员。"
_NO_ACCOUNT = "统一身份认证成功，但本系统没有与之对应、可使用的账号。请联系系统管理员。"


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Check name and password; back to the page that was asked for."""
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        return begin_session(request, form.get_user(), source=form.source, page=_next(request))
    # When the account is locked, axes' middleware puts the locked page in place of this answer.
    context = {"form": form, "next": _next(request, ""), "why": _why(request), "openid": settings.QC_OIDC}
    return render(request, "staff/login.html", context, status=400 if form.errors else 200)


@public
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the device, or a recovery code."""
    waiting = waiting_sign_in(request)
    if waiting is None:
        return HttpResponseRedirect(f"{reverse('login')}?late=1")
    form = SignInCodeForm(request, waiting.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return open_session(request, waiting.user, source=waiting.source, page=waiting.page)
    context = {"form": form, "name": waiting.user.username}
    return render(request, "staff/login_code.html", context, status=400 if form.errors else 200)


@signed_in
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: SignedInRequest) -> HttpResponse:
    """Confirm who one is, before a download that needs it."""
    page = _next(request)
    form = ConfirmForm(request, request.POST or None)
    if request.method == "POST" and form.can_confirm and form.is_valid():
        note_confirmation(request.session)
        messages.success(request, "身份已确认，请继续刚才的操作。")
        return HttpResponseRedirect(page)
    return confirmation_page(request, form, carried=[("next", page)], back=page)


@public
@never_cache
@require_GET
def sign_in_openid(request: HttpRequest) -> HttpResponse:
    """To the hospital's OpenID provider; `confirm=1` has the password typed there again."""
    if not provider.is_configured():
        raise Http404
    try:
        confirms = "confirm" in request.GET
        return provider.sign_in_at_provider(request, page=_next(request), confirms=confirms)
    except provider.ProviderError:
        messages.error(request, _AWAY)
        return HttpResponseRedirect(reverse("login"))


@public
@never_cache
@require_GET
def sign_in_openid_return(request: HttpRequest) -> HttpResponse:
    """The provider's answer: the session of the account it names, if there is one in use."""
    if not provider.is_configured():
        raise Http404
    try:
        name, page, confirmed_there = provider.returned(request)
    except provider.ProviderError:
        messages.error(request, _NOT_DONE)
        return HttpResponseRedirect(reverse("login"))
    user = User.accounts.named(name)
    if user is None or not user.is_active or user.has_ended:
        record("staff.sign_in", by=None, target=user, result="refused")
        messages.error(request, _NO_ACCOUNT)
        return HttpResponseRedirect(reverse("login"))
    answer = begin_session(request, user, source=OPENID, page=nearest_page(request, page))
    if not confirmed_there:
        forget_confirmation(request.session)
    return answer


def _next(request: HttpRequest, default: str | None = None) -> str:
    """The page asked for before, when it is one of ours; the nearest that can be opened."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if asked or default is None:
        return nearest_page(request, asked)
    return default


def _why(request: HttpRequest) -> str:
    if "ended" in request.GET:
        return ENDED
    if "idle" in request.GET:
        return "长时间没有操作，已自动退出。请重新登录。"
    if "late" in request.GET:
        return "请先输入账号和密码；输入验证码须在5分钟内完成。"
    return "登录已满12小时，已自动退出。请重新登录。" if "long" in request.GET else ""


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "已退出。")
    return HttpResponseRedirect(reverse("login"))


@signed_in
@require_POST
def session_extend(request: SignedInRequest) -> HttpResponse:
    """Postpone the idle limit, at the press of a key; nothing else is changed or recorded."""
    extend(request)
    return HttpResponse(status=204)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: SignedInRequest) -> HttpResponse:
    """The own password. The session in which it is changed goes on; all others end."""
    if request.session.get(SOURCE, PASSWORD) != PASSWORD:
        return render(request, "staff/password_elsewhere.html")
    form = OwnPasswordForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = change_password(request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。其他设备上的登录已失效。")
        return HttpResponseRedirect(reverse("home"))
    return render(
        request, "staff/password.html", _password_page(request, form), status=400 if form.errors else 200
    )


def _password_page(request: SignedInRequest, form: OwnPasswordForm) -> dict[str, Any]:
    rules = password_validation.password_validators_help_texts()
    due = request.user.password_is_due
    return {
        "form": form,
        "rules": rules,
        "single_use": request.user.must_change_password,
        "grown_old": due and not request.user.must_change_password,
        "days": settings.QC_PASSWORD_DAYS,
    }
