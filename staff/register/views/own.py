"""我的资质: the own entry of the register, and a renewed certificate handed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.register.actions.qualifications import submit_record
from staff.register.models import Member
from staff.register.page import matrix_of
from staff.register.views.members import asked_of, records_of
from staff.register.views.records import OWN, asked_kind, kinds_for, record_form


@requires(OWN)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Every entry that is this account's own, one a department."""
    rows = Member.objects.visible_to(request.user, OWN).of_user(request.user)
    found = list(rows.select_related("department__institution", "group"))
    matrix = matrix_of(rows.select_related("user"), timezone.localdate())
    standing = {row.member.pk: row for row in matrix.rows}
    entries: list[dict[str, Any]] = [
        {
            "member": one,
            "summary": standing[one.pk].summary,
            "standings": asked_of(standing[one.pk], matrix),
            "records": records_of(one),
        }
        for one in found
    ]
    return render(request, "staff/register/mine.html", {"entries": entries})


@requires(OWN)
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """A renewed certificate of one's own: the kind, its fields and the scan, which is needed here."""
    rows = Member.objects.of_user(request.user).select_related("department__institution")
    found = fetch(request, rows, OWN, pk=pk)
    kind = asked_kind(request, found)
    form = record_form(request, kind, submit="提交审核", scan_needed=True)
    if request.method == "POST" and form.is_valid():
        try:
            submit_record(found, form.values(), by=request.user, scan=form.cleaned_data["scan"])
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已提交，质控员或科主任确认后计入资质。")
            return HttpResponseRedirect(reverse("register:mine"))
    context = {"form": form, "member": found, "kind": kind, "kinds": kinds_for(found), "own": True}
    status = 400 if form.errors else 200
    return render(request, "staff/register/record_form.html", context, status=status)
