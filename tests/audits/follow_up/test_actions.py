"""随访与反馈: taken up, judged beside the outcome, fed back, confirmed; candidates gathered once."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import ConflictError, RefusedError
from audits.follow_up.actions import candidates as follow_up_candidates
from audits.follow_up.actions.candidates import gather_candidates, waiting_versions
from audits.follow_up.actions.records import (
    FeedbackInput,
    JudgementInput,
    OutcomeInput,
    confirm_feedback,
    exclude,
    mark_report,
    note_receipt,
    record_follow_up,
    take_up,
    take_up_many,
)
from audits.follow_up.domain.follow_up import State, Tally
from audits.follow_up.models import Feedback, FollowUp, FollowUpScan
from audits.follow_up.queries import (
    physicians_of,
    records_between,
    reporting_physician_of,
    status_of,
    tally_of,
)
from audits.follow_up.rules import follow_up_rules
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from tests import people
from tests.audits.follow_up.factories import AGREES, followed, marked
from tests.factories import make_outcome, make_report, make_revision
from trail.models import Event

pytestmark = pytest.mark.django_db
RULES = follow_up_rules()


@pytest.fixture
def report(department):
    return make_report(department, "F1")


def days_ago(days):
    return timezone.make_naive(timezone.now() - timedelta(days=days)).replace(hour=9)


def events(action):
    return list(Event.objects.filter(action=action).order_by("seq").values_list("detail", flat=True))


def test_report_marked_is_part_of_the_register_with_reason_and_trail(report, officer):
    row = mark_report(report, is_operated=False, is_difficult=True, reason="受检甲定性困难", by=officer)
    assert (row.state, row.is_operated, row.is_difficult, row.decided_by) == ("open", False, True, officer)
    assert row.examined_on == date(2026, 10, 12)
    told = {"report": report.pk, "operated": False, "difficult": True, "reason": "受**定性困难"}
    assert events("audits.mark_follow_up") == [told]
    mark_report(report, is_operated=True, is_difficult=False, reason="已手术", by=officer)
    row.refresh_from_db()
    assert (row.is_operated, row.is_difficult, row.version) == (True, False, 2)
    assert events("audits.mark_follow_up")[1]["earlier"] == [False, True]


def test_report_marked_without_kind_or_reason_is_refused(report, officer):
    with pytest.raises(RefusedError, match="写明理由"):
        mark_report(report, is_operated=True, is_difficult=False, reason=" ", by=officer)
    with pytest.raises(RefusedError, match="至少选择"):
        mark_report(report, is_operated=False, is_difficult=False, reason="随访", by=officer)
    assert FollowUp.objects.count() == 0


def test_outcome_judgement_and_feedback_are_recorded_in_one_step(report, officer, member):
    row = marked(report, by=officer)
    row = record_follow_up(
        row,
        version=row.version,
        by=officer,
        outcome=OutcomeInput("surgical_pathology", date(2026, 10, 20), "肺腺癌。"),
        judgement=JudgementInput("discordant", "misdiagnosed", "误为错构瘤"),
        feedback=FeedbackInput("请复阅。", member),
    )
    outcome, sent = Outcome.objects.get(), Feedback.objects.get()
    assert (outcome.report, outcome.recorded_by) == (report, "测一鸣")
    assert (row.judgement, row.error_kind, row.judged_by) == ("discordant", "misdiagnosed", officer)
    assert (sent.recipient, sent.recipient_name, sent.message) == (member, "书写甲 1010", "请复阅。")
    assert status_of(FollowUp.objects.get(), timezone.localdate()).next_part.code == "receipt"
    assert [e.action for e in Event.objects.order_by("seq")][-4:] == [
        "audits.mark_follow_up",
        "outcomes.record",
        "audits.judge_follow_up",
        "audits.send_feedback",
    ]


def test_step_that_fails_leaves_nothing_written(report, officer):
    row = marked(report, by=officer)
    with pytest.raises(RefusedError, match="须指明漏诊"):
        record_follow_up(
            row,
            version=row.version,
            by=officer,
            outcome=OutcomeInput("surgical_pathology", date(2026, 10, 20), "肺腺癌。"),
            judgement=JudgementInput("discordant", "none", "不同"),
        )
    assert Outcome.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "没有填写任何内容"),
        ({"judgement": AGREES}, "还没有结局"),
        ({"feedback": FeedbackInput("请阅", None)}, "先对照结局"),
        ({"outcome": OutcomeInput("biopsy", date(2020, 1, 1), "癌")}, "早于检查日期"),
        ({"judgement": JudgementInput("perfect", "none")}, "还没有结局"),
    ],
)
def test_step_out_of_order_is_refused_with_what_to_do(report, officer, given, words):
    row = marked(report, by=officer)
    with pytest.raises(RefusedError, match=words):
        record_follow_up(row, version=row.version, by=officer, **given)


def test_step_on_a_version_saved_meanwhile_is_a_conflict(report, officer):
    row = marked(report, by=officer)
    mark_report(report, is_operated=True, is_difficult=True, reason="另一人", by=None)
    with pytest.raises(ConflictError):
        exclude(row, reason="不需", version=row.version, by=officer)


def test_recording_takes_a_candidate_up(report, officer):
    make_outcome(report)
    row = FollowUp.objects.create(department=report.department, report=report)
    row = record_follow_up(row, version=1, by=officer, judgement=AGREES)
    assert (row.state, row.decided_by) == ("open", officer)


def test_case_judged_is_a_record_and_cannot_be_set_aside(report, officer, member):
    make_outcome(report)
    row = followed(report, by=officer, recipient=member)
    with pytest.raises(RefusedError, match="属于随访记录"):
        exclude(row, reason="不需", version=row.version, by=officer)


def test_case_set_aside_needs_a_reason_and_may_be_taken_up_again(report, officer):
    row = marked(report, by=officer)
    with pytest.raises(RefusedError, match="写明理由"):
        exclude(row, reason="", version=row.version, by=officer)
    row = exclude(row, reason="外院随访", version=row.version, by=officer)
    assert records_between(report.department, row.examined_on, row.examined_on) == []
    row = take_up(row, version=row.version, by=officer)
    assert (row.state, row.reason) == ("open", "")
    with pytest.raises(RefusedError, match="已经纳入"):
        take_up(row, version=row.version, by=officer)


def test_feedback_is_confirmed_by_its_recipient_alone_and_once(report, officer, member, head):
    make_outcome(report)
    followed(report, by=officer, recipient=member)
    sent = Feedback.objects.get()
    with pytest.raises(RefusedError, match="本人签收"):
        confirm_feedback(sent, reply="", by=head)
    with pytest.raises(RefusedError, match="不能代为登记"):
        note_receipt(sent, note="纸质", by=officer)
    sent = confirm_feedback(sent, reply="受检甲已复阅", by=member)
    assert (sent.read_by, sent.reply) == (member, "受检甲已复阅")
    assert events("audits.confirm_feedback") == [{"feedback": sent.pk, "reply": "受**已复阅"}]
    with pytest.raises(RefusedError, match="已经签收"):
        confirm_feedback(sent, reply="", by=member)
    assert status_of(FollowUp.objects.get(), date(2099, 1, 1)).state is State.COMPLETE


def test_feedback_on_paper_is_received_with_what_proves_it(report, officer):
    make_outcome(report)
    followed(report, by=officer, recipient=None)
    sent = Feedback.objects.get()
    assert sent.recipient_name == "书写甲"
    with pytest.raises(RefusedError, match="签收凭据"):
        note_receipt(sent, note=" ", by=officer)
    sent = note_receipt(sent, note="纸质反馈单", by=officer)
    assert (sent.read_by, sent.receipt_note) == (officer, "纸质反馈单")


def test_feedback_goes_only_to_those_under_whose_name_the_report_stands(report, officer, head):
    make_outcome(report)
    with pytest.raises(RefusedError, match="只能发给这份报告的"):
        followed(report, by=officer, recipient=head)


def test_feedback_of_a_report_without_physician_says_what_to_do(department, officer):
    report = make_report(department, "F9", reporting_physician=None)
    make_outcome(report)
    with pytest.raises(RefusedError, match="没有报告医师"):
        followed(report, by=officer, recipient=None)


def test_receipt_by_another_than_the_recipient_is_refused_by_the_database(report, officer, member, head):
    make_outcome(report)
    followed(report, by=officer, recipient=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.update(read_at=timezone.now(), read_by=head)


def test_physicians_are_known_by_name_alias_and_number(department, other_department, member):
    report = make_report(department, "F2", reporting_physician="书写甲（1010）", reviewing_physician="审核乙")
    reviewer = people.person("reviewer", "审核乙", "assessor", department)
    people.person("elsewhere", "书写甲", "member", other_department)
    assert physicians_of(report) == [(member, "报告医师"), (reviewer, "审核医师")]
    assert reporting_physician_of(report) == member
    people.person("namesake", "书写甲", "member", department)
    assert reporting_physician_of(report) is None


def test_records_of_a_period_say_which_are_complete(department, officer, member):
    rows = []
    for number, at in (("F1", days_ago(120)), ("F2", days_ago(110)), ("F3", days_ago(10))):
        report = make_report(department, number, examined_at=at, reported_at=at)
        if number == "F2":
            make_outcome(report)
            followed(report, by=officer, recipient=member)
            confirm_feedback(Feedback.objects.get(), reply="", by=member)
        else:
            marked(report, by=officer)
        rows.append(report)
    today = timezone.localdate()
    found = records_between(department, today - timedelta(130), today)
    assert [(r.accession_number, r.is_complete, r.is_incomplete) for r in found] == [
        ("F1", False, True),
        ("F2", True, False),
        ("F3", False, False),
    ]
    assert tally_of(found) == Tally(1, 1, 1)
    assert [r.accession_number for r in records_between(department, today - timedelta(20), today)] == ["F3"]


def test_queries_and_rules_agree_on_every_combination_of_parts(department, officer, member):
    """The SQL words (lacking, complete, overdue) say what domain.follow_up.standing says."""
    today, moments = timezone.localdate(), (2, 40)
    number = 0
    for examined in (10, 200):
        for parts in range(5):
            for age in moments:
                number += 1
                _stage(department, f"S{number}", examined, parts, age, officer, member)
    rows = FollowUp.objects.open()
    by_rule = {row.pk: status_of(row, today) for row in rows.with_facts()}
    assert len(by_rule) == 20
    complete = {pk for pk, found in by_rule.items() if found.state is State.COMPLETE}
    overdue = {pk for pk, found in by_rule.items() if found.state is State.INCOMPLETE}
    assert set(rows.complete(RULES).values_list("pk", flat=True)) == complete
    assert set(rows.overdue(RULES, today).values_list("pk", flat=True)) == overdue
    assert (len(complete), len(overdue)) == (4, 8)
    for part in RULES.parts:
        expected = {
            pk for pk, found in by_rule.items() if found.next_part and found.next_part.code == part.code
        }
        assert set(rows.lacking(part.code, RULES).values_list("pk", flat=True)) == expected


def _stage(department, number, examined, parts, age, officer, member):
    """A case of which the first `parts` parts are done, all of them so many days ago."""
    at, moment = days_ago(examined), timezone.now() - timedelta(days=age)
    report = make_report(department, number, examined_at=at, reported_at=at)
    row = marked(report)
    if parts >= 1:
        Outcome.objects.filter(pk=make_outcome(report, text=number).pk).update(created_at=moment)
    if parts >= 2:
        record_follow_up(row, version=row.version, by=officer, judgement=AGREES)
    if parts >= 3:
        row.refresh_from_db()
        given = FeedbackInput("请阅", member)
        record_follow_up(row, version=row.version, by=officer, feedback=given)
    if parts >= 4:
        confirm_feedback(Feedback.objects.get(follow_up=row), reply="", by=member)
    FollowUp.objects.filter(pk=row.pk, judged_at__isnull=False).update(judged_at=moment)
    Feedback.objects.filter(follow_up=row).update(sent_at=moment)


def test_candidates_are_gathered_from_texts_and_outcomes_once(department, other_department, officer):
    recent = {"examined_at": days_ago(20), "reported_at": days_ago(20)}
    make_report(department, "C1", impression="右肺结节，建议穿刺活检。", **recent)
    make_report(department, "C2", impression="肝占位，性质待定，建议会诊。", **recent)
    plain = make_report(department, "C3", impression="未见异常。", **recent)
    make_outcome(plain, observed_on=timezone.localdate())
    make_report(department, "C4", impression="未见异常。", **recent)
    old = {"examined_at": days_ago(400), "reported_at": days_ago(400)}
    make_report(department, "C5", impression="建议手术治疗。", **old)
    make_report(other_department, "C6", impression="建议手术治疗。", **recent)
    assert waiting_versions(department) == 5
    assert gather_candidates(department, by=officer) == 3
    assert (gather_candidates(department, by=officer), waiting_versions(department)) == (0, 0)
    found = FollowUp.objects.order_by("report__accession_number")
    assert [(r.report.accession_number, r.state, r.is_operated, r.is_difficult) for r in found] == [
        ("C1", "candidate", True, False),
        ("C2", "candidate", False, True),
        ("C3", "candidate", True, False),
    ]
    assert events("audits.gather_follow_ups") == [{"created": 3}]


def test_candidates_learn_of_a_new_version_and_keep_what_a_person_decided(department, officer):
    recent = {"examined_at": days_ago(20), "reported_at": days_ago(20)}
    report = make_report(department, "C1", impression="性质待定。", **recent)
    make_outcome(report, observed_on=timezone.localdate())
    gather_candidates(department, by=None)
    row = FollowUp.objects.get()
    exclude(row, reason="不需随访", version=row.version, by=officer)
    make_revision(report, impression="建议手术治疗。")
    assert gather_candidates(department, by=None) == 0
    row.refresh_from_db()
    assert (row.state, [cue["code"] for cue in row.cues]) == ("excluded", ["operation_advised"])


def test_candidates_are_read_in_chunks_and_go_on_where_they_stopped(department, monkeypatch):
    monkeypatch.setattr(follow_up_candidates, "CHUNK", 2)
    recent = {"examined_at": days_ago(5), "reported_at": days_ago(5)}
    for n in range(5):
        make_report(department, f"C{n}", impression="性质待定。", **recent)
    assert gather_candidates(department, by=None) == 5
    assert FollowUpScan.objects.get().revision_id == Report.objects.latest("pk").revisions.get().pk


def test_candidates_are_taken_up_together_and_decided_ones_left_alone(department, officer):
    recent = {"examined_at": datetime(2026, 9, 1, 9), "reported_at": datetime(2026, 9, 1, 10)}
    rows = [
        FollowUp.objects.create(department=department, report=make_report(department, f"C{n}", **recent))
        for n in range(3)
    ]
    exclude(rows[0], reason="不需", version=1, by=officer)
    assert take_up_many(FollowUp.objects.all(), by=officer) == 2
    assert sorted(FollowUp.objects.values_list("state", flat=True)) == ["excluded", "open", "open"]
    assert len(events("audits.take_follow_up")) == 2
