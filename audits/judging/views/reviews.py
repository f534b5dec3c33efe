"""我的评审: the list of one's own cases, and the page on which one case is judged."""

from datetime import datetime
from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audits.conflicts import ConflictError, RefusedError, sent_version
from audits.judging.actions.rulings import (
    concordance_ruling,
    reveal_outcome,
    rule_conclusion,
    rule_description,
    save_draft,
)
from audits.judging.filters import ReviewFilter
from audits.judging.forms import (
    PREFIX,
    ConclusionForm,
    DescriptionForm,
    clause_groups,
    conclusion_initial,
    description_initial,
    fault_forms,
    one_row_more,
)
from audits.judging.hints import with_hint
from audits.judging.models import Review
from audits.judging.page import judge_page
from audits.judging.tables import ReviewTable
from audits.judging.views.conflict import review_conflict
from audits.sampling.queries.withheld import withheld_ids
from exporting.listing import listing
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.access.withholding import WithheldError, place_to_judge
from standards.loader import load_edition

_NOT_DRAFTED = ("csrfmiddlewaretoken", "version", "draft_version", "part", "then", "more")
_RULING = ("localisation", "characterisation", "error_kind", "judgement", "stage_differs")


@requires("audits.judge")
@require_GET
def my_reviews(request: SignedInRequest) -> HttpResponse:
    rows = Review.objects.visible_to(request.user).filter(reader__in=(1, 2), case__state="active")
    rows = rows.exclude(case__audit__status="cancelled").for_list()
    narrowed = ReviewFilter(request.GET, queryset=rows)
    page = listing(request, ReviewTable, narrowed.qs)
    unfinished = rows.unfinished()
    context = {
        "filter": narrowed,
        "page": page,
        "table": page.table,
        "total": rows.filter(case__audit__status="drawn").count(),
        "open": unfinished.count(),
        "next": unfinished.order_by("case__audit__window_end", "case__position").first(),
    }
    context["done"] = context["total"] - context["open"]
    return render(request, "audits/_table.html" if request.htmx else "audits/my_reviews.html", context)


@requires("audits.judge")
@require_GET
def judge(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _fetch(request, pk))


@requires("audits.judge")
@require_POST
def description(request: SignedInRequest, pk: int) -> HttpResponse:
    review = _fetch(request, pk)
    edition = load_edition(review.case.audit.edition)
    if request.POST.get("more"):
        return _page(request, review, data=one_row_more(request.POST))
    if request.POST.get("take"):
        return _page(request, review, take=request.POST["take"])
    form = DescriptionForm(request.POST)
    faults = fault_forms(review, edition, request.POST)
    if not (form.is_valid() and faults.is_valid()):
        return _page(request, review, data=request.POST, status=400)

    def rule(given: dict[str, Any]) -> Review:
        ruled = rule_description(
            review,
            verdict=given["verdict"],
            faults=[row.value_as_input for row in faults if row.has_changed()],
            reason=given["description_reason"],
            reopened_reason=given["reopened_reason"],
            version=given["version"],
            by=request.user,
        )
        if request.POST.get("then") == "reveal":
            return reveal_outcome(ruled, version=ruled.version, by=request.user)
        return ruled

    def show() -> HttpResponse:
        problem = "".join(str(error) for error in form.non_field_errors())
        return _page(request, review, data=request.POST, problem=problem, status=400)

    return run_action(
        request,
        form,
        rule,
        done=f"第{review.case.position}份的影像描述评定已保存。",
        url=_url(review),
        show=show,
        conflict=partial(review_conflict, request, "影像描述"),
    )


@requires("audits.judge")
@require_POST
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    review = _fetch(request, pk)
    version = sent_version(request.POST)
    return run_action(
        request,
        Form(request.POST),
        lambda _: reveal_outcome(review, version=version, by=request.user),
        done="",
        url=_url(review),
        conflict=partial(review_conflict, request, "揭示结局"),
    )


@requires("audits.judge")
@require_POST
def conclusion(request: SignedInRequest, pk: int) -> HttpResponse:
    review = _fetch(request, pk)
    form = ConclusionForm(request.POST)

    def rule(given: dict[str, Any]) -> Review:
        codes = {name: given[name] for name in _RULING}
        ruling = concordance_ruling(reason=given["conclusion_reason"], **codes)
        return rule_conclusion(review, ruling=ruling, version=given["version"], by=request.user)

    return run_action(
        request,
        form,
        rule,
        done=f"第{review.case.position}份的诊断结论评定已保存。",
        url=lambda ruled: _after(request, ruled),
        show=lambda: _page(request, review, conclusion_form=form, status=400),
        conflict=partial(review_conflict, request, "诊断结论"),
    )


@requires("audits.judge")
@require_POST
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    review = _fetch(request, pk)
    part = request.POST.get("part")
    number = request.POST.get("draft_version", "")
    if part not in ("description", "conclusion") or not number.isdecimal() or len(number) > 18:
        return JsonResponse({"message": "草稿不完整，未保存；请刷新页面。"}, status=400)
    # PostgreSQL cannot store NUL, neither in a name nor in a text.
    posted = ((name.replace("\0", ""), str(text).replace("\0", "")) for name, text in request.POST.items())
    typed = {name: text for name, text in posted if name not in _NOT_DRAFTED}
    try:
        saved = save_draft(
            review, draft=review.draft | {part: typed}, draft_version=int(number), by=request.user
        )
    except RefusedError as refused:
        return JsonResponse({"message": str(refused)}, status=400)
    except ConflictError as conflict:
        return JsonResponse({"message": str(conflict)}, status=409)
    return JsonResponse({"draft_version": saved.draft_version, "saved_at": _clock(saved.drafted_at)})


def _clock(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%H:%M:%S")


def _after(request: SignedInRequest, review: Review) -> str:
    """The address after a conclusion: the next open case if requested, else the same page."""
    if request.POST.get("then") != "next":
        return _url(review)
    if review.reader == Review.Reader.ARBITER:
        return reverse("audits:arbitration")
    mine = Review.objects.visible_to(request.user).unfinished().filter(case__audit=review.case.audit_id)
    later = mine.filter(case__position__gt=review.case.position).order_by("case__position").first()
    found = later or mine.order_by("case__position").first()
    return _url(found) if found else reverse("audits:my_reviews")


def _fetch(request: SignedInRequest, pk: int) -> Review:
    review = fetch(request, Review.objects.for_page(), "audits.judge", pk=pk)
    # An earlier review of the same report, in a cancelled draw, would show its outcome.
    place = place_to_judge(request.user, review.case.report)
    if place and place != _url(review):
        raise WithheldError(place)
    # So would one of another report of the patient.
    if not place and review.outcome_seen_at and review.case.report_id in withheld_ids(request.user):
        raise WithheldError
    return review


def _url(review: Review) -> str:
    return reverse("audits:judge", args=[review.pk])


def _page(
    request: SignedInRequest,
    review: Review,
    *,
    data: QueryDict | None = None,
    conclusion_form: ConclusionForm | None = None,
    problem: str = "",
    take: str = "",
    status: int = 200,
) -> HttpResponse:
    """The judging page; `data`: the description form as sent, `problem`: why it was refused.

    `take`: the number of the hint to put into the posted form's fault rows.
    """
    edition = load_edition(review.case.audit.edition)
    page = judge_page(review)
    if take:
        hint = next((hint for hint in page.hints if str(hint.number) == take), None)
        data = with_hint(request.POST, hint) if hint else request.POST
    form = DescriptionForm(data) if data is not None else DescriptionForm(initial=description_initial(review))
    if problem:
        form.add_error(None, problem)
    context = {
        "page": page,
        "review": review,
        "description_form": form,
        "faults": fault_forms(review, edition, data),
        "fault_prefix": PREFIX,
        "clause_groups": clause_groups(edition),
        "conclusion_form": conclusion_form or ConclusionForm(initial=conclusion_initial(review)),
        "was_posted": data is not None,
    }
    return render(request, "audits/judge.html", context, status=status)
