"""操作留痕: who did what, and whether the chain holds."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from exporting.listing import listing
from exporting.register import wants_workbook, workbook_response
from staff.access.permissions import requires
from staff.access.purposes import with_purpose
from staff.access.requests import SignedInRequest
from staff.access.withholding import withheld_targets, withheld_words
from staff.trail_page.filters import TrailFilter
from staff.trail_page.tables import TrailTable
from trail.anchors import is_overdue, read_anchors
from trail.chain import anchor, verify_newest
from trail.checkpoints import latest, note
from trail.models import Event

_CHECKED = 200
_VERIFY_RECORDS = "scoring.verify_records"  # an action of a later app; its page has the details


@requires("staff.view_trail")
@require_GET
def trail(request: SignedInRequest) -> HttpResponse:
    """The events, newest first. The newest few are verified on every look, the whole by command."""
    rows = Event.objects.visible_to(request.user, "staff.view_trail")
    narrowed = TrailFilter(request.GET, queryset=rows)
    blotted: dict[str, Any] = {
        "hidden": withheld_words(request.user),
        "withheld": withheld_targets(request.user),
        "viewer": request.user,
    }
    if wants_workbook(request):
        send = partial(
            workbook_response, request, TrailTable, narrowed.qs, name="操作留痕", action="trail.export"
        )
        return with_purpose(request, "操作留痕", lambda purpose: send(purpose=purpose, **blotted))
    page = listing(request, TrailTable, narrowed.qs, exports=True, asks_purpose=True, **blotted)
    context = {"filter": narrowed, "page": page, "table": page.table}
    if request.htmx:
        return render(request, "staff/_trail.html", context)
    return render(request, "staff/trail.html", context | _chain())


def _chain() -> dict[str, object]:
    anchors, wrong = read_anchors()
    problems = [*verify_newest(_CHECKED), *wrong]
    last = anchors[-1] if anchors else None
    if last is not None and not Event.objects.filter(seq=last.seq, hash=last.hash).exists():
        problems.append(f"锚点记有第{last.seq}条，现有记录中没有与之相符的一条：留痕曾被删除或重写。")
    return {
        "end": anchor(),
        "checked": _CHECKED,
        "problems": problems,
        "purged": note(point) if (point := latest()) else "",
        "last_anchor": last,
        "anchor_overdue": is_overdue(last),
        "verification": Event.objects.filter(action=_VERIFY_RECORDS).order_by("-seq").first(),
    }
