"""The list of sheets, one sheet, and the comparison of its versions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audits.conflicts import RefusedError
from audits.quarter.queries.state import state_of, with_state
from audits.sampling.models import Audit
from exporting.columns import tag
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.filters import SheetFilter
from scoring.sheets.models import Sheet
from scoring.sheets.page import sheet_page
from scoring.sheets.queries.changes import changes_between
from scoring.sheets.queries.signed_view import sheet_view
from scoring.sheets.tables import SheetTable
from scoring.sheets.views.responses import fetch_sheet, not_as_signed
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("scoring.view_sheet")
@require_GET
def sheet_list(request: SignedInRequest) -> HttpResponse:
    rows = Sheet.objects.visible_to(request.user, "scoring.view_sheet").with_signed_as().for_list()
    narrowed = SheetFilter(request.GET, queryset=rows)
    if wants_workbook(request):
        return workbook_response(request, SheetTable, narrowed.qs, name="评分表", action="sheets.export")
    page = listing(request, SheetTable, narrowed.qs, exports=True)
    context = {"filter": narrowed, "page": page, "table": page.table}
    if request.htmx:
        return render(request, "scoring/_table.html", context)
    return render(request, "scoring/list.html", context | {"waiting": _without_sheet(request)})


def _without_sheet(request: SignedInRequest) -> list[tuple[Audit, Any]]:
    """Drawn quarters that have no sheet yet, of departments whose sheets the user fills, with their state."""
    rows = (
        Audit.objects.visible_to(request.user, "scoring.edit_sheet")
        .filter(
            kind=Audit.Kind.QUARTERLY,
            status__in=(Audit.Status.DRAWN, Audit.Status.SETTLED),
            sheets__isnull=True,
        )
        .select_related("department__institution")
        .defer("pool_list", "ledger", "draw")
    )
    return [(row, tag(*state_of(row).tag)) for row in with_state(rows)]


@requires("scoring.edit_sheet")
@require_POST
def sheet_create(request: SignedInRequest, audit: int) -> HttpResponse:
    rows = Audit.objects.select_related("department__institution")
    drawn = fetch(request, rows, "scoring.edit_sheet", pk=audit)
    try:
        sheet = create_sheet(audit=drawn, by=request.user)
    except RefusedError as refused:
        existing = drawn.sheets.order_by("-number").values_list("pk", flat=True).first()
        messages.error(request, str(refused))
        url = reverse("scoring:detail", args=[existing]) if existing else reverse("scoring:list")
        return HttpResponseRedirect(url)
    messages.success(request, "评分表已建立：先逐行评定第1部分，第2部分由评审结果得出。")
    return HttpResponseRedirect(reverse("scoring:detail", args=[sheet.pk]))


@requires("scoring.view_sheet")
@require_GET
def sheet_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk)
    try:
        context = sheet_page(request, sheet)
    except RefusedError as damaged:
        return not_as_signed(request, sheet, damaged)
    return render(request, "scoring/detail.html", context)


@requires("scoring.view_sheet")
@require_GET
def sheet_changes(request: SignedInRequest, pk: int) -> HttpResponse:
    """更正了什么: this version beside the one it corrects."""
    sheet = fetch_sheet(request, pk)
    if sheet.corrects_id is None:
        raise Http404
    old = fetch_sheet(request, sheet.corrects_id)
    try:
        before = sheet_view(old)
    except RefusedError as damaged:
        return not_as_signed(request, old, damaged)
    try:
        after = sheet_view(sheet)
    except RefusedError as damaged:
        return not_as_signed(request, sheet, damaged)
    context = {
        "sheet": sheet,
        "old": old,
        "before": before,
        "after": after,
        "changes": changes_between(before, after),
    }
    return render(request, "scoring/changes.html", context)
