"""A department of which every row of section 1 is met, and what to take away from it."""

from dataclasses import replace
from datetime import date

from scoring.evidence.domain.facts import (
    ConferenceFact,
    DocumentFact,
    Facts,
    FollowUpFact,
    GroupFact,
    MeasureFact,
    MembershipFact,
    MonthFact,
)
from scoring.evidence.domain.validity import Validity

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
LONG = Validity(date(2026, 1, 1), None)


def document(pk, title, *kinds, validity=LONG, has_file=True, **more):
    return DocumentFact(pk, title, "2026版", kinds, validity, has_file, **more)


def month(number, **more):
    values = {
        "id": number,
        "month": date(2026, number, 1),
        "due_on": date(2026, number + 1, 15),
        "done_on": date(2026, number + 1, 10),
        "state_zh": "已完成",
        "problems": (),
        "without_measure": (),
        "measures": (),
        "who": "测一鸣 1007",
    }
    return MonthFact(**values | more)


def membership(pk, name, rank="", *, is_lead=False, since=date(2020, 1, 1), until=None):
    place = ("", "主任医师", "副主任医师", "主治医师", "住院医师").index(rank)
    return MembershipFact(pk, name, rank, place, is_lead, since, until)


def group(pk, name):
    """A group with a leader and two members without a rank."""
    lead = membership(pk * 10, "阎测川(D021)", "主任医师", is_lead=True)
    others = (membership(pk * 10 + n, f"测{n}") for n in (1, 2))
    return GroupFact(pk, name, (lead, *others))


MEASURE = MeasureFact(31, "第31号措施", ("6.4.3.4",), date(2026, 8, 31), "整改中", False, "书写甲")
WHOLE = Facts(
    FIRST,
    LAST,
    "tertiary",
    documents=(
        document(1, "书写规范", "writing_rules"),
        document(2, "审核制度", "review_rules"),
        document(3, "随访制度", "follow_up_rules"),
        document(4, "专业组文件", "group_rules"),
    ),
    months=(month(7, problems=("6.4.3.4",), measures=(MEASURE,)), month(8), month(9)),
    follow_ups=(
        FollowUpFact(51, "A0001", date(2026, 7, 20), "complete", True, "手术，符合，反馈已签收"),
        FollowUpFact(52, "A0002", date(2026, 9, 20), "running", False, "还没有手术或随访结局。"),
    ),
    conferences=(ConferenceFact(61, date(2026, 8, 12), "疑难病例讨论：8月", 2, "任主任"),),
    groups=(group(71, "骨关节"),),
)


def without(facts, name, pk):
    return replace(facts, **{name: tuple(one for one in getattr(facts, name) if one.id != pk)})
