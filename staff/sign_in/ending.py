"""When the session of a request ends: stated on each page and answer, so that the browser can warn."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from staff.access.requests import SignedInRequest
from staff.sign_in.middleware import SEEN, STARTED, idle_seconds

HEADER = "X-Session-Left"
_Answer = Callable[[HttpRequest], HttpResponse]


def session_end(request: SignedInRequest) -> tuple[int, str]:
    """(seconds left, "idle" or "long"): which of the two limits of a signed-in person is reached first."""
    now = timezone.now().timestamp()
    idle = idle_seconds(request.user) - (now - request.session.get(SEEN, now))
    longest = timedelta(hours=settings.QC_SESSION_HOURS).total_seconds()
    whole = longest - (now - request.session.get(STARTED, now))
    return max(0, int(min(idle, whole))), "idle" if idle <= whole else "long"


def announce_end(get_response: _Answer) -> _Answer:
    """State in a header when the session ends."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            left, kind = session_end(cast(SignedInRequest, request))
            response.headers[HEADER] = f"{left} {kind}"
        return response

    return middleware


def extend(request: HttpRequest) -> None:
    """Count this moment as activity: the session's idle time begins anew. Its absolute limit stays."""
    request.session[SEEN] = timezone.now().timestamp()
