"""我的报告问题: what was ruled on one's own reports; read, or appealed against. Nobody else's."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audits.appeals.actions.appeals import acknowledge, lodge_appeal
from audits.appeals.forms import AppealForm
from audits.appeals.models import Appeal
from audits.appeals.page import RuledReport, ruled_report, with_appeal
from audits.appeals.queries.own_findings import (
    OWN,
    Problem,
    own_findings,
    problem_for,
    read_of,
    ruled_problems,
    unread_findings,
)
from audits.appeals.tables import OwnFindingTable
from audits.judging.domain.appeals import Subject
from audits.monthly.models import MonthlyCase
from audits.sampling.models import Case
from exporting.listing import listing
from reports.findings.models import Finding
from reports.findings.tables import SHOWN
from staff.access.acting import run_action
from staff.access.openings import opened
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from trail.chain import record

KINDS: dict[str, tuple[type[Model], tuple[Subject, ...]]] = {
    "case": (Case, (Subject.DESCRIPTION, Subject.CONCLUSION)),
    "month": (MonthlyCase, (Subject.MONTHLY,)),
    "finding": (Finding, (Subject.FINDING,)),
}
_LARGEST_ID = 2**63 - 1  # no row has a larger one, and SQLite raises on it
_STATES = (("confirmed", "已确认"), ("open", "待核对"), ("dismissed", "已驳回"))
_FINDING_FIELDS = (*SHOWN, "ruled_at", "found_at")


@requires(OWN)
@require_GET
def own(request: SignedInRequest) -> HttpResponse:
    """What quarters and months ruled; `part=checks` lists the text checks instead."""
    checks = request.GET.get("part") == "checks"
    context: dict[str, Any] = {"checks": checks, "unread": unread_findings(request.user).count()}
    if not checks:
        problems = ruled_problems(request.user)
        context |= {
            "waiting": [problem for problem in problems if problem.waits],
            "done": [problem for problem in problems if not problem.waits],
        }
        return render(request, "audits/my_findings.html", context)
    state = request.GET.get("state", "")
    rows = own_findings(request.user).select_related("report").prefetch_related("appeals")
    rows = rows.filter(state=state) if state in dict(_STATES) else rows
    page = listing(request, OwnFindingTable, rows.only(*_FINDING_FIELDS), read=read_of(request.user))
    context |= {"page": page, "table": page.table, "states": _STATES, "state": state}
    name = "audits/_table.html" if request.htmx else "audits/my_findings.html"
    return render(request, name, context)


@requires(OWN)
@require_GET
def own_one(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """One report with everything that was ruled on it."""
    problems = _problems(request, kind, pk)
    opened(request.user, [problems[0].report.pk], KINDS[kind][0]._meta.label_lower)
    return _page(request, kind, problems)


@requires(OWN)
@require_POST
def own_acknowledge(request: SignedInRequest, subject: str, pk: int) -> HttpResponse:
    problem = _problem(request, subject, pk)
    acknowledge(problem.subject, pk, by=request.user)
    messages.success(request, "已记为“已知晓”。")
    return HttpResponseRedirect(_address(problem))


@requires(OWN)
@require_POST
def own_appeal(request: SignedInRequest, subject: str, pk: int) -> HttpResponse:
    problem = _problem(request, subject, pk)
    kind = _kind_of(problem.subject)
    form = AppealForm(request.POST, faults=_choices(problem, ruled_report(problem.subject, pk)))

    def lodge(given: dict[str, Any]) -> Appeal:
        return lodge_appeal(problem.subject, pk, reason=given["reason"], faults=form.chosen, by=request.user)

    def show() -> HttpResponse:
        return _page(request, kind, _problems(request, kind, pk), bad=(problem.subject, form), status=400)

    return run_action(
        request,
        form,
        lodge,
        done=lambda row: f"{row}已提交，应于 {row.due_on} 前答复；由未参与评定的评审医师复核。",
        url=_address(problem),
        show=show,
    )


def _problems(request: SignedInRequest, kind: str, pk: int) -> list[Problem]:
    """The rulings of one report; 404, recorded, when it is not the person's own or not settled."""
    if kind not in KINDS or pk > _LARGEST_ID:
        raise Http404
    model, subjects = KINDS[kind]
    found = [problem_for(request.user, subject, pk) for subject in subjects]
    problems = [problem for problem in found if problem is not None]
    if not problems:
        hidden = model._default_manager.filter(pk=pk).first()
        if hidden is not None:
            needs = {"needs": OWN}
            record("access.refused", by=request.user, target=hidden, result="refused", detail=needs)
        raise Http404
    return problems


def _problem(request: SignedInRequest, subject: str, pk: int) -> Problem:
    if subject not in [known.value for known in Subject]:
        raise Http404
    asked = Subject(subject)
    found = [p for p in _problems(request, _kind_of(asked), pk) if p.subject is asked]
    if not found:
        raise Http404
    return found[0]


def _kind_of(subject: Subject) -> str:
    return next(kind for kind, (_, subjects) in KINDS.items() if subject in subjects)


def _address(problem: Problem) -> str:
    return reverse("audits:own_one", args=[_kind_of(problem.subject), problem.pk])


def _choices(problem: Problem, ruled: RuledReport) -> list[tuple[int, str]]:
    """The faults an appeal may choose among."""
    if problem.subject in (Subject.CONCLUSION, Subject.FINDING):
        return []
    return [(card.pk, f"{card.number} {card.clause} {card.reason}") for card in ruled.faults]


def _page(
    request: SignedInRequest,
    kind: str,
    problems: list[Problem],
    *,
    bad: tuple[Subject, AppealForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    ruled = ruled_report(problems[0].subject, problems[0].pk)
    parts = []
    for problem in problems:
        choices = _choices(problem, ruled)
        fresh = AppealForm(
            faults=choices, initial={"faults": [pk for pk, _ in choices]}, auto_id=f"{problem.subject}_%s"
        )
        current = ruled if problem.subject is Subject.CONCLUSION else with_appeal(ruled, problem.appeal)
        form = bad[1] if bad and bad[0] is problem.subject else fresh
        parts.append({"problem": problem, "paper": current, "form": form, "opened": form is not fresh})
    context = {"kind": kind, "paper": ruled, "parts": parts, "report": problems[0].report}
    return render(request, "audits/my_finding.html", context, status=status)
