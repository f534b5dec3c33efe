"""迎检包: what may be downloaded, by whom, and the grants of inspectors."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as page
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audits.conflicts import RefusedError
from audits.sampling.queries.withheld import refuse_numbers
from exporting.download import download_response
from exporting.listing import listing
from scoring.content.enclosures import left_out_lines
from scoring.downloads.actions import grant_packet, inspectors_of, revoke_grant
from scoring.downloads.filters import PacketFilter
from scoring.downloads.forms import GrantForm
from scoring.downloads.models import PacketGrant
from scoring.downloads.page import packet_page
from scoring.downloads.tables import PacketTable
from scoring.packet.actions.files import overflow_file, packet_file
from scoring.packet.models import PacketFile
from scoring.packet.queries.document import packet_document
from scoring.packet.rendering import BLANK_KINDS, CONTENT_TYPES, blank_name, file_name, render, render_blank
from scoring.sheets.actions.differences import as_signed
from scoring.sheets.actions.openings import open_reports
from scoring.sheets.models import Sheet
from scoring.sheets.queries.corrections import correction_sentence
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.querysets import FROZEN
from scoring.sheets.views.responses import fetch_sheet
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from standards.loader import current_edition
from trail.chain import record

OVERFLOW = "zip"  # of the evidence that did not fit into the PDF


@requires("scoring.download_packet")
@require_GET
def packet_list(request: SignedInRequest) -> HttpResponse:
    return _packets(request)


def _packets(request: SignedInRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    grants = PacketGrant.objects.in_force().select_related("inspector").order_by("until", "pk")
    rows = (
        Sheet.objects.downloadable_by(request.user)
        .with_signed_as()
        .with_correction()
        .for_list()
        .prefetch_related(Prefetch("grants", grants, to_attr="grants_in_force"))
    )
    narrowed = PacketFilter(request.GET, queryset=rows)
    found = listing(request, PacketTable, narrowed.qs, **_columns(request))
    context = {"filter": narrowed, "page": found, "table": found.table} | more
    if request.htmx and status == 200:
        return page(request, "scoring/_packet_table.html", context)
    return page(request, "scoring/packets.html", context | {"giving": _giving(request)} | more, status=status)


def _columns(request: SignedInRequest) -> dict[str, Any]:
    """Table options: a user who cannot grant sees only the expiry date of their own grant."""
    user = request.user
    may_give, inside = user.may("scoring.grant_packet"), user.may("scoring.view_sheet")
    return {"giver": may_give, "inside": inside, "viewer": user.pk}


def _giving(request: SignedInRequest) -> list[tuple[Sheet, GrantForm]]:
    """The grant form of the sheet that was asked for (?grant=ID), when the user may grant it."""
    asked = request.GET.get("grant", "")
    if not asked.isdecimal() or len(asked) > 18:
        return []
    rows = Sheet.objects.visible_to(request.user, "scoring.grant_packet").signed()
    sheet = rows.for_list().filter(pk=asked).first()
    if sheet is None:
        return []
    return [(sheet, GrantForm(inspectors=inspectors_of(sheet.department_id)))]


@requires("scoring.download_packet")
@require_GET
def packet_download(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The stored file of a signed sheet, or a draft rendered now and marked 草稿."""
    if kind not in (*PacketFile.Kind.values, OVERFLOW):
        raise Http404
    sheet = (
        Sheet.objects.downloadable_by(request.user).select_related("audit__department").filter(pk=pk).first()
    )
    try:
        content = _content(sheet, kind, request) if sheet else None
    except RefusedError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("scoring:packets"))
    if kind == OVERFLOW and content is None:
        raise Http404  # everything is inside the PDF, or nothing is signed
    if sheet is None:
        sheet = _draft(request, pk)
        content = render(packet_document(scored_sheet(sheet)), kind)
    open_reports([sheet], by=request.user)
    return download_response(
        request,
        filename=file_name(sheet, kind),
        content=content or b"",
        content_type=CONTENT_TYPES.get(kind, "application/zip"),
        action="scoring.download_packet",
        target=sheet,
        detail={"kind": kind, "draft": sheet.status not in FROZEN},
    )


def _content(sheet: Sheet, kind: str, request: SignedInRequest) -> bytes | None:
    if kind == OVERFLOW:
        return overflow_file(sheet, by=request.user)
    return packet_file(sheet, kind, by=request.user)


@requires("scoring.download_packet")
@require_GET
def packet_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """A signed packet in the browser, masked as its files are; each reading is recorded like a download."""
    rows = Sheet.objects.downloadable_by(request.user).select_related("audit__department")
    sheet = rows.filter(pk=pk).first()
    if sheet is None:
        _refuse(request, pk)
        raise Http404
    try:
        document = as_signed(sheet, by=request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("scoring:packets"))
    open_reports([sheet], by=request.user)
    record("scoring.read_packet", by=request.user, target=sheet, detail={"hash": sheet.content_hash})
    shown = packet_page(document)
    left_out = len(left_out_lines(document))
    context = {"sheet": sheet, "document": shown.document, "rows": shown.rows, "left_out": left_out}
    context["correction"] = correction_sentence(sheet)
    return page(request, "scoring/packet_page.html", context)


@requires("scoring.download_packet")
@require_GET
def blank_form(request: SignedInRequest, kind: str) -> HttpResponse:
    """The empty form of Table B.1; contains no department's data."""
    if kind not in BLANK_KINDS:
        raise Http404
    return download_response(
        request,
        filename=blank_name(kind),
        content=render_blank(current_edition(), kind),
        content_type=CONTENT_TYPES[kind],
        action="scoring.download_blank",
        detail={"kind": kind},
    )


def _draft(request: SignedInRequest, pk: int) -> Sheet:
    """A sheet that is not signed, of a department whose sheets the user sees and may download."""
    if not request.user.may("scoring.view_sheet"):
        _refuse(request, pk)
        raise Http404
    sheet = fetch_sheet(request, pk)
    if sheet.status in FROZEN or not request.user.may("scoring.download_packet", sheet.audit.department):
        raise Http404
    numbers = sheet.audit.cases.values_list("report__accession_number", flat=True)
    refuse_numbers(request.user, sheet.department_id, numbers)
    # The draw document is needed now; it was left behind by the light fetch_sheet of the pages.
    whole: Sheet = Sheet.objects.select_related("audit__department__institution", "corrects").get(pk=sheet.pk)
    return whole


def _refuse(request: SignedInRequest, pk: int) -> None:
    """Record that a sheet was asked for that the user may not have."""
    hidden = Sheet.objects.filter(pk=pk).select_related("audit").first()
    if hidden is not None:
        needs = {"needs": "scoring.download_packet"}
        record("access.refused", by=request.user, target=hidden, result="refused", detail=needs)


@requires("scoring.grant_packet")
@confirmed
@require_POST
def grant_give(request: SignedInRequest, pk: int) -> HttpResponse:
    sheet = fetch_sheet(request, pk, "scoring.grant_packet")
    form = GrantForm(request.POST, inspectors=inspectors_of(sheet.department_id))
    return run_action(
        request,
        form,
        lambda given: grant_packet(sheet, by=request.user, **given),
        done=lambda grant: f"已授权{grant.inspector.full_name}下载至 {grant.until}。",
        url=reverse("scoring:packets"),
        show=lambda: _packets(request, status=422, giving=[(sheet, form)]),
    )


@requires("scoring.grant_packet")
@require_POST
def grant_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    grant = fetch(request, PacketGrant.objects.for_page(), "scoring.grant_packet", pk=pk)
    name = grant.inspector.full_name
    revoke_grant(grant, by=request.user)
    messages.success(request, f"已收回{name}的下载授权。")
    return HttpResponseRedirect(reverse("scoring:packets"))
