"""The documents of the demonstration's evidence register: complete, except one overdue review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from demo.content.values import DemoDepartment


@dataclass(frozen=True)
class DemoDocument:
    """A document, or with `replaces` the next version of the one of that title."""

    title: str
    version: str
    kinds: tuple[str, ...]
    valid_from: date
    lines: tuple[str, ...]
    valid_until: date | None = None
    review_due_on: date | None = None
    note: str = ""
    replaces: bool = False
    conference_period: str = ""


@dataclass(frozen=True)
class _Plan:
    """A document of the register before its days are known. `day`: one of `_days`, by name.

    `review_in`: days from the demonstration's day to the review; `number`: of the department's file.
    """

    title: str
    version: str
    kind: str
    day: str
    lines: tuple[str, ...]
    review_in: int | None = None
    number: int | None = None
    replaces: bool = False
    conference_period: str = ""


_PLANS = (
    _Plan(
        "放射影像检查报告书写规范",
        "版",
        "writing_rules",
        "issued",
        (
            "报告由一般信息、检查技术、影像描述、诊断结论、签名五部分组成。",
            "描述按部位、数目、大小、形态、边界、密度或信号、强化次序书写。",
        ),
        number=12,
    ),
    _Plan(
        "放射影像检查报告审核制度",
        "版",
        "review_rules",
        "issued",
        (
            "报告实行两级审核：报告医师书写，审核医师审核后签发。",
            "签发后的修改须由原签发医师完成并留痕。",
        ),
        review_in=20,
    ),
    _Plan(
        "手术与疑难病例随访反馈制度",
        "版",
        "follow_up_rules",
        "issued",
        (
            "手术病例、疑难病例由专人登记随访，取得结局后对照报告作出评价。",
            "评价反馈给报告医师，由本人签收。",
        ),
    ),
    _Plan(
        "月度报告质控检查办法",
        "版",
        "monthly_rules",
        "issued",
        (
            "每月随机抽查10份报告，按条款登记问题。",
            "每个问题制定改进措施，明确责任人与期限，次月核对效果。",
        ),
        review_in=-12,
    ),
    _Plan(
        "疑难病例讨论与MDT读片会制度",
        "版",
        "conference_rules",
        "issued",
        ("疑难病例讨论与MDT读片会每月至少一次，由科主任或其指定的人主持。",),
        conference_period="monthly",
    ),
    _Plan(
        "亚专业组设置与人员梯队",
        "版",
        "group_rules",
        "first",
        (
            "设头颈和中枢神经、呼吸和循环、消化及泌尿生殖、骨关节四个亚专业组。",
            "各组设组长一名，配备高、中、初级医师。",
        ),
    ),
    _Plan(
        "放射影像检查报告书写规范",
        "年修订版",
        "writing_rules",
        "third",
        (
            "在上一版基础上增加：强化程度以轻度、中度、明显分度。",
            "诊断结论按临床意义排列，恶性肿瘤注明分期。",
        ),
        number=9,
        replaces=True,
    ),
)


def documents_of(demo: DemoDepartment) -> Sequence[DemoDocument]:
    """Issued before the first quarter; the writing rules get a new version in the third."""
    return tuple(_document(plan, demo) for plan in _PLANS)


def _document(plan: _Plan, demo: DemoDepartment) -> DemoDocument:
    year, day = _days(demo)[plan.day]
    return DemoDocument(
        plan.title,
        f"{year}{plan.version}",
        (plan.kind,),
        day,
        plan.lines,
        review_due_on=None if plan.review_in is None else demo.today + timedelta(days=plan.review_in),
        note="" if plan.number is None else f"科发〔{year}〕{plan.number}号",
        replaces=plan.replaces,
        conference_period=plan.conference_period,
    )


def _days(demo: DemoDepartment) -> dict[str, tuple[int, date]]:
    """Name of a moment of the story → the year in the document's name and the day of its issue."""
    first, third = demo.quarters[0].window_start, demo.quarters[2].window_start
    return {
        "issued": (first.year - 1, date(first.year - 1, 12, 12)),
        "first": (first.year, first),
        "third": (third.year, third + timedelta(days=14)),
    }
