"""Two readers who differ, and the third who settles."""

import pytest

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.arbitration import AGREED, take_case
from audits.judging.actions.permissions import allow_reader
from audits.judging.actions.rulings import (
    concordance_ruling,
    reveal_outcome,
    rule_conclusion,
    rule_description,
)
from audits.judging.queries.results import audit_results
from staff.accounts.models import RoleGrant
from tests import people
from tests.audits.factories import AGREES, ALLOWED, DIFFERS, FAULT, assigned_audit, judge, reviews_of


@pytest.fixture
def second(department):
    return people.second_assessor(department)


@pytest.fixture
def third(department):
    return people.person("assessor3", "评三", "assessor", department)


@pytest.fixture
def audit(department, assessor, second):
    return assigned_audit(department, [assessor, second])


def judged(audit, *, faulty=(False, False), conclusions=(AGREES, AGREES)):
    """The first case judged by both readers; returns it."""
    pair = reviews_of(audit)[:2]
    for review, fault, conclusion in zip(pair, faulty, conclusions, strict=True):
        judge(review, faulty=fault, conclusion=conclusion)
    return pair[0].case


def first(audit):
    return audit_results(audit).cases[0]


def test_take_case_description_dispute_is_settled_by_the_arbiter(audit, third):
    case = judged(audit, faulty=(True, False))
    assert first(audit).description.state == "arbitration"
    review = take_case(case, by=third)
    assert (review.reader, review.description_at) == (3, None)
    rule_description(review, verdict="nonconforming", faults=[FAULT], version=1, by=third)
    result = first(audit)
    assert (result.description.faulty, [fault.by for fault in result.faults]) == (True, ["评三"])
    assert result.settled


def test_take_case_conclusion_dispute_takes_over_the_agreed_description(audit, third):
    case = judged(audit, faulty=(True, True), conclusions=(AGREES, DIFFERS))
    review = take_case(case, by=third)
    assert (review.description, review.description_reason) == ("nonconforming", AGREED)
    review = reveal_outcome(review, version=review.version, by=third)
    rule_conclusion(review, ruling=concordance_ruling(**DIFFERS), version=review.version, by=third)
    result = first(audit)
    assert (result.concordance.discordant, result.reasons) == (True, ("结局为另一种疾病。",))
    assert [fault.by for fault in result.faults] == ["评一 1002", "评二 1003"]


def test_take_case_agreement_refused(audit, third):
    case = judged(audit)
    with pytest.raises(RefusedError, match="无须仲裁"):
        take_case(case, by=third)


def test_take_case_by_a_reader_refused(audit, assessor):
    case = judged(audit, faulty=(True, False))
    with pytest.raises(RefusedError, match="您是这一例的评审医师"):
        take_case(case, by=assessor)


def test_take_case_own_report_refused(department, audit):
    author = people.person("author", "书写甲", "assessor", department)
    audit.cases.model.objects.all()
    case = judged(audit, faulty=(True, False))
    case.report.reporting_physician = "书写甲"
    case.report.save()
    with pytest.raises(RefusedError, match="本人书写"):
        take_case(case, by=author)


def test_take_case_by_one_who_may_see_outcomes_needs_the_head(department, audit, third, head):
    RoleGrant.objects.create(user=third, role="qc_officer", department=department)
    case = judged(audit, faulty=(True, False))
    with pytest.raises(RefusedError, match="须经科主任写明理由允许"):
        take_case(case, by=third)
    allow_reader(audit, reader=third, reason=ALLOWED, by=head)
    assert take_case(case, by=third).assessor == third


def test_take_case_second_arbiter_conflicts(department, audit, third):
    case = judged(audit, faulty=(True, False))
    take_case(case, by=third)
    fourth = people.person("assessor4", "评四", "assessor", department)
    with pytest.raises(ConflictError, match="已由评三接手"):
        take_case(case, by=fourth)


def test_take_case_twice_by_the_same_gives_the_same_review(audit, third):
    case = judged(audit, faulty=(True, False))
    assert take_case(case, by=third) == take_case(case, by=third)
