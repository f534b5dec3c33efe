"""季度对照 and 下载记录: signed packets side by side, and the downloads of one."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render as page
from django.utils import timezone
from django.views.decorators.http import require_GET

from exporting.download import download_response
from exporting.listing import listing
from exporting.register import XLSX, wants_workbook
from scoring.batches.forms import departments_with
from scoring.comparison.domain.comparison import Comparison, compare
from scoring.comparison.forms import ComparisonForm
from scoring.comparison.queries import quarters_of, unsigned_quarters, workbook
from scoring.downloads.queries import downloads_of
from scoring.downloads.tables import DownloadTable
from scoring.sheets.models import Sheet
from scoring.sheets.views.responses import fetch_sheet
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.models import Department
from staff.departments.queries import working_department
from trail.chain import record


@requires("scoring.download_packet")
@require_GET
def comparison(request: SignedInRequest) -> HttpResponse:
    """Up to eight quarters of one department, of the packets the user may download."""
    packets = Sheet.objects.downloadable_by(request.user)
    departments = departments_with(packets)
    known = list(departments)
    _refuse_foreign(request, known)
    form = ComparisonForm(_asked(request, known), departments=departments)
    department = form.cleaned_data["department"] if form.is_valid() else None
    found, earlier = Comparison((), (), None, "", ()), None
    if department is not None:
        rows = packets.filter(audit__department=department)
        if until := form.cleaned_data["until"]:
            rows = rows.filter(audit__window_end__lte=until)
        inside = request.user.may("audits.view", department)
        quarters, earlier = quarters_of(rows, inside=inside)
        found = compare(quarters, unsigned_quarters(department, until) if inside else ())
    if wants_workbook(request) and department is not None and found.quarters:
        return _download(request, department, found)
    context = {"form": form, "comparison": found, "department": department, "earlier": earlier}
    status = 200 if form.is_valid() or not known else 422
    return page(request, "scoring/comparison.html", context, status=status)


def _refuse_foreign(request: SignedInRequest, known: list[Department]) -> None:
    """A department without a packet the user may download looks like one that does not exist."""
    asked = request.GET.get("department", "")
    if not asked or asked in {str(department.pk) for department in known}:
        return
    hidden = Department.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
    if hidden is not None:
        needs = {"needs": "scoring.download_packet"}
        record("access.refused", by=request.user, target=hidden, result="refused", detail=needs)
    raise Http404


def _asked(request: SignedInRequest, known: list[Department]) -> dict[str, Any]:
    """What was asked for; without a department the one the user works in, else the first."""
    here = working_department(request)
    first = here if here in known else (known[0] if known else None)
    asked = request.GET.get("department") or (first.pk if first else "")
    return {"department": asked, "until": request.GET.get("until", "")}


def _download(request: SignedInRequest, department: Department, found: Comparison) -> HttpResponse:
    now = timezone.localtime()
    return download_response(
        request,
        filename=f"季度对照_{department.code}_{now:%Y-%m-%d}.xlsx",
        content=workbook(found, title=f"{department} 附录B评分季度对照", made=now),
        content_type=XLSX,
        action="scoring.export_comparison",
        target=department,
        department=department,
        detail={"packets": len(found.quarters)},
    )


@requires("scoring.view_sheet")
@require_GET
def packet_downloads(request: SignedInRequest, pk: int) -> HttpResponse:
    """谁在何时下载了什么, of one version."""
    sheet = fetch_sheet(request, pk)
    found = listing(request, DownloadTable, downloads_of(sheet))
    context = {"sheet": sheet, "page": found, "table": found.table}
    if request.htmx:
        return page(request, "scoring/_downloads.html", context)
    return page(request, "scoring/downloads.html", context)
