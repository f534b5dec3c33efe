"""Who can read how many, before the draw; and the head's permission for those who may see outcomes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.judging.actions.permissions import ALLOWS, allow_reader, withdraw_reader
from audits.judging.forms import AllowReaderForm
from audits.judging.models import ReaderPermission
from audits.judging.queries.judges import draw_judges
from audits.quarter.forms import NewAuditForm
from audits.quarter.queries.who_can_read import ReadingPower, power_before
from audits.sampling.domain.window import Window
from audits.sampling.models import Audit
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.models import Department


@dataclass(frozen=True)
class Asked:
    """Who can read how many of a draw that does not exist yet: of which department, in which window."""

    department: Department
    window: Window
    power: ReadingPower

    @property
    def scope(self) -> str:
        """The pool that is counted."""
        return f"{self.department} {self.window.label}合格报告 {self.power.total} 份"


def power_asked(data: Any, departments: QuerySet[Department]) -> Asked | None:
    """Of the draw that the form asks for; what is not asked for yet is as in the empty form."""
    form = NewAuditForm(data or None, departments=departments)
    form.is_valid()  # what is wrong is said where the form is sent
    given = form.cleaned_data if form.is_bound else {}
    department = given.get("department") or departments.first()
    if department is None:
        return None
    window = given.get("window") or form.presets[0]
    power = power_before(department, window, given.get("cut_off"))
    return Asked(department, window, power)


@requires(ALLOWS)
@require_POST
def reader_allow(request: SignedInRequest, pk: int) -> HttpResponse:
    audit: Audit = fetch(request, Audit.objects.for_page(), ALLOWS, pk=pk)
    refused = [judge.user for judge in draw_judges(audit) if judge.refusal]
    return run_action(
        request,
        AllowReaderForm(request.POST, readers=refused),
        lambda given: allow_reader(audit, **given, by=request.user),
        done=lambda made: f"已允许{made.reader.full_name}参加本次评审，理由会印在迎检包中。",
        url=_url(audit.pk),
    )


@requires(ALLOWS)
@require_POST
def reader_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    permission: ReaderPermission = fetch(request, ReaderPermission.objects.for_page(), ALLOWS, pk=pk)
    return run_action(
        request,
        Form(request.POST),
        lambda _: withdraw_reader(permission, by=request.user),
        done=f"已收回对{permission.reader.full_name}的允许。",
        url=_url(permission.audit_id),
    )


def _url(audit: int) -> str:
    return reverse("audits:detail", args=[audit])
