"""检查 of one report of a month: the frozen version without names, the text checks' hints, the problems."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audits.judging.domain.blinding import patient_secrets, people_secrets, shown_system
from audits.judging.forms import PREFIX, FaultForm, FaultFormSet, clause_groups, one_row_more
from audits.judging.hints import Hint, hints_of, with_hint
from audits.judging.page import marks_of, shown_content
from audits.monthly.actions.checking import check_case
from audits.monthly.forms import CheckForm
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from audits.monthly.page import fault_lines, verdict_tag
from audits.monthly.queries.results import faults_of
from audits.monthly.views.conflict import case_conflict
from audits.sampling.queries.withheld import withheld_ids
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from standards.edition import Edition
from standards.loader import load_edition


@requires("audits.judge", "audits.view_monthly")
@require_http_methods(["GET", "POST"])
def monthly_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a case (GET), with the form for its assessor, or store the assessor's ruling (POST)."""
    code = "audits.judge" if request.method == "POST" else "audits.view_monthly"
    case = fetch(request, MonthlyCase.objects.for_page(), code, pk=pk)
    if request.method == "GET":
        return _page(request, case)
    edition = load_edition(case.audit.edition)
    if request.POST.get("more"):
        return _page(request, case, data=one_row_more(request.POST))
    if request.POST.get("take"):
        return _page(request, case, data=_with_hint(request, case, edition))
    form = CheckForm(request.POST)
    faults = FaultFormSet(request.POST, prefix=PREFIX, form_kwargs={"edition": edition})
    if not (form.is_valid() and faults.is_valid()):
        return _page(request, case, data=request.POST, status=400)
    found = [row.value_as_input for row in faults if row.has_changed()]
    return run_action(
        request,
        form,
        lambda given: check_case(case, **given, faults=found, by=request.user),
        done=f"第{case.position}份已保存。",
        url=lambda _: _after(request, case),
        show=lambda: _page(request, case, data=request.POST, form=form, status=400),
        conflict=partial(case_conflict, request),
    )


def _after(request: SignedInRequest, case: MonthlyCase) -> str:
    """The address of the next unjudged own report; else of the month's page, or of the home page."""
    waiting = list(
        case.audit.cases.filter(assessor=request.user, verdict="").order_by("position").only("pk", "position")
    )
    later = [one for one in waiting if one.position > case.position] or waiting
    if later:
        return reverse("audits:monthly_case", args=[later[0].pk])
    if request.user.may("audits.view_monthly", case.audit.department):
        return reverse("audits:month", args=[case.audit_id])
    return reverse("home")


def _with_hint(request: SignedInRequest, case: MonthlyCase, edition: Edition) -> QueryDict:
    """The sent form with a hint as a fault row and the verdict set: for browsers without JavaScript."""
    number = request.POST.get("take", "")
    hint = next((one for one in _hints(case, edition) if str(one.number) == number), None)
    if hint is None:
        return request.POST
    return with_hint(request.POST, hint)


def _hints(case: MonthlyCase, edition: Edition) -> tuple[Hint, ...]:
    content = case.revision.content
    secrets = patient_secrets(content, case.report.accession_number) | people_secrets(content)
    found = hints_of(case, shown_content(case, blind=True), secrets, edition)
    # Only a quarter distinguishes clauses that cost the point of row 2.1: a month lists every problem.
    return tuple(replace(hint, counts=True) for hint in found)


def _page(
    request: SignedInRequest,
    case: MonthlyCase,
    *,
    data: QueryDict | None = None,
    form: CheckForm | None = None,
    status: int = 200,
) -> HttpResponse:
    edition = load_edition(case.audit.edition)
    is_mine = case.assessor_id == request.user.pk
    is_open = is_mine and case.audit.status == MonthlyAudit.Status.DRAWN
    is_withheld = case.report_id in withheld_ids(request.user)
    shown = shown_content(case, blind=True)
    faults = faults_of([case.pk]).get(case.pk, ())
    hints = _hints(case, edition) if is_open else ()
    neighbours = list(
        case.audit.cases.filter(**({"assessor": request.user} if is_mine else {}))
        .order_by("position")
        .only("pk", "position", "verdict")
    )
    place = next(n for n, one in enumerate(neighbours) if one.pk == case.pk)
    context = {
        "case": case,
        "audit": case.audit,
        "system": shown_system(case.system, case.revision.content, blind=is_open or is_withheld),
        "report": SimpleNamespace(**shown),
        "marks": marks_of(shown, faults, hints),
        "faults_now": fault_lines(faults, edition),
        "verdict": verdict_tag(case, faults),
        "bar": neighbours,
        "done": sum(1 for one in neighbours if one.verdict),
        "previous": neighbours[place - 1] if place else None,
        "next": neighbours[place + 1] if place + 1 < len(neighbours) else None,
        "is_open": is_open,
        "may_view_month": request.user.may("audits.view_monthly", case.audit.department),
    }
    if is_open:
        context |= _ruling(case, edition, faults, hints, data, form)
    return render(request, "audits/monthly_case.html", context, status=status)


def _ruling(
    case: MonthlyCase,
    edition: Edition,
    faults: tuple[MonthlyFault, ...],
    hints: tuple[Hint, ...],
    data: QueryDict | None,
    form: CheckForm | None,
) -> dict[str, Any]:
    """The form of the assessor: as posted, else as ruled."""
    stored = [{name: getattr(fault, name) for name in FaultForm.base_fields} for fault in faults]
    options: dict[str, Any] = {"prefix": PREFIX, "form_kwargs": {"edition": edition}}
    initial = {"version": case.version, "verdict": case.verdict, "remark": case.remark}
    return {
        "form": form or (CheckForm(data) if data is not None else CheckForm(initial=initial)),
        "faults": FaultFormSet(data, **options)
        if data is not None
        else FaultFormSet(initial=stored, **options),
        "fault_prefix": PREFIX,
        "clause_groups": clause_groups(edition),
        "page": SimpleNamespace(hints=hints, state="describe"),
    }
