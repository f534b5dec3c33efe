"""The page a second save gets: what was typed beside what is stored, nothing overwritten (QUALITY F7)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audits.conflicts import ConflictError
from audits.judging.domain.concordance import Characterisation, ErrorKind, Judgement, Localisation
from audits.judging.forms import PREFIX, drafted_faults
from audits.judging.models import Review
from audits.judging.page import judge_page
from audits.sampling.models import Audit

_ASKED = (("reason", "理由"), ("start", "延长后的首日"))
_KEPT_BACK = ("csrfmiddlewaretoken", "version", "draft_version")


def review_conflict(request: HttpRequest, conflict: ConflictError, part: str) -> HttpResponse:
    """409 with both versions, and the choice to keep either; `part` says which form it was."""
    review = Review.objects.select_related(
        "case__audit__department", "case__report", "case__revision", "assessor"
    ).get(pk=conflict.current.pk)
    page = judge_page(review)
    context = {
        "review": review,
        "page": page,
        "part": part,
        "mine": _mine(request),
        "stored": _stored(review),
        "repeat": [(k, v) for k, v in request.POST.items() if k not in _KEPT_BACK],
        "may_repeat": page.is_open and part != "揭示结局",
    }
    return render(request, "audits/conflict.html", context, status=409)


def audit_conflict(request: HttpRequest, conflict: ConflictError, act: str) -> HttpResponse:
    """409 for an act on an audit: what was asked for beside how the audit stands now."""
    audit = Audit.objects.select_related("department__institution").get(pk=conflict.current.pk)
    asked = [("操作", act), *((label, request.POST.get(name, "")) for name, label in _ASKED)]
    stands = [
        ("状态", audit.get_status_display()),
        ("窗口", f"{audit.window_start} 至 {audit.window_end}"),
        ("在评病例", f"{audit.cases.active().count()} 份" if audit.drawn_at else "尚未抽取"),
        ("版次", f"第{audit.version}版"),
    ]
    context = {"audit": audit, "mine": [pair for pair in asked if pair[1]], "stored": stands}
    return render(request, "audits/audit_conflict.html", context, status=409)


def _mine(request: HttpRequest) -> list[tuple[str, str]]:
    """What was just posted, in words."""
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


def _conclusion(given) -> list[tuple[str, str]]:
    kinds = (
        ("定位", "localisation", Localisation),
        ("定性", "characterisation", Characterisation),
        ("错误类型", "error_kind", ErrorKind),
        ("判定", "judgement", Judgement),
    )
    return [
        (label, next((word.zh for word in words if word == given(name)), "")) for label, name, words in kinds
    ]
