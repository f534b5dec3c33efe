"""What holds for every signed-in request: idle limit, first password, no caching."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

_STRICT_ROLES = {"admin", "inspector"}
_SEEN = "seen_at"
_Answer = Callable[[HttpRequest], HttpResponse]


def session_limits(get_response: _Answer) -> _Answer:
    """Sign out after the idle limit; note activity at most once a minute (a write per request is slow)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            seen = request.session.get(_SEEN)
            if seen is not None and now - seen > _idle_seconds(request):
                logout(request)
                return _to_login(request)
            if seen is None or now - seen > 60:
                request.session[_SEEN] = now
        return get_response(request)

    return middleware


def _idle_seconds(request: HttpRequest) -> float:
    strict = any(grant.role in _STRICT_ROLES for grant in request.user.active_grants)
    minutes = settings.QC_IDLE_MINUTES_STRICT if strict else settings.QC_IDLE_MINUTES
    return timedelta(minutes=minutes).total_seconds()


def _to_login(request: HttpRequest) -> HttpResponse:
    url = f"{reverse('login')}?idle=1"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def password_change_first(get_response: _Answer) -> _Answer:
    """A single-use password opens only the page on which it is changed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = {reverse("password_change"), reverse("logout")}
            if request.path not in allowed and not request.path.startswith(settings.STATIC_URL):
                messages.info(request, "首次登录请先设置自己的密码。")
                return HttpResponseRedirect(reverse("password_change"))
        return get_response(request)

    return middleware


def no_store(get_response: _Answer) -> _Answer:
    """Pages of signed-in users are kept by no cache (QUALITY T6)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
