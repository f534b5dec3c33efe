"""Around every request: its id, one line of the access log, its count. No person and no address in it."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from qcportal.server.request_id import new_request_id
from qcportal.watching.request_counts import count_request

HEADER = "X-Request-ID"
access = logging.getLogger("qcportal.access")


def watched_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """The outermost middleware; static files pass uncounted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.STATIC_URL):
            return get_response(request)
        began = time.perf_counter()
        with new_request_id() as number:
            request.request_id = number  # type: ignore[attr-defined]  # shown on error pages
            response = get_response(request)
            response.headers[HEADER] = number
            took = time.perf_counter() - began
            # The name of the view and never the path: a path may name a report.
            view = request.resolver_match.view_name if request.resolver_match else ""
            count_request(view or "-", response.status_code, took)
            line = "method=%s view=%s status=%d ms=%d"
            access.info(line, _method(request), view or "-", response.status_code, took * 1000)
        return response

    return middleware


def _method(request: HttpRequest) -> str:
    """The method, if it is one: a client may send any word."""
    method = request.method or ""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
