"""The evidence of a signed sheet: from the rows into the packet, its files from the store into the PDF."""

import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from audits.conflicts import RefusedError
from scoring.actions.files import packet_file, signed_document
from scoring.actions.sheets import create_sheet, set_row
from scoring.actions.signing import sign_sheet, submit_sheet
from scoring.contexts import sheet_view
from scoring.documents import packet_document
from scoring.models import Sheet
from scoring.packet import enclosures
from scoring.packet.verify import document_problems
from tests.evidence_factories import RULES, make_document, scan, whole_year_part
from tests.sheet_factories import judged_audit

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
    found = by_row(packet_document(sheet))
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
    assert document_problems(packet_document(sheet)) == ()


def test_rules_are_enclosed_and_minutes_are_named_by_their_hash(sheet, year):
    found = by_row(packet_document(sheet))
    writing = found["1.1"].documents[0]
    assert (writing.sha256, writing.size, writing.attached_as) == (
        scan().sha256,
        len(scan().content),
        "evidence-01.pdf",
    )
    held = found["1.4"].records[0]
    assert (held.file, held.sha256) == ("会议记录.pdf", year["minutes"].sha256)


def test_record_of_a_day_is_never_enclosed_even_where_its_file_is(sheet, department):
    paper = replace(RULES["writing_rules"], title="8月纸质记录", kinds=("monthly_paper",))
    make_document(department, paper, valid_from=date(2026, 8, 3))
    line = by_row(packet_document(sheet))["1.2"].documents[0]
    assert (line.title, line.attached_as, line.sha256) == ("8月纸质记录", "", scan().sha256)


def test_too_much_together_is_named_by_hash_alone(sheet, monkeypatch):
    monkeypatch.setattr("scoring.evidence_documents.MOST_BYTES", 10)
    names = [line.attached_as for found in packet_document(sheet).evidence for line in found.documents]
    assert names == ["", "", "", ""]


def test_signed_pdf_encloses_the_stored_files(sheet, officer, head):
    sheet = signed(sheet, officer, head)
    content = packet_file(sheet, "pdf", by=officer)
    files = PdfReader(io.BytesIO(content)).attachments
    # The four documents were handed in as one and the same file: it is inside once.
    assert sorted(files) == ["evidence-01.pdf", "packet.json", "packet.xlsx"]
    assert files["evidence-01.pdf"][0] == scan().content
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
    assert [rest.title for rest in rows["1.1"].rests_on] == ["报告书写规范 2026版", "报告审核制度 2026版"]
