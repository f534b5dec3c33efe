"""仲裁: cases on which two readers differ."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.arbitration import in_dispute, refuse_arbiter, take_case
from audits.judging.domain.blinding import shown_system
from audits.judging.domain.rulings import SettlementState
from audits.judging.queries.judges import reading_refusals
from audits.judging.queries.results import AuditResults, CaseResult, results_of
from audits.sampling.models import Audit, Case
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.accounts.models import User


@dataclass(frozen=True)
class Dispute:
    """A case without an arbiter, or arbitrated by the viewer. `refusal`: why the viewer may not arbitrate."""

    case_pk: int
    label: str
    position: int
    system: str
    modality: str
    parts: str
    arbiter: str
    review_url: str
    refusal: str


@requires("audits.arbitrate")
@require_GET
def arbitration(request: SignedInRequest) -> HttpResponse:
    audits = Audit.objects.visible_to(request.user, "audits.arbitrate").filter(status="drawn", readers=2)
    found = results_of(audits.without_draw())
    unblind = reading_refusals([results.audit for results in found], request.user)
    disputes = [d for results in found for d in _disputes(results, request.user, unblind[results.audit.pk])]
    return render(request, "audits/arbitration.html", {"disputes": disputes})


def _disputes(results: AuditResults, user: User, unblind: str) -> list[Dispute]:
    return [
        _dispute(results, case, user, unblind)
        for case in results.cases
        if in_dispute(case) or any(r.is_arbiter and r.assessor_id == user.pk for r in case.readings)
    ]


def _dispute(results: AuditResults, case: CaseResult, user: User, unblind: str) -> Dispute:
    arbiter = next((r for r in case.readings if r.is_arbiter), None)
    mine = arbiter is not None and arbiter.assessor_id == user.pk
    parts = [
        word
        for word, settled in (("影像描述", case.description), ("诊断结论", case.concordance))
        if settled.state is SettlementState.ARBITRATION
    ]
    return Dispute(
        case.case.pk,
        results.audit.label,
        case.position,
        shown_system(case.system, case.content, blind=True),
        case.modality,
        "、".join(parts),
        arbiter.assessor if arbiter else "",
        reverse("audits:judge", args=[arbiter.review_id]) if mine and arbiter else "",
        "" if arbiter else refuse_arbiter(case, user, unblind) or "",
    )


@requires("audits.arbitrate")
@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    case = fetch(request, Case.objects.for_page(), "audits.arbitrate", pk=pk)
    try:
        review = take_case(case, by=request.user)
    except (RefusedError, ConflictError) as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("audits:arbitration"))
    return HttpResponseRedirect(reverse("audits:judge", args=[review.pk]))
