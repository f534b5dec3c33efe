"""申诉: the list, one appeal, who decides it, and the decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audits.appeals.actions.appeals import assign_appeal, withdraw_appeal
from audits.appeals.actions.decisions import decide_appeal
from audits.appeals.domain.appeals import PENDING, Subject, is_overdue, ruling_word
from audits.appeals.forms import AssignForm, DecisionForm
from audits.appeals.models import Appeal
from audits.appeals.page import paper_of, with_appeal
from audits.appeals.queries.own_findings import OWN, field_of
from audits.appeals.queries.participants import DECIDES, candidates
from audits.appeals.tables import STATE_KIND, AppealFilter, AppealTable
from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.rulings import concordance_ruling
from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access import fetch
from staff.forms_version import VersionForm
from staff.permissions import requires
from trail.history import history

SEES = ("audits.view", DECIDES, OWN)
ASSIGNS = "audits.assign"


@requires(*SEES)
@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    rows = Appeal.objects.visible_to(request.user).select_related("report", "appellant", "assessor")
    narrowed = AppealFilter(request.GET, queryset=rows)
    # Whoever appeals is told the reason, not who decided.
    hidden = () if request.user.may("audits.view") else ("assessor",)
    if wants_workbook(request):
        name, action = "申诉", "audits.export_appeals"
        return workbook_response(request, AppealTable, narrowed.qs, name=name, action=action, exclude=hidden)
    page = listing(request, AppealTable, narrowed.qs, exports=True, exclude=hidden)
    context = {"filter": narrowed, "page": page, "table": page.table, "oversees": not hidden}
    return render(request, "audits/_table.html" if request.htmx else "audits/appeals.html", context)


@requires(*SEES)
@require_GET
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _fetch(request, pk))


@requires(ASSIGNS)
@require_POST
def appeal_assign(request: HttpRequest, pk: int) -> HttpResponse:
    row = _fetch(request, pk, ASSIGNS)
    able = [user for user, refusal in candidates(row) if not refusal]
    form = AssignForm(request.POST, able=able)
    if not form.is_valid():
        return _page(request, row, problem="请选择可以复核这件申诉的评审医师。", status=400)
    return _act(
        request,
        row,
        lambda: assign_appeal(
            row, assessor=form.chosen, version=form.cleaned_data["version"], by=request.user
        ),
        f"已交{form.chosen.full_name}复核。",
    )


@requires(DECIDES)
@require_POST
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = fetch(request, _rows().filter(assessor=request.user), DECIDES, pk=pk)
    form = _decision_form(row, request.POST)
    if not form.is_valid():
        return _page(request, row, decision=form, status=400)
    given = form.cleaned_data

    def decide() -> Appeal:
        ruling = None
        if form.upheld and row.subject == Subject.CONCLUSION:
            names = ("localisation", "characterisation", "error_kind", "judgement", "stage_differs")
            ruling = concordance_ruling(reason=given["reason"], **{name: given[name] for name in names})
        return decide_appeal(
            row,
            upheld=form.upheld,
            reason=given["reason"],
            struck=form.chosen,
            ruling=ruling,
            version=given["version"],
            by=request.user,
        )

    return _act(request, row, decide, "复核结论已记录，申诉人可以看到。", decision=form)


@requires(OWN)
@require_POST
def appeal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = fetch(request, _rows().filter(appellant=request.user), OWN, pk=pk)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    return _act(request, row, lambda: withdraw_appeal(row, version=version, by=request.user), "申诉已撤回。")


def _rows() -> Any:
    return Appeal.objects.select_related(
        "report__department__institution",
        "case__audit",
        "case__revision",
        "monthly_case__audit",
        "monthly_case__revision",
        "finding",
        "appellant",
        "assessor",
        "assigned_by",
        "department__institution",
    ).defer("case__audit__pool_list", "case__audit__ledger", "case__audit__draw")


def _fetch(request: HttpRequest, pk: int, code: str = "") -> Appeal:
    return fetch(request, _rows(), code, pk=pk)


def _decision_form(row: Appeal, data: Any = None) -> DecisionForm:
    rows = row.faults.select_related("fault", "monthly_fault").order_by("pk")
    faults = [(one.pk, f"{one.ruled.clause} {row.report.masked(one.ruled.reason)}") for one in rows]
    initial = {"version": row.version, "struck": [pk for pk, _ in faults]}
    return DecisionForm(data, subject=Subject(row.subject), faults=faults, initial=initial)


def _page(
    request: HttpRequest,
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
    paper = with_appeal(
        paper_of(subject, getattr(row, f"{field_of(subject)}_id")), row, appealed_only=pending
    )
    context = {
        "appeal": row,
        "paper": paper,
        "source": source_of(row),
        "stood": ruling_word(subject, row.stood),
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


def _act(
    request: HttpRequest, row: Appeal, act: Any, done: str, *, decision: DecisionForm | None = None
) -> HttpResponse:
    """Redirect with a message, the page with the refusal, or 409 with what stands."""
    try:
        act()
    except RefusedError as refused:
        if decision is not None:
            decision.add_error(None, str(refused))
        words = "" if decision is not None else str(refused)
        return _page(request, row, decision=decision, problem=words, status=400)
    except ConflictError:
        return _conflict(request, row)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("audits:appeal", args=[row.pk]))


def _conflict(request: HttpRequest, row: Appeal) -> HttpResponse:
    stands = _rows().get(pk=row.pk)
    stored = [
        ("状态", stands.get_state_display()),
        ("复核人", str(stands.assessor or "未分配")),
        ("复核理由", stands.decision_reason),
    ]
    mine = [("理由", request.POST.get("reason", ""))]
    context = {
        "title": str(stands),
        "url": reverse("audits:appeal", args=[stands.pk]),
        "stored": [pair for pair in stored if pair[1]],
        "mine": [pair for pair in mine if pair[1]],
    }
    return render(request, "audits/year_conflict.html", context, status=409)
