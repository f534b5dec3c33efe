"""with_records(): the sample packet in the schema of today, with its months, measures and versions."""

from dataclasses import replace

from scoring.content import parts
from scoring.content.document import SCHEMA, PacketDocument
from tests.exports.sample_draw import draw_chains
from tests.exports.sample_staffing import with_staffing

JULY = parts.MonthLine(
    month="2025-07",
    label="2025年7月",
    state="closed",
    state_zh="已完成",
    due_on="2025-08-15",
    pool_size=58,
    size=10,
    checked=10,
    faulty=2,
    problems=3,
    clauses=(
        parts.MonthClause("6.4.3.2", "密度或信号", 2, 2),
        parts.MonthClause("6.4.1.2 d)", "左右方位", 1, 1),
    ),
    without_measure=("6.4.1.2 d)",),
    seed="RAD-2025-07",
    list_hash="5e" * 32,
    summary="抽查10份，2份有问题，已在科会讲评。",
    closed_by="测一鸣 1007",
    closed_at="2025-08-04 11:20",
)
AUGUST = replace(
    JULY,
    month="2025-08",
    label="2025年8月",
    due_on="2025-09-15",
    faulty=0,
    problems=0,
    clauses=(),
    without_measure=(),
    seed="RAD-2025-08",
    summary="抽查10份，未见问题。",
    closed_at="2025-09-03 10:02",
)
SEPTEMBER = parts.MonthLine(
    "2025-09", "2025年9月", "none", "逾期未做", "2025-10-15", *[None] * 5, (), (), "", "", "", "", ""
)
MEASURES = (
    parts.MeasureLine(
        number=12,
        source="2025年7月",
        clauses=("6.4.3.2",),
        problem="密度描述未指明参照组织。",
        action="科内培训并更新模板。",
        owner="沈测之(D201)",
        due_on="2025-08-31",
        state="closed",
        state_zh="已关闭",
        overdue=False,
        done_on="2025-08-20",
        effect="尚不能判定",
        effect_facts="由 2/10（20.0%） 到 0/10（0.0%）；差值的95%区间 -51 至 +14 个百分点："
        "样本小，尚不能说明变化。",
        checked_by="测一鸣 1007",
        closed_by="任主任 1001",
        closed_at="2025-10-09 09:00",
    ),
    parts.MeasureLine(
        13, "2025年第3季度", ("6.4.1.2 d)",), "左右方位写错1例。", "审核时逐份核对方位。", "测二 1008",
        "2025-10-10", "open", "整改中", True, "", "未核对", "", "", "", "",
    ),
)  # fmt: skip
VERSIONS = (
    parts.VersionLine(
        1, "", 24, "合格", "测一鸣 1007", "2025-10-17 10:00", "任主任 1001", "2025-10-17 16:00", "1f" * 32
    ),
)
CHANGES = (
    parts.ChangeLine(2, "1.3", "评定", "定期随访并有反馈记录", "有制度但记录不完整"),
    parts.ChangeLine(2, "", "合计得分", "24分", "26分"),
)
APPEAL = parts.AppealLine(
    3,
    "影像描述",
    "2025-10-16 10:01",
    "肺窗所见已在第二段描述。",
    "upheld",
    "申诉成立",
    "评二 1009",
    "2025-10-17 09:30",
    "第二段确有描述。",
    "不规范 → 规范",
)


def monthly(**changed) -> parts.Monthly:
    found = parts.Monthly(
        "2025-10-20", (JULY, AUGUST, SEPTEMBER), MEASURES, 0, ("每月抽查份数少，各月的高低不代表趋势。",)
    )
    return replace(found, **changed)


def history(document: PacketDocument, **changed) -> parts.History:
    sheet, result = document.sheet, document.result
    own = parts.VersionLine(
        sheet.number,
        sheet.correction_reason,
        result.total,
        result.verdict_zh,
        sheet.submitted_by,
        sheet.submitted_at,
        sheet.signed_by,
        sheet.signed_at,
        "",
    )
    is_second = sheet.number == 2
    versions = (*VERSIONS, own) if is_second else (own,)
    return replace(parts.History(versions, CHANGES if is_second else (), ()), **changed)


def with_records(status: str = "signed", states=None, **changed) -> PacketDocument:
    """A packet of today's schema. Its first case carries an appeal, its readers their reasons."""
    document = with_staffing(status=status, states=states)
    cases = (
        replace(
            _reasoned(document.cases[0]),
            appeals=(APPEAL,),
        ),
        *map(_reasoned, document.cases[1:]),
    )
    made = replace(document, schema=SCHEMA, cases=cases, monthly=monthly(), history=history(document))
    made = replace(made, draws=draw_chains(made))
    return replace(made, **changed)


def _reasoned(case: parts.Case) -> parts.Case:
    return replace(
        case,
        appeals=(),
        assessors=tuple(
            replace(
                line,
                localisation_zh="定位正确",
                characterisation_zh="首选诊断与结局一致",
                error_kind_zh="无差错",
                description_reason=f"{line.assessor}的描述理由。",
                conclusion_reason=f"{line.assessor}的结论理由。",
                faults=tuple(f"{fault.clause}　{fault.reason}" for fault in case.description.faults),
            )
            for line in case.assessors
        ),
    )
