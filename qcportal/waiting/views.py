"""待我处理: everything that waits for the person, by kind."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from qcportal.waiting.kinds import KINDS
from qcportal.waiting.queries import counts_of, kinds_of, lines_of
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires("home.view")
@require_GET
def waiting(request: SignedInRequest, at: str = "") -> HttpResponse:
    """All that waits; with `at`, what one entry of the navigation counts."""
    if at and at not in {kind.at for kind in KINDS}:
        raise Http404
    counts = counts_of(request)
    kinds = [kind for kind in kinds_of(request.user) if counts[kind.code] and at in ("", kind.at)]
    sections = [(kind, lines_of(request.user, kind)) for kind in kinds]
    context = {"sections": sections, "total": sum(len(lines) for _, lines in sections), "narrowed": bool(at)}
    return render(request, "qcportal/waiting.html", context)
