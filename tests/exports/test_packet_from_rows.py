"""Packets made from the database in the cases that are rare: each agrees with itself and verifies offline."""

import io

import pytest
from openpyxl import load_workbook

from audits.judging.actions.arbitration import take_case
from audits.judging.actions.replacement import replace_case
from audits.judging.models import Review
from audits.sampling.models import Audit, Case
from scoring.content.document import PacketDocument
from scoring.packet.json import render_json
from scoring.packet.pdf import render_pdf
from scoring.packet.queries.document import packet_document
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.signing.actions import sign_sheet, submit_sheet
from tests import people
from tests.audits.factories import AGREES, ALLOWED, DIFFERS, assigned_audit, judge, reviews_of
from tests.exports.reading import pdf_text
from tests.scoring.sheets.factories import cast, draft_sheet, signed_sheet

pytestmark = pytest.mark.django_db


def problems_of(document: PacketDocument) -> tuple[str, ...]:
    return verify_packet(render_json(document)).problems


@pytest.mark.parametrize("n", [3, 15])
def test_audit_nobody_judged_yet(department, n):
    audit = assigned_audit(department, [people.assessor(department)], n=n)
    document = packet_document(scored_sheet(create_sheet(audit=audit, by=None)))
    assert (problems_of(document), document.result.verdict) == ((), "insufficient_sample")


def test_replaced_case_and_empty_place(department):
    audit = assigned_audit(department, [people.assessor(department)], n=12)
    for _ in range(4):
        audit = Audit.objects.get(pk=audit.pk)
        case = Case.objects.filter(audit=audit, state="active").order_by("position")[1]
        replace_case(case, reason="结局与另一次检查对应", version=audit.version, by=None)
    document = packet_document(scored_sheet(create_sheet(audit=Audit.objects.get(pk=audit.pk), by=None)))
    assert problems_of(document) == ()
    assert len(document.replaced) == 4


def test_two_readers_and_an_arbiter(department):
    people_of = [people.assessor(department), people.second_assessor(department)]
    audit = assigned_audit(department, people_of)
    for review in reviews_of(audit):
        differs = review.case.position == 1 and review.reader == Review.Reader.FIRST
        judge(review, faulty=differs, conclusion=DIFFERS if differs else AGREES)
    sheet = create_sheet(audit=audit, by=None)
    assert problems_of(packet_document(scored_sheet(sheet))) == ()
    third = people.person("third", "仲三", "assessor", department)
    case = Case.objects.get(audit=audit, position=1, state="active")
    judge(take_case(case, by=third), faulty=True, conclusion=DIFFERS)
    document = packet_document(scored_sheet(sheet))
    assert problems_of(document) == ()
    first = document.cases[0]
    assert (first.description.faulty, first.conclusion.discordant) == (True, True)
    assert len(first.assessors) == 3


def test_reader_allowed_by_the_head_is_printed_with_the_reason(department):
    officer, head = people.officer(department), people.head(department)
    audit = assigned_audit(department, [officer], n=3, allowed_by=head)
    document = packet_document(scored_sheet(create_sheet(audit=audit, by=None)))
    assert problems_of(document) == ()
    (allowed,) = document.allowed_readers
    assert (allowed.assessor, allowed.reason) == (str(officer), ALLOWED)
    sentence = "".join(allowed.sentence.split())
    assert sentence in "".join(pdf_text(render_pdf(document)).split())
    cells = load_workbook(io.BytesIO(render_xlsx(document)))["抽样"].iter_rows(values_only=True)
    assert f"科主任允许评审：{allowed.sentence}" in [value for row in cells for value in row]


def test_packet_without_such_a_reader_says_nothing_of_it(department):
    audit = assigned_audit(department, [people.assessor(department)], n=3)
    document = packet_document(scored_sheet(create_sheet(audit=audit, by=None)))
    assert "allowed_readers" not in document.to_dict()


def test_corrected_sheet_and_the_one_it_corrects(department):
    cast_of = cast(department)
    sheet = signed_sheet(department, faulty=1, discordant=1, **cast_of)
    second = correct_sheet(sheet, reason="1.4行补录记录", version=sheet.version, by=cast_of["by"])
    assert problems_of(packet_document(scored_sheet(second))) == ()
    second = submit_sheet(second, version=second.version, by=cast_of["by"])
    second = sign_sheet(second, version=second.version, by=cast_of["head"])
    sheet.refresh_from_db()
    assert [problems_of(signed_document(found)) for found in (sheet, second)] == [(), ()]
    assert (signed_document(second).sheet.number, signed_document(second).sheet.corrects) == (2, 1)


@pytest.mark.parametrize("level", ["secondary", "other"])
def test_hospital_that_needs_no_groups(department, level):
    department.institution.level = level
    department.institution.save()
    cast_of = cast(department)
    sheet = draft_sheet(department, by=cast_of["by"], assessor=cast_of["assessor"], states={"1.5": "absent"})
    assert problems_of(packet_document(scored_sheet(sheet))) == ()


def test_notes_of_persons_name_no_patient(department):
    cast_of = cast(department)
    sheet = draft_sheet(department, by=cast_of["by"], assessor=cast_of["assessor"], discordant=1)
    case = Case.objects.select_related("revision").get(audit=sheet.audit, position=1, state="active")
    case.revision.content |= {"patient_name": "鹳雀儿"}
    case.revision.save()
    for row in ("1.3", "2.1"):
        remark = "鹳雀儿的随访登记缺签收"
        sheet = set_row(
            sheet, row=row, remark=remark, reason=remark, version=sheet.version, by=cast_of["by"],
            **({"state": "incomplete"} if row == "1.3" else {}),
        )  # fmt: skip
    text = render_json(packet_document(scored_sheet(sheet))).decode()
    assert ("鹳雀儿" in text, "鹳**的随访登记缺签收" in text) == (False, True)
