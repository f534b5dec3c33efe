"""Quarters: the list, a new one, its page, and the acts on it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.assignment import assign_fairly, judges_of, sees_outcomes
from audits.judging.queries.results import audit_results
from audits.measures.tables import measure_tag
from audits.quarter.actions.quarters import cancel_audit, draw_audit, extend_audit, open_audit, settle_audit
from audits.quarter.actions.repeating import REDRAWS, may_redraw
from audits.quarter.filters import AuditFilter
from audits.quarter.forms import AssessorsForm, ExtendForm, NewAuditForm, ReasonForm
from audits.quarter.page import (
    case_line,
    coverage_gaps,
    frozen_pool,
    is_withheld,
    live_pool,
    steps_of,
    without_numbers,
)
from audits.quarter.queries.earlier_draws import earlier_draws, repeat_sentence
from audits.quarter.queries.figures import earlier_results, figures_of
from audits.quarter.tables import AuditTable
from audits.quarter.views.conflict import audit_conflict
from audits.sampling.models import Audit
from audits.sampling.queries.pool import pool_of
from audits.sampling.queries.withheld import withheld_ids, withheld_numbers
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access import fetch
from staff.forms_version import VersionForm
from staff.models import Department
from staff.permissions import requires

_HEAVY = ("pool_list", "ledger", "draw")
_ACTS = {
    "draw": "冻结名单并抽取",
    "extend": "延长抽样窗口",
    "cancel": "作废抽样",
    "settle": "标为评审完成",
    "assign": "均衡分配评审医师",
}


@requires("audits.view")
@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    rows = with_progress(Audit.objects.visible_to(request.user, "audits.view"))
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


def with_progress(rows: QuerySet[Audit]) -> QuerySet[Audit]:
    """Audits with their active cases and how many of the readers' reviews are done."""
    active = Q(cases__state="active")
    read = active & Q(cases__reviews__reader__in=(1, 2))
    return (
        rows.select_related("department__institution")
        .defer(*_HEAVY)
        .annotate(
            cases_active=Count("cases", filter=active, distinct=True),
            reviews_all=Count("cases__reviews", filter=read, distinct=True),
            reviews_done=Count(
                "cases__reviews",
                filter=read & Q(cases__reviews__conclusion_at__isnull=False),
                distinct=True,
            ),
        )
    )


@requires("audits.draw", REDRAWS)
@require_http_methods(["GET", "POST"])
def audit_new(request: HttpRequest) -> HttpResponse:
    rows = Department.objects.visible_to(request.user, "audits.draw")
    departments = (rows | Department.objects.visible_to(request.user, REDRAWS)).select_related("institution")
    form = NewAuditForm(request.POST or None, departments=departments, may_repeat=request.user.may(REDRAWS))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            audit = open_audit(
                department=data["department"],
                window=data["window"],
                readers=data["readers"],
                cut_off=data["cut_off"],
                repeat_reason=data.get("repeat_reason", ""),
                by=request.user,
            )
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "抽样已建立，随机种子已固定；现在可以查看名单并抽取。")
            return HttpResponseRedirect(reverse("audits:detail", args=[audit.pk]))
    return render(request, "audits/new.html", {"form": form}, status=400 if form.errors else 200)


@requires("audits.view")
@require_GET
def audit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _fetch(request, pk)
    return render(request, "audits/detail.html", _detail(request, audit))


def _detail(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    results = audit_results(audit)
    drawn = audit.drawn_at is not None
    judges = judges_of(audit.department) if audit.status == Audit.Status.DRAWN else []
    under_review = withheld_ids(request.user)
    return {
        "audit": audit,
        "steps": steps_of(audit, results),
        "not_over": audit.window_end >= timezone.localdate(),
        "pool": frozen_pool(audit) if drawn else live_pool(audit, pool_of(audit)),
        "earlier_draws": earlier_draws(audit),
        "repeat_sentence": repeat_sentence(audit),
        "results": results,
        "lines": [
            case_line(case, withheld=is_withheld(case, request.user, under_review)) for case in results.cases
        ],
        "gaps": coverage_gaps(audit, results) if drawn else (),
        "figures": figures_of(results, earlier_results(audit)) if drawn else None,
        "judges": judges,
        "unblind": sees_outcomes(audit.department) if judges else set(),
        "open_places": sum(1 for c in results.cases if len(c.readings) < audit.readers),
        "settled": sum(1 for c in results.cases if c.settled),
        **_measures(request, audit),
        "may_draw": request.user.may("audits.draw", audit.department),
        "may_redraw": may_redraw(request.user, audit.department),
        "replaced": without_numbers(results.replaced, withheld_numbers(request.user, audit.department_id)),
        "is_ruled_on": any(reading.description_at for case in results.cases for reading in case.readings),
        "may_assign": request.user.may("audits.assign", audit.department),
    }


def _measures(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    """改进措施 against what the quarter found; they are set once its rulings are closed."""
    if audit.status != Audit.Status.SETTLED or not request.user.may("audits.view_monthly", audit.department):
        return {"measures": None}
    rows = audit.measures.select_related("owner", "owner_user").order_by("due_on", "pk")
    return {
        "measures": [(measure, measure_tag(measure)) for measure in rows],
        "may_set_measure": request.user.may("audits.run_monthly", audit.department),
        "new_measure_url": f"{reverse('audits:measure_new')}?quarter={audit.pk}",
    }


@requires("audits.draw")
@require_POST
def audit_draw(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _fetch(request, pk, "audits.draw")
    form = VersionForm(request.POST)
    return _act(
        request,
        audit,
        form,
        lambda v: draw_audit(audit, version=v, by=request.user),
        "已抽取，名单与结果已冻结。",
    )


@requires("audits.draw", REDRAWS)
@require_POST
def audit_extend(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _fetch_to_redraw(request, pk)
    form = ExtendForm(request.POST)

    def act(version: int) -> Audit:
        given = form.cleaned_data
        return extend_audit(
            audit, start=given["start"], reason=given["reason"], version=version, by=request.user
        )

    return _act(request, audit, form, act, "抽样窗口已延长，理由已记录。")


@requires("audits.draw", REDRAWS)
@require_POST
def audit_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _fetch_to_redraw(request, pk)
    form = ReasonForm(request.POST)

    def act(version: int) -> Audit:
        return cancel_audit(audit, reason=form.cleaned_data["reason"], version=version, by=request.user)

    return _act(request, audit, form, act, "抽样已作废，记录仍保留。")


@requires("audits.draw")
@require_POST
def audit_settle(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _fetch(request, pk, "audits.draw")
    form = VersionForm(request.POST)
    return _act(
        request,
        audit,
        form,
        lambda v: settle_audit(audit, version=v, by=request.user),
        "评审已完成，评定不再更改。",
    )


@requires("audits.assign")
@require_POST
def audit_assign(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _fetch(request, pk, "audits.assign")
    form = AssessorsForm(request.POST, judges=judges_of(audit.department))

    def act(version: int) -> None:
        chosen = list(form.cleaned_data["assessors"])
        _, problems = assign_fairly(audit, assessors=chosen, version=version, by=request.user)
        for problem in problems:
            messages.warning(request, problem)

    return _act(request, audit, form, act, "已按均衡原则分配评审医师。")


def _act(request: HttpRequest, audit: Audit, form: Any, act: Any, done: str) -> HttpResponse:
    """Run an act on the version shown; a refusal is a message, a conflict its own page."""
    back = HttpResponseRedirect(reverse("audits:detail", args=[audit.pk]))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, "".join(errors))
        return back
    try:
        act(form.cleaned_data["version"])
    except RefusedError as refused:
        messages.error(request, str(refused))
    except ConflictError as conflict:
        return audit_conflict(request, conflict, _ACTS[request.resolver_match.url_name])
    else:
        messages.success(request, done)
    return back


def _fetch(request: HttpRequest, pk: int, code: str = "audits.view") -> Audit:
    rows = Audit.objects.select_related("department__institution", "drawn_by", "created_by")
    return fetch(request, rows, code, pk=pk)


def _fetch_to_redraw(request: HttpRequest, pk: int) -> Audit:
    """An audit of a department in which the user draws, or decides on drawing again."""
    audit = _fetch(request, pk)
    may = request.user.may("audits.draw", audit.department) or may_redraw(request.user, audit.department)
    return audit if may else _fetch(request, pk, "audits.draw")
