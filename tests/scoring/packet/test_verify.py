"""A packet that proves itself offline, and every way it must fail to."""

import json
from dataclasses import replace

import pytest
from pypdf import PdfReader, PdfWriter

from scoring.content.document import PacketDocument, canonical_json
from scoring.packet.json import render_json
from scoring.packet.pdf import render_pdf
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.sample import sample_document

pytestmark = pytest.mark.usefixtures("laid_out_once")


@pytest.fixture(scope="module")
def pdf():
    document = sample_document()
    # One report is enough here and quicker to lay out; the draw then disagrees, which is its own test.
    return render_pdf(document)


def forged(change) -> bytes:
    """The sample's JSON changed, and its content hash made to fit again."""
    raw = sample_document().to_dict()
    change(raw)
    document = PacketDocument.from_dict(raw)
    assert document.canonical() == canonical_json(raw)
    return render_json(document)


def test_pdf_and_json_as_made_hold(pdf):
    for content, kind in ((pdf, "pdf"), (render_json(sample_document()), "json")):
        found = verify_packet(content)
        assert (found.kind, found.problems, found.ok) == (kind, (), True)
        assert found.document == sample_document()


def test_pdf_lengthened_is_refused(pdf):
    found = verify_packet(pdf + b"\n% x")
    assert found.problems == ("文件末尾被追加了4字节：不是签发时生成的原文件。",)


def test_pdf_signed_by_others_is_said_to_be_theirs(pdf):
    found = verify_packet(pdf + b"\n<< /Type /Sig /ByteRange [0 1 2 3] >>")
    words = "文件带有他人签章，不是本系统签章：签发时的系统签章可能被移除。"
    assert words in found.problems
    enclosed = verify_packet(pdf + b"\nstream\n/ByteRange\nendstream")
    assert words not in enclosed.problems


def test_pdf_cut_is_refused(pdf):
    found = verify_packet(pdf[:-40])
    assert found.problems == (f"文件不完整：应有{len(pdf)}字节，现有{len(pdf) - 40}字节。",)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_pdf_flipped_byte_is_refused(pdf, share):
    place = int(len(pdf) * share)
    changed = bytearray(pdf)
    changed[place] ^= 1
    assert not verify_packet(bytes(changed)).ok


def test_pdf_rewritten_with_an_annotation_is_refused(pdf, tmp_path):
    path = tmp_path / "packet.pdf"
    path.write_bytes(pdf)
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.add_metadata({"/Subject": "附录B评分：合格 "})
    writer.write(path)
    assert not verify_packet(path.read_bytes()).ok


def test_draft_pdf_holds_no_data_to_check():
    found = verify_packet(render_pdf(replace(sample_document(status="draft"), cases=())))
    assert found.problems == ("PDF内没有迎检包数据：不是已签发的迎检包，或附件已被删除、损坏。",)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[1]", b'{"schema": "qcportal-packet/1"}'])
def test_other_bytes_are_refused(content):
    assert not verify_packet(content).ok


def test_workbook_alone_says_what_to_check_instead():
    found = verify_packet(render_xlsx(sample_document()))
    assert found.problems == ("Excel工作簿不带系统签章，也不含核对所需的全部数据：请核对同一迎检包的PDF。",)


def test_json_changed_without_its_hash_is_refused():
    raw = json.loads(render_json(sample_document()))
    raw["result"]["total"] = 30
    found = verify_packet(json.dumps(raw).encode())
    assert found.problems == ("内容校验值与内容不符：文件在生成之后被改动。",)


def test_points_forged_consistently_are_worked_out_afresh():
    def change(raw):
        raw["rows"][2]["score"] = 2
        raw["result"]["total"] = 27

    assert verify_packet(forged(change)).problems == (
        "1.3行记2分，按所载评定重算为1分。",
        "合计记27分，按所载评定重算为26分。",
    )


def test_ruling_forged_consistently_changes_the_points():
    def change(raw):
        case = next(c for c in raw["cases"] if c["conclusion"]["discordant"])
        case["conclusion"]["discordant"] = False

    assert verify_packet(forged(change)).problems == (
        "2.2行记9分，按所载评定重算为10分。",
        "合计记26分，按所载评定重算为27分。",
    )


def test_reports_swapped_are_not_those_drawn():
    def change(raw):
        raw["cases"][0], raw["cases"][1] = raw["cases"][1], raw["cases"][0]

    assert verify_packet(forged(change)).problems == ("所列报告与抽样结果不一致：报告或次序被改动。",)


def test_seed_forged_does_not_repeat_the_draw():
    def change(raw):
        raw["draw"]["document"]["seed"] = "1-" + "0" * 32

    assert not verify_packet(forged(change)).ok
