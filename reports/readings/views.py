"""读取记录: who opened which report, and which lists were exported."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from reports.readings.filters import ReadingFilter
from reports.readings.models import Reading
from reports.readings.tables import ExportedTable, ReadingTable
from staff.access.permissions import requires
from staff.access.purposes import with_purpose
from staff.access.requests import SignedInRequest
from trail.labels import labels
from trail.models import Event

AUDITS = "staff.view_trail"  # whoever audits the trail audits the readings


@requires(AUDITS)
@require_GET
def readings(request: SignedInRequest) -> HttpResponse:
    """The readings, newest first. Reading this list is recorded nowhere, exporting it is."""
    rows = Reading.objects.visible_to(request.user, AUDITS).select_related("user", "department__institution")
    narrowed = ReadingFilter(request.GET, queryset=rows)
    if wants_workbook(request):
        name, action = "读取记录", "reports.export_readings"
        send = partial(workbook_response, request, ReadingTable, narrowed.qs, name=name, action=action)
        return with_purpose(request, name, lambda purpose: send(purpose=purpose))
    page = listing(request, ReadingTable, narrowed.qs, exports=True, asks_purpose=True)
    context = {"filter": narrowed, "page": page, "table": page.table, "here": "readings"}
    return render(request, "reports/_readings.html" if request.htmx else "reports/readings.html", context)


@requires(AUDITS)
@require_GET
def exported(request: SignedInRequest) -> HttpResponse:
    """The lists and files that were exported, by whom and for which purpose: events of the trail."""
    rows = Event.objects.visible_to(request.user, AUDITS).filter(action__in=export_actions())
    page = listing(request, ExportedTable, rows)
    context = {"page": page, "table": page.table, "here": "exported"}
    return render(request, "reports/_readings.html" if request.htmx else "reports/exported.html", context)


def export_actions() -> list[str]:
    """Every action of the trail that let a list or a file out."""
    signs = (".export", ".download_", ".print_")
    return sorted(action for action in labels().actions if any(sign in action for sign in signs))
