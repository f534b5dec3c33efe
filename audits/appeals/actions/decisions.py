"""复核: the decision on an appeal; the ruling that was appealed against is not changed."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.appeals.actions.appeals import locked, reason_of, refuse_obsolete, saved
from audits.appeals.domain.appeals import ruling_problems
from audits.appeals.models import Appeal
from audits.appeals.queries.hashes import decision_hash
from audits.appeals.queries.participants import refuse_to_decide
from audits.conflicts import RefusedError
from audits.judging.domain.appeals import State, Subject
from audits.judging.domain.concordance import ConcordanceRuling
from audits.judging.queries.results import case_results
from audits.monthly.queries.results import faults_of
from audits.sampling.models import Case
from reports.findings.actions.rulings import REASON_LENGTH, rule_finding
from reports.findings.models import Finding
from staff.accounts.models import User
from trail.chain import record


@transaction.atomic
def decide_appeal(
    appeal: Appeal,
    *,
    upheld: bool,
    reason: str,
    version: int,
    by: User,
    struck: Collection[int] = (),
    ruling: ConcordanceRuling | None = None,
) -> Appeal:
    """Decide an appeal (申诉成立 or 不成立), by its assessor; final.

    `struck`: ids of the appealed faults (AppealedFault) that are removed; `ruling`: the new judgement of a
    conclusion. The rulings appealed against are not changed.
    """
    appeal = locked(appeal, version, State.ASSIGNED)
    refuse_obsolete(appeal)
    refusal = (
        "这件申诉分配给了另一位复核人。" if appeal.assessor_id != by.pk else refuse_to_decide(appeal, by)
    )
    if refusal:
        raise RefusedError(refusal)
    appeal.decision_reason, appeal.decided_at = reason_of(appeal, reason), timezone.now()
    appeal.state = State.UPHELD if upheld else State.REJECTED
    appeal.stands = appeal.stood
    appeal.faults.update(struck=False)
    if upheld:
        _UPHOLD[Subject(appeal.subject)](appeal, struck, ruling, by)
    saved(appeal)
    record("audits.decide_appeal", by=by, target=appeal, detail=_trail_detail(appeal))
    return appeal


def _strike(appeal: Appeal, struck: Collection[int], _: ConcordanceRuling | None, __: User) -> None:
    """Remove faults; the report conforms when none is left."""
    rows = appeal.faults.filter(pk__in=struck)
    if not rows.update(struck=True):
        raise RefusedError("判为“申诉成立”须至少撤销一项问题。")
    if appeal.subject == Subject.MONTHLY:
        left = bool(faults_of([appeal.monthly_case_id or 0]))
    else:
        gone = set(appeal.faults.filter(struck=True).values_list("fault_id", flat=True))
        result = case_results(Case.objects.filter(appeals=appeal))[0]
        left = any(fault.pk not in gone for fault in result.ruled_faults)
    appeal.stands = "nonconforming" if left else "conforming"


def _rule_anew(appeal: Appeal, _: Collection[int], ruling: ConcordanceRuling | None, __: User) -> None:
    """Replace the judgement of the conclusion by a consistent one that differs from it."""
    if ruling is None:
        raise RefusedError("判为“申诉成立”须给出新的定位、定性和判定。")
    result = case_results(Case.objects.filter(appeals=appeal))[0]
    problems = ruling_problems(ruling, result.concordance)
    if problems:
        raise RefusedError("".join(problems))
    appeal.localisation, appeal.characterisation = ruling.localisation, ruling.characterisation
    appeal.error_kind, appeal.judgement = ruling.error_kind, ruling.judgement
    appeal.stage_differs, appeal.stands = ruling.stage_differs, ruling.judgement


def _dismiss(appeal: Appeal, _: Collection[int], __: ConcordanceRuling | None, by: User) -> None:
    """Dismiss the finding finally, unless no rule reports it any more."""
    appeal.stands = Finding.State.DISMISSED
    finding = appeal.finding
    if finding is not None and finding.is_current and not finding.ruling_is_final:
        words = f"{appeal}成立：{appeal.decision_reason}"[:REASON_LENGTH]
        rule_finding(finding, verdict="dismiss", version=finding.version, by=by, reason=words, final=True)


_UPHOLD = {
    Subject.DESCRIPTION: _strike,
    Subject.MONTHLY: _strike,
    Subject.CONCLUSION: _rule_anew,
    Subject.FINDING: _dismiss,
}


def _trail_detail(appeal: Appeal) -> dict[str, Any]:
    detail: dict[str, Any] = {"appeal": appeal.state, "subject": appeal.subject}
    detail["reason"] = appeal.decision_reason
    detail["hash"] = decision_hash(appeal)
    if appeal.state == State.UPHELD:
        detail["changed"] = {"result": [appeal.stood, appeal.stands]}
        struck = appeal.faults.filter(struck=True).select_related("fault", "monthly_fault")
        if clauses := [row.ruled.clause for row in struck]:
            detail["clauses"] = clauses
    return detail
