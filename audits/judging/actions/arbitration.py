"""仲裁: a third assessor rules where two readers differ on what counts (DOMAIN 3.2)."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import ConflictError, RefusedError
from audits.judging.domain.rulings import SettlementState
from audits.judging.models import Review
from audits.judging.queries.hashes import description_hash
from audits.judging.queries.judges import barred, reading_refusal
from audits.judging.queries.results import CaseResult, audit_results
from audits.sampling.models import Audit, Case
from staff.accounts.models import User
from trail.chain import record

AGREED = "两位评审医师对影像描述意见一致，未经仲裁。"


def in_dispute(case: CaseResult) -> bool:
    """True when a part of the case waits for an arbiter."""
    return SettlementState.ARBITRATION in (case.description.state, case.concordance.state)


def refuse_arbiter(result: CaseResult, user: User, unblind: str) -> str | None:
    """Why `user` may not arbitrate the case, as a sentence; None: they may.

    `unblind`: `reading_refusal` of the user in the case's draw.
    """
    if any(r.assessor_id == user.pk and not r.is_arbiter for r in result.readings):
        return "您是这一例的评审医师，不能再作仲裁。"
    return unblind or barred(result.case, user)


@transaction.atomic
def take_case(case: Case, *, by: User) -> Review:
    """Become the arbiter of a disputed case; from then on it is judged like a reader's, on the same page.

    Where the readers agree on the description their ruling is copied, so that only the conclusion is judged.
    Raises RefusedError, and ConflictError when there is another arbiter already.
    """
    audit = Audit.objects.select_for_update().get(pk=case.audit_id)
    if audit.status != Audit.Status.DRAWN:
        raise RefusedError(f"这次抽样{audit.get_status_display()}，不能再仲裁。")
    result = next((c for c in audit_results(audit).cases if c.case.pk == case.pk), None)
    if result is None:
        raise RefusedError("这一例已被更换，不再评审。")
    held = next((r for r in result.readings if r.is_arbiter), None)
    if held is not None:
        review: Review = Review.objects.select_related("assessor").get(pk=held.review_id)
        if review.assessor_id == by.pk:
            return review
        raise ConflictError(review, f"这一例已由{review.assessor.full_name}接手仲裁。")
    if not in_dispute(result):
        raise RefusedError("两位评审医师意见一致或尚未评完，这一例无须仲裁。")
    refusal = refuse_arbiter(result, by, reading_refusal(audit, by))
    if refusal:
        raise RefusedError(refusal)
    review = Review(case=result.case, assessor=by, reader=Review.Reader.ARBITER, assigned_by=by)
    if result.description.state is SettlementState.SETTLED:
        review.description = "nonconforming" if result.description.faulty else "conforming"
        review.description_at, review.description_reason = timezone.now(), AGREED
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:
        raise RefusedError("您已参与这一例的评审，不能再作仲裁。") from None
    copied = {"hash": description_hash(review, ())} if review.description_at else {}
    record("audits.take_arbitration", by=by, target=review, department=audit.department_id, detail=copied)
    return review
