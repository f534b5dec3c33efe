"""申诉: the list, one appeal, its assignment to an assessor, and the decision."""

from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audits.appeals.actions.appeals import assign_appeal, withdraw_appeal
from audits.appeals.actions.decisions import decide_appeal
from audits.appeals.domain.appeals import PENDING, is_overdue, ruling_label
from audits.appeals.forms import AssignForm, DecisionForm
from audits.appeals.models import Appeal
from audits.appeals.page import ruled_report, with_appeal
from audits.appeals.queries.own_findings import OWN, field_of
from audits.appeals.queries.participants import DECIDES, candidates
from audits.appeals.tables import STATE_KIND, AppealFilter, AppealTable
from audits.conflicts import ConflictError, sent_version
from audits.judging.actions.rulings import concordance_ruling
from audits.judging.domain.appeals import Subject
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.page import typed_values
from trail.history import history

SEES = ("audits.view", DECIDES, OWN)
ASSIGNS = "audits.assign"
_RULING = ("localisation", "characterisation", "error_kind", "judgement", "stage_differs")


@requires(*SEES)
@require_GET
def appeals(request: SignedInRequest) -> HttpResponse:
    rows = Appeal.objects.visible_to(request.user).for_list()
    narrowed = AppealFilter(request.GET, queryset=rows)
    # The appellant sees the reason, not the assessor's name.
    hidden = () if request.user.may("audits.view") else ("assessor",)
    if wants_workbook(request):
        name, action = "申诉", "audits.export_appeals"
        return workbook_response(request, AppealTable, narrowed.qs, name=name, action=action, exclude=hidden)
    page = listing(request, AppealTable, narrowed.qs, exports=True, exclude=hidden)
    context = {"filter": narrowed, "page": page, "table": page.table, "oversees": not hidden}
    return render(request, "audits/_table.html" if request.htmx else "audits/appeals.html", context)


@requires(*SEES)
@require_GET
def appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, fetch(request, Appeal.objects.for_page(), "", pk=pk))


@requires(ASSIGNS)
@require_POST
def appeal_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    row = fetch(request, Appeal.objects.for_page(), ASSIGNS, pk=pk)
    form = AssignForm(request.POST, able=[user for user, refusal in candidates(row) if not refusal])

    def assign(given: dict[str, Any]) -> Appeal:
        return assign_appeal(row, assessor=form.chosen, version=given["version"], by=request.user)

    def show() -> HttpResponse:
        problem = "".join(map(str, form.non_field_errors())) or "请选择可以复核这件申诉的评审医师。"
        return _page(request, row, problem=problem, status=400)

    return run_action(
        request,
        form,
        assign,
        done=lambda _: f"已交{form.chosen.full_name}复核。",
        url=_url(row),
        show=show,
        conflict=partial(_conflict, request),
    )


@requires(DECIDES)
@require_POST
def appeal_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Appeal.objects.for_page().filter(assessor=request.user)
    row = fetch(request, rows, DECIDES, pk=pk)
    form = _decision_form(row, request.POST)

    def decide(given: dict[str, Any]) -> Appeal:
        ruling = None
        if form.upheld and row.subject == Subject.CONCLUSION:
            ruling = concordance_ruling(reason=given["reason"], **{name: given[name] for name in _RULING})
        return decide_appeal(
            row,
            upheld=form.upheld,
            reason=given["reason"],
            struck=form.chosen,
            ruling=ruling,
            version=given["version"],
            by=request.user,
        )

    return run_action(
        request,
        form,
        decide,
        done="复核结论已记录，申诉人可以看到。",
        url=_url(row),
        show=lambda: _page(request, row, decision=form, status=400),
        conflict=partial(_conflict, request),
    )


@requires(OWN)
@require_POST
def appeal_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Appeal.objects.for_page().filter(appellant=request.user)
    row = fetch(request, rows, OWN, pk=pk)
    form, version = Form(request.POST), sent_version(request.POST)
    return run_action(
        request,
        form,
        lambda _: withdraw_appeal(row, version=version, by=request.user),
        done="申诉已撤回。",
        url=_url(row),
        show=lambda: _page(request, row, problem="".join(map(str, form.non_field_errors())), status=400),
        conflict=partial(_conflict, request),
    )


def _url(row: Appeal) -> str:
    return reverse("audits:appeal", args=[row.pk])


def _decision_form(row: Appeal, data: QueryDict | None = None) -> DecisionForm:
    rows = row.faults.select_related("fault", "monthly_fault").order_by("pk")
    faults = [(one.pk, f"{one.ruled.clause} {row.report.masked(one.ruled.reason)}") for one in rows]
    initial = {"version": row.version, "struck": [pk for pk, _ in faults]}
    return DecisionForm(data, subject=Subject(row.subject), faults=faults, initial=initial)


def _page(
    request: SignedInRequest,
    row: Appeal,
    *,
    decision: DecisionForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    subject = Subject(row.subject)
    today = timezone.localdate()
    pending = row.state in PENDING
    decides = row.state == "assigned" and row.assessor_id == request.user.pk
    assigns = pending and request.user.may(ASSIGNS, row.department)
    ruled = with_appeal(
        ruled_report(subject, getattr(row, f"{field_of(subject)}_id")), row, appealed_only=pending
    )
    context = {
        "appeal": row,
        "paper": ruled,
        "source": source_of(row),
        "original_ruling": ruling_label(subject, row.stood),
        "kind": STATE_KIND[row.state],
        "overdue": is_overdue(row.state, row.due_on, today),
        "judges_conclusion": subject is Subject.CONCLUSION,
        "candidates": candidates(row) if assigns else [],
        "assigns": assigns,
        "decides": decides,
        "decision": (decision or _decision_form(row)) if decides else None,
        "is_own": row.appellant_id == request.user.pk,
        "may_withdraw": pending and row.appellant_id == request.user.pk,
        "oversees": request.user.may("audits.view", row.department),
        "history": history(row) if request.user.may("audits.view", row.department) else [],
        "problem": problem,
    }
    return render(request, "audits/appeal.html", context, status=status)


def source_of(row: Appeal) -> str:
    """2026年第3季度 第1份, 2026年9月月度质控 第2份, 文本检查: where the ruling was made."""
    if row.case is not None:
        return f"{row.case.audit.label} 第{row.case.position}份"
    if row.monthly_case is not None:
        return f"{row.monthly_case.audit.label}月度质控 第{row.monthly_case.position}份"
    return "文本检查"


def _conflict(request: SignedInRequest, conflict: ConflictError) -> HttpResponse:
    """409 with what was sent and the appeal's present state."""
    row = Appeal.objects.for_page().get(pk=conflict.current.pk)
    stored = [
        ("状态", row.get_state_display()),
        ("复核人", str(row.assessor or "未分配")),
        ("复核理由", row.decision_reason),
    ]
    context = {
        "title": str(row),
        "url": _url(row),
        "stored": [pair for pair in stored if pair[1]],
        "mine": typed_values(conflict.form),
    }
    return render(request, "audits/year_conflict.html", context, status=409)
