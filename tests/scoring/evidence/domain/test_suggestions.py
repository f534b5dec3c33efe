"""Suggestions for section 1 over plain facts: what takes the points, what does not, and what is said."""

from dataclasses import replace
from datetime import date

import pytest

from scoring.evidence.domain.facts import FollowUpFact
from scoring.evidence.domain.suggestions import suggest
from scoring.evidence.domain.validity import Validity
from standards.loader import load_edition
from tests.scoring.evidence.domain.facts_kit import FIRST, LAST, MEASURE, WHOLE, document, month, without

EDITION = load_edition("db11-draft")
ALL_MET = dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.5"), "met")


def states(facts):
    return {row: found.state for row, found in suggest(facts, EDITION).items()}


def test_everything_there_suggests_every_row_met_and_names_no_lack():
    found = suggest(WHOLE, EDITION)
    assert {row: one.state for row, one in found.items()} == ALL_MET
    assert [one.missing for one in found.values()] == [()] * 5
    assert [(row, [(r.source, r.id) for r in one.records]) for row, one in found.items()] == [
        ("1.1", [("document", 1), ("document", 2)]),
        ("1.2", [("month", 7), ("measure", 31), ("month", 8), ("month", 9)]),
        ("1.3", [("document", 3), ("follow_up", 51), ("follow_up", 52)]),
        ("1.4", [("conference", 61)]),
        ("1.5", [("document", 4), ("group", 71)]),
    ]


@pytest.mark.parametrize(
    ("name", "pk", "row", "state"),
    [
        ("documents", 1, "1.1", "absent"),  # D-03: both or nothing
        ("documents", 2, "1.1", "absent"),
        ("months", 7, "1.2", "absent"),  # D-04: every month
        ("months", 8, "1.2", "absent"),
        ("months", 9, "1.2", "absent"),
        ("documents", 3, "1.3", "absent"),  # D-05: rules missing
        ("follow_ups", 51, "1.3", "absent"),  # D-05: no record but one not begun
        ("conferences", 61, "1.4", "absent"),
        ("groups", 71, "1.5", "absent"),  # D-06, tertiary
    ],
)
def test_removing_one_record_changes_its_row_alone(name, pk, row, state):
    fewer = without(WHOLE, name, pk)
    assert states(fewer) == ALL_MET | {row: state}
    assert len(suggest(fewer, EDITION)[row].missing) == 1


@pytest.mark.parametrize(("name", "pk"), [("documents", 4), ("follow_ups", 52)])
def test_removing_what_takes_no_points_changes_nothing(name, pk):
    assert states(without(WHOLE, name, pk)) == ALL_MET


def test_asked_document_missing_is_a_note_and_no_lack():
    found = suggest(without(WHOLE, "documents", 4), EDITION)["1.5"]
    assert (found.missing, found.notes) == ((), ("专业组及人员梯队文件：2026-09-30没有有效的文件",))


def test_d03_document_that_ended_a_day_before_the_last_is_not_valid_and_says_so():
    ended = document(2, "审核制度", "review_rules", validity=Validity(date(2026, 1, 1), date(2026, 9, 29)))
    facts = replace(WHOLE, documents=(*without(WHOLE, "documents", 2).documents, ended))
    found = suggest(facts, EDITION)["1.1"]
    assert found.state == "absent"
    assert found.missing == ("报告审核制度：2026-09-30没有有效的文件（《审核制度》2026-09-29已到期）",)
    assert [record.counts for record in found.records] == [True, False]
    boundary = replace(ended, validity=Validity(date(2026, 1, 1), LAST))
    facts = replace(WHOLE, documents=(*without(WHOLE, "documents", 2).documents, boundary))
    assert states(facts) == ALL_MET


def test_d03_document_not_yet_valid_does_not_count():
    later = document(1, "书写规范", "writing_rules", validity=Validity(date(2026, 10, 1), None))
    facts = replace(WHOLE, documents=(later, *without(WHOLE, "documents", 1).documents))
    assert suggest(facts, EDITION)["1.1"].missing == (
        "报告书写规范：2026-09-30没有有效的文件（《书写规范》2026-10-01起才生效）",
    )


def test_d03_one_document_may_serve_as_both():
    both = document(9, "书写与审核规范", "writing_rules", "review_rules")
    facts = replace(WHOLE, documents=(both, *WHOLE.documents[2:]))
    assert states(facts) == ALL_MET


def test_d04_month_not_finished_and_problem_without_measure_are_both_named():
    months = (
        month(7, problems=("6.4.3.4", "6.5.1"), without_measure=("6.5.1",), measures=(MEASURE,)),
        month(8, done_on=None, state_zh="检查中"),
        month(9),
    )
    found = suggest(replace(WHOLE, months=months), EDITION)["1.2"]
    assert (found.state, found.missing) == (
        "absent",
        ("2026年7月：6.5.1的问题没有改进措施", "2026年8月：质控检查尚未完成（检查中）"),
    )


def test_d04_month_touched_by_a_single_day_is_asked_for():
    facts = replace(WHOLE, first=date(2026, 6, 30))
    found = suggest(facts, EDITION)["1.2"]
    assert (found.state, found.missing) == ("absent", ("2026年6月：没有质控检查",))


def test_d04_overdue_measure_is_a_note_and_takes_nothing():
    late = replace(MEASURE, is_overdue=True, state_zh="整改中，已逾期")
    months = (month(7, problems=("6.4.3.4",), measures=(late,)), month(8), month(9))
    found = suggest(replace(WHOLE, months=months), EDITION)["1.2"]
    assert (found.state, found.notes) == ("met", ("1项改进措施已逾期，不影响建议，请督促落实。",))


def test_d05_incomplete_records_cost_once_however_many():
    lacking = tuple(
        FollowUpFact(80 + n, f"B000{n}", date(2026, 8, 1), "incomplete", True, "还没有反馈给报告医师。")
        for n in range(3)
    )
    found = suggest(replace(WHOLE, follow_ups=(*WHOLE.follow_ups, *lacking)), EDITION)["1.3"]
    assert (found.state, len(found.missing)) == ("incomplete", 3)
    assert found.sentence == (
        "有制度，手术、疑难病例随访5例／应随访5例；窗口内随访记录5例：完整1例、随访中（未到期限）1例、不完整3例；"
        "记录不完整只扣1分，不按条数累计。"
    )


def test_d05_records_outside_the_window_do_not_count():
    outside = replace(WHOLE.follow_ups[0], on=date(2026, 6, 30))
    found = suggest(replace(WHOLE, follow_ups=(outside,)), EDITION)["1.3"]
    assert (found.state, found.missing) == ("absent", ("窗口内没有随访记录",))


@pytest.mark.parametrize(("supplied", "noted"), [(9, False), (10, True)])
def test_d26_absent_follow_up_beside_ten_followed_up_reports_is_noted(supplied, noted):
    facts = replace(WHOLE, follow_ups=(), followed_up=supplied, sample_size=10)
    found = suggest(facts, EDITION)["1.3"]
    assert (found.state, any("与1.3矛盾" in note for note in found.notes)) == ("absent", noted)


def test_d26_is_silent_when_only_the_rules_are_missing():
    facts = replace(without(WHOLE, "documents", 3), followed_up=10, sample_size=10)
    assert (suggest(facts, EDITION)["1.3"].state, suggest(facts, EDITION)["1.3"].notes) == ("absent", ())


def test_d26_is_silent_when_follow_up_is_met():
    assert suggest(replace(WHOLE, followed_up=10, sample_size=10), EDITION)["1.3"].notes == ()


def test_minutes_kept_on_paper_count_for_the_day_they_are_of():
    paper = document(5, "8月讨论记录", "conference_minutes", validity=Validity(date(2026, 8, 20), None))
    fewer = without(WHOLE, "conferences", 61)
    assert states(replace(fewer, documents=(*WHOLE.documents, paper))) == ALL_MET
    other = replace(paper, validity=Validity(date(2026, 10, 1), None))
    assert states(replace(fewer, documents=(*WHOLE.documents, other)))["1.4"] == "absent"


def test_rules_for_conferences_are_no_record_of_one():
    rules = document(6, "讨论制度", "conference_rules", validity=Validity(date(2026, 8, 20), None))
    fewer = without(WHOLE, "conferences", 61)
    assert states(replace(fewer, documents=(*WHOLE.documents, rules)))["1.4"] == "absent"


@pytest.mark.parametrize("level", ["secondary", "other"])
def test_d06_no_groups_elsewhere_is_said_to_cost_nothing(level):
    found = suggest(replace(without(WHOLE, "groups", 71), level=level), EDITION)["1.5"]
    assert (found.state, found.missing, found.sentence) == (
        "absent",
        (),
        "未设专业组；非三级医院不扣分。",
    )


def test_d06_group_without_members_is_none():
    empty = replace(WHOLE.groups[0], memberships=())
    assert states(replace(WHOLE, groups=(empty,)))["1.5"] == "absent"


def test_facts_within_a_quarter_leave_the_others_out():
    year = replace(WHOLE, first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert states(year.within(FIRST, LAST)) == ALL_MET
    spring = states(year.within(date(2026, 4, 1), date(2026, 6, 30)))
    assert spring == {"1.1": "met", "1.2": "absent", "1.3": "absent", "1.4": "absent", "1.5": "met"}
