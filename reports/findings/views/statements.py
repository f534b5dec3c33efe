"""陈述: what the text checks read of a report, beside its text, for whoever maintains the rules."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.archive.models import Report
from reports.findings.page import statement_rows
from reports.findings.queries.check_input import Surroundings
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest

MANAGES = "reports.manage_rules"


@requires(MANAGES)
@require_GET
def report_statements(request: SignedInRequest, pk: int) -> HttpResponse:
    report = fetch(request, Report.objects.select_related("department"), MANAGES, pk=pk)
    checked = Surroundings.of(report.department, [report]).checked(report)
    return render(request, "reports/statements.html", {"report": report, "rows": statement_rows(checked)})
