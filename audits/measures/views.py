"""改进措施: the list, a new one, its page, and the acts on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conflicts import ConflictError, RefusedError
from audits.measures.actions import (
    cancel_measure,
    change_measure,
    check_effect,
    close_measure,
    finish_measure,
    note_measure,
    reopen_measure,
    set_measure,
)
from audits.measures.forms import (
    CancelForm,
    ChangeMeasureForm,
    CloseForm,
    DoneForm,
    EffectForm,
    MeasureForm,
    NoteForm,
    ReopenForm,
)
from audits.measures.models import Measure
from audits.measures.page import measure_context, offered_clauses, suggested_problem
from audits.measures.tables import MeasureFilter, MeasureTable
from audits.monthly.models import MonthlyAudit
from audits.monthly.views.conflict import measure_conflict
from audits.sampling.models import Audit
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access import fetch
from staff.permissions import requires
from standards.loader import load_edition

SEEN = ("audits.view_monthly", "audits.own_measures")


@requires(*SEEN)
@require_GET
def measure_list(request: HttpRequest) -> HttpResponse:
    rows = Measure.objects.visible_to(request.user).select_related("audit", "quarter", "owner", "owner_user")
    narrowed = MeasureFilter(request.GET, queryset=rows, request=request)
    if wants_workbook(request):
        return workbook_response(
            request, MeasureTable, narrowed.qs, name="改进措施", action="audits.export_measures"
        )
    page = listing(request, MeasureTable, narrowed.qs, exports=True)
    today = timezone.localdate()
    context = {
        "filter": narrowed,
        "page": page,
        "table": page.table,
        "counts": {
            "open": rows.filter(status="open").count(),
            "overdue": rows.overdue(today).count(),
            "waiting": rows.filter(Q(status="done") | Q(status="checked")).count(),
            "closed": rows.filter(status="closed").count(),
        },
        "may_view_month": request.user.may("audits.view_monthly"),
    }
    return render(request, "audits/_table.html" if request.htmx else "audits/measures.html", context)


@requires("audits.run_monthly")
@require_http_methods(["GET", "POST"])
def measure_new(request: HttpRequest) -> HttpResponse:
    """`?month=` or `?quarter=`: what it is set against; `?clause=` is chosen beforehand."""
    source = _source(request)
    if isinstance(source, Audit) and source.status != Audit.Status.SETTLED:
        messages.error(request, "季度抽样评审完成之后，才能针对其问题制定改进措施。")
        return HttpResponseRedirect(_source_url(source))
    edition = load_edition(source.edition)
    offered = offered_clauses(source)
    chosen = [number for number in request.GET.getlist("clause") if number in offered]
    initial = {"clauses": chosen, "problem": suggested_problem(source, chosen)}
    form = MeasureForm(
        request.POST or None,
        department=source.department,
        edition=edition,
        offered=offered,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            measure = set_measure(source=source, given=form.value, by=request.user)
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "改进措施已制定，责任人可在工作台看到。")
            return HttpResponseRedirect(reverse("audits:measure", args=[measure.pk]))
    context = {"form": form, "source": source, "back": _source_url(source)}
    return render(request, "audits/measure_form.html", context, status=400 if form.errors else 200)


def _source(request: HttpRequest) -> MonthlyAudit | Audit:
    for name, rows in (("month", MonthlyAudit.objects), ("quarter", Audit.objects)):
        number = request.GET.get(name, "")
        if number.isdecimal() and len(number) < 10:
            found = rows.select_related("department__institution")
            return fetch(request, found, "audits.run_monthly", pk=int(number))
    raise Http404


def _source_url(source: MonthlyAudit | Audit) -> str:
    name = "audits:month" if isinstance(source, MonthlyAudit) else "audits:detail"
    return reverse(name, args=[source.pk])


@requires(*SEEN)
@require_GET
def measure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _fetch(request, pk))


def _page(
    request: HttpRequest, measure: Measure, failed: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = measure_context(measure, request.user) | (failed or {})
    return render(request, "audits/measure.html", context, status=status)


@requires("audits.run_monthly")
@require_http_methods(["GET", "POST"])
def measure_change(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _fetch(request, pk, "audits.run_monthly")
    source = measure.audit or measure.quarter
    assert source is not None
    offered = [*offered_clauses(source), *measure.clauses]
    owner = f"m{measure.owner_id}" if measure.owner_id else f"u{measure.owner_user_id}"
    kept = {"clauses": measure.clauses, "problem": measure.problem, "action": measure.action}
    form = ChangeMeasureForm(
        request.POST or None,
        department=measure.department,
        edition=load_edition(source.edition),
        offered=offered,
        initial=kept | {"due_on": measure.due_on, "owner": owner, "version": measure.version},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            change_measure(
                measure,
                given=form.value,
                reason=given["reason"],
                version=given["version"],
                by=request.user,
            )
        except RefusedError as refused:
            form.add_error(None, str(refused))
        except ConflictError:
            return measure_conflict(request, measure, "修改措施")
        else:
            messages.success(request, "措施已修改，理由已记录。")
            return HttpResponseRedirect(reverse("audits:measure", args=[measure.pk]))
    back = reverse("audits:measure", args=[measure.pk])
    context = {"form": form, "source": source, "measure": measure, "back": back}
    return render(request, "audits/measure_form.html", context, status=400 if form.errors else 200)


@requires(*SEEN, "audits.run_monthly")
@require_POST
def measure_note(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done: by the owner, or by who runs the month."""
    measure = _fetch_to_carry_out(request, pk)

    def act(given: dict[str, Any]) -> str:
        note_measure(measure, text=given["text"], version=given["version"], by=request.user)
        return "落实情况已登记。"

    return _act(request, measure, NoteForm(request.POST), "note_form", act, "登记落实情况")


@requires(*SEEN, "audits.run_monthly")
@require_POST
def measure_done(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _fetch_to_carry_out(request, pk)

    def act(given: dict[str, Any]) -> str:
        finish_measure(
            measure,
            text=given["text"],
            done_on=given["done_on"],
            is_backfilled=given["is_backfilled"],
            version=given["version"],
            by=request.user,
        )
        return "已标为落实；待下一个月度质控完成后核对效果。"

    return _act(request, measure, DoneForm(request.POST), "done_form", act, "标为已落实")


@requires("audits.run_monthly")
@require_POST
def measure_effect(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _fetch(request, pk, "audits.run_monthly")

    def act(given: dict[str, Any]) -> str:
        check_effect(
            measure, effect=given["effect"], text=given["text"], version=given["version"], by=request.user
        )
        return "效果已核对，核对时的数据已保存；请由责任人以外的人关闭。"

    return _act(request, measure, EffectForm(request.POST), "effect_form", act, "核对效果")


@requires("audits.close_measures")
@require_POST
def measure_close(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _fetch(request, pk, "audits.close_measures")

    def act(given: dict[str, Any]) -> str:
        close_measure(measure, text=given["text"], version=given["version"], by=request.user)
        return "措施已关闭。"

    return _act(request, measure, CloseForm(request.POST), "close_form", act, "关闭")


@requires("audits.close_measures")
@require_POST
def measure_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _fetch(request, pk, "audits.close_measures")

    def act(given: dict[str, Any]) -> str:
        reopen_measure(
            measure,
            reason=given["reason"],
            due_on=given["due_on"],
            version=given["version"],
            by=request.user,
        )
        return "已要求重新整改，责任人将在工作台看到。"

    return _act(request, measure, ReopenForm(request.POST), "reopen_form", act, "重新整改")


@requires("audits.run_monthly")
@require_POST
def measure_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _fetch(request, pk, "audits.run_monthly")

    def act(given: dict[str, Any]) -> str:
        cancel_measure(measure, reason=given["reason"], version=given["version"], by=request.user)
        return "措施已取消，记录仍保留。"

    return _act(request, measure, CancelForm(request.POST), "cancel_form", act, "取消措施")


def _act(
    request: HttpRequest,
    measure: Measure,
    form: Any,
    name: str,
    act: Callable[[dict[str, Any]], str],
    words: str,
) -> HttpResponse:
    """Run an act; what was typed comes back with the refusal, so that nothing is typed twice."""
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
        except RefusedError as refused:
            form.add_error(None, str(refused))
        except ConflictError:
            return measure_conflict(request, measure, words)
        else:
            return HttpResponseRedirect(reverse("audits:measure", args=[measure.pk]))
    return _page(request, measure, {name: form, "opened": name}, 400)


def _fetch(request: HttpRequest, pk: int, code: str = "audits.view_monthly") -> Measure:
    rows = Measure.objects.select_related(
        "department__institution",
        "audit",
        "quarter",
        "owner",
        "owner_user",
        "checked_by",
        "closed_by",
        "created_by",
    )
    rows = rows.defer(
        "audit__pool_list", "audit__draw", "quarter__pool_list", "quarter__ledger", "quarter__draw"
    )
    return fetch(request, rows, code, pk=pk)


def _fetch_to_carry_out(request: HttpRequest, pk: int) -> Measure:
    """The owner's own measure, or any of a department whose months the user runs."""
    measure = _fetch(request, pk)
    if measure.owner_user_id != request.user.pk:
        return _fetch(request, pk, "audits.run_monthly")
    return measure
