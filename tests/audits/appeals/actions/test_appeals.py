"""已知晓 and 申诉: read, lodged, given out, decided; the last word on a ruling that itself stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.appeals.actions.appeals import acknowledge, assign_appeal, lodge_appeal, withdraw_appeal
from audits.appeals.models import Acknowledgement, Appeal
from audits.appeals.queries.hashes import decision_hash
from audits.appeals.queries.own_findings import problem_for, ruled_problems, waiting_count
from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.rulings import concordance_ruling, rule_conclusion, rule_description
from audits.judging.domain.appeals import Subject
from audits.judging.models import Fault, Review
from audits.judging.queries.results import SampleCount, audit_results
from tests import people
from tests.audits.appeals.factories import REASON, appealed, assigned, decided, settled_case, writer
from tests.audits.factories import AGREES, DIFFERS, assigned_audit, describe, reviews_of
from tests.stories import made_once
from trail.models import Event


@made_once
def case(department, assessor):
    return settled_case(department, assessor)


@pytest.fixture
def physician(department):
    return writer(department)


@pytest.fixture
def second(department):
    return people.second_assessor(department)


def test_problem_of_a_settled_case_is_seen_by_its_physician_alone(case, physician, department):
    (problem,) = ruled_problems(physician)
    assert (problem.subject, problem.pk, problem.codes, problem.summary) == (
        Subject.DESCRIPTION,
        case.pk,
        ("6.4.3.2",),
        "未指明参照组织",
    )
    assert problem.source == "2026年第3季度 第1份"
    assert (problem.state, problem.waits, waiting_count(physician)) == (("due", "待确认"), True, 1)
    other = people.person("other", "书写丑", "member", department)
    assert (ruled_problems(other), problem_for(other, Subject.DESCRIPTION, case.pk)) == ([], None)


def test_problem_of_an_unsettled_case_is_not_seen(department, assessor, physician):
    audit = assigned_audit(department, [assessor], n=1, reporting_physician="书写子")
    describe(reviews_of(audit)[0], faulty=True)
    assert ruled_problems(physician) == []


def test_acknowledge_records_who_and_when_once(case, physician):
    first = acknowledge(Subject.DESCRIPTION, case.pk, by=physician)
    again = acknowledge(Subject.DESCRIPTION, case.pk, by=physician)
    assert (first.pk, first.at) == (again.pk, again.at)
    assert list(Acknowledgement.objects.values_list("user", "subject", "case")) == [
        (physician.pk, "description", case.pk)
    ]
    assert Event.objects.filter(action="audits.acknowledge").count() == 1
    assert waiting_count(physician) == 0


def test_acknowledged_ruling_made_anew_waits_again(case, physician, assessor):
    acknowledge(Subject.DESCRIPTION, case.pk, by=physician)
    review = Review.objects.get(case=case)
    ruling = concordance_ruling(**AGREES)
    rule_conclusion(review, ruling=ruling, version=review.version, by=assessor)
    assert problem_for(physician, Subject.DESCRIPTION, case.pk).state == ("due", "待确认")


def test_acknowledge_of_anothers_report_is_refused(case, department):
    other = people.person("other", "书写丑", "member", department)
    with pytest.raises(RefusedError, match="没有这项评定"):
        acknowledge(Subject.DESCRIPTION, case.pk, by=other)
    assert not Acknowledgement.objects.exists()


def test_appeal_is_lodged_with_its_faults_and_masked_reason(case, physician):
    appeal = lodge_appeal(Subject.DESCRIPTION, case.pk, reason=f" 受检甲{REASON}", by=physician)
    assert (appeal.state, appeal.reason, appeal.stood) == ("open", f"受**{REASON}", "nonconforming")
    today = timezone.localdate()
    assert (appeal.visible_on, appeal.due_on) == (today, today + timedelta(days=10))
    assert [row.fault.clause for row in appeal.faults.all()] == ["6.4.3.2"]
    event = Event.objects.get(action="audits.lodge_appeal")
    assert event.detail == {
        "subject": "description",
        "report": case.report_id,
        "reason": f"受**{REASON}",
        "clauses": ["6.4.3.2"],
    }


@pytest.mark.parametrize(("days", "in_time"), [(15, True), (16, False)])
def test_appeal_last_day_of_the_limit_is_in_time(case, physician, days, in_time):
    ruled_at = timezone.now() - timedelta(days=days)
    Review.objects.update(description_at=ruled_at, outcome_seen_at=ruled_at, conclusion_at=ruled_at)
    if in_time:
        assert appealed(case, physician).state == "open"
    else:
        with pytest.raises(RefusedError, match="申诉期限为结果公布"):
            appealed(case, physician)


def test_appeal_without_reason_without_fault_or_twice_is_refused(case, physician):
    with pytest.raises(RefusedError, match="申诉请写明理由"):
        lodge_appeal(Subject.DESCRIPTION, case.pk, reason="  ", by=physician)
    with pytest.raises(RefusedError, match="至少选择一项"):
        lodge_appeal(Subject.DESCRIPTION, case.pk, reason=REASON, by=physician, faults=[])
    appealed(case, physician)
    with pytest.raises(RefusedError, match="已有一件申诉"):
        appealed(case, physician)
    assert Appeal.objects.count() == 1


def test_appealed_part_is_closed_to_its_judge_until_withdrawn(case, physician, assessor):
    appeal = appealed(case, physician)
    review = Review.objects.get(case=case)
    again = {"verdict": "conforming", "reopened_reason": "再看", "version": review.version, "by": assessor}
    with pytest.raises(RefusedError, match=f"第{appeal.pk}号申诉正在处理"):
        rule_description(review, **again)
    withdraw_appeal(appeal, version=appeal.version, by=physician)
    assert rule_description(review, **again).description == "conforming"
    assert Event.objects.get(action="audits.withdraw_appeal").detail == {"clauses": ["6.4.3.2"]}


def test_withdraw_by_another_is_refused(case, physician, officer):
    appeal = appealed(case, physician)
    with pytest.raises(RefusedError, match="本人可以撤回"):
        withdraw_appeal(appeal, version=appeal.version, by=officer)


def test_judge_of_the_case_may_not_decide(case, physician, assessor, officer):
    appeal = appealed(case, physician)
    with pytest.raises(RefusedError, match="复核人不能是原评审人"):
        assigned(appeal, assessor, officer)
    assert Appeal.objects.get().state == "open"


def test_physician_of_the_report_may_not_decide(case, physician, officer, department):
    appeal = appealed(case, physician)
    reviewer = people.person("reviewer", "审核乙", "assessor", department)
    with pytest.raises(RefusedError, match="复核人书写、审核、签发"):
        assigned(appeal, reviewer, officer)


def test_appellant_may_not_decide(case, officer, department):
    both = writer(department)
    both.role_grants.create(role="assessor", department=department)
    appeal = appealed(case, both)
    with pytest.raises(RefusedError, match="申诉人不能复核"):
        assigned(appeal, both, officer)


def test_assign_without_the_permission_is_refused(case, physician, officer, head):
    appeal = appealed(case, physician)
    with pytest.raises(RefusedError, match="没有本科室的申诉复核权限"):
        assigned(appeal, head, officer)


def test_decide_by_anyone_but_the_assigned_is_refused(case, physician, officer, second, department):
    appeal = assigned(appealed(case, physician), second, officer)
    third = people.person("third", "评三", "assessor", department)
    appeal.assessor = third
    with pytest.raises(RefusedError, match="分配给了另一位"):
        decided(appeal)


def test_decide_on_an_older_version_conflicts(case, physician, officer, second):
    appeal = assigned(appealed(case, physician), second, officer)
    appeal.version -= 1
    with pytest.raises(ConflictError):
        decided(appeal)


def test_upheld_appeal_strikes_the_fault_and_keeps_the_old_ruling(case, physician, officer, second):
    assert audit_results(case.audit).description_sample == SampleCount(3, 1)
    appeal = decided(assigned(appealed(case, physician), second, officer))
    results = audit_results(case.audit)
    assert results.description_sample == SampleCount(3, 0)
    first = results.cases[0]
    assert (first.description.faulty, first.faults) == (False, ())
    assert [fault.clause for fault in first.ruled_faults] == ["6.4.3.2"]
    review = Review.objects.get(case=case)
    assert (review.description, Fault.objects.filter(review=review).count()) == ("nonconforming", 1)
    assert (appeal.state, appeal.change) == ("upheld", "不规范 → 规范")
    assert waiting_count(physician) == 1
    acknowledge(Subject.DESCRIPTION, case.pk, by=physician)
    assert waiting_count(physician) == 0
    assert Event.objects.get(action="audits.decide_appeal").detail == {
        "appeal": "upheld",
        "subject": "description",
        "changed": {"result": ["nonconforming", "conforming"]},
        "clauses": ["6.4.3.2"],
        "reason": "参照组织已写明，问题不成立。",
        "hash": decision_hash(Appeal.objects.get(pk=appeal.pk)),
    }


def test_rejected_appeal_changes_nothing_and_is_final(case, physician, officer, second):
    appeal = decided(assigned(appealed(case, physician), second, officer), upheld=False)
    assert audit_results(case.audit).description_sample == SampleCount(3, 1)
    assert (appeal.state, appeal.stands) == ("rejected", "nonconforming")
    with pytest.raises(RefusedError, match="复核结论是最后的结论"):
        appealed(case, physician)


def test_upheld_appeal_without_a_struck_fault_is_refused(case, physician, officer, second):
    appeal = assigned(appealed(case, physician), second, officer)
    with pytest.raises(RefusedError, match="至少撤销一项"):
        decided(appeal, struck=[])
    assert Appeal.objects.get().state == "assigned"


def test_decision_without_reason_is_refused(case, physician, officer, second):
    appeal = assigned(appealed(case, physician), second, officer)
    with pytest.raises(RefusedError, match="复核请写明理由"):
        decided(appeal, reason=" ")


def test_upheld_conclusion_is_judged_anew(department, assessor, physician, officer, second):
    case = settled_case(department, assessor, faulty=False, discordant=True)
    appeal = assigned(appealed(case, physician, Subject.CONCLUSION), second, officer)
    ruling = concordance_ruling(**AGREES)
    appeal = decided(appeal, ruling=ruling, reason="首选诊断与结局一致。")
    results = audit_results(case.audit)
    assert results.conclusion_sample == SampleCount(3, 0)
    assert results.cases[0].concordance.judgement == "concordant"
    assert (results.cases[0].reasons, results.cases[0].ruled_reasons) == (
        ("首选诊断与结局一致。",),
        ("结局为另一种疾病。",),
    )
    assert Review.objects.get(case=case).judgement == "discordant"
    assert appeal.change == "不符合 → 符合"


@pytest.mark.parametrize(
    ("ruling", "sentence"),
    [
        (None, "须给出新的定位"),
        (DIFFERS, "与原判定相同"),
        (AGREES | {"judgement": "undecidable"}, "由质控员更换"),
        (AGREES | {"judgement": "partly"}, "首选诊断与结局一致应判为“符合”"),
    ],
)
def test_upheld_conclusion_needs_a_ruling_that_differs_and_holds(
    department, assessor, physician, officer, second, ruling, sentence
):
    case = settled_case(department, assessor, faulty=False, discordant=True)
    appeal = assigned(appealed(case, physician, Subject.CONCLUSION), second, officer)
    with pytest.raises(RefusedError, match=sentence):
        decided(appeal, ruling=concordance_ruling(**ruling) if ruling else None)


def test_appeal_against_a_cancelled_draw_waits_for_nobody(case, physician, officer, second):
    appeal = appealed(case, physician)
    case.audit.status = "cancelled"
    case.audit.save()
    with pytest.raises(RefusedError, match="抽样已作废"):
        assign_appeal(appeal, assessor=second, version=appeal.version, by=officer)
    assert not Appeal.objects.pending().exists()


def test_overdue_the_day_due_is_in_time(case, physician):
    appeal = appealed(case, physician)
    assert not Appeal.objects.overdue(appeal.due_on).exists()
    assert Appeal.objects.overdue(appeal.due_on + timedelta(days=1)).get() == appeal
