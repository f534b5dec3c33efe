"""One case for the officer: its result, its readers, and its replacement."""

from functools import partial
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audits.judging.actions.assignment import assign_case
from audits.judging.actions.replacement import judged_numbers, replace_case
from audits.judging.page import marks_of_faults, outcome_lines, shown_content
from audits.judging.queries.judges import Judge, barred, draw_judges
from audits.judging.queries.later_changes import later_changes
from audits.judging.queries.results import audit_results, case_result
from audits.quarter.forms import CaseReadersForm, ReasonForm
from audits.quarter.page import case_line, change_lines, is_withheld, readers_of
from audits.quarter.views.conflict import audit_conflict
from audits.sampling.models import Audit, Case
from audits.sampling.queries.withheld import withheld_ids
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.withholding import WithheldError, place_to_judge


@requires("audits.view")
@require_GET
def case_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    case = fetch(request, Case.objects.for_page(), "audits.view", pk=pk)
    return render(request, "audits/case.html", _detail(request, case))


def _detail(request: SignedInRequest, case: Case) -> dict[str, Any]:
    audit = case.audit
    result = case_result(case, audit)
    running = audit.status == Audit.Status.DRAWN and case.state == Case.State.ACTIVE
    readers = readers_of(result)
    withheld = is_withheld(result, request.user, withheld_ids(request.user))
    # Who may be chosen reveals whose report it is.
    may_assign = running and not withheld and request.user.may("audits.assign", audit.department)
    may_see = not withheld and request.user.may("reports.view_outcomes", audit.department)
    return {
        "audit": audit,
        "case": case,
        "result": result,
        "line": case_line(result, withheld=withheld),
        "withheld": withheld,
        "later_changes": ()
        if withheld
        else change_lines(later_changes(audit, [case]), sees_outcomes=may_see),
        "may_assign": may_assign,
        "may_replace": running and request.user.may("audits.draw", audit.department),
        "report": None if withheld else SimpleNamespace(**shown_content(case, blind=False)),
        "marks": {} if withheld else marks_of_faults(case, result),
        "outcomes": outcome_lines(case, result) if may_see else (),
        "may_see_outcomes": may_see,
        "is_judged": bool(judged_numbers(audit_results(audit)) & {case.report.accession_number}),
        "judges": _choices(case, draw_judges(audit)) if may_assign else (),
        "first": readers[0].assessor_id if readers else None,
        "second": readers[1].assessor_id if len(readers) > 1 else None,
    }


def _choices(case: Case, judges: list[Judge]) -> list[tuple[Judge, str]]:
    """Everyone who judges, and in a few words why they cannot be chosen for the case; "": they can."""
    reading = set(case.reviews.values_list("assessor", flat=True))
    return [
        (
            judge,
            "参与过本报告"
            if barred(case, judge.user)
            else "能查看结局，未经科主任允许"
            if judge.refusal and judge.user.pk not in reading
            else "",
        )
        for judge in judges
    ]


@requires("audits.assign")
@require_POST
def case_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    case = fetch(request, Case.objects.for_page(), "audits.assign", pk=pk)
    if case.report_id in withheld_ids(request.user):
        raise WithheldError(place_to_judge(request.user, case.report))
    able = [judge.user for judge, why in _choices(case, draw_judges(case.audit)) if not why]
    form = CaseReadersForm(request.POST, judges=able, readers=case.audit.readers)
    if not form.is_valid():
        messages.error(request, "请从列表中选择评审医师。")
        return HttpResponseRedirect(_url(case))
    return run_action(
        request,
        form,
        lambda given: assign_case(case, assessors=form.chosen, version=given["version"], by=request.user),
        done=f"第{case.position}份的评审医师已保存。",
        url=_url(case),
        conflict=partial(audit_conflict, request, f"保存第{case.position}份的评审医师"),
    )


@requires("audits.draw")
@require_POST
def case_replace(request: SignedInRequest, pk: int) -> HttpResponse:
    case = fetch(request, Case.objects.for_page(), "audits.draw", pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "更换抽中的报告须写明理由。")
        return HttpResponseRedirect(_url(case))

    def replace(given: dict[str, Any]) -> str:
        added, problems = replace_case(case, **given, by=request.user)
        for problem in problems:
            messages.warning(request, problem)
        return f"第{case.position}份已按备选次序更换，理由已记录。" if added is not None else ""

    return run_action(
        request,
        form,
        replace,
        done=str,
        url=reverse("audits:detail", args=[case.audit_id]),
        back=_url(case),
        conflict=partial(audit_conflict, request, f"更换第{case.position}份"),
    )


def _url(case: Case) -> str:
    return reverse("audits:case", args=[case.pk])
