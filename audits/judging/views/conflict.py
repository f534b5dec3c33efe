"""The page that answers a second save of a ruling: both versions are shown (docs/quality.md F7)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audits.conflicts import ConflictError
from audits.judging.domain.concordance import Characterisation, ErrorKind, Judgement, Localisation
from audits.judging.forms import PREFIX, drafted_faults
from audits.judging.models import Review
from audits.judging.page import judge_page

_NOT_REPEATED = ("csrfmiddlewaretoken", "version", "draft_version")


def review_conflict(request: HttpRequest, part: str, conflict: ConflictError) -> HttpResponse:
    """409 with both versions, and a choice between them; `part` names the form."""
    review = Review.objects.for_page().get(pk=conflict.current.pk)
    page = judge_page(review)
    context = {
        "review": review,
        "page": page,
        "part": part,
        "mine": _mine(request),
        "stored": _stored(review),
        "repeat": [(k, v) for k, v in request.POST.items() if k not in _NOT_REPEATED],
        "may_repeat": page.is_open and part != "揭示结局",
    }
    return render(request, "audits/conflict.html", context, status=409)


def _mine(request: HttpRequest) -> list[tuple[str, str]]:
    """What was just sent, as labels and values."""
    post = request.POST
    verdict = dict(Review.Description.choices).get(post.get("verdict", ""), "")
    faults = (
        "；".join(f"{f['clause']} {f['reason']}" for f in drafted_faults(post))
        if f"{PREFIX}-TOTAL_FORMS" in post
        else ""
    )
    pairs = [
        ("影像描述", verdict if post.get("verdict") else ""),
        ("问题", faults),
        ("扣分理由", post.get("description_reason", "")),
        *_conclusion(post.get),
        ("结论理由", post.get("conclusion_reason", "")),
    ]
    return [(label, value) for label, value in pairs if value]


def _stored(review: Review) -> list[tuple[str, str]]:
    faults = "；".join(f"{fault.clause} {fault.reason}" for fault in review.faults.all())
    pairs = [
        ("影像描述", str(review.get_description_display())),
        ("问题", faults),
        ("扣分理由", review.description_reason),
        ("结局", "已揭示" if review.outcome_seen_at else "未揭示"),
        *_conclusion(lambda name: getattr(review, name)),
        ("结论理由", review.conclusion_reason),
    ]
    return [(label, value) for label, value in pairs if value]


def _conclusion(given: Callable[[str], str | None]) -> list[tuple[str, str]]:
    kinds = (
        ("定位", "localisation", Localisation),
        ("定性", "characterisation", Characterisation),
        ("错误类型", "error_kind", ErrorKind),
        ("判定", "judgement", Judgement),
    )
    return [
        (label, next((word.zh for word in words if word == given(name)), "")) for label, name, words in kinds
    ]
