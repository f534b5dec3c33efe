"""Step-up: the password (and the code) is asked for again before what matters most (docs/quality.md T5).

`confirmed` marks the views that sign, unmask, grant or approve. Signing in counts as a confirmation; after
QC_CONFIRM_MINUTES it is asked for again, on a page that carries the fields of the form along, so that the
same request goes on once it is given. Such a form sends no files.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

_View = Callable[..., HttpResponseBase]
_CONFIRMED = "confirmed_at"

# What asks, registered by AppConfig.ready: passwords are checked by a subject above this one. It returns the
# page that asks, or None when the request carried the right password.
Ask = Callable[[HttpRequest], HttpResponseBase | None]
_registered: list[Ask] = []


def ask_with(ask: Ask) -> None:
    """Register how a confirmation is asked for; once, when the app is made ready."""
    _registered[:] = [ask]


def note_confirmation(session: SessionBase) -> None:
    """The person has just proven who they are."""
    session[_CONFIRMED] = timezone.now().timestamp()


def forget_confirmation(session: SessionBase) -> None:
    """Somebody signed in without typing anything, as at a provider that knew the browser."""
    session.pop(_CONFIRMED, None)


def is_confirmed(session: SessionBase) -> bool:
    """Was the last confirmation at most QC_CONFIRM_MINUTES ago?"""
    age: float = timezone.now().timestamp() - session.get(_CONFIRMED, 0)
    return bool(age <= settings.QC_CONFIRM_MINUTES * 60)


def confirmed(view: _View) -> _View:
    """Ask for a confirmation before `view` acts, unless one was given a moment ago.

    Placed under `requires`: who may not do it at all is not asked. A GET only shows the form and is let pass,
    unless `hands_out` marks it as a download.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        shows_form = request.method in ("GET", "HEAD") and not getattr(view, "qc_hands_out", False)
        if not shows_form and not is_confirmed(request.session):
            (ask,) = _registered
            page = ask(request)
            if page is not None:
                return page
        return view(request, *args, **kwargs)

    guarded.qc_confirmed = True  # type: ignore[attr-defined]  # read by the URL walk
    return guarded


def hands_out(view: _View) -> _View:
    """Mark a view whose GET is a download that needs a confirmation; placed under `confirmed`."""
    view.qc_hands_out = True  # type: ignore[attr-defined]
    return view
