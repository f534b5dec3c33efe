"""with_rows(): the whole sample packet with the rows that its counts are counted from."""

import hashlib
from dataclasses import replace

from scoring.content import parts
from scoring.content.document import PacketDocument
from tests.exports.sample_whole import ENCLOSED, whole_document

DRAW = b'{"schema":"qcportal.monthly_draw"}\n'
DRAW_SHA = hashlib.sha256(DRAW).hexdigest()
ALL_ENCLOSED = ENCLOSED | {DRAW_SHA: DRAW}
_CODES = (
    "signer 4.4/residency-stage-one",
    "operator 4.3a/training-missing",
    "operator 4.3b/equipment-training",
)


def month_reports(faults: dict[int, tuple[str, ...]]) -> tuple[parts.MonthReport, ...]:
    """Ten reports of a month; `faults`: position → clauses."""
    return tuple(
        parts.MonthReport(
            position=place,
            accession_number=f"CT250701{place:05d}",
            system_zh="呼吸",
            modality="CT",
            examination_name="胸部CT平扫",
            revision_number=1,
            assessor="测一鸣 1007",
            judged_at="2025-08-01 09:00",
            verdict_zh="有问题" if place in faults else "未见问题",
            remark="",
            faults=tuple(
                parts.MonthFaultLine(clause, "条款名", "低密度影", f"{clause}未写明。")
                for clause in faults.get(place, ())
            ),
        )
        for place in range(1, 11)
    )


def staff_reports() -> parts.StaffReports:
    """164 reports, two with an exception; 16 people, as the sample's matrix counts them."""
    rows = [
        parts.StaffReport(
            f"CT2507{n:06d}", "2025-07-02", "阎测川(D021)", "P1", "2025-07-02", "CT", "华工测", "P2", ()
        )
        for n in range(164)
    ]
    rows[0] = replace(rows[0], signer_proof="", exceptions=_CODES[:1])
    rows[1] = replace(rows[1], operator_proof="", exceptions=_CODES[1:])
    first = ["valid"] * 12 + ["expiring"] * 2 + ["expired", "missing"] + ["not_needed"] * 8
    second = ["valid"] * 22 + ["missing", "faulty"]
    return parts.StaffReports(
        rows=tuple(rows),
        proofs=(
            parts.StaffProof("P1", "阎测川(D021)", ("医师资格证书 2002110D021（2002-11-01）",)),
            parts.StaffProof("P2", "华工测(T001)", ("放射防护培训（2024-09-10）",)),
        ),
        members=tuple(
            parts.StaffMember(f"人员{n}(D{n:03d})", pair)
            for n, pair in enumerate(zip(first, second, strict=True))
        )
        + tuple(parts.StaffMember(f"离岗{n}(L{n:03d})", ()) for n in range(16)),
    )


FOLLOW_UPS = parts.FollowUps(
    "2025-10-20",
    tuple(
        parts.FollowUpLine(
            *(n, f"CT25070{n}00024", "手术", "2025-07-02", "2025-07-09", "2025-07-10", "2025-07-11"),
            *("2025-07-12" if n < 3 else "", "符合", "无差错", "书写甲", "", state, state_zh),
        )
        for n, (state, state_zh) in enumerate(
            [("complete", "完整"), ("complete", "完整"), ("incomplete", "不完整"), ("running", "随访中")],
            start=1,
        )
    ),
    complete=2,
    running=1,
    incomplete=1,
)


def with_rows(**changed) -> PacketDocument:
    """As a packet of today is made: every count with its rows."""
    document = whole_document()
    july, august, september = document.monthly.months
    drawn = {"drawn_by": "测一鸣 1007", "drawn_at": "2025-08-01 08:00", "draw_sha256": DRAW_SHA}
    drawn |= {"draw_size": len(DRAW)}
    months = (
        replace(
            july,
            draw_file="month-2025-07-draw.json",
            reports=month_reports({3: ("6.4.3.2",), 7: ("6.4.3.2", "6.4.1.2 d)")}),
            **drawn,
        ),
        replace(august, draw_file="month-2025-08-draw.json", reports=month_reports({}), **drawn),
        replace(september, drawn_by="", drawn_at="", draw_file="", draw_sha256="", draw_size=0, reports=()),
    )
    outcome = {"source": "导入 结局.csv", "entered_at": "2025-10-01 09:00", "match_zh": "检查号"}
    cases = tuple(
        replace(
            case,
            outcomes=tuple(
                replace(one, number=30 + case.position, confirmed_by="", confirmed_at="", **outcome)
                for one in case.outcomes
            ),
        )
        for case in document.cases
    )
    statistics = document.statistics
    good = statistics.concordant + statistics.partly
    quarter = parts.PooledQuarter("2025年第3季度", good, good + statistics.discordant, True)
    made = replace(
        document,
        cases=cases,
        monthly=replace(document.monthly, months=months),
        staffing=replace(document.staffing, checked=staff_reports()),
        follow_ups=FOLLOW_UPS,
        statistics=replace(statistics, quarters=(quarter,)),
    )
    return replace(made, **changed)
