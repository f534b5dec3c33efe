"""with_evidence(): the sample packet in the schema of today, with its register of evidence."""

import hashlib
from dataclasses import replace

from scoring.content import parts
from scoring.content.document import SCHEMA, PacketDocument
from tests.exports.sample_draw import draw_chains
from tests.exports.sample_staffing import with_staffing
from tests.scans import JPEG, PDF

FILES = {hashlib.sha256(content).hexdigest(): content for content in (PDF, JPEG)}
RULES_SHA, SCAN_SHA = FILES
MINUTES_SHA = "ab" * 32
WRITING = parts.DocumentLine(
    kind_zh="报告书写规范",
    title="放射影像检查报告书写规范",
    version="2025版",
    valid_from="2025-01-06",
    valid_until="",
    standing_zh="长期有效",
    counts=True,
    owner="沈测之(D201)",
    note="科发〔2025〕3号",
    file="书写规范.pdf",
    sha256=RULES_SHA,
    size=len(PDF),
    attached_as="evidence-01.pdf",
    registered_by="测一鸣 1007",
    registered_at="2025-01-06 09:10",
)
REVIEW = replace(
    WRITING,
    kind_zh="报告审核制度",
    title="报告审核制度",
    valid_until="2026-01-05",
    standing_zh="有效期至 2026-01-05",
    file="审核制度.jpg",
    sha256=SCAN_SHA,
    size=len(JPEG),
    attached_as="evidence-02.jpg",
)
PAPER = replace(
    WRITING, kind_zh="随访与反馈制度", title="随访制度", file="", sha256="", size=0, attached_as=""
)
MONTH = parts.RecordLine(
    "month", "月度质控", "2025年7月质控检查", "2025-07-01", "已完成，未见问题", "测一鸣 1007", True, "", ""
)
FOLLOW_UP = parts.RecordLine(
    "follow_up", "随访", "CT25070200024", "2025-07-02", "报告医师还没有签收反馈。", "", False, "", ""
)
HELD = parts.RecordLine(
    "conference",
    "会议",
    "疑难病例讨论：9月",
    "2025-09-26",
    "讨论2例",
    "任主任",
    True,
    "记录.pdf",
    MINUTES_SHA,
)


def evidence_row(row: str, suggested: str, suggested_zh: str, **more) -> parts.EvidenceRow:
    values = {
        "row": row,
        "suggested": suggested,
        "suggested_zh": suggested_zh,
        "sentence": "",
        "missing": (),
        "notes": (),
        "readings": (),
        "differs_reason": "",
        "documents": (),
        "records": (),
        "records_left_out": 0,
    }
    return parts.EvidenceRow(**values | more)


ROWS = (
    evidence_row(
        "1.1",
        "met",
        "书写规范与审核制度齐全",
        sentence="书写规范与审核制度在窗口最后一日（2025-09-30）均有效。",
        readings=("D-03",),
        documents=(WRITING, REVIEW),
    ),
    evidence_row(
        "1.2",
        "absent",
        "无质控检查或无改进措施",
        missing=("2025年8月：没有质控检查",),
        differs_reason="8月检查记录为纸质，已当场核对。",
        readings=("D-04",),
        records=(MONTH,),
    ),
    evidence_row(
        "1.3",
        "incomplete",
        "有制度但记录不完整",
        missing=("CT25070200024：报告医师还没有签收反馈",),
        readings=("D-05", "D-26"),
        documents=(PAPER,),
        records=(FOLLOW_UP,),
        records_left_out=3,
    ),
    evidence_row("1.4", "met", "定期召开并有记录", records=(HELD,)),
    evidence_row("1.5", "met", "已设专业组", notes=("骨关节没有组长",), readings=("D-06",)),
)


def with_evidence(status: str = "signed", rows: tuple[parts.EvidenceRow, ...] = ROWS) -> PacketDocument:
    """A packet of today's schema; `rows` as evidence."""
    document = with_staffing(status=status)
    return replace(document, schema=SCHEMA, evidence=rows, draws=draw_chains(document))
