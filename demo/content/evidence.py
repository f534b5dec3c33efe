"""The documents of the demonstration's evidence register: in order, but for a review nobody made in time."""

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


def documents_of(demo: DemoDepartment) -> Sequence[DemoDocument]:
    """Issued before the first quarter; the writing rules get a new version in the third."""
    first = demo.quarters[0].window_start
    issued = date(first.year - 1, 12, 12)
    third = demo.quarters[2].window_start
    return (
        DemoDocument(
            "放射影像检查报告书写规范",
            f"{issued.year}版",
            ("writing_rules",),
            issued,
            (
                "报告由一般信息、检查技术、影像描述、诊断结论、签名五部分组成。",
                "描述按部位、数目、大小、形态、边界、密度或信号、强化次序书写。",
            ),
            note=f"科发〔{issued.year}〕12号",
        ),
        DemoDocument(
            "放射影像检查报告审核制度",
            f"{issued.year}版",
            ("review_rules",),
            issued,
            (
                "报告实行两级审核：报告医师书写，审核医师审核后签发。",
                "签发后的修改须由原签发医师完成并留痕。",
            ),
            review_due_on=demo.today + timedelta(days=20),
        ),
        DemoDocument(
            "手术与疑难病例随访反馈制度",
            f"{issued.year}版",
            ("follow_up_rules",),
            issued,
            (
                "手术病例、疑难病例由专人登记随访，取得结局后对照报告作出评价。",
                "评价反馈给报告医师，由本人签收。",
            ),
        ),
        DemoDocument(
            "月度报告质控检查办法",
            f"{issued.year}版",
            ("monthly_rules",),
            issued,
            (
                "每月随机抽查10份报告，按条款登记问题。",
                "每个问题制定改进措施，明确责任人与期限，次月核对效果。",
            ),
            review_due_on=demo.today - timedelta(days=12),
        ),
        DemoDocument(
            "疑难病例讨论与MDT读片会制度",
            f"{issued.year}版",
            ("conference_rules",),
            issued,
            ("疑难病例讨论与MDT读片会每月至少一次，由科主任或其指定的人主持。",),
        ),
        DemoDocument(
            "亚专业组设置与人员梯队",
            f"{first.year}版",
            ("group_rules",),
            first,
            (
                "设头颈和中枢神经、呼吸和循环、消化及泌尿生殖、骨关节四个亚专业组。",
                "各组设组长一名，配备高、中、初级医师。",
            ),
        ),
        DemoDocument(
            "放射影像检查报告书写规范",
            f"{third.year}年修订版",
            ("writing_rules",),
            third + timedelta(days=14),
            (
                "在上一版基础上增加：强化程度以轻度、中度、明显分度。",
                "诊断结论按临床意义排列，恶性肿瘤注明分期。",
            ),
            note=f"科发〔{third.year}〕9号",
            replaces=True,
        ),
    )
