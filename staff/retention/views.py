"""保存期限与清除: the table of periods, the preview of a purge, its confirmation by another person."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff.access.acting import run_action
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.retention import MANAGES
from staff.access.step_up import confirmed
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict
from staff.retention.actions import (
    ask_purge,
    confirm_purge,
    refuse_purge,
    set_period,
    shown_period,
)
from staff.retention.forms import PeriodForm, PurgeForm
from staff.retention.models import Purge
from staff.retention.page import PurgeLine, period_text, way_of
from staff.retention.queries import Period, period_of, periods
from trail.checkpoints import latest, note

_SHOWN = 50  # purges, the newest; all of them are in the trail


@requires(MANAGES)
@require_GET
def retention(request: SignedInRequest) -> HttpResponse:
    everywhere = _everywhere(request)
    purges = Purge.objects.select_related("asked_by", "decided_by")[:_SHOWN]
    lines = [PurgeLine.of(purge, request.user) for purge in purges]
    rows = [(period, period_text(period.days), way_of(period)) for period in periods()]
    point = latest()
    context = {"rows": rows, "lines": lines, "may_change": everywhere}
    context["checkpoint"] = note(point) if point else ""
    return render(request, "staff/retention.html", context)


@requires(MANAGES)
@require_http_methods(["GET", "POST"])
def period(request: SignedInRequest, code: str) -> HttpResponse:
    """Set the period of one kind."""
    found = _fetch(request, code)
    form = _period_form(found, request.POST or None)
    return run_action(
        request,
        form,
        lambda given: set_period(code, by=request.user, **given),
        done=f"“{found.kind.label}”的保存期限已保存。",
        url=reverse("staff:retention"),
        show=lambda: _shown(request, "staff/retention_period.html", found, form),
        conflict=lambda error: edit_conflict(
            request, form, _period_form(error.current), title=found.kind.label, url=request.path
        ),
    )


def _period_form(found: Period, data: Any = None) -> PeriodForm:
    shown = shown_period(found)
    return with_version(PeriodForm(data, initial=shown, least=found.kind.least), shown)


@requires(MANAGES)
@confirmed
@require_http_methods(["GET", "POST"])
def purge_new(request: SignedInRequest, code: str) -> HttpResponse:
    """How much would go, then the request for it."""
    found = _fetch(request, code)
    form = PurgeForm(request.POST or None)
    return run_action(
        request,
        form,
        lambda given: ask_purge(code, by=request.user, **given),
        done="清除申请已提交，须由另一人确认后执行。",
        url=reverse("staff:retention"),
        show=lambda: _shown(request, "staff/purge.html", found, form, **_preview(found)),
    )


def _preview(found: Period) -> dict[str, Any]:
    return {"count": found.kind.count(found.before), "hindrance": found.kind.hindrance()}


@requires(MANAGES)
@confirmed
@require_POST
def purge_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    purge = _purge(request, pk)
    return _decided(request, lambda _: confirm_purge(purge, by=request.user), "清除已确认，正在后台执行。")


@requires(MANAGES)
@require_POST
def purge_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    purge = _purge(request, pk)
    return _decided(
        request, lambda _: refuse_purge(purge, by=request.user), "清除申请已撤回，未清除任何内容。"
    )


def _decided(request: SignedInRequest, action: Any, done: str) -> HttpResponse:
    return run_action(request, Form(request.POST), action, done=done, url=reverse("staff:retention"))


def _everywhere(request: SignedInRequest) -> bool:
    """Periods hold for all departments: who administers some alone may look."""
    return request.user.reach(MANAGES) is None


def _fetch(request: SignedInRequest, code: str) -> Period:
    if not _everywhere(request):
        raise PermissionDenied
    found = period_of(code)
    if found is None or found.kind.purge is None:
        raise Http404
    return found


def _purge(request: SignedInRequest, pk: int) -> Purge:
    if not _everywhere(request):
        raise PermissionDenied
    found = Purge.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(request: SignedInRequest, name: str, found: Period, form: Any, **more: Any) -> HttpResponse:
    context = {"period": found, "text": period_text(found.days), "form": form} | more
    return render(request, name, context, status=400 if form.errors else 200)
