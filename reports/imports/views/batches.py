"""Import pages: upload, the state and result of a batch, commit, stop, cancel."""

import csv
import io
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exporting.download import download_response
from exporting.listing import listing
from reports.archive.queries import withheld_marks
from reports.imports.actions import batches
from reports.imports.actions.progress import stop
from reports.imports.forms import UploadForm
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.page.mapping import read_mapping
from reports.imports.page.result import WITHHELD, bears, result_of
from reports.imports.tables import BatchTable
from reports.imports.views.fetching import EDITS_REGISTER, fetch_batch, refuse_first_rows, to_batch
from staff.access.permissions import requires
from staff.access.purposes import with_purpose
from staff.access.requests import SignedInRequest
from staff.departments.queries import working_department

NEEDED = {
    "reports": "reports.import",
    "outcomes": "reports.record_outcomes",
    "requests": "reports.import",
    "alerts": "reports.import",
    "staff": EDITS_REGISTER,
}
SOURCES = {
    "reports": "RIS导出",
    "outcomes": "结局登记",
    "requests": "HIS申请单",
    "alerts": "危急值登记",
    "staff": "人员登记表",
}


@requires("reports.import", "reports.record_outcomes")
@require_http_methods(["GET", "POST"])
def import_list(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, "reports.import")
    form = _upload_form(request)
    if request.method == "POST" and department and form.is_valid():
        if not request.user.may(NEEDED[form.cleaned_data["kind"]], department):
            form.add_error("kind", "您没有导入这类内容的权限。")
        else:
            batch = batches.open_batch(
                department=department,
                kind=form.cleaned_data["kind"],
                source_name=form.cleaned_data["source"].strip(),
                upload=form.cleaned_data["file"],
                by=request.user,
            )
            return HttpResponseRedirect(reverse("reports:batch", args=[batch.pk]))
    rows = ImportBatch.objects.visible_to(request.user, "reports.import").select_related(
        "source", "created_by"
    )
    page = listing(request, BatchTable, rows.defer("refusals"))
    sources = ImportSource.objects.filter(department=department).values_list("name", flat=True).distinct()
    context = {"form": form, "page": page, "table": page.table, "sources": sources, "department": department}
    context["kinds"] = ImportSource.Kind.choices
    return render(request, "reports/imports.html", context, status=400 if form.errors else 200)


def _upload_form(request: SignedInRequest) -> UploadForm:
    if request.method == "POST":
        return UploadForm(request.POST, request.FILES)
    return UploadForm(initial=_initial(request))


def _initial(request: SignedInRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "reports")
    return {"kind": kind, "source": SOURCES.get(kind, "")}


@requires("reports.import", "reports.record_outcomes")
@require_GET
def batch_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = fetch_batch(request, pk)
    context: dict[str, Any] = {"batch": batch, "running": batch.status in ImportBatch.RUNNING}
    if request.htmx:
        response = render(request, "reports/_batch_progress.html", context)
        if not context["running"]:
            response.headers["HX-Refresh"] = "true"
        return response
    if batch.status == ImportBatch.Status.UPLOADED:
        mapping = read_mapping(batch)
        if "page" in mapping:
            refuse_first_rows(request, mapping["page"].outline.sheets)
        return render(request, "reports/batch_mapping.html", context | mapping)
    found = result_of(batch, withheld_marks(request.user))
    return render(request, "reports/batch.html", context | found)


@requires("reports.import", "reports.record_outcomes")
@require_POST
def batch_commit(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = fetch_batch(request, pk)
    if not batches.begin(batch, job="commit", by=request.user):
        messages.warning(request, "这批文件的状态已变化，请核对后再操作。")
    return to_batch(batch)


@requires("reports.import", "reports.record_outcomes")
@require_POST
def batch_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = fetch_batch(request, pk)
    if not stop(batch, by=request.user):
        messages.warning(request, "这批文件的状态已变化，请核对后再操作。")
    return to_batch(batch)


@requires("reports.import", "reports.record_outcomes")
@require_POST
def batch_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = fetch_batch(request, pk)
    if batches.cancel(batch, by=request.user):
        messages.success(request, "已放弃这批文件，未写入任何数据。")
    return HttpResponseRedirect(reverse("reports:imports"))


@requires("reports.import", "reports.record_outcomes")
@require_GET
def batch_refused(request: SignedInRequest, pk: int) -> HttpResponse:
    """The refused rows as a CSV file, with what they name: corrected there, it can be imported again."""
    batch = fetch_batch(request, pk)
    return with_purpose(request, "拒收行", partial(_refused_rows, request, batch))


def _refused_rows(request: SignedInRequest, batch: ImportBatch, purpose: str) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["行", "列", "找到的内容", "应为", "原因", "检查号", "原始内容"])
    marks = withheld_marks(request.user)
    for r in batch.refusals:
        if bears(r, marks):
            writer.writerow([r["row"], "", "", "", WITHHELD, ""])
            continue
        line = [
            r["row"],
            r["column"],
            r["found"],
            r["expected"],
            r["reason"],
            r["accession_number"],
            *r["cells"],
        ]
        writer.writerow([_guard(cell) for cell in line])
    return download_response(
        request,
        filename=f"拒收行_{batch.pk}.csv",
        content=b"\xef\xbb\xbf" + out.getvalue().encode("utf-8"),
        content_type="text/csv; charset=utf-8",
        action="reports.export",
        target=batch,
        detail={"rows": len(batch.refusals), "purpose": purpose},
    )


def _guard(cell: Any) -> str:
    """A text that a spreadsheet would take for a formula is marked as text (docs/quality.md I3)."""
    text = "" if cell is None else str(cell)
    return "'" + text if text[:1] in "=+-@\t\r＝＋－＠" and text else text
