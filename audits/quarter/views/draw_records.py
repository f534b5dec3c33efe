"""The records of a draw: the ledger of excluded reports, and the document that repeats it."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from audits.paging import paged
from audits.quarter.page import ledger_rows
from audits.quarter.tables import LedgerTable
from audits.sampling.models import Audit
from audits.sampling.queries.pool import pool_of
from audits.sampling.queries.withheld import refuse_numbers, withheld_numbers
from exporting.download import download_response
from reports.archive.models import Report
from reports.fields import Modality, System
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("audits.view")
@require_GET
def audit_ledger(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, Audit.objects.for_page(), "audits.view", pk=pk)
    ledger = audit.ledger if audit.drawn_at else pool_of(audit).ledger.as_json()
    hidden = withheld_numbers(request.user, audit.department_id)
    rows = ledger_rows(ledger, request.GET.get("reason", ""))
    rows = [row for row in rows if row["accession_number"] not in hidden]
    page = paged(request, LedgerTable, rows, lambda part: _with_reports(audit, part))
    context = {"audit": audit, "ledger": ledger, "page": page, "table": page.table}
    return render(request, "audits/_table.html" if request.htmx else "audits/ledger.html", context)


def _with_reports(audit: Audit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = [row["accession_number"] for row in rows]
    found = Report.objects.filter(department=audit.department_id, accession_number__in=numbers)
    ids = dict(found.values_list("accession_number", "pk"))
    return [
        row
        | {
            "report": ids.get(row["accession_number"]),
            "system": dict(System.choices).get(row["system"], row["system"]),
            "modality": dict(Modality.choices).get(row["modality"], row["modality"]),
        }
        for row in rows
    ]


@requires("audits.view")
@require_GET
def audit_document(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, Audit.objects.for_page(), "audits.view", pk=pk)
    if not audit.draw:
        messages.error(request, "还没有抽取，没有可下载的抽样记录。")
        return HttpResponseRedirect(reverse("audits:detail", args=[audit.pk]))
    refuse_numbers(request.user, audit.department_id, (row[0] for row in audit.pool_list))
    text = json.dumps(audit.draw, ensure_ascii=False, indent=2)
    name = f"抽样记录_{audit.department.code}_{audit.window_end:%Y%m%d}.json"
    return download_response(
        request,
        filename=name,
        content=text.encode(),
        content_type="application/json",
        action="audits.download_draw",
        target=audit,
        detail={"digest": audit.draw["digest"]},
    )
