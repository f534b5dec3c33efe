"""What a suggestion says and rests on, word for word."""

from dataclasses import replace
from datetime import date

import pytest

from scoring.evidence.domain.facts import ConferenceFact, Facts, FollowUpFact, GroupFact
from scoring.evidence.domain.suggestions import Suggestion, SupportingFact, suggest
from scoring.evidence.domain.validity import Validity
from standards.loader import load_edition
from tests.scoring.evidence.domain.facts_kit import (
    FIRST,
    LAST,
    MEASURE,
    WHOLE,
    document,
    group,
    membership,
    month,
    without,
)

EDITION = load_edition("db11-draft")
NEW_YEAR = date(2026, 1, 1)
NO_FILE = "2026-09-30没有有效的文件"
PAPERS = {
    number: SupportingFact("document", number, f"{title} 2026版", NEW_YEAR, "长期有效", True, kind)
    for number, title, kind in (
        (1, "书写规范", "报告书写规范"),
        (2, "审核制度", "报告审核制度"),
        (3, "随访制度", "随访与反馈制度"),
        (4, "专业组文件", "专业组及人员梯队文件"),
    )
}


def suggested(row, facts):
    return suggest(facts, EDITION)[row]


def checked(number, says="已完成，未见问题，改进措施0项", counts=True):
    title = f"2026年{number}月质控检查"
    return SupportingFact("month", number, title, date(2026, number, 1), says, counts, who="测一鸣 1007")


def test_everything_there_is_said_with_all_it_rests_on():
    measure = SupportingFact(
        "measure", 31, "第31号措施", date(2026, 8, 31), "6.4.3.4　整改中", True, who="书写甲"
    )
    july = checked(7, "已完成，1项条款有问题，改进措施1项")
    follow_ups = (
        SupportingFact("follow_up", 51, "A0001", date(2026, 7, 20), "手术，符合，反馈已签收", True),
        SupportingFact("follow_up", 52, "A0002", date(2026, 9, 20), "还没有手术或随访结局。", True),
    )
    conference = SupportingFact(
        "conference", 61, "疑难病例讨论：8月", date(2026, 8, 12), "讨论2例", True, who="任主任"
    )
    staffed = SupportingFact("group", 71, "骨关节", None, "组长 阎测川(D021)，成员3人：主任医师1人", True)
    assert tuple(suggest(WHOLE, EDITION).values()) == (
        Suggestion(
            "1.1",
            "met",
            "书写规范与审核制度在窗口最后一日（2026-09-30）均有效。",
            (PAPERS[1], PAPERS[2]),
            readings=("D-03",),
        ),
        Suggestion(
            "1.2",
            "met",
            "窗口涉及的3个自然月都已完成检查，所有问题都有改进措施。",
            (july, measure, checked(8), checked(9)),
            readings=("D-04",),
        ),
        Suggestion(
            "1.3",
            "met",
            "有制度，手术、疑难病例随访2例／应随访2例；窗口内随访记录2例：完整1例、随访中（未到期限）1例。",
            (PAPERS[3], *follow_ups),
            readings=("D-05", "D-26"),
        ),
        Suggestion(
            "1.4",
            "met",
            "窗口内共1次。",
            (conference,),
            notes=(
                "没有规定召开周期的有效文件（须附文件并填写周期），按窗口内至少一次建议；"
                "是否“定期召开”由评定人判断。",
            ),
        ),
        Suggestion("1.5", "met", "窗口内设有1个专业组，共3人。", (PAPERS[4], staffed), readings=("D-06",)),
    )


def test_nothing_there_is_said_row_by_row():
    found = suggest(Facts(FIRST, LAST, "tertiary"), EDITION)
    assert [(one.state, one.sentence, one.records, one.missing, one.notes) for one in found.values()] == [
        (
            "absent",
            "书写规范与审核制度须同时有效，缺一即不得分。",
            (),
            (f"报告书写规范：{NO_FILE}", f"报告审核制度：{NO_FILE}"),
            (),
        ),
        (
            "absent",
            "窗口涉及3个自然月，须月月有检查或登记为本月无报告、问题都有改进措施；本行没有部分得分。",
            (),
            tuple(f"2026年{n}月：没有质控检查" for n in (7, 8, 9)),
            (),
        ),
        (
            "absent",
            "制度与执行记录缺一即不得分；手术、疑难病例随访0例／应随访0例；窗口内随访记录0例。",
            (),
            (f"随访与反馈制度：{NO_FILE}", "窗口内没有随访记录"),
            (),
        ),
        ("absent", "窗口内没有会议记录。", (), ("窗口内没有疑难病例讨论或MDT读片会的记录",), ()),
        (
            "absent",
            "三级医院未设亚专业组不得分。",
            (),
            ("窗口内没有亚专业组，或各组都没有成员",),
            (f"专业组及人员梯队文件：{NO_FILE}",),
        ),
    ]


@pytest.mark.parametrize(
    ("validity", "shown", "why"),
    [
        (Validity(NEW_YEAR, LAST), ("有效期至 2026-09-30", True), ""),
        (Validity(NEW_YEAR, FIRST), ("2026-07-01 已到期，窗口最后一日无效", False), "2026-07-01已到期"),
        (Validity(NEW_YEAR, date(2026, 6, 30)), None, "2026-06-30已到期"),
        (Validity(date(2026, 10, 1), None), None, "2026-10-01起才生效"),
    ],
)
def test_document_says_how_long_it_holds(validity, shown, why):
    paper = document(1, "书写规范", "writing_rules", validity=validity)
    found = suggested("1.1", replace(WHOLE, documents=(paper, *WHOLE.documents[1:])))
    assert found.records == (
        *((replace(PAPERS[1], says=shown[0], counts=shown[1], on=validity.first),) if shown else ()),
        PAPERS[2],
    )
    assert found.missing == ((f"报告书写规范：{NO_FILE}（《书写规范》{why}）",) if why else ())


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (((1, 1, 3, 31), (4, 1, 5, 31)), "（《乙》2026-05-31已到期）"),
        (((4, 1, 5, 31), (1, 1, 3, 31)), "（《甲》2026-05-31已到期）"),
        (((11, 1, 12, 31), (10, 1, 12, 31)), "（《乙》2026-10-01起才生效）"),
        (((11, 1, 12, 31), (1, 1, 3, 31)), "（《乙》2026-03-31已到期）"),
    ],
)
def test_missing_document_the_nearest_is_named(days, why):
    papers = tuple(
        document(9 + n, title, "writing_rules", validity=Validity(date(2026, a, b), date(2026, c, d)))
        for n, (title, (a, b, c, d)) in enumerate(zip("甲乙", days, strict=True))
    )
    found = suggested("1.1", replace(WHOLE, documents=(*papers, *WHOLE.documents[1:])))
    assert found.missing == (f"报告书写规范：{NO_FILE}{why}",)


def test_withdrawn_document_is_missing_without_a_day():
    withdrawn = document(1, "书写规范", "writing_rules", validity=Validity(None, None))
    found = suggested("1.1", replace(WHOLE, documents=(withdrawn, *WHOLE.documents[1:])))
    assert (found.records, found.missing) == ((PAPERS[2],), (f"报告书写规范：{NO_FILE}",))


@pytest.mark.parametrize(("day", "shown"), [(FIRST, True), (LAST, True), (date(2026, 6, 30), False)])
def test_dated_paper_of_the_window_shows_its_day_and_no_term(day, shown):
    paper = document(5, "8月讨论记录", "conference_minutes", validity=Validity(day, None))
    found = suggested("1.4", replace(without(WHOLE, "conferences", 61), documents=(paper,)))
    assert found.state == ("met" if shown else "absent")
    assert [(record.id, record.on, record.says, record.counts) for record in found.records] == (
        [(5, day, "", True)] if shown else []
    )


def test_months_lacking_something_are_all_named_and_do_not_count():
    late = replace(MEASURE, is_overdue=True)
    months = (
        month(6),
        month(7, problems=("6.4.3.4", "6.5.1"), without_measure=("6.5.1", "6.4.3.4"), measures=(late, late)),
        month(8, done_on=None, state_zh="检查中", given_up=("8月曾取消一次抽取。",)),
    )
    found = suggested("1.2", replace(WHOLE, months=months))
    assert [
        (record.id, record.says, record.counts) for record in found.records if record.source == "month"
    ] == [
        (7, "已完成，2项条款有问题，改进措施2项", False),
        (8, "检查中，未见问题，改进措施0项", False),
    ]
    assert found.missing == (
        "2026年7月：6.5.1、6.4.3.4的问题没有改进措施",
        "2026年8月：质控检查尚未完成（检查中）",
        "2026年9月：没有质控检查",
    )
    assert found.notes == ("2项改进措施已逾期，不影响建议，请督促落实。", "8月曾取消一次抽取。")


def test_follow_up_not_begun_and_incomplete_are_named():
    waiting = WHOLE.follow_ups[1]
    found = suggested("1.3", replace(WHOLE, follow_ups=(waiting,)))
    assert (found.state, found.sentence, found.missing) == (
        "absent",
        "制度与执行记录缺一即不得分；手术、疑难病例随访1例／应随访1例；"
        "窗口内随访记录1例：随访中（未到期限）1例。",
        ("窗口内纳入随访1例，尚无任何记录",),
    )
    lacking = FollowUpFact(53, "A0003", LAST, "incomplete", True, "还没有反馈给报告医师。")
    found = suggested("1.3", replace(WHOLE, follow_ups=(replace(lacking, on=FIRST), lacking)))
    assert (found.state, found.missing) == ("incomplete", ("A0003：还没有反馈给报告医师",) * 2)
    assert [record.counts for record in found.records] == [True, False, False]


@pytest.mark.parametrize(("day", "state"), [(FIRST, "met"), (LAST, "met"), (date(2026, 10, 1), "absent")])
def test_conference_counts_on_the_first_and_the_last_day(day, state):
    held = ConferenceFact(61, day, "读片会", 1, "任主任")
    assert suggested("1.4", replace(WHOLE, conferences=(held,))).state == state


def test_groups_without_leader_or_members_are_notes():
    groups = (
        GroupFact(71, "骨关节", tuple(membership(n, f"测{n}") for n in (1, 2, 3))),
        group(72, "神经"),
        GroupFact(73, "胸部", ()),
    )
    found = suggested("1.5", replace(WHOLE, groups=groups))
    assert (found.sentence, found.notes) == (
        "窗口内设有2个专业组，共6人。", ("骨关节没有组长", "胸部在窗口内没有成员"),
    )  # fmt: skip
    assert [(record.says, record.counts) for record in found.records[1:]] == [
        ("组长 未指定，成员3人", True),
        ("组长 阎测川(D021)，成员3人：主任医师1人", True),
        ("组长 未指定，成员0人", False),
    ]
