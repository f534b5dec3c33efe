"""文本检查: the list of findings and its counts, the next unjudged one, and a person's ruling."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from exporting.listing import listing
from exporting.register import MOST_ROWS, lines_response, wants_workbook
from reports.archive.queries import left_out
from reports.findings.actions.rulings import rule_finding
from reports.findings.filters import BINDING, FindingFilter, filter_pairs, filter_query
from reports.findings.forms import VERDICTS, RulingForm, errors_text
from reports.findings.models import Finding
from reports.findings.page import note_of
from reports.findings.queries.counts import BY, counted
from reports.findings.querysets import FindingQuerySet
from reports.findings.tables import SHOWN, FindingTable, workbook_lines
from reports.findings.views.recheck import recheck_banner
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.searching.actions import person_searches

VIEWS = ("reports.view", "reports.view_own")
RULES = "reports.rule_findings"


@requires(*VIEWS)
@require_GET
def finding_list(request: SignedInRequest) -> HttpResponse:
    rows = Finding.objects.visible_to(request.user)
    narrowed = FindingFilter(request.GET, queryset=rows)
    shown = narrowed.qs.select_related("report").only(*SHOWN)
    if wants_workbook(request):
        lines = workbook_lines(shown.order_by("-reported_at", "-id")[: MOST_ROWS + 1])
        note = left_out(request.user)
        return lines_response(
            request, lines, name="文本检查提示", action="reports.export_findings", note=note
        )
    list_query = filter_query(request.GET)
    context: dict[str, Any] = {
        "filter": narrowed,
        "list_query": list_query,
        "ways": _views(request),
        "by": _by(request),
    }
    if context["by"]:
        people = partial(person_searches, request.user, request.GET, "physician")
        context["counted"] = counted(narrowed.qs, context["by"], request.GET, filter_query, people)
        found = context["counted"].total
    else:
        page = listing(request, FindingTable, shown, exports=True, list_query=list_query)
        context |= {"page": page, "table": page.table}
        found = page.count
    if request.htmx:
        return render(request, "reports/_findings.html", context)
    context |= {"may_rule": request.user.may(RULES), "nothing": not (found or list_query)} | recheck_banner(
        request
    )
    return render(request, "reports/findings.html", context)


def _by(request: SignedInRequest) -> str:
    """How the findings are counted; "" lists them."""
    asked = request.GET.get("by", "")
    return asked if asked in BY and (asked != "physician" or request.user.may("reports.view")) else ""


def _views(request: SignedInRequest) -> list[tuple[str, str, str]]:
    """(code, label, query) of the list and of each count; without `reports.view` no count by physician."""
    list_query = filter_query(request.GET)
    views = [("", "列表"), *BY.items()]
    if not request.user.may("reports.view"):
        views = [view for view in views if view[0] != "physician"]
    return [(by, label, "&".join(filter(None, (by and f"by={by}", list_query)))) for by, label in views]


@requires(RULES)
@require_GET
def finding_next(request: SignedInRequest) -> HttpResponse:
    """Redirect to the next report with an open finding of the filter; `after`: the current finding."""
    rows = Finding.objects.visible_to(request.user, RULES)
    rows = FindingFilter(request.GET, queryset=rows).qs.filter(is_current=True, state="open")
    if not (request.GET.get("severity") or request.GET.get("code")):
        rows = rows.filter(severity__in=BINDING)
    list_query = filter_query(request.GET)
    found = _following(rows, request.GET.get("after", ""))
    if found is None:
        messages.success(request, "符合条件的提示都已核对。")
        return HttpResponseRedirect(f"{reverse('reports:findings')}?{list_query}")
    first = min(rows.filter(report=found.report_id).select_related("report"), key=lambda row: row.place)
    address = reverse("reports:detail", args=[found.report_id])
    return HttpResponseRedirect(f"{address}?{list_query}#finding-{first.pk}")


def _following(rows: FindingQuerySet[Finding], after: str) -> Finding | None:
    """The first finding of another report after `after` in the order of the list, wrapping around at the end.

    Findings without a time come last on SQLite and first on PostgreSQL: they are queried separately.
    """
    here = None
    if after.isascii() and after.isdecimal() and len(after) < 18:
        here = Finding.objects.filter(pk=int(after)).first()
    order = rows.order_by("-reported_at", "-id")
    if here is not None:
        order = order.exclude(report=here.report_id)
    timed, untimed = order.filter(reported_at__isnull=False), order.filter(reported_at__isnull=True)
    if here is None:
        return timed.first() or untimed.first()
    if here.reported_at is None:
        return untimed.filter(pk__lt=here.pk).first() or timed.first() or untimed.first()
    later = Q(reported_at__lt=here.reported_at) | Q(reported_at=here.reported_at, pk__lt=here.pk)
    return timed.filter(later).first() or untimed.first() or timed.first()


@requires(RULES)
@require_POST
def finding_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, dismiss or reopen; htmx gets the updated note, other requests a redirect to the report."""
    finding = fetch(request, Finding.objects.with_ruling(), RULES, pk=pk)
    form = RulingForm(request.POST)
    response = run_action(
        request,
        form,
        lambda given: rule_finding(finding, by=request.user, **given),
        done="",  # the note itself shows the ruling
        url=lambda _: _back(request, finding),
        show=lambda: _refused(request, finding, errors_text(form)),
        conflict=lambda error: _conflict(request, pk, str(error), form.cleaned_data["verdict"]),
    )
    if request.htmx and isinstance(response, HttpResponseRedirect):
        return _note(request, Finding.objects.with_ruling().get(pk=pk))
    return response


def _note(request: SignedInRequest, finding: Finding, status: int = 200, problem: str = "") -> HttpResponse:
    number = request.POST.get("number", "")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
    context = {
        "note": note_of(finding, place),
        "may_rule": True,
        "may_see_rules": request.user.may("reports.view"),
        "kept_pairs": filter_pairs(request.POST),
        "problem": problem,
        "is_past": not finding.is_current,
    }
    return render(request, "reports/_finding.html", context, status=status)


def _refused(request: SignedInRequest, finding: Finding, sentence: str) -> HttpResponse:
    if request.htmx:
        return _note(request, finding, 422, sentence)
    messages.error(request, sentence)
    return HttpResponseRedirect(_back(request, finding))


def _conflict(request: SignedInRequest, pk: int, sentence: str, verdict: str) -> HttpResponse:
    stands = Finding.objects.with_ruling().get(pk=pk)
    if request.htmx:
        return _note(request, stands, 409, sentence)
    asked = dict(VERDICTS)[verdict]
    context = {"note": note_of(stands), "sentence": sentence, "asked": asked, "back": _back(request, stands)}
    return render(request, "reports/finding_conflict.html", context, status=409)


def _back(request: SignedInRequest, finding: Finding) -> str:
    """The page of the button: `next` when it is a local URL, else the report."""
    back = request.POST.get("next", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return back
    list_query = filter_query(request.POST)
    query = f"?{list_query}" if list_query else ""
    return f"{reverse('reports:detail', args=[finding.report_id])}{query}#finding-{finding.pk}"
