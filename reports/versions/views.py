"""The page of an earlier version."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.archive.models import Report
from reports.browsing.actions import is_unmasked
from reports.versions.page import version_page
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("reports.view", "reports.view_own")
@require_GET
def report_version(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    report = fetch(request, Report.objects.select_related("department", "source"), "reports.view", pk=pk)
    page = version_page(report, number, unmasked=is_unmasked(request, report))
    if page is None:
        raise Http404
    previous, following = page.neighbours
    context = {"page": page, "report": page.report, "previous": previous, "following": following}
    return render(request, "reports/version.html", context)
