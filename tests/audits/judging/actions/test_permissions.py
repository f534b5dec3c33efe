"""Who may see outcomes is no reader unless the head allows it, with a reason."""

from datetime import date

import pytest

from audits.conflicts import RefusedError
from audits.judging.actions.assignment import assign_case, assign_fairly
from audits.judging.actions.permissions import allow_reader, withdraw_reader
from audits.judging.actions.replacement import replace_case
from audits.judging.models import Review
from audits.judging.queries.judges import draw_judges, offered
from audits.quarter.actions.quarters import open_audit
from audits.sampling.domain.window import audit_window
from staff.accounts.models import RoleGrant
from tests import people
from tests.audits.factories import ALLOWED, drawn_audit
from trail.models import Event

WHY = "测一鸣以质控员的角色能查看结局，须经科主任写明理由允许，才能评审。"


@pytest.fixture
def audit(department):
    return drawn_audit(department)


def refusals(audit):
    return {judge.user.username: judge.refusal for judge in draw_judges(audit)}


def test_draw_judges_offers_the_assessor_and_says_why_not_the_officer(audit, assessor, officer):
    assert refusals(audit) == {"assessor": "", "officer": WHY}
    assert offered(draw_judges(audit)) == [assessor]


def test_draw_judges_assessor_who_becomes_officer_is_no_longer_offered(audit, assessor, department):
    RoleGrant.objects.create(user=assessor, role="qc_officer", department=department)
    assert "质控员" in refusals(audit)["assessor"]


def test_draw_judges_cost_the_same_for_one_or_three(audit, officer, department, django_assert_num_queries):
    with django_assert_num_queries(3):
        draw_judges(audit)
    for n in "甲乙":
        people.person(f"officer-{n}", f"质控{n}", "qc_officer", department)
    with django_assert_num_queries(3):
        draw_judges(audit)


def test_assign_one_who_may_see_outcomes_is_refused_until_the_head_allows_it(audit, officer, head):
    case = audit.cases.first()
    with pytest.raises(RefusedError, match=WHY):
        assign_case(case, assessors=[officer], version=audit.version, by=None)
    with pytest.raises(RefusedError, match=WHY):
        assign_fairly(audit, assessors=[officer], version=audit.version, by=None)
    assert not Review.objects.exists()
    permission = allow_reader(audit, reader=officer, reason=f" {ALLOWED} ", by=head)
    assert (permission.reason, permission.allowed_by) == (ALLOWED, head)
    assert refusals(audit) == {"officer": ""}
    made, _ = assign_fairly(audit, assessors=[officer], version=audit.version, by=None)
    assert made == 10


def test_allow_reader_is_in_the_trail_with_its_reason(audit, officer, head):
    allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    event = Event.objects.order_by("seq").last()
    assert (event.action, event.target_id) == ("audits.allow_reader", str(audit.pk))
    assert event.detail == {"assessor": "测一鸣", "reason": ALLOWED}


def test_allow_reader_holds_for_its_own_draw_only(department, audit, officer, head):
    allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    other = open_audit(department=department, window=audit_window(date(2025, 9, 30)), by=None)
    assert (refusals(audit), refusals(other)) == ({"officer": ""}, {"officer": WHY})


@pytest.mark.parametrize("role", ["qc_officer", "assessor", "admin"])
def test_allow_reader_by_anyone_but_the_head_is_refused(audit, officer, department, role):
    other = people.person("other", "他人", role, department)
    with pytest.raises(RefusedError, match="只有科主任"):
        allow_reader(audit, reader=officer, reason=ALLOWED, by=other)


def test_allow_reader_needs_a_reason_a_judge_and_a_cause(audit, officer, head, assessor, member):
    for reader, reason, word in (
        (officer, "  ", "须写明理由"),
        (member, ALLOWED, "没有本科室的评审权限"),
        (assessor, ALLOWED, "无须允许"),
    ):
        with pytest.raises(RefusedError, match=word):
            allow_reader(audit, reader=reader, reason=reason, by=head)
    allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    with pytest.raises(RefusedError, match="已允许"):
        allow_reader(audit, reader=officer, reason=ALLOWED, by=head)


def test_withdraw_reader_as_long_as_there_is_no_case(audit, officer, head):
    permission = allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    withdraw_reader(permission, by=head)
    assert refusals(audit) == {"officer": WHY}
    permission = allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    assign_fairly(audit, assessors=[officer], version=audit.version, by=None)
    with pytest.raises(RefusedError, match="先改派"):
        withdraw_reader(permission, by=head)


def test_reader_assigned_before_the_rule_stays_and_gets_no_replacement(audit, assessor, department):
    case = audit.cases.first()
    assign_case(case, assessors=[assessor], version=audit.version, by=None)
    RoleGrant.objects.create(user=assessor, role="qc_officer", department=department)
    audit.refresh_from_db()
    assert assign_case(case, assessors=[assessor], version=audit.version, by=None)
    audit.refresh_from_db()
    new, problems = replace_case(case, reason="影像不可读", version=audit.version, by=None)
    assert not new.reviews.exists()
    assert "须经科主任写明理由允许" in problems[0]
