"""人员资质 of a packet made from the database: the window's exceptions, as the page lists them."""

from datetime import date, datetime

import pytest

from reports.archive.models import Report
from reports.qualified.queries.periods import exceptions
from scoring.packet.json import render_json
from scoring.packet.queries.document import packet_document
from scoring.packet.queries.staff import staff_part
from scoring.packet.verify import verify_packet
from scoring.sheets.queries.scored import scored_sheet
from tests.factories import make_report
from tests.scoring.sheets.factories import cast, draft_sheet
from tests.staff.factories import make_member, qualified_physician, qualified_technologist

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(department):
    people = cast(department)
    return draft_sheet(department, by=people["by"], assessor=people["assessor"])


def listed(document) -> set[tuple[str, str]]:
    return {(line.accession_number, line.role) for line in document.staffing.exceptions}


def test_section_lists_the_exceptions_of_the_window_by_name_and_number(sheet, department):
    qualified_physician(department, "D01", "审核乙")
    qualified_technologist(department, "J01", "技师丙", trained_on=date(2024, 9, 10))
    first = Report.objects.filter(department=department, modality="CT").order_by("reported_at").first()
    audit = sheet.audit
    document = packet_document(scored_sheet(sheet))
    found = {
        (e.report.accession_number, e.role)
        for e in exceptions(department, audit.window_start, audit.window_end)
    }
    assert listed(document) == found != set()
    assert {line.person for line in document.staffing.exceptions} == {"技师丙(J01)"}
    staffing = document.staffing
    assert (staffing.people, staffing.signers, staffing.left_out) == (2, 0, 0)
    assert staffing.operators == len(found)
    assert verify_packet(render_json(document)).problems == ()
    assert first.patient_name not in render_json(document).decode()


def test_section_of_a_department_without_register_lists_nothing(sheet):
    staffing = packet_document(scored_sheet(sheet)).staffing
    assert (staffing.people, staffing.exceptions, staffing.with_exception, staffing.requirements) == (
        0,
        (),
        0,
        (),
    )
    assert staffing.notes[0] == "尚未建立人员登记表，无法核对签发、操作当日的资质。"


def test_section_listing_more_than_it_prints_says_how_many_are_left_out(sheet, department, monkeypatch):
    monkeypatch.setattr("scoring.packet.queries.staff.LISTED", 2)
    make_member(department, "D99", "无关者", "physician")
    staffing = packet_document(scored_sheet(sheet)).staffing
    assert len({line.accession_number for line in staffing.exceptions}) == 2
    assert staffing.left_out == staffing.with_exception - 2 > 0


def test_section_costs_the_same_queries_with_more_reports(sheet, department, count_queries):
    qualified_physician(department, "D01", "审核乙")
    staff_part(sheet.audit)
    one = count_queries(lambda: staff_part(sheet.audit))
    for n in range(3):
        make_report(department, f"B{n}", reported_at=datetime(2026, 9, 1 + n, 9))
    assert count_queries(lambda: staff_part(sheet.audit)) == one
