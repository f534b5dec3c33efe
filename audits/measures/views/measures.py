"""改进措施: the list, a new one, its page, and the operations on it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.conflicts import ConflictError
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
    ActForm,
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
from audits.monthly.views.conflict import conflict_page
from audits.sampling.models import Audit
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.page import edit_conflict
from standards.loader import load_edition

SEEN = ("audits.view_monthly", "audits.own_measures")


@requires(*SEEN)
@require_GET
def measure_list(request: SignedInRequest) -> HttpResponse:
    rows = Measure.objects.visible_to(request.user).for_list()
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
def measure_new(request: SignedInRequest) -> HttpResponse:
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

    def show() -> HttpResponse:
        context = {"form": form, "source": source, "back": _source_url(source)}
        return render(request, "audits/measure_form.html", context, status=400 if form.errors else 200)

    if request.method != "POST":
        return show()
    return run_action(
        request,
        form,
        lambda _: set_measure(source=source, given=form.value, by=request.user),
        done="改进措施已制定，责任人可在工作台看到。",
        url=_url,
        show=show,
    )


def _source(request: SignedInRequest) -> MonthlyAudit | Audit:
    sources: dict[str, Any] = {"month": MonthlyAudit.objects.for_page(), "quarter": Audit.objects.for_page()}
    for name, rows in sources.items():
        number = request.GET.get(name, "")
        if number.isdecimal() and len(number) < 10:
            source: MonthlyAudit | Audit = fetch(request, rows, "audits.run_monthly", pk=int(number))
            return source
    raise Http404


def _source_url(source: MonthlyAudit | Audit) -> str:
    name = "audits:month" if isinstance(source, MonthlyAudit) else "audits:detail"
    return reverse(name, args=[source.pk])


@requires(*SEEN)
@require_GET
def measure_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = fetch(request, Measure.objects.for_page(), "audits.view_monthly", pk=pk)
    return render(request, "audits/measure.html", measure_context(measure, request.user))


@requires("audits.run_monthly")
@require_http_methods(["GET", "POST"])
def measure_change(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = fetch(request, Measure.objects.for_page(), "audits.run_monthly", pk=pk)
    form = _change_form(measure, request.POST or None)

    def show() -> HttpResponse:
        context = {"form": form, "source": measure.source, "measure": measure, "back": _url(measure)}
        return render(request, "audits/measure_form.html", context, status=400 if form.errors else 200)

    def change(given: dict[str, Any]) -> Measure:
        reason, version = given["reason"], given["version"]
        return change_measure(measure, given=form.value, reason=reason, version=version, by=request.user)

    if request.method != "POST":
        return show()
    return run_action(
        request,
        form,
        change,
        done="措施已修改，理由已记录。",
        url=_url(measure),
        show=show,
        conflict=lambda error: edit_conflict(
            request, form, _change_form(error.current, None), title=measure, url=_url(measure)
        ),
    )


def _change_form(measure: Measure, given: QueryDict | None) -> ChangeMeasureForm:
    source = measure.source
    owner = f"m{measure.owner_id}" if measure.owner_id else f"u{measure.owner_user_id}"
    stored = {"clauses": measure.clauses, "problem": measure.problem, "action": measure.action}
    return ChangeMeasureForm(
        given,
        department=measure.department,
        edition=load_edition(source.edition),
        offered=[*offered_clauses(source), *measure.clauses],
        initial=stored | {"due_on": measure.due_on, "owner": owner, "version": measure.version},
    )


@requires(*SEEN, "audits.run_monthly")
@require_POST
def measure_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note what was done: by the owner, or by the officer of the month."""
    measure = _fetch_to_carry_out(request, pk)
    done = "落实情况已登记。"
    return _run_operation(request, measure, NoteForm(request.POST), note_measure, done, "登记落实情况")


@requires(*SEEN, "audits.run_monthly")
@require_POST
def measure_done(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = _fetch_to_carry_out(request, pk)
    done = "已标为落实；待下一个月度质控完成后核对效果。"
    return _run_operation(request, measure, DoneForm(request.POST), finish_measure, done, "标为已落实")


@requires("audits.run_monthly")
@require_POST
def measure_effect(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = fetch(request, Measure.objects.for_page(), "audits.run_monthly", pk=pk)
    done = "效果已核对，核对时的数据已保存；请由责任人以外的人关闭。"
    return _run_operation(request, measure, EffectForm(request.POST), check_effect, done, "核对效果")


@requires("audits.close_measures")
@require_POST
def measure_close(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = fetch(request, Measure.objects.for_page(), "audits.close_measures", pk=pk)
    return _run_operation(request, measure, CloseForm(request.POST), close_measure, "措施已关闭。", "关闭")


@requires("audits.close_measures")
@require_POST
def measure_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = fetch(request, Measure.objects.for_page(), "audits.close_measures", pk=pk)
    done = "已要求重新整改，责任人将在工作台看到。"
    return _run_operation(request, measure, ReopenForm(request.POST), reopen_measure, done, "重新整改")


@requires("audits.run_monthly")
@require_POST
def measure_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = fetch(request, Measure.objects.for_page(), "audits.run_monthly", pk=pk)
    done = "措施已取消，记录仍保留。"
    return _run_operation(request, measure, CancelForm(request.POST), cancel_measure, done, "取消措施")


def _run_operation(
    request: SignedInRequest,
    measure: Measure,
    form: ActForm,
    action: Callable[..., Measure],
    done: str,
    operation: str,
) -> HttpResponse:
    """Run an action that takes the fields of its form; a refusal shows the page with what was typed."""

    def show() -> HttpResponse:
        name = f"{form.ids}_form"
        context = measure_context(measure, request.user) | {name: form, "opened": name}
        return render(request, "audits/measure.html", context, status=400)

    return run_action(
        request,
        form,
        lambda given: action(measure, **given, by=request.user),
        done=done,
        url=_url(measure),
        show=show,
        conflict=partial(measure_conflict, request, operation),
    )


def _url(measure: Measure) -> str:
    return reverse("audits:measure", args=[measure.pk])


def _fetch_to_carry_out(request: SignedInRequest, pk: int) -> Measure:
    """The owner's own measure, or any of a department whose months the user runs."""
    measure = fetch(request, Measure.objects.for_page(), "audits.view_monthly", pk=pk)
    if measure.owner_user_id != request.user.pk:
        measure = fetch(request, Measure.objects.for_page(), "audits.run_monthly", pk=pk)
    return measure


def measure_conflict(request: SignedInRequest, operation: str, conflict: ConflictError) -> HttpResponse:
    """409 for an operation on a measure."""
    measure = Measure.objects.get(pk=conflict.current.pk)
    last = measure.entries.order_by("-at", "-pk").first()
    stored = [
        ("状态", measure.get_status_display()),
        ("问题", measure.problem),
        ("条款", "、".join(measure.clauses)),
        ("改进措施", measure.action),
        ("责任人", measure.owner_name),
        ("期限", measure.due_on.isoformat()),
        ("最近一条记录", f"{last.get_kind_display()}：{last.text}" if last else ""),
    ]
    return conflict_page(request, str(measure), _url(measure), operation, stored, conflict)
