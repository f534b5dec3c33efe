"""评审: one assessor's rulings on one case, description first and blind, then outcome and conclusion.

Every function takes the `version` of the review that the page showed and raises ConflictError when the review
was saved since; RefusedError when the rules of DOMAIN 2 and 3 do not allow it. Nothing is written then.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audits.conflicts import ConflictError, RefusedError, expect_version
from audits.judging.domain.appeals import State, Subject
from audits.judging.domain.concordance import (
    Characterisation,
    ConcordanceRuling,
    ErrorKind,
    Judgement,
    Localisation,
    consistent,
)
from audits.judging.domain.places import Place, UnfitPlaceError, locate
from audits.judging.domain.rulings import Progress, refuse_concordance, refuse_description, refuse_reveal
from audits.judging.models import Fault, Review
from audits.judging.queries.hashes import conclusion_hash, description_hash
from audits.judging.queries.readings import is_deductible
from audits.sampling.models import Audit, Case, FrozenCase
from staff.accounts.models import User
from standards.edition import Edition
from standards.loader import load_edition
from trail.chain import record

DRAFT_BYTES = 64 * 1024


@dataclass(frozen=True)
class FaultInput:
    """A fault as the form gives it: `start`/`end` in code points of `field`, or an excerpt to find there."""

    clause: str
    reason: str
    field: str = ""
    start: int | None = None
    end: int | None = None
    excerpt: str = ""


@transaction.atomic
def save_draft(review: Review, *, draft: dict[str, Any], draft_version: int, by: User) -> Review:
    """Store what was typed before a ruling. An older draft of a second window raises ConflictError.

    Leaves no trail event: a draft decides nothing, and one is saved every few seconds.
    """
    review = _own(review, by)
    if review.draft_version != draft_version:
        raise ConflictError(review, "这份评审的草稿已在另一窗口保存，本窗口的输入没有保存。")
    if len(json.dumps(draft, ensure_ascii=False).encode()) > DRAFT_BYTES:
        raise RefusedError("草稿过长，未自动保存；请精简理由后再试。")
    review.draft, review.draft_version, review.drafted_at = draft, draft_version + 1, timezone.now()
    review.save(update_fields=["draft", "draft_version", "drafted_at", "updated_at"])
    return review


@transaction.atomic
def rule_description(
    review: Review,
    *,
    verdict: str,
    faults: Sequence[FaultInput] = (),
    reason: str = "",
    reopened_reason: str = "",
    version: int,
    by: User,
) -> Review:
    """Rule row 2.1: 规范, or 不规范 with at least one fault under an 应/不应 clause.

    After the outcome was seen a new ruling needs `reopened_reason`, stored with it and in the trail.
    """
    review = _own(review, by)
    expect_version(review, version)
    refusal = refuse_description(progress_of(review), reopened_reason)
    if refusal:
        raise RefusedError(refusal)
    refuse_appealed(review.case.appeals.filter(subject=Subject.DESCRIPTION))
    edition = load_edition(review.case.audit.edition)
    _check_verdict(edition, verdict, faults)
    rows = [Fault(review=review, **values) for values in fault_values(review.case, edition, faults)]
    before = review.description
    review.description, review.description_at = verdict, timezone.now()
    # Reasons are shown, printed and handed out: a patient named in one is masked.
    report = review.case.report
    review.description_reason = report.masked(reason.strip())
    if review.outcome_seen_at:
        review.reopened_reason = report.masked(reopened_reason.strip())
    _ruled(review, keep="conclusion")
    review.faults.all().delete()
    Fault.objects.bulk_create(rows)
    detail = {"verdict": verdict, "before": before, "clauses": [fault.clause for fault in faults]}
    detail["hash"] = description_hash(review, rows)
    if review.outcome_seen_at:
        detail["reopened_reason"] = review.reopened_reason
    record("audits.rule_description", by=by, target=review, department=_department(review), detail=detail)
    return review


@transaction.atomic
def reveal_outcome(review: Review, *, version: int, by: User) -> Review:
    """Show outcome and physicians from now on; the description must be judged; idempotent."""
    review = _own(review, by)
    if review.outcome_seen_at:
        return review
    expect_version(review, version)
    refusal = refuse_reveal(progress_of(review))
    if refusal:
        raise RefusedError(refusal)
    review.outcome_seen_at = timezone.now()
    review.version += 1
    review.save()
    record("audits.reveal_outcome", by=by, target=review, department=_department(review))
    return review


@transaction.atomic
def rule_conclusion(review: Review, *, ruling: ConcordanceRuling, version: int, by: User) -> Review:
    """Rule row 2.2. A ruling that contradicts itself is refused with every contradiction named."""
    review = _own(review, by)
    expect_version(review, version)
    refusal = refuse_concordance(progress_of(review))
    problems = (refusal,) if refusal else consistent(ruling)
    if problems:
        raise RefusedError("".join(problems))
    refuse_appealed(review.case.appeals.filter(subject=Subject.CONCLUSION))
    before = review.judgement
    review.localisation, review.characterisation = ruling.localisation, ruling.characterisation
    review.error_kind, review.judgement = ruling.error_kind, ruling.judgement
    review.stage_differs = ruling.stage_differs
    review.conclusion_reason = review.case.report.masked(ruling.reason.strip())
    review.conclusion_at = timezone.now()
    _ruled(review, keep="description")
    detail = {"judgement": ruling.judgement, "error_kind": ruling.error_kind, "before": before}
    detail["hash"] = conclusion_hash(review)
    record("audits.rule_conclusion", by=by, target=review, department=_department(review), detail=detail)
    return review


def concordance_ruling(
    *,
    localisation: str,
    characterisation: str,
    error_kind: str,
    judgement: str,
    reason: str,
    stage_differs: bool,
) -> ConcordanceRuling:
    """A ruling from codes; RefusedError for a code that is not on its list."""
    try:
        return ConcordanceRuling(
            Localisation(localisation),
            Characterisation(characterisation),
            ErrorKind(error_kind),
            Judgement(judgement),
            reason,
            stage_differs,
        )
    except ValueError:
        raise RefusedError("定位、定性、错误类型和判定都须从所列各项中选择。") from None


def refuse_appealed(appeals: QuerySet[Any]) -> None:
    """Raise RefusedError unless every appeal against a ruling was withdrawn: a decision overrides it."""
    appeal = appeals.exclude(state=State.WITHDRAWN).first()
    if appeal is not None:
        raise RefusedError(f"{appeal}正在处理或已有结论，这部分评定不再由原评审更改。")


def progress_of(review: Review) -> Progress:
    """The progress of the review, as the ordering rules take it."""
    return Progress(bool(review.description_at), bool(review.outcome_seen_at), bool(review.conclusion_at))


def _own(review: Review, by: User) -> Review:
    """The review locked, with its case; RefusedError unless it is `by`'s own and still open to rulings."""
    locked: Review = Review.objects.select_for_update().get(pk=review.pk)
    case = Case.objects.select_related("audit", "revision", "report").get(pk=locked.case_id)
    locked.case = case
    if locked.assessor_id != by.pk:
        raise RefusedError("只有被分配的评审医师本人可以评定这一例。")
    if case.state != Case.State.ACTIVE:
        raise RefusedError("这一例已被更换，不再评审。")
    if case.audit.status != Audit.Status.DRAWN:
        raise RefusedError(f"这次抽样{case.audit.get_status_display()}，不能再作评定。")
    return locked


def _check_verdict(edition: Edition, verdict: str, faults: Sequence[FaultInput]) -> None:
    if verdict not in (Review.Description.CONFORMING, Review.Description.NONCONFORMING):
        raise RefusedError("请选择影像描述“规范”或“不规范”。")
    counting = [fault.clause for fault in faults if is_deductible(edition, fault.clause)]
    if verdict == Review.Description.NONCONFORMING and not counting:
        raise RefusedError(
            "判为“不规范”须至少列出一项违反“应/不应”条款的问题，并写明理由；“宜”只作提示，不扣分。"
        )
    if verdict == Review.Description.CONFORMING and counting:
        raise RefusedError(
            f"判为“规范”，却列有会扣分的问题（{'、'.join(dict.fromkeys(counting))}）：请改判“不规范”，或删除这些问题。"
        )


def fault_values(case: FrozenCase, edition: Edition, faults: Sequence[FaultInput]) -> list[dict[str, Any]]:
    """The fields of faults to store, places found and patients masked; RefusedError for an unfit fault."""
    return [_values_of(case, edition, number, fault) for number, fault in enumerate(faults, start=1)]


def _values_of(case: FrozenCase, edition: Edition, number: int, fault: FaultInput) -> dict[str, Any]:
    clause = edition.clauses_by_number.get(fault.clause)
    if clause is None:
        raise RefusedError(f"第{number}项问题：没有编号为“{fault.clause}”的条款，请从条款列表中选择。")
    if not fault.reason.strip():
        raise RefusedError(f"第{number}项问题（{fault.clause}）须写明理由。")
    try:
        given = Place(fault.field, fault.start, fault.end, fault.excerpt)
        place = locate(case.revision.content, case.report.accession_number, given)
    except UnfitPlaceError as unfit:
        raise RefusedError(f"第{number}项问题（{fault.clause}）：{unfit}") from None
    reason = case.report.masked(fault.reason.strip())
    return asdict(place) | {"clause": clause.number, "reason": reason}


def _ruled(review: Review, *, keep: str) -> None:
    """Save a ruling and drop its part of the draft; `keep` names the other part."""
    review.version += 1
    # An older window must not save a draft of this part again after it was ruled.
    review.draft_version += 1
    review.draft = {keep: review.draft[keep]} if keep in review.draft else {}
    review.save()


def _department(review: Review) -> int:
    return review.case.audit.department_id
