"""The pages on which an import is corrected: its reason, and old and new values side by side."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from reports.archive.models import Report
from reports.imports.models import ImportBatch
from reports.reimport.actions import begin_correction
from reports.reimport.forms import CorrectionForm
from reports.reimport.page import comparison_page
from reports.reimport.queries import correction_of
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("reports.import")
@require_http_methods(["GET", "POST"])
def batch_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Explain the correcting import and ask for the reason; then the columns are confirmed again."""
    rows = ImportBatch.objects.select_related("source", "department")
    batch = fetch(request, rows, "reports.import", pk=pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None)

    def show() -> HttpResponse:
        context = {"batch": batch, "form": form, "correction": correction_of(batch)}
        return render(request, "reports/batch_correct.html", context, status=400 if form.errors else 200)

    if request.method == "GET":
        return show()
    return run_action(
        request,
        form,
        lambda given: begin_correction(batch, reason=given["reason"], by=request.user),
        done="请改正列对应，然后试导入；写入之前可以逐份对照。",
        url=lambda made: reverse("reports:batch", args=[made.pk]),
        show=show,
    )


@requires("reports.import")
@require_GET
def batch_comparison(request: SignedInRequest, pk: int) -> HttpResponse:
    """Old and new values side by side, of a correcting import that was tried out or is done."""
    rows = ImportBatch.objects.select_related("source", "department", "corrects")
    batch = fetch(request, rows, "reports.import", pk=pk)
    if batch.corrects_id is None or not batch.comparison:
        raise Http404
    hidden = Report.objects.filter(department=batch.department_id).withheld_from(request.user)
    comparison = comparison_page(batch, hidden=set(hidden.values_list("pk", flat=True)))
    template = "reports/_batch_comparison.html" if request.htmx else "reports/batch_comparison.html"
    return render(request, template, {"batch": batch, "comparison": comparison})
