"""Pages of the sources and their stored mappings, and the templates to fill in."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from exporting.download import download_response
from exporting.listing import listing
from reports.imports.actions import mapping as mappings
from reports.imports.documents import template_workbook
from reports.imports.models import ImportSource
from reports.imports.page.sources import remembered
from reports.imports.tables import SourceTable
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("reports.manage_sources")
@require_GET
def source_list(request: SignedInRequest) -> HttpResponse:
    rows = ImportSource.objects.visible_to(request.user, "reports.manage_sources").select_related(
        "department__institution"
    )
    page = listing(request, SourceTable, rows)
    return render(request, "reports/sources.html", {"page": page, "table": page.table})


@requires("reports.manage_sources")
@require_http_methods(["GET", "POST"])
def source_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The stored mapping of a source; POST changes or removes one part, or removes all parts.

    A part is named by `part`, `name` and `writing`; with `meaning` it is changed, as of the `version` shown.
    """
    source = fetch(
        request, ImportSource.objects.select_related("department"), "reports.manage_sources", pk=pk
    )
    if request.method == "GET":
        return render(request, "reports/source.html", {"source": source, "groups": remembered(source)})
    if part := request.POST.get("part", ""):
        name, writing = request.POST.get("name", ""), request.POST.get("writing", "")
        if "meaning" in request.POST:
            _change(request, source, part, name, writing)
        elif mappings.forget_part(source, part=part, name=name, writing=writing, by=request.user):
            messages.success(request, "已移除这一项，下次导入不再使用。")
        else:
            messages.warning(request, "这一项已不在记住的对应中。")
        return HttpResponseRedirect(reverse("reports:source_edit", args=[pk]))
    mappings.forget_mapping(source, by=request.user)
    messages.success(request, f"已清除“{source.name}”记住的列对应，下次导入重新识别表头。")
    return HttpResponseRedirect(reverse("reports:sources"))


def _change(request: SignedInRequest, source: ImportSource, part: str, name: str, writing: str) -> None:
    meaning, version = request.POST["meaning"].strip(), request.POST.get("version", "")
    found = next(
        (
            one
            for _, _, parts in remembered(source)
            for one in parts
            if (one.part, one.name, one.writing) == (part, name, writing)
        ),
        None,
    )
    if found is None:
        messages.warning(request, "这一项已不在记住的对应中。")
    elif (meaning not in dict(found.choices)) if found.choices else not 0 < len(meaning) <= 100:
        messages.error(request, f"“{found.shown}”没有改动：请从列表中选择，或填写1至100字。")
    elif mappings.change_part(
        source,
        part=part,
        name=name,
        writing=writing,
        meaning=meaning or None,
        version=version,
        by=request.user,
    ):
        messages.success(request, f"“{found.shown}”的对应已修改，下次导入按新的对应读取。")
    else:
        messages.warning(request, "对应在您打开页面之后已被修改，没有写入；请核对现在的内容后再改。")


@requires("reports.import", "reports.record_outcomes")
@require_GET
def import_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """An empty workbook of one kind, which the importer reads without questions."""
    if kind not in ImportSource.Kind:
        raise Http404
    return download_response(
        request,
        filename=f"导入模板_{ImportSource.Kind(kind).label}.xlsx",
        content=template_workbook(kind),
        content_type=XLSX,
        action="reports.import_template",
    )
