"""What holds for every signed-in request: idle and absolute limit, first password, no caching."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from staff.access.return_page import page_asked_for
from staff.accounts.models import User
from staff.second_factor.queries import is_due
from staff.sign_in.opening import PASSWORD, SOURCE

_STRICT_ROLES = {"admin", "security_admin", "auditor", "inspector"}
SEEN = "seen_at"
STARTED = "started_at"
_ALWAYS_OPEN = (
    "logout",
    "healthz",
    "readyz",
    "metrics",
    "session_extend",
)  # also while the password must be changed first
_Answer = Callable[[HttpRequest], HttpResponse]


def session_limits(get_response: _Answer) -> _Answer:
    """Sign out after the idle or the absolute limit and after the account's last day.

    Activity is noted at most once a minute: a session write per request cut the served requests to a
    third. Django's own expiry slides with every write, so the sign-in time is stored separately.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if request.user.has_ended:
                return _out(request, "ended")
            now = timezone.now().timestamp()
            session = request.session
            if now - session.get(SEEN, now) > idle_seconds(request.user):
                return _out(request, "idle")
            if now - session.get(STARTED, now) > timedelta(hours=settings.QC_SESSION_HOURS).total_seconds():
                return _out(request, "long")
            session.setdefault(STARTED, now)
            if SEEN not in session or now - session[SEEN] > 60:
                session[SEEN] = now
        return get_response(request)

    return middleware


def idle_seconds(user: User) -> float:
    """After how long without a request the sessions of a person end."""
    strict = any(grant.role in _STRICT_ROLES for grant in user.active_grants)
    minutes = settings.QC_IDLE_MINUTES_STRICT if strict else settings.QC_IDLE_MINUTES
    return timedelta(minutes=minutes).total_seconds()


def _out(request: HttpRequest, why: str) -> HttpResponse:
    logout(request)
    url = f"{reverse('login')}?{why}=1"
    if request.method == "POST" and (page := page_asked_for(request)):
        url += f"&{urlencode({'next': page}, safe='/')}"  # where what was typed is put back
    return _elsewhere(request, url)


def _elsewhere(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to a whole page, also when only a fragment was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def password_change_first(get_response: _Answer) -> _Answer:
    """A single-use password, or one that grew old, opens only the page on which it is changed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        # Who came by the hospital's directory does not sign in with the app's password.
        own = request.session.get(SOURCE, PASSWORD) == PASSWORD
        if user.is_authenticated and own and user.password_is_due:
            page = reverse("password_change")
            if request.path not in (page, *map(reverse, _ALWAYS_OPEN)):
                return _elsewhere(request, page)
        return get_response(request)

    return middleware


def second_factor_first(get_response: _Answer) -> _Answer:
    """Without the second factor that is required, only the page opens on which it is set up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and is_due(user):
            page = reverse("second_factor")
            open_pages = (page, *map(reverse, ("password_change", "logout", "healthz", "readyz", "metrics")))
            if request.path not in open_pages:
                return _elsewhere(request, page)
        return get_response(request)

    return middleware


def no_store(get_response: _Answer) -> _Answer:
    """Forbid caching of pages of signed-in users (docs/quality.md T6)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
