"""The page on which an import is undone."""

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reports.archive.models import Report
from reports.imports.models import ImportBatch
from reports.undo.actions import begin_undo
from reports.undo.forms import UndoForm
from reports.undo.queries import UndoPlan, undo_plan
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("reports.import", "reports.record_outcomes")
@require_http_methods(["GET", "POST"])
def batch_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the effects and obstacles of the undo; ask for the reason, then queue the job."""
    rows = ImportBatch.objects.select_related("source", "department")
    batch = fetch(request, rows, "reports.import", pk=pk)
    form = UndoForm(request.POST if request.method == "POST" else None)

    def show() -> HttpResponse:
        plan = undo_plan(batch)
        context = {"batch": batch, "form": form, "plan": plan, "obstacles": _shown(request, batch, plan)}
        return render(request, "reports/batch_undo.html", context, status=400 if form.errors else 200)

    if request.method == "GET":
        return show()
    return run_action(
        request,
        form,
        lambda given: begin_undo(batch, reason=given["reason"], by=request.user),
        done="正在撤销这次导入，完成后本页会显示结果。",
        url=reverse("reports:batch", args=[pk]),
        show=show,
    )


def _shown(request: SignedInRequest, batch: ImportBatch, plan: UndoPlan) -> list[tuple[str, str]]:
    """(Reason, examinations with their places) of the obstacles, each reason once.

    Of reports that the reader has still to judge blind neither number nor place is shown.
    """
    hidden = set(
        Report.objects.filter(department=batch.department)
        .withheld_from(request.user)
        .values_list("accession_number", flat=True)
    )
    by_reason: dict[str, dict[str, None]] = defaultdict(dict)
    for one in plan.obstacles:
        number = f"{one.accession_number}（{one.place}）" if one.place else one.accession_number
        shown = "您正在评审的报告" if one.accession_number in hidden else number
        by_reason[one.reason][shown] = None
    return [(reason, "、".join(shown)) for reason, shown in by_reason.items()]
