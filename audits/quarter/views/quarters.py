"""Quarters: the list, a new one, its page, and the operations on it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.judging.actions.assignment import assign_fairly
from audits.judging.actions.permissions import ALLOWS
from audits.judging.queries.judges import draw_judges, offered
from audits.judging.queries.later_changes import later_changes
from audits.judging.queries.results import audit_results
from audits.quarter.actions.quarters import cancel_audit, draw_audit, extend_audit, open_audit, settle_audit
from audits.quarter.actions.repeating import REDRAWS, may_draw_now, may_redraw, needs_reason
from audits.quarter.filters import AuditFilter
from audits.quarter.forms import AssessorsForm, DrawForm, ExtendForm, NewAuditForm, ReasonForm
from audits.quarter.page import (
    case_line,
    change_lines,
    coverage_gaps,
    frozen_pool,
    is_withheld,
    live_pool,
    steps_of,
    without_numbers,
)
from audits.quarter.queries.draw_chain import draw_chain
from audits.quarter.queries.figures import earlier_results, figures_of, reveals_withheld
from audits.quarter.queries.state import sheet_status_of, state_from, with_state
from audits.quarter.queries.who_can_read import power_of
from audits.quarter.tables import AuditTable
from audits.quarter.views.conflict import audit_conflict
from audits.quarter.views.readers import power_asked
from audits.sampling.models import Audit
from audits.sampling.queries.pool import pool_of
from audits.sampling.queries.withheld import withheld_ids, withheld_numbers
from exporting.columns import tag
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import VersionForm
from staff.departments.models import Department


@requires("audits.view")
@require_GET
def audit_list(request: SignedInRequest) -> HttpResponse:
    rows = with_state(Audit.objects.visible_to(request.user, "audits.view").with_progress())
    narrowed = AuditFilter(request.GET, queryset=rows)
    if wants_workbook(request):
        return workbook_response(request, AuditTable, narrowed.qs, name="季度抽样", action="audits.export")
    page = listing(request, AuditTable, narrowed.qs, exports=True)
    context = {
        "filter": narrowed,
        "page": page,
        "table": page.table,
        "may_draw": request.user.may("audits.draw") or request.user.may(REDRAWS),
    }
    return render(request, "audits/_table.html" if request.htmx else "audits/list.html", context)


@requires("audits.draw", REDRAWS)
@require_http_methods(["GET", "POST"])
def audit_new(request: SignedInRequest) -> HttpResponse:
    rows = Department.objects.visible_to(request.user, "audits.draw")
    departments = (rows | Department.objects.visible_to(request.user, REDRAWS)).select_related("institution")
    form = NewAuditForm(request.POST or None, departments=departments)

    def show() -> HttpResponse:
        context = {"form": form, "asked": power_asked(request.POST or request.GET, departments)}
        return render(request, "audits/new.html", context, status=400 if form.errors else 200)

    def plan(given: dict[str, Any]) -> Audit:
        return open_audit(
            department=given["department"],
            window=given["window"],
            readers=given["readers"],
            cut_off=given["cut_off"],
            repeat_reason=given.get("repeat_reason", ""),
            by=request.user,
        )

    if request.method != "POST":
        return show()
    done = "抽样已建立，种子哈希已公布；现在可以查看名单并抽取。"
    return run_action(request, form, plan, done=done, url=_url, show=show)


@requires("audits.view")
@require_GET
def audit_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, Audit.objects.for_page(), "audits.view", pk=pk)
    return render(request, "audits/detail.html", _detail(request, audit))


def _detail(request: SignedInRequest, audit: Audit) -> dict[str, Any]:
    results = audit_results(audit)
    drawn = audit.drawn_at is not None
    planned = None if drawn else pool_of(audit)
    under_review = withheld_ids(request.user)
    lines = [
        case_line(case, withheld=is_withheld(case, request.user, under_review)) for case in results.cases
    ]
    hidden = {line.pk for line in lines if line.withheld}
    earlier = earlier_results(audit) if drawn else []
    blind = reveals_withheld((results, *earlier), under_review)
    # A count of the cases that a physician took part in would reveal the withheld ones.
    power = power_of(audit, [c.case for c in results.cases if c.case.pk not in hidden], planned)
    return {
        "audit": audit,
        "steps": steps_of(audit, results),
        "state_tag": tag(*state_from(audit, results, sheet_status_of(audit)).tag),
        "not_over": audit.window_end >= timezone.localdate(),
        "pool": live_pool(audit, planned) if planned is not None else frozen_pool(audit),
        "draw_chain": draw_chain(audit, under_review),
        "needs_reason": needs_reason(audit),
        "results": results,
        "lines": lines,
        "later_changes": change_lines(
            later_changes(audit, [case.case for case in results.cases]),
            sees_outcomes=request.user.may("reports.view_outcomes", audit.department),
            hidden=hidden,
            numbered=True,
        ),
        "gaps": coverage_gaps(audit, results) if drawn else (),
        "figures": figures_of(results, earlier) if drawn and not blind else None,
        "figures_withheld": blind,
        "power": power,
        "scope": power.scope(drawn=drawn, without=len(hidden)) if power else "",
        "judges": offered(share.judge for share in power.shares) if power else [],
        "permissions": audit.reader_permissions.select_related("reader", "allowed_by"),
        "open_places": sum(1 for c in results.cases if len(c.readings) < audit.readers),
        "settled": sum(1 for c in results.cases if c.settled),
        **_measures(request, audit),
        "may_draw": request.user.may("audits.draw", audit.department),
        "may_redraw": may_redraw(request.user, audit.department),
        "may_draw_now": planned is not None and may_draw_now(request.user, audit),
        "replaced": without_numbers(results.replaced, withheld_numbers(request.user, audit.department_id)),
        "is_ruled_on": any(reading.description_at for case in results.cases for reading in case.readings),
        "may_assign": request.user.may("audits.assign", audit.department),
        "may_allow": request.user.may(ALLOWS, audit.department),
    }


def _measures(request: SignedInRequest, audit: Audit) -> dict[str, Any]:
    """改进措施 against what the quarter found; they are set once its rulings are closed."""
    if audit.status != Audit.Status.SETTLED or not request.user.may("audits.view_monthly", audit.department):
        return {"measures": None}
    rows = audit.measures.for_list().order_by("due_on", "pk")
    return {
        "measures": [(measure, tag(*measure.state_tag)) for measure in rows],
        "may_set_measure": request.user.may("audits.run_monthly", audit.department),
        "new_measure_url": f"{reverse('audits:measure_new')}?quarter={audit.pk}",
    }


@requires("audits.draw", REDRAWS)
@require_POST
def audit_draw(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, Audit.objects.for_page(), "audits.view", pk=pk)
    if not may_draw_now(request.user, audit):
        audit = fetch(request, Audit.objects.for_page(), "audits.draw", pk=pk)
    return run_action(
        request,
        DrawForm(request.POST),
        lambda given: draw_audit(audit, **given, by=request.user),
        done="已抽取，名单与结果已冻结。",
        url=_url(audit),
        conflict=partial(audit_conflict, request, "冻结名单并抽取"),
    )


@requires("audits.draw", REDRAWS)
@require_POST
def audit_extend(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = _fetch_to_redraw(request, pk)

    def extend(given: dict[str, Any]) -> Audit:
        start, reason = given["start"], given["reason"]
        return extend_audit(audit, start=start, reason=reason, version=given["version"], by=request.user)

    return run_action(
        request,
        ExtendForm(request.POST),
        extend,
        done="抽样窗口已延长，理由已记录。",
        url=_url(audit),
        conflict=partial(audit_conflict, request, "延长抽样窗口"),
    )


@requires("audits.draw", REDRAWS)
@require_POST
def audit_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = _fetch_to_redraw(request, pk)
    return run_action(
        request,
        ReasonForm(request.POST),
        lambda given: cancel_audit(audit, **given, by=request.user),
        done="抽样已作废，记录仍保留。",
        url=_url(audit),
        conflict=partial(audit_conflict, request, "作废抽样"),
    )


@requires("audits.draw")
@require_POST
def audit_settle(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, Audit.objects.for_page(), "audits.draw", pk=pk)
    return run_action(
        request,
        VersionForm(request.POST),
        lambda given: settle_audit(audit, version=given["version"], by=request.user),
        done="评审已完成，评定不再更改。",
        url=_url(audit),
        conflict=partial(audit_conflict, request, "标为评审完成"),
    )


@requires("audits.assign")
@require_POST
def audit_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = fetch(request, Audit.objects.for_page(), "audits.assign", pk=pk)

    def assign(given: dict[str, Any]) -> None:
        _, problems = assign_fairly(audit, **given, by=request.user)
        for problem in problems:
            messages.warning(request, problem)

    return run_action(
        request,
        AssessorsForm(request.POST, judges=offered(draw_judges(audit))),
        assign,
        done="已按均衡原则分配评审医师。",
        url=_url(audit),
        conflict=partial(audit_conflict, request, "均衡分配评审医师"),
    )


def _url(audit: Audit) -> str:
    return reverse("audits:detail", args=[audit.pk])


def _fetch_to_redraw(request: SignedInRequest, pk: int) -> Audit:
    """An audit of a department in which the user draws, or decides on drawing again."""
    audit = fetch(request, Audit.objects.for_page(), "audits.view", pk=pk)
    if not (request.user.may("audits.draw", audit.department) or may_redraw(request.user, audit.department)):
        audit = fetch(request, Audit.objects.for_page(), "audits.draw", pk=pk)
    return audit
