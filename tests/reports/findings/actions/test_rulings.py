"""A person rules on a finding; a rule that is wrong too often becomes a note until a person restores it."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from reports.conflicts import ConflictError, RefusedError
from reports.domain.precision import Precision
from reports.findings.actions.rulings import restore_rule, rule_finding
from reports.findings.models import Finding, RuleStanding
from reports.findings.queries.precision import precision_of, precisions
from tests.factories import make_report
from trail.models import Event

CODE = "6.4.3.2/no-reference-tissue"


@pytest.fixture
def report(department):
    return make_report(department)


def make_finding(report, at=0, **fields):
    values = {
        "report": report,
        "department": report.department,
        "code": CODE,
        "clause": "6.4.3.2",
        "field": "findings",
        "start": at,
        "end": at + 2,
        "excerpt": report.findings[at : at + 2],
        "message": "未写参照组织。",
        "severity": "suspect",
        "said_severity": "suspect",
        "fingerprint": f"{report.pk}-{at}",
        "rules_version": 1,
        "revision_number": 1,
        "reporting_physician": report.reporting_physician,
        "reported_at": report.reported_at,
    }
    return Finding.objects.create(**(values | fields))


def judge(report, officer, confirmed, dismissed, *, first=0):
    for i in range(confirmed + dismissed):
        verdict = "confirm" if i < confirmed else "dismiss"
        rule_finding(make_finding(report, first + i), verdict=verdict, version=0, by=officer)


@pytest.mark.parametrize(("verdict", "state"), [("confirm", "confirmed"), ("dismiss", "dismissed")])
def test_ruling_names_who_and_when_and_why(report, officer, verdict, state):
    row = rule_finding(make_finding(report), verdict=verdict, reason=" 图像已核对 ", version=0, by=officer)
    stored = Finding.objects.get()
    assert (stored.state, stored.ruled_by, stored.ruling_reason, stored.version) == (
        state,
        officer,
        "图像已核对",
        1,
    )
    assert stored.ruled_at is not None
    assert row.version == 1


def test_ruling_taken_back_leaves_nobody(report, officer):
    row = rule_finding(make_finding(report), verdict="dismiss", reason="误报", version=0, by=officer)
    rule_finding(row, verdict="reopen", version=1, by=officer)
    stored = Finding.objects.get()
    assert (stored.state, stored.ruled_by, stored.ruled_at, stored.ruling_reason) == ("open", None, None, "")


def test_ruling_leaves_an_event_that_names_no_patient(report, officer):
    rule_finding(make_finding(report), verdict="confirm", reason="受检甲的描述", version=0, by=officer)
    event = Event.objects.get(action="reports.rule_finding")
    assert (event.actor_id, event.detail) == (
        officer.pk,
        {
            "code": CODE,
            "report": report.pk,
            "finding": {"from": "open", "to": "confirmed"},
            "reason": "受**的描述",
        },
    )


def test_second_of_two_rulings_on_one_version_is_refused_whole(report, officer, head):
    finding = make_finding(report)
    rule_finding(finding, verdict="confirm", version=0, by=officer)
    with pytest.raises(ConflictError) as caught:
        rule_finding(finding, verdict="dismiss", version=0, by=head)
    assert caught.value.current.state == "confirmed"
    assert Finding.objects.get().ruled_by == officer


def test_finding_that_no_longer_holds_cannot_be_ruled_on(report, officer):
    with pytest.raises(ConflictError):
        rule_finding(make_finding(report, is_current=False), verdict="confirm", version=0, by=officer)
    assert Finding.objects.get().state == "open"


@pytest.mark.parametrize(("verdict", "reason"), [("maybe", ""), ("confirm", "长" * 301)])
def test_ruling_that_cannot_be_is_refused_in_words(report, officer, verdict, reason):
    with pytest.raises(RefusedError):
        rule_finding(make_finding(report), verdict=verdict, reason=reason, version=0, by=officer)
    assert Finding.objects.get().version == 0


def test_database_refuses_a_ruling_by_nobody(report):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_finding(report, state="dismissed", ruled_at=timezone.now())


def test_precision_counts_confirmed_of_judged_and_leaves_open_ones_out(report, officer, department):
    judge(report, officer, 3, 1)
    make_finding(report, 30)
    make_finding(report, 31, code="6.1.1/placeholder")
    assert precisions(department) == {CODE: Precision(3, 4)}
    assert precision_of(department, CODE) == Precision(3, 4)
    assert precision_of(department, "6.1.1/placeholder") == Precision(0, 0)


def test_rule_dismissed_too_often_becomes_a_note_by_itself_and_says_so(report, officer, department):
    judge(report, officer, 15, 4)
    assert not RuleStanding.objects.exists()
    judge(report, officer, 0, 1, first=30)  # 15 of 20: below 80 %
    open_one = make_finding(report, 40)
    standing = RuleStanding.objects.get()
    assert (standing.code, standing.demoted_to_note, standing.confirmed, standing.judged) == (
        CODE,
        True,
        15,
        20,
    )
    kept = Finding.objects.exclude(pk=open_one.pk).values_list("severity", "said_severity").distinct()
    assert list(kept.order_by()) == [("note", "suspect")]
    event = Event.objects.get(action="reports.demote_rule")
    assert (event.actor_name, event.detail) == ("系统", {"code": CODE, "confirmed": 15, "judged": 20})


def test_rule_exactly_at_the_bound_stays(report, officer):
    judge(report, officer, 16, 4)
    assert not RuleStanding.objects.exists()


def test_restored_rule_speaks_again_and_only_later_rulings_count(report, officer, department):
    judge(report, officer, 10, 10)
    assert restore_rule(department, CODE, reason="词表已修正", by=officer) == Precision(10, 20)
    standing = RuleStanding.objects.get()
    assert (standing.demoted_to_note, standing.restored_by, standing.restored_reason) == (
        False,
        officer,
        "词表已修正",
    )
    assert set(Finding.objects.values_list("severity", flat=True)) == {"suspect"}
    assert (precisions(department), precision_of(department, CODE)) == ({}, Precision(0, 0))
    judge(report, officer, 0, 19, first=50)
    assert RuleStanding.objects.get().demoted_to_note is False
    judge(report, officer, 0, 1, first=80)
    assert RuleStanding.objects.get().demoted_to_note is True


@pytest.mark.parametrize("reason", ["", "  "])
def test_restoration_without_a_reason_is_refused(report, officer, department, reason):
    judge(report, officer, 0, 20)
    with pytest.raises(RefusedError):
        restore_rule(department, CODE, reason=reason, by=officer)
    assert RuleStanding.objects.get().demoted_to_note is True


def test_restoration_of_a_rule_that_is_not_demoted_is_refused(department, officer):
    with pytest.raises(RefusedError):
        restore_rule(department, CODE, reason="试试", by=officer)


def test_officer_sees_the_departments_findings_and_a_member_those_on_reports_they_wrote(
    department, other_department, officer, member
):
    mine = make_finding(make_report(department, "A1", reporting_physician="书写甲"))
    reviewed = make_finding(
        make_report(department, "A2", reporting_physician="丁", reviewing_physician="书写甲")
    )
    operated = make_finding(
        make_report(department, "A3", reporting_physician="丁", reviewing_physician="乙", operator="书写甲")
    )
    make_finding(make_report(other_department, "A1"))
    assert set(Finding.objects.visible_to(officer)) == {mine, reviewed, operated}
    assert set(Finding.objects.visible_to(member)) == {mine, reviewed}
    assert not member.may("reports.rule_findings")


def test_shown_excerpt_masks_the_patient_and_keeps_its_length(department):
    report = make_report(department, findings="受检甲右肺结节。")
    row = make_finding(report, end=5, excerpt="受检甲右肺", message="“受检甲右肺”不规范。")
    assert (row.shown_excerpt, row.shown_message) == ("受**右肺", "“受**右肺”不规范。")
