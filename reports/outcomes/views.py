"""Outcome pages: the list with the number of pending ones, and matching one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from reports.archive.models import Report
from reports.archive.page import shown_report
from reports.archive.queries import left_out
from reports.outcomes.actions import settle_outcome
from reports.outcomes.filters import OutcomeFilter
from reports.outcomes.forms import MatchForm
from reports.outcomes.models import Outcome
from reports.outcomes.page import masked_outcome
from reports.outcomes.tables import OutcomeTable
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("reports.view_outcomes")
@require_GET
def outcome_list(request: SignedInRequest) -> HttpResponse:
    rows = Outcome.objects.visible_to(request.user, "reports.view_outcomes").for_list()
    narrowed = OutcomeFilter(request.GET, queryset=rows)
    may_record = request.user.may("reports.record_outcomes")
    columns: dict[str, Any] = {} if may_record else {"exclude": ("action",)}
    if wants_workbook(request):
        return workbook_response(
            request,
            OutcomeTable,
            narrowed.qs,
            name="结局",
            action="outcomes.export",
            note=left_out(request.user),
            **columns,
        )
    page = listing(request, OutcomeTable, narrowed.qs, exports=True, **columns)
    context = {
        "filter": narrowed,
        "page": page,
        "table": page.table,
        "pending": rows.pending().count(),
        "may_record": may_record,
        "may_import": may_record,
    }
    return render(request, "reports/_table.html" if request.htmx else "reports/outcomes.html", context)


@requires("reports.record_outcomes")
@require_http_methods(["GET", "POST"])
def outcome_match(request: SignedInRequest, pk: int) -> HttpResponse:
    outcome = fetch(request, Outcome.objects.with_report(), "reports.record_outcomes", pk=pk)
    candidates = _candidates(request, outcome)
    form = MatchForm(_posted(request), department=outcome.department, candidates=candidates)

    def show() -> HttpResponse:
        context = {
            "outcome": masked_outcome(outcome),
            "is_pending": outcome.match in Outcome.PENDING,
            "form": form,
            "candidates": [shown_report(report) for report in candidates],
        }
        return render(request, "reports/outcome_match.html", context, status=400 if form.errors else 200)

    if request.method != "POST":
        return show()
    return run_action(
        request,
        form,
        lambda given: settle_outcome(
            outcome, report=given["report"], reason=given["reason"], by=request.user
        ),
        done="已核对。",
        url=f"{reverse('reports:outcomes')}?state=pending",
        show=show,
    )


def _posted(request: SignedInRequest) -> Any:
    """The data of a sent form, even if empty: an empty one is invalid, not unsent."""
    return request.POST if request.method == "POST" else None


def _candidates(request: SignedInRequest, outcome: Outcome) -> list[Report]:
    """The candidate reports, newest examination first."""
    rows = Report.objects.not_withheld_from(request.user)
    rows = rows.filter(department=outcome.department, accession_number__in=outcome.candidates)
    return list(rows.for_page().order_by("-examined_at"))
