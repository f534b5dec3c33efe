"""Audits made the short way, through the same actions as the pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from audits.judging.actions.assignment import assign_fairly
from audits.judging.actions.permissions import allow_reader
from audits.judging.actions.rulings import (
    FaultInput,
    concordance_ruling,
    reveal_outcome,
    rule_conclusion,
    rule_description,
)
from audits.judging.models import Review
from audits.judging.queries.judges import draw_judges
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from audits.sampling.models import Audit
from staff.accounts.models import User
from staff.departments.models import Department
from tests.factories import pool_of

UNTIL = date(2026, 9, 30)
SEED = "test-seed"
ALLOWED = "科内评审医师不足，经讨论由其评审。"
FAULT = FaultInput(clause="6.4.3.2", reason="未指明参照组织。")
AGREES = {
    "localisation": "correct",
    "characterisation": "first_choice",
    "error_kind": "none",
    "judgement": "concordant",
    "reason": "",
    "stage_differs": False,
}
DIFFERS = AGREES | {
    "characterisation": "wrong",
    "error_kind": "misdiagnosed",
    "judgement": "discordant",
    "reason": "结局为另一种疾病。",
}
UNDECIDED = AGREES | {
    "characterisation": "not_given",
    "judgement": "undecidable",
    "reason": "结局不能判定。",
}


def planned_audit(department: Department, *, by: User | None = None, readers: int = 1, **more: Any) -> Audit:
    """A planned audit of 2026's third quarter with a known seed; the reason is for a window drawn before."""
    fields = {"seed": SEED, "repeat_reason": "补齐名单后重抽"} | more
    return open_audit(department=department, window=audit_window(UNTIL), by=by, readers=readers, **fields)


def drawn_audit(
    department: Department, *, n: int = 15, by: User | None = None, readers: int = 1, **fields: Any
) -> Audit:
    """A drawn audit over `n` eligible reports (factories.pool_of)."""
    pool_of(department, n, **fields)
    audit = planned_audit(department, by=by, readers=readers)
    return draw_audit(audit, version=audit.version, by=by)


def assigned_audit(
    department: Department,
    assessors: Sequence[User],
    *,
    n: int = 15,
    allowed_by: User | None = None,
    **fields: Any,
) -> Audit:
    """A drawn audit whose cases all have as many readers as there are assessors (one or two).

    `allowed_by`: the head, who allows those of them who may see outcomes.
    """
    audit = drawn_audit(department, n=n, readers=len(assessors), **fields)
    if allowed_by is not None:
        for judge in draw_judges(audit):
            if judge.refusal and judge.user in assessors:
                allow_reader(audit, reader=judge.user, reason=ALLOWED, by=allowed_by)
    assign_fairly(audit, assessors=assessors, version=audit.version, by=None)
    audit.refresh_from_db()
    return audit


def judge(review: Review, *, faulty: bool = False, conclusion: dict[str, Any] | None = None) -> Review:
    """Rule both parts of one review, in order, as its assessor."""
    by = review.assessor
    review = describe(review, faulty=faulty)
    review = reveal_outcome(review, version=review.version, by=by)
    ruling = concordance_ruling(**(conclusion or AGREES))
    return rule_conclusion(review, ruling=ruling, version=review.version, by=by)


def describe(review: Review, *, faulty: bool = False) -> Review:
    """Rule the description only."""
    verdict, faults = ("nonconforming", [FAULT]) if faulty else ("conforming", [])
    return rule_description(
        review, verdict=verdict, faults=faults, version=review.version, by=review.assessor
    )


def reviews_of(audit: Audit) -> list[Review]:
    """Reviews of the active cases by position and reader."""
    rows = Review.objects.filter(case__audit=audit, case__state="active").select_related("assessor", "case")
    return list(rows.order_by("case__position", "reader"))
