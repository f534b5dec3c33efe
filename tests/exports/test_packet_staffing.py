"""人员资质 in the packet: in all three forms, held to its own counts, and absent from older packets."""

import io
import json
from dataclasses import replace

import openpyxl
import pytest

from scoring.content.document import PacketDocument
from scoring.packet.json import read_json, render_json
from scoring.packet.pdf import render_html, render_pdf
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import pdf_text
from tests.exports.sample import sample_document
from tests.exports.sample_staffing import EXCEPTIONS, staffing, with_staffing


def lines(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["人员资质"]
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_section_goes_to_json_and_back():
    document = with_staffing()
    assert read_json(render_json(document)) == document
    assert verify_packet(render_json(document)).problems == ()


def test_packet_signed_before_the_section_existed_keeps_its_hash_and_verifies():
    old = sample_document()
    raw = json.loads(render_json(old))
    assert "staffing" not in raw
    assert PacketDocument.from_dict({k: v for k, v in raw.items() if k != "content_hash"}) == old
    assert verify_packet(render_json(old)).problems == ()
    html = render_html(old)
    assert ("六、统计与读法" in html, "人员资质" in html) == (True, False)


def test_pdf_prints_the_section_before_the_statistics():
    text = "".join(pdf_text(render_pdf(with_staffing(status="draft"))).split())
    assert "六、人员资质" in text
    assert "七、统计与读法" in text
    for word in (
        "阎测川(D021)",
        "未通过第一阶段规培，也无视同通过的认定。",
        "华工测",
        "无法确认",
        "4.5未签名",
    ):
        assert word in text


def test_pdf_with_the_section_verifies_as_a_whole_file():
    assert verify_packet(render_pdf(with_staffing())).problems == ()


def test_workbook_has_the_section_between_evidence_and_notes():
    content = render_xlsx(with_staffing())
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == ["评分表", "十份报告", "描述问题", "抽样", "佐证材料", "人员资质", "说明"]
    found = lines(content)
    assert ["当日资质有例外的报告", 2] in found
    for line in EXCEPTIONS:
        who = [line.accession_number, line.role_zh, line.person, line.on]
        assert [*who, line.clauses, line.reason, line.judged_zh] in found
    assert ["放射防护培训", "4.3 a)", 12, 2, 1, 1, 0, 0] in found


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"with_exception": 5}, "人员资质所列例外的份数与所记的总数不符。"),
        ({"exceptions": EXCEPTIONS[:1]}, "人员资质所列例外的份数与所记的总数不符。"),
        ({"reports": 1}, "人员资质所列例外的份数与所记的总数不符。"),
        ({"people": 0}, "没有人员登记表，却列有人员资质的例外。"),
    ],
)
def test_section_that_contradicts_itself_is_found(changed, problem):
    assert verify_packet(render_json(with_staffing(**changed))).problems == (problem,)


def test_section_without_a_register_says_so_and_lists_nothing():
    empty = staffing(
        people=0,
        with_exception=0,
        signers=0,
        operators=0,
        by_reason=(),
        exceptions=(),
        requirements=(),
        notes=("尚未建立人员登记表，无法核对签发、操作当日的资质。",),
    )
    document = replace(sample_document(), staffing=empty)
    assert verify_packet(render_json(document)).problems == ()
    assert "尚未建立人员登记表" in render_html(document)
