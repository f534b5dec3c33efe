"""The unmasked packet as a document: marked on every page, sealed, and the signed one but for its masks."""

import io
import json
import re
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from exporting.masking import mask_in_text
from exporting.pdf import printable
from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument
from scoring.content.unmasked import masked_again, masked_form, put_back, unmasked_problems
from scoring.packet.json import read_json, render_json
from scoring.packet.pdf import render_html, render_pdf
from scoring.packet.signature import seal
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import pdf_boxes, pdf_text, words_beyond_margins
from tests.exports.sample import sample_document
from tests.exports.sample_unmasked import BACK, REASON, unmasked_document, unstarred
from tests.exports.sealed import seal_key, sealed_document, trust
from tests.scoring.packet.test_recheck_script import run

LONG = {
    "receiver": "某某省某某市放射影像质量控制与改进中心（第二分中心）病历核查工作组一",
    "reason": "依据检查通知第七号" * 11,
    "approved_by": "欧阳主任医师（ouyang.zhuren.head）",
}


@pytest.fixture(scope="module")
def document() -> PacketDocument:
    return unmasked_document()


@pytest.fixture(scope="module")
def packet(document) -> bytes:
    return seal(render_pdf(document), seal_key())


def pages(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


# --- what it is ------------------------------------------------------------------------------------


def test_masked_packet_has_no_key_of_it_and_an_unmasked_one_comes_back_whole(document):
    assert "unmasked" not in sealed_document().to_dict()
    assert read_json(render_json(document)) == document
    assert (document.schema, document.schema_number) == (sealed_document().schema, 4)


@pytest.mark.parametrize("schema", ["qcportal-packet/2", "qcportal-packet/3", "qcportal-packet/4"])
def test_unmasked_packet_of_any_sealed_schema_is_the_signed_one_but_for_its_masks(schema):
    signed = replace(sealed_document(), schema=schema)
    signed = signed if schema.endswith("4") else replace(signed, draws=None)
    signed = replace(signed, evidence=(), monthly=None, history=None) if schema.endswith("2") else signed
    found = unmasked_document(signed)
    assert (tuple(unmasked_problems(found)), masked_form(found).content_hash()) == ((), signed.content_hash())


def test_only_cases_hold_what_was_put_back(document):
    raw, signed = document.to_dict(), sealed_document().to_dict()
    others = {name: value for name, value in raw.items() if name not in ("cases", "unmasked")}
    assert others == {name: value for name, value in signed.items() if name != "cases"}
    assert all(line.path.startswith("cases/") for line in document.unmasked.restored)
    assert document.unmasked.left == 0


@given(text=st.text("鹳雀儿 ab*1９\n，", max_size=40))
def test_text_masked_and_put_back_is_the_text_and_the_list_masks_it_again(text):
    masked = mask_in_text(text, "鹳雀儿", ("1９ab",))
    head = {"position": 1, "system": "other", "modality": "CT", "revision_number": 1}
    signed = {"cases": [head | {"report": {"findings": masked}}]}
    plain = [head | {"report": {"findings": text}}]
    found, restored, left = put_back(signed, plain)
    assert (found["cases"], left) == (plain, 0)
    assert masked_again(found | {"unmasked": {}}, restored) == signed


def test_thing_that_differs_elsewhere_stays_masked_and_is_counted():
    raw = json.loads(sealed_document().canonical())
    raw["cases"][0]["assessors"][0]["note"] = "张*的片"
    plain = unstarred(raw["cases"])
    plain[0]["assessors"][0]["judgement_zh"] = "改判"
    found, restored, left = put_back(raw, plain)
    assert (found["cases"][0]["assessors"][0], left) == (raw["cases"][0]["assessors"][0], 1)
    assert not [line for line in restored if "/assessors/" in line.path]


@pytest.mark.parametrize(
    "change", [{"findings": "另一份报告。"}, {"accession_number": "X"}, {"patient_name": "鹳雀儿儿"}]
)
def test_another_report_is_not_put_in(change):
    raw = json.loads(sealed_document().canonical())
    plain = unstarred(raw["cases"])
    plain[2]["report"] |= change
    with pytest.raises(UnfitPacketError, match="第3份所存的报告与签发时的不同，不能还原。"):
        put_back(raw, plain)
    with pytest.raises(UnfitPacketError, match="在评的报告与签发时的不同"):
        put_back(raw, plain[:-1])


# --- what it looks like ----------------------------------------------------------------------------


def test_every_page_of_the_pdf_says_for_whom_by_whose_leave_and_why(packet, document):
    line = "".join(document.unmasked.words.split())
    assert line.startswith("未脱敏·仅限检查甲（inspector）·任主任（head）2025-10-21批准（第5号）")
    found = pages(packet)
    assert (len(found) > 10, [place for place, text in enumerate(found, 1) if line not in text]) == (True, [])


def test_cover_metadata_and_enclosed_files_say_it(packet):
    reader = PdfReader(io.BytesIO(packet))
    assert reader.metadata.title.endswith("（未脱敏）")
    own = {"packet-unmasked.json", "packet-unmasked.xlsx", "packet.schema.json", "recheck_packet.py"}
    assert set(reader.attachments) == own
    cover = pages(packet)[0]
    assert ("未脱敏·仅限检查甲（inspector）" in cover, "已脱敏。" in cover) == (True, False)
    assert REASON in cover


def test_longest_receiver_and_reason_stay_on_the_paper_of_every_page():
    document = unmasked_document(**LONG)
    content = render_pdf(document)
    line = "".join(document.unmasked.words.split())
    assert [place for place, text in enumerate(pages(content), 1) if line not in text] == []
    assert (words_beyond_margins(content), pdf_boxes(content)) == ([], 0)


def test_masked_packet_is_laid_out_without_a_trace_of_it():
    text = render_html(sealed_document())
    assert [
        word for word in ("print-unmasked", "head-unmasked", "unmasked-box", "仅限") if word in text
    ] == []
    assert "受检者姓名、证件号已脱敏。" in text


def test_workbook_says_it_on_every_sheet_and_lists_whose_reports_they_are(document):
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(document)))
    heads = {sheet.title: sheet.oddHeader.left.text for sheet in book}
    assert set(heads.values()) == {document.unmasked.words}
    assert "（未脱敏，仅限检查甲（inspector））" in book["评分表"]["A1"].value
    rows = [[cell.value for cell in row[:4]] for row in book["未脱敏"].iter_rows()]
    assert [row for row in rows if row[0] == 1] == [
        [1, document.cases[0].report.accession_number, document.cases[0].report.patient_name, "P0000"]
    ]
    assert any(BACK in str(cell.value) for row in book["十份报告"].iter_rows() for cell in row)


def test_head_of_a_worksheet_keeps_within_what_excel_takes():
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(unmasked_document(**LONG | {"reason": "&" * 100}))))
    heads = [re.sub("&&", "&", sheet.oddHeader.left.text) for sheet in book]
    raw = [sheet.oddHeader.left.text for sheet in book]
    assert (max(map(len, raw)) <= 250, heads[0].startswith("未脱敏 · 仅限")) == (True, True)


def test_masked_workbook_has_no_such_sheet():
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(sealed_document())))
    assert "未脱敏" not in book.sheetnames


# --- what the verifier says ------------------------------------------------------------------------


def answers(content: bytes) -> dict[str, object]:
    return {check.name: check.ok for check in verify_packet(content, trust()).checks}


def test_sealed_unmasked_packet_verifies_and_says_what_it_is(packet, document):
    found = verify_packet(packet, trust())
    assert (found.ok, found.problems) == (True, ())
    words = {check.name: check.sentence for check in found.checks}
    assert words["unmasked"] == f"本册含受检者身份：{document.unmasked.words}。申请人测一鸣（officer）。"
    count, short = len(document.unmasked.restored), document.unmasked.masked_hash[:16]
    assert words["masked_form"] == (
        f"把所列{count}处遮回之后，内容校验值{short}…与所称的脱敏迎检包相同：除遮盖之外没有差别。"
    )
    assert words["layout"] == "按所载数据重新生成，与本文件逐字节相同（签章数字除外）。"


def test_masked_packet_is_asked_nothing_of_it():
    names = [check.name for check in verify_packet(render_json(sealed_document())).checks]
    assert names == ["signature", "content", "draw", "draws", "points"]


def _told(document, **change):
    return replace(document, unmasked=replace(document.unmasked, **change))


def _case(document, **change):
    first = document.cases[0]
    report = replace(first.report, **change)
    return replace(document, cases=(replace(first, report=report), *document.cases[1:]))


def _first(document, **change):
    line, *rest = document.unmasked.restored
    return _told(document, restored=(replace(line, **change), *rest))


DIFFERS = "把所列各处遮回之后，内容校验值与所称的脱敏迎检包不符：内容在脱敏之外另有改动。"


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (lambda d: _case(d, findings=d.cases[0].report.findings + "（补）"), DIFFERS),
        (lambda d: _case(d, impression="未见异常。"), DIFFERS),
        (lambda d: _told(d, masked_hash="0" * 64), DIFFERS),
        (lambda d: _told(d, restored=d.unmasked.restored[1:]), DIFFERS),
        (lambda d: _case(d, patient_name="张冠李"), "受检者对照与各份报告的检查号、姓名不符。"),
        (lambda d: _told(d, identities=()), "受检者对照与各份报告的检查号、姓名不符。"),
        (lambda d: _told(d, approved_by=d.unmasked.asked_by), "未脱敏的申请人与批准人是同一人。"),
        (lambda d: _told(d, until="2025-10-20"), "未脱敏的申请、批准与有效期的先后不符。"),
        (lambda d: _told(d, asked_at="2025-10-22 09:10"), "未脱敏的申请、批准与有效期的先后不符。"),
        (lambda d: _told(d, reason=""), "未脱敏的接收人、理由或批准意见缺失。"),
        (lambda d: _first(d, path="rows/0/reason"), "所列的还原位置不在报告之内，或重复。"),
        (lambda d: _first(d, path="cases/99/report"), "第100份报告所列的还原位置不存在。"),
        (lambda d: _first(d, path="cases/x/report"), "所列的还原位置不存在。"),
        (lambda d: _first(d, path="cases/0/report"), "第1份报告所列的还原位置超出文字，或次序有误。"),
        (lambda d: _first(d, path="cases"), "所列的还原位置超出文字，或次序有误。"),
    ],
)
def test_unmasked_packet_that_is_not_the_signed_one_is_refused(document, forge, words):
    found = verify_packet(render_json(forge(document)))
    assert (found.ok, words in found.problems) == (False, True)


@pytest.mark.parametrize("at", [(), (0, 0), (5, 1), (-1,), (10_000,)])
def test_places_that_cannot_be_are_refused(document, at):
    found = verify_packet(render_json(_first(document, at=at)))
    assert any("超出文字，或次序有误" in words for words in found.problems)


def test_part_taken_out_of_the_file_shows(document):
    raw = json.loads(render_json(document))
    del raw["unmasked"]
    found = verify_packet(json.dumps(raw, ensure_ascii=False).encode())
    assert found.problems == ("内容校验值与内容不符：文件在生成之后被改动。",)


def test_changed_byte_and_appended_bytes_of_the_pdf_are_refused(packet):
    middle = len(packet) // 2
    flipped = packet[:middle] + bytes([packet[middle] ^ 1]) + packet[middle + 1 :]
    for content in (flipped, packet + b"\n%x", packet[:-7]):
        assert not verify_packet(content, trust()).ok


def test_first_schema_reads_no_such_part():
    raw = sample_document().to_dict() | {"unmasked": {"approval": 1}}
    with pytest.raises(UnfitPacketError, match="缺少必需的项"):
        PacketDocument.from_dict(raw)


# --- without the app -------------------------------------------------------------------------------


def test_script_of_the_inspector_masks_again_and_comes_to_the_signed_hash(tmp_path, document):
    found = run(tmp_path, render_json(document))
    lines = found.stdout.splitlines()
    assert (found.returncode, found.stderr) == (3, "")  # no hash was given to hold it against
    assert lines[1] == (
        f"未脱敏：仅限检查甲（inspector），任主任（head） 2025-10-21 15:30 批准，理由：{REASON}"
    )
    assert lines[2] == f"相符 遮回后的校验值 {document.unmasked.masked_hash}"
    end = next(place for place, line in enumerate(lines) if line.startswith("结论"))
    assert [line.split()[0] for line in lines[:1] + lines[2:end]] == ["相符"] * 14
    assert lines[end].startswith("结论：内容完整")


def test_script_says_where_more_than_the_masks_differs(tmp_path, document):
    found = run(tmp_path, render_json(_case(document, impression="未见异常。")))
    assert found.returncode == 1
    assert [line.split()[1] for line in found.stdout.splitlines() if line.startswith("不符")] == [
        "遮回后的校验值"
    ]


def test_text_of_the_pdf_holds_every_name_put_back(packet, document):
    text = pdf_text(packet)
    names = [printable(case.report.patient_name) for case in document.cases]
    assert [name for name in names if name not in text] == []
