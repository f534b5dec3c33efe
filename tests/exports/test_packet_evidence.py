"""机构提供的资料 in the packet: in all forms, its files inside the PDF, held to its own sheet."""

import hashlib
import io
import json
from dataclasses import replace

import openpyxl
import pytest
from pypdf import PdfReader

from scoring.content import parts
from scoring.content.codec import UnfitPacketError
from scoring.content.document import PacketDocument
from scoring.content.enclosures import find_enclosures
from scoring.content.seal import Seal
from scoring.packet.json import read_json, render_json
from scoring.packet.page_parts import evidence_rows
from scoring.packet.pdf import render_html, render_pdf
from scoring.packet.signature import seal
from scoring.packet.verify import document_problems, verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import pdf_text
from tests.exports.sample import sample_document
from tests.exports.sample_evidence import (
    FILES,
    MINUTES_SHA,
    ROWS,
    RULES_SHA,
    WRITING,
    evidence_row,
    with_evidence,
)
from tests.exports.sealed import NAME, seal_key, trust
from tests.scans import PDF

pytestmark = pytest.mark.usefixtures("laid_out_once")


def plain(document):
    return json.loads(json.dumps(document.to_dict()))


@pytest.fixture(scope="module")
def sealed():
    """The whole packet as an inspector gets it."""
    document = replace(with_evidence(), seal=Seal(seal_key().fingerprint, NAME))
    return seal(render_pdf(document, FILES), seal_key())


def test_evidence_goes_to_json_and_back():
    document = with_evidence()
    assert read_json(render_json(document)) == document
    assert document_problems(document) == ()


@pytest.mark.parametrize("name", ["staffing", "evidence"])
def test_packet_of_todays_schema_must_have_every_part(name):
    raw = plain(with_evidence())
    del raw[name]
    with pytest.raises(UnfitPacketError, match=f"迎检包缺少必需的项：{name}。"):
        PacketDocument.from_dict(raw)


def test_packet_of_the_first_schema_has_no_evidence_and_must_have_none():
    raw = plain(sample_document())
    assert "evidence" not in raw
    with pytest.raises(UnfitPacketError, match="迎检包中有未知的项：evidence。"):
        PacketDocument.from_dict(raw | {"evidence": []})


def test_packet_of_the_first_schema_keeps_its_bytes_whatever_came_since():
    """As signed by the first program: the hash is of the keys it knew, in whatever order they came since."""
    raw = plain(sample_document())
    canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert sample_document().content_hash() == hashlib.sha256(canonical).hexdigest()
    assert verify_packet(render_json(sample_document())).ok


def test_pdf_prints_documents_records_and_the_decision():
    text = pdf_text(render_pdf(with_evidence("draft")))
    for words in (
        "系统建议：无质控检查或无改进措施。",
        "缺：2025年8月：没有质控检查。",
        "与建议不同，理由：8月检查记录为纸质，已当场核对。",
        "报告书写规范：放射影像检查报告书写规范2025版",
        "附件evidence-01.pdf",
        RULES_SHA,
        "有效期至2026-01-05",
        "纸质原件",
        "会议：疑难病例讨论：9月",
        MINUTES_SHA,
        "另有3项记录未逐项列出。",
        "提示：骨关节没有组长",
        "五、佐证材料清单",
    ):
        assert words in text


def test_workbook_lists_documents_and_records_under_their_rows():
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(with_evidence())))
    lines = [
        [cell for cell in row if cell is not None] for row in book["佐证材料"].iter_rows(values_only=True)
    ]
    assert [
        "1.1",
        "放射影像检查报告书写规范 2025版",
        "2025-01-06 至 长期",
        "报告书写规范；长期有效；科发〔2025〕3号",
        "沈测之(D201)",
        "书写规范.pdf（随册PDF内 evidence-01.pdf）",
        RULES_SHA,
    ] in lines
    follow_up = ["1.3", "随访　CT25070200024", "2025-07-02", "不计：报告医师还没有签收反馈。"]
    assert follow_up in [line[:4] for line in lines]
    order = [line[0] for line in lines if line and line[0] in {"1.1", "1.2", "1.3", "1.4", "1.5"}]
    # Documents and records first, then what was only noted on the sheet (two, three, two and one there).
    assert order == [*["1.1"] * 4, *["1.2"] * 4, *["1.3"] * 4, *["1.4"] * 2, "1.5"]


def test_document_that_counts_for_nothing_is_marked_on_paper_and_in_the_workbook():
    bare = replace(WRITING, counts=False, standing_zh="未附文件", file="", sha256="", attached_as="")
    (counted, *_), html = ROWS, render_html(with_evidence("draft"))
    rows = (replace(counted, documents=(bare, *counted.documents[1:])), *ROWS[1:])
    document = with_evidence("draft", rows)
    marked = render_html(document)
    assert marked.count(">不计</span>") == html.count(">不计</span>") + 1
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(document)))
    says = [row[3] for row in book["佐证材料"].iter_rows(values_only=True)]
    assert "报告书写规范；不计：未附文件；科发〔2025〕3号" in says
    assert sum("不计" in str(text) for text in says) == 2


RULES_TITLE = "放射影像检查报告书写规范"
OWN_FILES = {"packet.json", "packet.xlsx", "packet.schema.json", "recheck_packet.py"}


def test_signed_pdf_encloses_the_files_it_names(sealed):
    files = {name: content[0] for name, content in PdfReader(io.BytesIO(sealed)).attachments.items()}
    assert set(files) == OWN_FILES | {"evidence-01.pdf", "evidence-02.jpg"}
    assert {hashlib.sha256(files[name]).hexdigest() for name in files if name.startswith("evidence")} == set(
        FILES
    )


def test_sealed_pdf_with_enclosures_verifies_as_a_whole(sealed):
    found = verify_packet(sealed, trust())
    assert (found.problems, found.ok) == ((), True)
    said = {check.name: check.sentence for check in found.checks}
    assert said["enclosures"] == "所附2个佐证文件与所记的校验值（SHA-256）一致。"
    assert said["layout"].startswith("按所载数据重新生成，与本文件逐字节相同")


def test_enclosed_file_exchanged_for_another_is_found():
    other = PDF.replace(b"Catalog", b"Katalog")
    document = replace(with_evidence(), seal=Seal(seal_key().fingerprint, NAME))
    forged = seal(render_pdf(document, FILES | {RULES_SHA: other}), seal_key())
    found = verify_packet(forged, trust())
    sentence = (
        "所附佐证文件“evidence-01.pdf”（放射影像检查报告书写规范）缺失，或与所记的校验值（SHA-256）不符。"
    )
    assert found.problems == (sentence,)


def test_enclosure_stored_unpacked_is_found_too():
    content = b"1 0 obj\nstream\r\n" + PDF + b"\nendstream"
    assert find_enclosures(content, (), with_evidence()) == {RULES_SHA: PDF}


def test_enclosed_text_that_speaks_of_a_packet_is_not_taken_for_its_data():
    odd = b'%PDF-1.4\n"schema": "qcportal-packet/2"\n%%EOF\n'
    digest = hashlib.sha256(odd).hexdigest()
    line = replace(WRITING, sha256=digest, size=len(odd))
    rows = (replace(ROWS[0], documents=(line,)), *ROWS[1:])
    document = replace(with_evidence(rows=rows), seal=Seal(seal_key().fingerprint, NAME))
    content = seal(render_pdf(document, {digest: odd}), seal_key())
    assert verify_packet(content, trust()).problems == ()


def test_file_named_and_not_given_cannot_be_rendered():
    with pytest.raises(KeyError):
        render_pdf(with_evidence(), {})


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (ROWS[1:], "佐证材料所列的行与评分表第1部分不符。"),
        (
            (ROWS[0], replace(ROWS[1], differs_reason=""), *ROWS[2:]),
            "1.2行的评定与建议不同，却没有写明理由。",
        ),
        (
            (replace(ROWS[0], differs_reason="另有理由"), *ROWS[1:]),
            "1.1行的评定与建议相同，却写有不同的理由。",
        ),
        (
            (replace(ROWS[0], documents=(replace(WRITING, sha256="", attached_as=""),)), *ROWS[1:]),
            "1.1行的“放射影像检查报告书写规范”有文件而无校验值，或有校验值而无文件。",
        ),
        (
            (replace(ROWS[0], documents=(replace(WRITING, size=30_000_000),)), *ROWS[1:]),
            "所附佐证文件超过上限，或文件名重复。",
        ),
    ],
)
def test_evidence_that_contradicts_the_sheet_is_found(rows, problem):
    assert document_problems(with_evidence(rows=rows)) == (problem,)


def test_rows_judged_before_there_were_suggestions_say_so():
    rows = tuple(evidence_row(row.row, "", "") for row in ROWS)
    document = with_evidence(rows=rows)
    assert document_problems(document) == ()
    assert render_html(document).count("评定时没有系统建议。") == 5


def test_noted_title_of_a_registered_document_is_listed_once_unless_it_says_more():
    document = with_evidence()
    bare = parts.EvidenceItem(RULES_TITLE, "2025-01-06", "", "测一鸣 1007")
    row = replace(
        document.rows[0], evidence=(bare, replace(bare, note="全文12页"), replace(bare, title="别的"))
    )
    shown = evidence_rows(replace(document, rows=(row, *document.rows[1:])))[0]
    notes = [(line.note.title, line.note.note) for line in shown.lines if line.note]
    assert notes == [(RULES_TITLE, "全文12页"), ("别的", "")]
