"""Pages of no app: the error pages."""

import logging
import sys

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import permission_denied

from qcportal.server.request_id import current_request_id
from qcportal.watching.database import is_away
from staff.access.withholding import WithheldError

logger = logging.getLogger(__name__)
_RETRY_SECONDS = 5


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: no role for the page, or a report that is withheld until its reader has judged it."""
    if isinstance(exception, WithheldError):
        context = {"sentence": str(exception), "url": exception.url}
        return render(request, "withheld.html", context, status=403)
    return permission_denied(request, exception or PermissionDenied())


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 while the database is locked or away, with one line in the log instead of a traceback.

    Nothing here may ask the database: it is called when that has failed.
    """
    error = sys.exc_info()[1]
    context = {"request_id": current_request_id()}
    if not is_away(error):
        return HttpResponse(render_to_string("500.html", context), status=500)
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    logger.error("the database is away: %s", type(error).__name__)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the traceback besides
    return response
