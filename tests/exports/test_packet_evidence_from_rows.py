"""The evidence of a signed sheet: from the rows into the packet, its files from the store into the PDF."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from audits.conflicts import RefusedError
from scoring.content import enclosures
from scoring.content.enclosures import left_out_lines
from scoring.packet.actions.files import overflow_file, packet_file
from scoring.packet.overflow import overflow_zip
from scoring.packet.queries.document import packet_document
from scoring.packet.signature import check_seal, seal
from scoring.packet.verify import document_problems
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.sheets.queries.signed_view import sheet_view
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.verification.queries import answer_for
from tests.exports.reading import pdf_text
from tests.exports.sealed import seal_key
from tests.scans import PDF
from tests.scoring.evidence.factories import RULES, make_document, scan, whole_year_part
from tests.scoring.sheets.factories import judged_audit

ROWS = ("1.1", "1.2", "1.3", "1.4", "1.5")


@pytest.fixture
def year(department, officer):
    return whole_year_part(department, officer)


@pytest.fixture
def sheet(department, officer, assessor, year):
    sheet = create_sheet(audit=judged_audit(department, assessor), by=officer)
    for row in ROWS:
        sheet = set_row(sheet, row=row, state="met", version=sheet.version, by=officer)
    return sheet


def signed(sheet, officer, head):
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    return sign_sheet(sheet, version=sheet.version, by=head)


def by_row(document):
    return {found.row: found for found in document.evidence}


def test_packet_lists_documents_and_records_in_row_order(sheet, year):
    found = by_row(packet_document(scored_sheet(sheet)))
    assert list(found) == list(ROWS)
    assert [(one.suggested, one.differs_reason) for one in found.values()] == [("met", "")] * 5
    assert {row: [line.title for line in one.documents] for row, one in found.items()} == {
        "1.1": ["报告书写规范", "报告审核制度"],
        "1.2": [],
        "1.3": ["随访与反馈制度"],
        "1.4": [],
        "1.5": ["专业组设置文件"],
    }
    assert {row: [(line.source, line.title) for line in one.records] for row, one in found.items()} == {
        "1.1": [],
        "1.2": [
            ("month", "2026年7月质控检查"),
            ("month", "2026年8月质控检查"),
            ("measure", f"第{year['measure'].pk}号措施"),
            ("month", "2026年9月质控检查"),
        ],
        "1.3": [("follow_up", "F0001")],
        "1.4": [("conference", "疑难病例讨论：九月疑难病例讨论")],
        "1.5": [("group", "骨关节")],
    }
    assert document_problems(packet_document(scored_sheet(sheet))) == ()


def test_rules_are_enclosed_and_minutes_are_named_by_their_hash(sheet, year):
    found = by_row(packet_document(scored_sheet(sheet)))
    writing = found["1.1"].documents[0]
    assert (writing.sha256, writing.size, writing.attached_as) == (
        scan().sha256,
        len(scan().content),
        "1.1-01_报告书写规范_2026版.pdf",
    )
    held = found["1.4"].records[0]
    assert (held.file, held.sha256) == ("会议记录.pdf", year["minutes"].sha256)


def test_record_of_a_day_is_never_enclosed_even_where_its_file_is(sheet, department):
    paper = replace(RULES["writing_rules"], title="8月纸质记录", kinds=("monthly_paper",))
    make_document(department, paper, valid_from=date(2026, 8, 3))
    line = by_row(packet_document(scored_sheet(sheet)))["1.2"].documents[0]
    assert (line.title, line.attached_as, line.sha256) == ("8月纸质记录", "", scan().sha256)


SIZES = {"writing_rules": 600, "review_rules": 500, "follow_up_rules": 300, "group_rules": 100}
OWN_FILES = {"packet.json", "packet.xlsx", "packet.schema.json", "recheck_packet.py"}
DRAWS = {f"month-2026-{month:02d}-draw.json" for month in (7, 8, 9)}
WRITING, REVIEW = "1.1-01_报告书写规范_2026版.pdf", "1.1-02_报告审核制度_2026版.pdf"
FOLLOWING, GROUPS = "1.3-01_随访与反馈制度_2026版.pdf", "1.5-01_专业组设置文件_2026版.pdf"
WHY = "随册文件合计以20 MB为限"


def resized(year, sizes):
    """Documents of the register with files of their own, of so many bytes."""
    for (kind, size), document in zip(sizes.items(), (year[kind] for kind in RULES), strict=True):
        content = PDF + kind.encode() + b"x" * (size - len(PDF) - len(kind))
        document.file.save(f"{kind}.pdf", ContentFile(content), save=False)
        document.file_sha256, document.file_size = hashlib.sha256(content).hexdigest(), size
        document.save()


@pytest.mark.parametrize(
    ("most", "names"),
    [
        (1500, [WRITING, REVIEW, FOLLOWING, GROUPS]),
        # In row order; a file that does not fit leaves its room to the next that does.
        (1499, [WRITING, REVIEW, FOLLOWING, WHY]),
        (1050, [WRITING, WHY, FOLLOWING, GROUPS]),
        (650, [WRITING, WHY, WHY, WHY]),
        (599, [WHY, REVIEW.replace("-02_", "-01_"), WHY, WHY]),
        (99, [WHY] * 4),
    ],
)
def test_what_fits_is_enclosed_in_row_order_and_the_rest_is_marked(sheet, year, monkeypatch, most, names):
    resized(year, SIZES)
    monkeypatch.setattr("scoring.evidence.queries.enclosing.MOST_BYTES", most)
    document = packet_document(scored_sheet(sheet))
    lines = [line for found in document.evidence for line in found.documents]
    assert [line.attached_as or line.not_attached for line in lines] == names
    assert document_problems(document) == ()
    assert [line.title for line in left_out_lines(document)] == [
        line.title for line in lines if line.not_attached
    ]


@pytest.mark.slow
def test_packet_with_files_left_out_is_made_checked_and_says_so(sheet, year, officer, head, monkeypatch):
    resized(year, SIZES)
    monkeypatch.setattr("scoring.evidence.queries.enclosing.MOST_BYTES", 1050)
    sheet = signed(sheet, officer, head)
    content = packet_file(sheet, "pdf", by=officer)
    assert set(PdfReader(io.BytesIO(content)).attachments) == OWN_FILES | DRAWS | {WRITING, FOLLOWING, GROUPS}
    said = (
        "1个佐证文件未附于本册（随册文件合计以20 MB为限）：“报告审核制度”。请向科室索取，并核对所列校验值。"
    )
    for kind in ("pdf", "json"):
        answer = answer_for(packet_file(sheet, kind, by=officer))
        assert [c["sentence"] for c in answer["checks"] if c["name"] == "left_out"] == [said]
        assert answer["problems"] == []
    text = pdf_text(content)
    assert ("未附：随册文件合计以20MB为限" in text, "另有1个制度文件未附" in text) == (True, True)
    book = openpyxl.load_workbook(io.BytesIO(packet_file(sheet, "xlsx", by=officer)))
    cells = [cell for row in book["佐证材料"].iter_rows(values_only=True) for cell in row if cell]
    assert "制度.pdf（未附：随册文件合计以20 MB为限）" in cells


def test_files_left_out_are_in_a_zip_named_by_their_hash_with_a_sealed_list(sheet, year, officer, head):
    sheet = signed(sheet, officer, head)
    assert overflow_file(sheet, by=officer) is None
    document = signed_document(sheet)
    rows = tuple(
        replace(row, documents=tuple(replace(one, attached_as="", not_attached=WHY) for one in row.documents))
        for row in document.evidence
    )
    document = replace(document, evidence=rows)
    files = {scan().sha256: scan().content}
    content = overflow_zip(document, files, lambda page: seal(page, seal_key()))
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        names = found.namelist()
        assert names == ["清单.pdf", "SHA256SUMS.txt", f"{scan().sha256}_报告书写规范_2026版.pdf"]
        assert found.read(names[2]) == scan().content
        assert found.read(names[1]).decode() == f"{scan().sha256}  {names[2]}\n"
        listed = found.read(names[0])
    assert (check_seal(listed).broken, scan().sha256 in pdf_text(listed)) == ("", True)


def test_sheet_page_says_before_signing_what_will_not_be_enclosed(
    sheet, year, officer, head, sign_in, monkeypatch
):
    resized(year, SIZES)
    place = reverse("scoring:detail", args=[sheet.pk])
    before = sign_in(officer).get(place).content.decode()
    monkeypatch.setattr("scoring.evidence.queries.enclosing.MOST_BYTES", 1050)
    draft = sign_in(officer).get(place).content.decode()
    submit_sheet(sheet, version=sheet.version, by=officer)
    submitted = sign_in(head).get(place).content.decode()
    warning = "以下1个签发后不附于迎检包"
    assert [warning in text for text in (before, draft, submitted)] == [False, True, True]


def test_packet_of_an_earlier_program_that_enclosed_nothing_says_so_too(sheet, year, monkeypatch):
    document = packet_document(scored_sheet(sheet))
    monkeypatch.setattr("scoring.content.enclosures.MOST_BYTES", 10)
    unmarked = [
        replace(row, documents=tuple(replace(line, attached_as="") for line in row.documents))
        for row in document.evidence
    ]
    old = replace(document, evidence=tuple(unmarked))
    assert [len(left_out_lines(one)) for one in (document, old)] == [0, 1]  # one and the same file
    assert "not_attached" not in json.dumps(document.to_dict())


def test_signed_pdf_encloses_the_stored_files(sheet, officer, head):
    sheet = signed(sheet, officer, head)
    content = packet_file(sheet, "pdf", by=officer)
    files = PdfReader(io.BytesIO(content)).attachments
    # The four documents were handed in as one and the same file: it is inside once.
    assert set(files) == OWN_FILES | DRAWS | {WRITING}
    assert files[WRITING][0] == scan().content
    assert len(enclosures.enclosed_lines(signed_document(sheet))) == 1


def test_enclosed_file_gone_from_the_store_keeps_the_pdf_from_being_made(sheet, officer, head, year):
    sheet = signed(sheet, officer, head)
    for kind in RULES:
        year[kind].file.storage.delete(year[kind].file.name)
    with pytest.raises(RefusedError, match=r"“报告书写规范”已不在服务器上.*Excel和JSON仍可下载"):
        packet_file(sheet, "pdf", by=officer)
    assert packet_file(sheet, "json", by=officer)


def test_signed_sheet_shows_what_was_suggested_and_decided(sheet, officer, head):
    more = {"state": "absent", "differs_reason": "仅一次，不成定期"}
    sheet = set_row(sheet, row="1.4", version=sheet.version, by=officer, **more)
    sheet = signed(sheet, officer, head)
    rows = {row.id: row.suggestion for row in sheet_view(Sheet.objects.get(pk=sheet.pk)).rows}
    assert rows["2.1"] is None
    shown = rows["1.4"]
    assert (shown.state_zh, shown.departs, shown.is_taken, shown.differs_reason) == (
        "定期召开并有记录",
        True,
        False,
        "仅一次，不成定期",
    )
    assert [record.title for record in rows["1.1"].records] == ["报告书写规范 2026版", "报告审核制度 2026版"]
