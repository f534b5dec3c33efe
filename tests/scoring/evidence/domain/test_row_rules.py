"""Rows 1.2 to 1.5 as strict as an inspector: days, denominators, periods, members, files (DOMAIN 1.5)."""

from dataclasses import replace
from datetime import date

import pytest

from scoring.evidence.domain.facts import ConferenceFact, FollowUpFact, GroupFact
from scoring.evidence.domain.follow_up import LISTED
from scoring.evidence.domain.suggestion import basis, snapshot
from scoring.evidence.domain.suggestions import suggest
from scoring.evidence.domain.validity import Validity
from standards.loader import load_edition
from tests.scoring.evidence.domain.facts_kit import (
    FIRST,
    LAST,
    WHOLE,
    document,
    membership,
    month,
    without,
)

EDITION = load_edition("db11-draft")
NEW_YEAR = date(2026, 1, 1)
NO_FILE = "2026-09-30没有有效的文件"


def suggested(row, facts):
    return suggest(facts, EDITION)[row]


def untaken(accession, state, says):
    return FollowUpFact(0, accession, FIRST, state, False, says, is_taken=False)


def test_group_members_and_ranks_are_those_of_the_window():
    before, after = date(2026, 6, 30), date(2026, 10, 1)
    memberships = (
        membership(1, "甲", "主任医师", is_lead=True, until=before),  # led it before the window
        membership(2, "乙", "主治医师", since=None, until=date(2026, 8, 14)),
        membership(3, "丙", "住院医师", until=date(2026, 8, 14)),
        membership(2, "乙", "副主任医师", is_lead=True, since=date(2026, 8, 15)),  # promoted
        membership(4, "丁", "主治医师", since=LAST),
        membership(5, "戊", "主任医师", since=after),
    )
    found = suggested("1.5", replace(WHOLE, groups=(GroupFact(71, "神经", memberships),)))
    assert (found.sentence, found.notes) == (
        "窗口内设有1个专业组，共3人。",
        ("1名成员的入组日期未登记，按一直在组计。",),
    )
    assert found.records[1].says == (
        "组长 乙，成员3人：副主任医师1人、主治医师1人、住院医师1人；"
        "窗口内变动：丙至2026-08-14、丁自2026-09-30"
    )


@pytest.mark.parametrize(
    ("since", "until", "state"),
    [
        (LAST, None, "met"),
        (date(2026, 10, 1), None, "absent"),
        (None, FIRST, "met"),
        (None, date(2026, 6, 30), "absent"),
    ],
)
def test_group_left_before_or_joined_after_the_window_is_none(since, until, state):
    members = (membership(1, "甲", since=since, until=until),)
    for dissolved in (False, True):
        facts = replace(WHOLE, groups=(GroupFact(71, "神经", members, is_dissolved=dissolved),))
        found = suggested("1.5", facts)
        shown = [record.counts for record in found.records[1:]]
        assert (found.state, shown) == (
            state,
            [] if dissolved and state == "absent" else [state == "met"],
        )


def test_month_finished_after_its_due_day_is_said_and_costs_nothing():
    months = (month(7), month(8, done_on=date(2026, 9, 15)), month(9, done_on=date(2026, 10, 27)))
    found = suggested("1.2", replace(WHOLE, months=months))
    assert (found.state, found.missing, found.notes) == (
        "met",
        (),
        ("逾期完成的检查：2026年9月（期限2026-10-15，2026-10-27完成，逾期12天）；不影响建议。",),
    )
    assert [record.says for record in found.records] == [
        "已完成，未见问题，改进措施0项",
        "已完成，未见问题，改进措施0项",
        "已完成（逾期12天），未见问题，改进措施0项",
    ]


def test_month_without_reports_is_named_in_the_suggestion_and_not_called_checked():
    empty = replace(month(8), has_reports=False, state_zh="本月无报告")
    found = suggested("1.2", replace(WHOLE, months=(month(7), empty, month(9))))
    assert (found.state, found.sentence) == (
        "met",
        "窗口涉及的3个自然月都已完成检查或登记为本月无报告（2026年8月），所有问题都有改进措施。",
    )
    assert found.records[1].says == "本月无报告"
    assert "本月无报告" in EDITION.decisions_by_id["D-04"].shown_zh


def test_document_without_a_file_counts_for_nothing_and_says_so():
    bare = tuple(replace(paper, has_file=False) for paper in WHOLE.documents)
    found = suggest(replace(WHOLE, documents=bare), EDITION)
    assert [one.state for one in found.values()] == ["absent", "met", "absent", "met", "met"]
    assert found["1.1"].missing == (
        f"报告书写规范：{NO_FILE}（《书写规范》未附文件，不计）",
        f"报告审核制度：{NO_FILE}（《审核制度》未附文件，不计）",
    )
    assert [(record.says, record.counts) for record in found["1.1"].records] == [("未附文件", False)] * 2
    assert found["1.5"].notes == (f"专业组及人员梯队文件：{NO_FILE}（《专业组文件》未附文件，不计）",)


def test_minutes_without_a_file_are_no_conference():
    paper = document(
        5, "8月讨论记录", "conference_minutes", validity=Validity(date(2026, 8, 20), None), has_file=False
    )
    found = suggested("1.4", replace(without(WHOLE, "conferences", 61), documents=(paper,)))
    assert (found.state, found.notes, [record.counts for record in found.records]) == (
        "absent",
        ("《8月讨论记录》未附文件，不计",),
        [False],
    )


def test_case_operated_and_not_taken_up_is_in_the_denominator_and_incomplete_once_overdue():
    operated = FollowUpFact(
        0, "C0001", FIRST, "running", False, "有手术结局，未纳入随访（期限 2026-08-01）", False
    )
    found = suggested("1.3", replace(WHOLE, follow_ups=(*WHOLE.follow_ups, operated)))
    assert (found.state, found.missing, found.notes) == ("met", (), ("1例尚未纳入随访，未到期限。",))
    assert "手术、疑难病例随访2例／应随访3例；" in found.sentence
    late = replace(operated, state="incomplete", says="有手术结局，未纳入随访（期限 2026-08-01，已逾期）")
    found = suggested("1.3", replace(WHOLE, follow_ups=(*WHOLE.follow_ups, late)))
    assert (found.state, found.missing) == (
        "incomplete",
        ("C0001：有手术结局，未纳入随访（期限 2026-08-01，已逾期）",),
    )
    assert [record.id for record in found.records if record.source == "follow_up"] == [51, 52]


def test_case_excluded_by_a_person_stays_in_the_denominator_and_is_named():
    excluded = untaken("C0002", "excluded", "有手术结局，不纳入随访：外院手术。")
    other = replace(WHOLE.follow_ups[0], id=53, is_due=False)
    found = suggested("1.3", replace(WHOLE, follow_ups=(*WHOLE.follow_ups, excluded, other)))
    assert (found.state, found.notes) == ("met", ("C0002：有手术结局，不纳入随访：外院手术",))
    assert found.sentence.startswith("有制度，手术、疑难病例随访2例／应随访3例；窗口内随访记录3例：")


def test_many_cases_not_taken_up_are_named_up_to_a_number_and_counted():
    late = tuple(
        FollowUpFact(0, f"C{n:04}", FIRST, "incomplete", False, "未纳入随访", False)
        for n in range(LISTED + 3)
    )
    found = suggested("1.3", replace(WHOLE, follow_ups=(*WHOLE.follow_ups, *late)))
    assert len(found.missing) == LISTED + 1
    assert found.missing[-2:] == ("C0019：未纳入随访", "另有3例未纳入随访")


def rules_for(period, **more):
    return document(6, "讨论制度", "conference_rules", conference_period=period, **more)


@pytest.mark.parametrize(
    ("period", "days", "state", "missing"),
    [
        ("monthly", ((7, 31), (8, 1), (9, 30)), "met", ()),
        ("monthly", ((7, 1), (9, 30)), "absent", ("2026年8月没有召开",)),
        ("quarterly", ((9, 30),), "met", ()),
        ("weekly", ((7, 6),), "absent", ("2026-07-13至2026-07-19一周没有召开",)),
    ],
)
def test_conferences_are_held_by_the_period_of_the_document_and_missed_ones_are_named(
    period, days, state, missing
):
    held = tuple(
        ConferenceFact(61 + n, date(2026, *day), "读片会", 1, "任主任") for n, day in enumerate(days)
    )
    facts = replace(WHOLE, documents=(rules_for(period),), conferences=held)
    found = suggested("1.4", facts)
    assert (found.state, found.missing[:1]) == (state, missing)
    assert found.notes == ()


def test_conference_period_not_over_yet_is_not_missed():
    facts = replace(WHOLE, documents=(rules_for("monthly"),), on=date(2026, 9, 1))
    assert suggested("1.4", facts).missing == ("2026年7月没有召开",)
    facts = replace(facts, on=date(2026, 7, 31))
    found = suggested("1.4", facts)
    assert (found.state, found.sentence) == ("met", "科室规定每月召开，窗口内共1次，各周期均已召开。")


@pytest.mark.parametrize("more", [{"has_file": False}, {"validity": Validity(NEW_YEAR, date(2026, 9, 29))}])
def test_period_of_a_document_without_file_or_validity_is_none(more):
    found = suggested("1.4", replace(WHOLE, documents=(rules_for("monthly", **more),)))
    assert (found.state, found.sentence) == ("met", "窗口内共1次。")
    assert found.notes[0].startswith("没有规定召开周期的有效文件")


def test_conference_of_which_every_case_was_examined_later_does_not_count():
    unfit = replace(WHOLE.conferences[0], cases=0, unfit=2)
    found = suggested("1.4", replace(WHOLE, conferences=(unfit,)))
    assert (found.state, [(record.says, record.counts) for record in found.records]) == (
        "absent",
        [("讨论0例，另2例检查晚于会议日期，不计", False)],
    )


def test_basis_is_the_same_for_other_words_and_differs_with_a_record():
    found = suggest(WHOLE, EDITION)["1.2"]
    reworded = replace(
        found, sentence="换一种说法。", notes=("提示",), records=tuple(reversed(found.records))
    )
    assert basis(snapshot(reworded)) == basis(snapshot(found))
    stored = snapshot(replace(found, records=found.records[1:]))
    assert basis(stored) != basis(snapshot(found))
    assert basis(snapshot(replace(found, state="absent"))) != basis(snapshot(found))
    assert basis({}) == {"state": "", "missing": [], "rests_on": []}
