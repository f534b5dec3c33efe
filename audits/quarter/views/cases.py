"""One case on the officer's side: how it stands, who reads it, and its replacement."""

from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.assignment import assign_case, barred, judges_of
from audits.judging.actions.replacement import judged_numbers, replace_case
from audits.judging.page import marks_of_faults, outcome_lines, shown_content
from audits.judging.queries.results import audit_results, case_result
from audits.quarter.forms import CaseReadersForm, ReasonForm
from audits.quarter.page import case_line, is_withheld, readers_of
from audits.quarter.views.conflict import audit_conflict
from audits.sampling.models import Audit, Case
from audits.sampling.queries.withheld import withheld_ids
from staff.access import fetch
from staff.permissions import requires


@requires("audits.view")
@require_GET
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = _fetch(request, pk)
    return render(request, "audits/case.html", _detail(request, case))


def _detail(request: HttpRequest, case: Case) -> dict[str, Any]:
    audit = case.audit
    result = case_result(case, audit)
    running = audit.status == Audit.Status.DRAWN and case.state == Case.State.ACTIVE
    may_assign = running and request.user.may("audits.assign", audit.department)
    judges = judges_of(audit.department) if may_assign else []
    readers = readers_of(result)
    withheld = is_withheld(result, request.user, withheld_ids(request.user))
    may_see = not withheld and request.user.may("reports.view_outcomes", audit.department)
    return {
        "audit": audit,
        "case": case,
        "result": result,
        "line": case_line(result, withheld=withheld),
        "withheld": withheld,
        "may_assign": may_assign,
        "may_replace": running and request.user.may("audits.draw", audit.department),
        "report": None if withheld else SimpleNamespace(**shown_content(case, blind=False)),
        "marks": {} if withheld else marks_of_faults(case, result),
        "outcomes": outcome_lines(case, result) if may_see else (),
        "may_see_outcomes": may_see,
        "is_judged": bool(judged_numbers(audit_results(audit)) & {case.report.accession_number}),
        "judges": [(user, barred(case, user)) for user in judges],
        "first": readers[0].assessor_id if readers else None,
        "second": readers[1].assessor_id if len(readers) > 1 else None,
    }


@requires("audits.assign")
@require_POST
def case_assign(request: HttpRequest, pk: int) -> HttpResponse:
    case = _fetch(request, pk, "audits.assign")
    judges = judges_of(case.audit.department)
    form = CaseReadersForm(request.POST, judges=judges, readers=case.audit.readers)
    if not form.is_valid():
        messages.error(request, "请从列表中选择评审医师。")
        return _back(case)
    try:
        assign_case(case, assessors=form.chosen, version=form.cleaned_data["version"], by=request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    except ConflictError as conflict:
        return audit_conflict(request, conflict, f"保存第{case.position}份的评审医师")
    else:
        messages.success(request, f"第{case.position}份的评审医师已保存。")
    return _back(case)


@requires("audits.draw")
@require_POST
def case_replace(request: HttpRequest, pk: int) -> HttpResponse:
    case = _fetch(request, pk, "audits.draw")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "更换抽中的报告须写明理由。")
        return _back(case)
    given = form.cleaned_data
    try:
        added, problems = replace_case(
            case, reason=given["reason"], version=given["version"], by=request.user
        )
    except RefusedError as refused:
        messages.error(request, str(refused))
        return _back(case)
    except ConflictError as conflict:
        return audit_conflict(request, conflict, f"更换第{case.position}份")
    for problem in problems:
        messages.warning(request, problem)
    if added is not None:
        messages.success(request, f"第{case.position}份已按备选次序更换，理由已记录。")
    return HttpResponseRedirect(reverse("audits:detail", args=[case.audit_id]))


def _back(case: Case) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("audits:case", args=[case.pk]))


def _fetch(request: HttpRequest, pk: int, code: str = "audits.view") -> Case:
    rows = Case.objects.select_related("audit__department__institution", "report", "revision", "replaced_by")
    rows = rows.defer("audit__pool_list", "audit__ledger", "audit__draw")
    return fetch(request, rows, code, pk=pk)
