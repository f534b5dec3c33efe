"""Map the columns and values of an uploaded file: the preview, the confirmation, the way back to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from reports.conflicts import ConflictError
from reports.imports.actions import batches
from reports.imports.actions import mapping as mappings
from reports.imports.models import ImportBatch
from reports.imports.page.mapping import MappingPage, read_mapping
from reports.imports.queries import outline_of_batch
from reports.imports.views.fetching import fetch_batch, refuse_first_rows, to_batch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.page import edit_conflict


@requires("reports.import", "reports.record_outcomes")
@require_POST
def batch_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm the mapping and queue the dry run; a repeated submission changes nothing."""
    batch = fetch_batch(request, pk)
    context = read_mapping(batch, request.POST)
    page: MappingPage | None = context.get("page")
    if page is not None:
        refuse_first_rows(request, page.outline.sheets)
    if page is None or not _is_complete(page):
        return _shown(request, batch, context, status=400)
    form = page.form
    chosen = form.mapping().as_json()
    if chosen != page.columns.suggested or batch.mapping:
        try:
            mappings.set_mapping(batch, mapping=chosen, by=request.user, version=form.cleaned_data["version"])
        except ConflictError as conflict:
            fresh = read_mapping(conflict.current)["page"].form
            url = reverse("reports:batch", args=[pk])
            return edit_conflict(request, form, fresh, title=batch.file_name, url=url)
    batches.begin(batch, job="try_out", by=request.user)
    return to_batch(batch)


def _is_complete(page: MappingPage) -> bool:
    if page.form.is_valid():
        for sentence in page.missing:
            page.form.add_error(None, sentence)
    return page.form.is_valid()


@requires("reports.import", "reports.record_outcomes")
@require_POST
def batch_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The first row under the choices so far; nothing is stored. For htmx, only the changed fragment."""
    batch = fetch_batch(request, pk)
    if batch.status != ImportBatch.Status.UPLOADED:
        return to_batch(batch)
    outline = outline_of_batch(batch)
    refuse_first_rows(request, outline.sheets)
    context = read_mapping(batch, request.POST, outline.sheets)
    if not request.htmx or "page" not in context:
        return _shown(request, batch, context)
    page: MappingPage = context["page"]
    asked = {name for name in request.POST if name.startswith("v_")}
    context["other_writings"] = {row.field.html_name for row in page.writings} != asked
    return render(request, "reports/_batch_preview.html", context | {"batch": batch})


@requires("reports.import", "reports.record_outcomes")
@require_POST
def batch_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return from a result to the mapping, with all choices retained."""
    batch = fetch_batch(request, pk)
    if not mappings.reopen_mapping(batch, by=request.user):
        messages.warning(request, "这批文件的状态已变化，不能再修改列对应。")
    return to_batch(batch)


def _shown(
    request: SignedInRequest, batch: ImportBatch, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, "reports/batch_mapping.html", {"batch": batch} | context, status=status)
