"""Pages of re-checks: the banner that offers one, the button, and its changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from reports.findings.actions.checking import waiting
from reports.findings.actions.rechecking import recheck
from reports.findings.models import CheckRun
from reports.findings.rule_texts import rule_cards, title_of
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.departments.queries import working_department

NEEDED = "reports.manage_rules"
VIEWS = "reports.view"
_LISTED = 10


def recheck_banner(request: SignedInRequest) -> dict[str, Any]:
    """Context of reports/_recheck.html: the open run, and whether reports are waiting."""
    department = working_department(request, VIEWS) if request.user.may(VIEWS) else None
    if department is None:
        return {}
    # Only one run can be open, so only the newest can be.
    last = CheckRun.objects.filter(department=department).first()
    return {
        "open_run": last if last and last.status in CheckRun.OPEN else None,
        "last_run": last,
        "is_waiting": waiting(department).exists(),
        "may_recheck": request.user.may(NEEDED, department),
    }


@requires(NEEDED)
@require_POST
def recheck_all(request: SignedInRequest) -> HttpResponse:
    """Start a re-check of all reports (`everything`) or of those not yet checked with the present rules."""
    department = working_department(request, NEEDED)
    if department is None:
        messages.error(request, "您还没有可以重新检查的科室。")
        return HttpResponseRedirect(reverse("reports:rules"))
    run = recheck(department, by=request.user, everything=bool(request.POST.get("everything")))
    return HttpResponseRedirect(reverse("reports:check_run", args=[run.pk]))


@requires(VIEWS)
@require_GET
def check_run(request: SignedInRequest, pk: int) -> HttpResponse:
    run = fetch(request, CheckRun.objects.for_page(), VIEWS, pk=pk)
    running = run.status in CheckRun.OPEN
    if request.htmx:
        response = render(request, "reports/_check_run_progress.html", {"run": run, "running": running})
        if not running:
            response.headers["HX-Refresh"] = "true"
        return response
    others = CheckRun.objects.filter(department=run.department).exclude(pk=pk).select_related("asked_by")
    context = {
        "run": run,
        "running": running,
        "lines": _lines(run),
        "untouched": sum(1 for counts in run.by_code.values() if not (counts["added"] or counts["gone"])),
        "others": others[:_LISTED],
    }
    return render(request, "reports/check_run.html", context)


def _lines(run: CheckRun) -> list[dict[str, Any]]:
    """Changes by code, most changes first, without codes that did not change."""
    changed = [(code, counts) for code, counts in run.by_code.items() if counts["added"] or counts["gone"]]
    changed.sort(key=lambda pair: (-pair[1]["added"] - pair[1]["gone"], pair[0]))
    cards = rule_cards()
    return [
        {
            "code": code,
            "title": title_of(code),
            "clause": cards[code].clause.number if code in cards else "",
            "is_rule": code in cards,
            **counts,
        }
        for code, counts in changed
    ]
