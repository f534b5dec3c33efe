"""The home page and the choice of department."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from qcportal.home.page import home_of
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.return_page import nearest_page
from staff.departments.queries import departments_of


@requires("home.view")
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    return render(request, "qcportal/home.html", {"home": home_of(request)})


@requires("home.view")
@require_POST
def choose_department(request: SignedInRequest) -> HttpResponse:
    """Remember the department the user works in; only one of their own can be chosen."""
    chosen = request.POST.get("department", "")
    if chosen in {str(d.pk) for d in departments_of(request.user)}:
        request.session["department"] = int(chosen)
    return HttpResponseRedirect(nearest_page(request, request.POST.get("next", "")))
