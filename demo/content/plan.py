"""What each quarter holds, so that its verdict is the same for any draw.

The draw takes two reports of each of the five systems (every system has more than two patients in the
pool, and swaps stay within a system). A quarter with one discordant report in its whole pool can therefore
not lose the −5; one in which each system has two discordant among three loses at least five.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.content.days import Span
from demo.content.values import Evidence, SectionOneRow, Stage

FIVE = ("nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory")


@dataclass(frozen=True)
class Plan:
    """Counts of one quarter. `hows` of a system: what its outcomes show, besides the `good` ones.

    `faulty`: of the reports with outcomes; `ordinary_faulty`: of the others, which only the months draw.
    """

    reports: int
    outcomes_per_system: int
    outcomes_other: int
    hows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faulty: int = 0
    ordinary_faulty: int = 0
    pending: int = 2
    late: int = 1
    follow_ups: int = 5
    amended: int = 3
    stage: Stage = "signed"
    judged: int = 10
    passes: bool | None = True


_BAD = ("wrong", "wrong")
# The months before the first quarter: ordinary work, drawn from by the monthly checks alone.
EARLIER_REPORTS = 36  # a month
EARLIER_FAULTY = 9
PLANS = (
    Plan(
        reports=128,
        outcomes_per_system=7,
        outcomes_other=2,
        hows={
            "nervous": ("listed",),
            "respiratory": ("wrong", "listed"),
            "digestive_urogenital": ("stage",),
            "skeletal": ("listed",),
        },
        faulty=4,
        ordinary_faulty=20,
        amended=2,
    ),
    # Follow-up was neglected: little was recorded, mostly what clinicians had complained about.
    Plan(
        reports=120,
        outcomes_per_system=3,
        outcomes_other=1,
        hows=dict.fromkeys(FIVE, _BAD),
        faulty=9,
        ordinary_faulty=22,
        follow_ups=4,
        passes=False,
    ),
    Plan(
        reports=132,
        outcomes_per_system=8,
        outcomes_other=2,
        hows={
            "nervous": ("listed",),
            "respiratory": ("listed",),
            "digestive_urogenital": ("stage", "stage"),
            "circulatory": ("wrong",),
        },
        faulty=3,
        ordinary_faulty=11,
        stage="submitted",
    ),
    Plan(
        reports=124,
        outcomes_per_system=7,
        outcomes_other=1,
        hows={
            "nervous": ("listed", "wrong"),
            "respiratory": ("listed",),
            "digestive_urogenital": ("wrong", "stage"),
            "skeletal": ("wrong",),
        },
        faulty=5,
        ordinary_faulty=8,
        late=0,
        stage="judging",
        judged=6,
        passes=None,
    ),
)


def section_one(plan: Plan, span: Span) -> tuple[SectionOneRow, ...]:
    """Rows 1.1–1.5 as a person rules them; the failing quarter has gaps, the one in progress is open."""
    if plan.stage == "judging":
        return ()
    issued_on = date(span.start.year - 1, 12, 12)
    documents = (
        SectionOneRow(
            "1.1",
            "met",
            (
                Evidence("放射影像检查报告书写规范", issued_on),
                Evidence("放射影像检查报告审核制度", issued_on),
            ),
        ),
        SectionOneRow(
            "1.5",
            "met",
            (Evidence("亚专业组设置及人员梯队名单", span.start, "神经、胸部与心血管、腹盆、骨肌四个专业组"),),
        ),
    )
    return tuple(sorted((*documents, *(_met(span) if plan.passes else _gaps(span))), key=lambda row: row.row))


def _met(span: Span) -> tuple[SectionOneRow, ...]:
    months = [span.start + timedelta(days=n) for n in (26, 57, 87)]
    checks = tuple(
        Evidence(f"{day.month}月报告质控检查记录", min(day, span.end), "附问题清单与改进措施")
        for day in months
    )
    meetings = tuple(
        Evidence(f"MDT读片会记录（{day.month}月）", day - timedelta(days=9), "讨论病例2例") for day in months
    )
    return (
        SectionOneRow("1.2", "met", checks),
        SectionOneRow(
            "1.3", "met", (Evidence("手术病例随访登记本", span.end, "本季度登记完整，均有反馈签收"),)
        ),
        SectionOneRow("1.4", "met", meetings),
    )


def _gaps(span: Span) -> tuple[SectionOneRow, ...]:
    first = Evidence(
        f"{span.start.month}月报告质控检查记录", span.start + timedelta(days=27), "仅列问题，无改进措施"
    )
    follow = Evidence("手术病例随访登记本", span.end, "仅登记临床反馈的病例，多数无反馈签收")
    return (
        SectionOneRow("1.2", "absent", (first,), "本季度的检查记录仅列问题，所列问题均未见改进措施。"),
        SectionOneRow("1.3", "incomplete", (follow,), "有随访制度，但本季度随访登记不完整，缺反馈签收。"),
        SectionOneRow("1.4", "absent", (), "本季度未召开疑难病例讨论或MDT读片会，无记录。"),
    )
