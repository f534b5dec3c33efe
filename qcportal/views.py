"""Home page, choice of department, health."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import permission_denied

from qcportal.contexts import home_of
from staff.access.permissions import public, requires
from staff.access.return_page import nearest_page
from staff.access.withholding import WithheldError
from staff.departments.queries import departments_of


@requires("home.view")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "qcportal/home.html", {"home": home_of(request)})


@requires("home.view")
@require_POST
def choose_department(request: HttpRequest) -> HttpResponse:
    """Remember the department the user works in; only one of their own can be chosen."""
    chosen = request.POST.get("department", "")
    if chosen in {str(d.pk) for d in departments_of(request.user)}:
        request.session["department"] = int(chosen)
    return HttpResponseRedirect(nearest_page(request, request.POST.get("next", "")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: no role for the page, or a report that is withheld until its reader has judged it."""
    if isinstance(exception, WithheldError):
        context = {"sentence": str(exception), "url": exception.url}
        return render(request, "withheld.html", context, status=403)
    return permission_denied(request, exception)


@public
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database."""
    return HttpResponse("ok", content_type="text/plain")
