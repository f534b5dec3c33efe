"""The seal of a packet: one revision, the same bytes before it is set, every tampering refused (P1–P3)."""

import io
import re
import subprocess
import zlib
from dataclasses import replace

import page
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pypdf import PdfReader, PdfWriter

from exporting import pdf as pdf_door
from exporting.sealing import PLACE, RESERVED, SealField
from scoring.packet.json import render_json
from scoring.packet.pdf import SEAL_REASON, inner_files, made_at, render_html, render_pdf
from scoring.packet.signature import SealError, check_seal, read_fingerprint, seal, unsealed
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import pdf_boxes
from tests.exports.sealed import (
    NAME,
    key_pair,
    seal_key,
    sealed_document,
    sealed_packet,
    trust,
    unsealed_packet,
)

pytestmark = pytest.mark.usefixtures("laid_out_once")

ALL_HOLDS = {
    "signature": True,
    "coverage": True,
    "changes": True,
    "signer": True,
    "content": True,
    "draw": True,
    "draws": True,
    "points": True,
    "layout": True,
}


@pytest.fixture(scope="module")
def packet():
    return sealed_packet()


def answers(content: bytes, given=None) -> dict[str, bool | None]:
    return {check.name: check.ok for check in verify_packet(content, given or trust()).checks}


def poppler(program: str, content: bytes, path, *options: str) -> str:
    path.write_bytes(content)
    run = subprocess.run([program, *options, str(path)], capture_output=True, check=True, cwd=path.parent)
    return run.stdout.decode()


# --- as made ---------------------------------------------------------------------------------------


def test_packet_as_sealed_holds_in_every_respect(packet):
    found = verify_packet(packet, trust())
    assert {check.name: check.ok for check in found.checks} == ALL_HOLDS
    assert (found.ok, found.problems, found.document) == (True, (), sealed_document())


def test_packet_made_twice_is_the_same_before_and_after_its_seal(packet):
    again = render_pdf(sealed_document())
    assert again == unsealed_packet()
    assert seal(again, seal_key()) == packet
    assert unsealed(packet) == again


def test_packet_sealed_by_another_key_differs_in_the_digits_alone(packet):
    other = seal(unsealed_packet(), seal_key("ec"))
    start, end = PLACE.search(packet).span("digits")
    assert (other[:start], other[end:]) == (packet[:start], packet[end:])
    assert other[start:end] != packet[start:end]
    assert answers(other, trust("ec")) == ALL_HOLDS | {"later_key": None}


def test_packet_is_one_revision_certified_against_any_change(packet):
    reader = PdfFileReader(io.BytesIO(packet))
    (found,) = reader.embedded_signatures
    assert (reader.total_revisions, packet.count(b"%%EOF")) == (1, 1)
    assert found.docmdp_level == MDPPerm.NO_CHANGES
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert str(found.sig_object["/M"]) == "D:20251020160500+08'00'"


def test_packet_is_pdf_a_3a_without_a_failure(packet):
    report = page.validate_pdf_bytes(packet)
    assert [failure.message for failure in report.failures] == []
    assert b'pdfaid:conformance="A"' in packet


def test_packet_is_tagged_and_bookmarked(packet):
    reader = PdfReader(io.BytesIO(packet))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root_object
    assert len([entry for entry in reader.outline if not isinstance(entry, list)]) == 8
    assert pdf_boxes(packet) == 0


def test_pdfsig_finds_the_whole_document_validly_signed(packet, tmp_path):
    said = poppler("pdfsig", packet, tmp_path / "p.pdf", "-nocert")
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert NAME in said


def test_pdfdetach_and_pdffonts_agree(packet, tmp_path):
    path = tmp_path / "p.pdf"
    assert poppler("pdfdetach", packet, path, "-list").splitlines() == [
        "4 embedded files",
        "1: packet.json",
        "2: packet.schema.json",
        "3: packet.xlsx",
        "4: recheck_packet.py",
    ]
    lines = poppler("pdffonts", packet, path).splitlines()[2:]
    # From the right: object id (two numbers), uni, sub, emb.
    assert {line.split()[-5] for line in lines} == {"yes"}


def test_cover_shows_the_fingerprint_and_a_code(packet):
    text = "".join(PdfReader(io.BytesIO(packet)).pages[0].extract_text().split())
    assert seal_key().fingerprint.upper() in text
    assert sealed_document().content_hash() in text
    assert "系统签章" in text
    assert "验真码" in text


# --- tampered with ---------------------------------------------------------------------------------


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def attachment_place(content: bytes, wanted: bytes) -> tuple[int, int]:
    """Where the packed stream of an attachment lies."""
    for found in re.finditer(rb"stream\n(.*?)\r\nendstream", content, re.DOTALL):
        try:
            if zlib.decompress(found[1]) == wanted:
                return found.span(1)
        except zlib.error:
            continue
    raise AssertionError("the attachment is not in the file")


def with_revision(content: bytes, change) -> bytes:
    """An incremental update by pyHanko, as another program's "save" appends it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def add_annotation(writer) -> None:
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Text"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (10, 10, 40, 40))),
            generic.pdf_name("/Contents"): generic.pdf_string("合格"),
        }
    )
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0), writer.add_object(note))


def change_info(writer) -> None:
    writer.set_info(
        writer.add_object(
            generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("另一份迎检包")})
        )
    )


def swapped(content: bytes) -> bytes:
    """The workbook replaced by another of the same packed length: no offset moves."""
    start, end = attachment_place(content, render_xlsx(sealed_document()))
    other = bytes(end - start)
    return content[:start] + other + content[end:]


def rewritten(content: bytes) -> bytes:
    """Opened and saved by another program, nothing else: the seal then covers another file."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


TAMPERED = {
    "byte flipped near the start": lambda c: flipped(c, len(c) // 50),
    "byte flipped in the middle": lambda c: flipped(c, len(c) // 2),
    "byte flipped near the end": lambda c: flipped(c, len(c) - 600),
    "byte flipped in the workbook": lambda c: flipped(
        c, sum(attachment_place(c, render_xlsx(sealed_document()))) // 2
    ),
    "byte flipped in the data": lambda c: flipped(
        c, sum(attachment_place(c, render_json(sealed_document()))) // 2
    ),
    "truncated by a byte": lambda c: c[:-1],
    "truncated by half": lambda c: c[: len(c) // 2],
    "annotation added": lambda c: with_revision(c, add_annotation),
    "attachment swapped": swapped,
    "bytes appended": lambda c: c + b"\n",
    "comment appended": lambda c: c + b"% x\n%%EOF\n",
    "revision of the title alone": lambda c: with_revision(c, change_info),
    "revision that changes nothing": lambda c: with_revision(c, lambda writer: None) + b"\n",
    "saved by another program": rewritten,
    "seal emptied": unsealed,
    "byte range shortened": lambda c: re.sub(
        rb"(/ByteRange \[0 +\d+ +\d+ +)(\d+)", lambda m: m[1] + b"1" * len(m[2]), c, count=1
    ),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_packet_tampered_with_is_refused(packet, tamper):
    changed = tamper(packet)
    assert changed != packet
    found = verify_packet(changed, trust())
    assert not found.ok
    assert found.problems != ()


def test_packet_refused_says_what_does_not_hold(packet):
    assert verify_packet(packet + b"\n\n", trust()).problems[0] == (
        f"系统签章只覆盖前{len(packet)}字节，其后另有2字节是后来加上的。"
    )
    assert verify_packet(packet + b"\n/ByteRange", trust()).problems[0] == (
        f"系统签章只覆盖前{len(packet)}字节，其后另有11字节是后来加上的，其中有他人签章，不是本系统签章。"
    )
    assert verify_packet(packet[:-9], trust()).problems[0] == (
        f"文件不完整：系统签章覆盖{len(packet)}字节，现有{len(packet) - 9}字节。"
    )
    assert verify_packet(flipped(packet, len(packet) // 2), trust()).problems[0] == (
        "内容与系统签章不符：文件在签章之后被改动。"
    )


def test_seal_itself_altered_anywhere_is_refused(packet):
    """Its digits are what no signature covers: case, padding and unsigned parts are pinned down besides."""
    start, end = PLACE.search(packet).span("digits")
    container = bytes.fromhex(packet[start + 1 : end - 1].decode()).rstrip(b"\0")
    places = [*range(start + 1, start + 2 * len(container), 41), end - 2, end - 901]
    assert [place for place in places if _holds(flipped(packet, place))] == []
    upper = packet[:start] + packet[start:end].upper() + packet[end:]
    assert not _holds(upper)


def _holds(content: bytes) -> bool:
    found = check_seal(content)
    return (found.broken, found.uncovered, found.altered) == ("", "", "") and (
        found.fingerprint == seal_key().fingerprint
    )


def test_packet_forged_and_sealed_by_a_stranger_is_refused():
    forged = replace(sealed_document(), department="影像科")
    content = seal(render_pdf(forged), seal_key("ec"))
    found = verify_packet(content, trust())
    assert [check.name for check in found.checks if check.ok is False] == ["signer"]
    assert "不在已知之列" in found.problems[0]


def test_packet_of_today_without_its_seal_is_refused():
    document = replace(sealed_document(), seal=None)
    assert verify_packet(render_pdf(document), trust()).problems == (
        "没有系统签章：本册签发时应已加盖，可能被移除。",
    )


def test_packet_whose_pages_say_other_than_its_data_is_refused_though_sealed():
    """The holder of the key cannot print one thing and attach another."""
    document = sealed_document()
    lying = replace(document, department="影像科")
    made = pdf_door.html_to_pdf(
        render_html(lying),
        identifier=document.content_hash(),
        attached=inner_files(document),
        tagged=True,
        seal=SealField(NAME, SEAL_REASON, made_at(document)),
    )
    assert answers(seal(made, seal_key())) == ALL_HOLDS | {"layout": False}


def test_packet_of_another_program_rests_on_its_seal():
    document = replace(
        sealed_document(), generated=replace(sealed_document().generated, program="qcportal 0.0.9")
    )
    content = seal(render_pdf(document), seal_key())
    assert answers(content) == ALL_HOLDS | {"layout": None}
    assert not verify_packet(flipped(content, len(content) // 2), trust()).ok


# --- keys ------------------------------------------------------------------------------------------


def test_seal_without_a_place_or_with_a_key_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="no empty signature field"):
        seal(b"%PDF-1.7", seal_key())
    with pytest.raises(SealError, match="只支持RSA与ECDSA"):
        seal(unsealed_packet(), seal_key("ed25519"))


def test_place_for_the_seal_is_as_wide_as_promised():
    assert len(PLACE.search(unsealed_packet())["digits"]) == 2 * RESERVED + 2


def test_fingerprint_is_the_certificates_and_is_read_as_typed():
    _, certificate = key_pair("rsa", 30)
    digits = certificate.fingerprint(SHA256()).hex()
    assert seal_key().fingerprint == digits
    typed = ":".join(digits[i : i + 2] for i in range(0, 64, 2)).upper()
    assert [read_fingerprint(text) for text in (digits, typed, typed[:-1], "")] == [digits, digits, "", ""]
