"""Pages of no app: the 403 page and the health check."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.defaults import permission_denied

from staff.access.permissions import public
from staff.access.withholding import WithheldError


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: no role for the page, or a report that is withheld until its reader has judged it."""
    if isinstance(exception, WithheldError):
        context = {"sentence": str(exception), "url": exception.url}
        return render(request, "withheld.html", context, status=403)
    return permission_denied(request, exception or PermissionDenied())


@public
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database."""
    return HttpResponse("ok", content_type="text/plain")
