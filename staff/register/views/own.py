"""我的资质: the own entry of the register, and a renewed certificate handed in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.register.actions.qualifications import submit_record
from staff.register.models import Member
from staff.register.page import matrix_of
from staff.register.views.members import asked_of, records_of
from staff.register.views.records import OWN, asked_kind, record_form, record_form_page


@requires(OWN)
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """Every entry that is this account's own, one a department."""
    rows = Member.objects.visible_to(request.user, OWN).of_user(request.user)
    found = list(rows.select_related("department__institution", "group"))
    matrix = matrix_of(rows.select_related("user"), timezone.localdate())
    row_of = {row.member.pk: row for row in matrix.rows}
    entries: list[dict[str, Any]] = [
        {
            "member": one,
            "summary": row_of[one.pk].summary,
            "requirements": asked_of(row_of[one.pk], matrix),
            "records": records_of(one),
        }
        for one in found
    ]
    return render(request, "staff/register/mine.html", {"entries": entries})


@requires(OWN)
@require_http_methods(["GET", "POST"])
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """A renewed certificate of one's own: the kind, its fields and the scan, which is needed here."""
    rows = Member.objects.of_user(request.user).select_related("department__institution")
    found = fetch(request, rows, OWN, pk=pk)
    kind = asked_kind(request, found)
    form = record_form(request, kind, submit="提交审核", scan_needed=True)
    return run_action(
        request,
        form,
        lambda data: submit_record(found, form.values(), by=request.user, scan=data["scan"]),
        done="已提交，质控员或科主任确认后计入资质。",
        url=reverse("register:mine"),
        show=lambda: record_form_page(request, form, found, kind, own=True),
    )
