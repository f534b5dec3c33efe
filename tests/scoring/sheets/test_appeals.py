"""Judged faulty, appealed, upheld: the sheet recomputes; once signed, a new version names what changed."""

from dataclasses import replace

import pytest

from audits.conflicts import RefusedError
from audits.judging.actions.rulings import concordance_ruling
from audits.judging.domain.appeals import Subject
from scoring.packet.pdf import render_pdf
from scoring.packet.queries.document import packet_document
from scoring.packet.rendering import render
from scoring.packet.verify import verify_packet
from scoring.packet.xlsx import render_xlsx
from scoring.sheets.actions.corrections import correct_after_appeal, correct_sheet
from scoring.sheets.models import Sheet
from scoring.sheets.queries.appeals import appeals_of, overtaken_sheets
from scoring.sheets.queries.changes import changes_between
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.sheets.queries.signed_view import sheet_view
from scoring.signing.actions import sign_sheet, submit_sheet
from tests import people
from tests.audits.appeals.factories import appealed, assigned, decided
from tests.audits.factories import AGREES
from tests.exports.reading import Sheets, pdf_text
from tests.scoring.sheets.factories import cast, draft_sheet, signed_sheet, submitted_sheet


@pytest.fixture
def team(department):
    return cast(department)


def first_case(sheet):
    return sheet.audit.cases.select_related("report", "audit").get(position=1, state="active")


def appeal_on(sheet, team, subject=Subject.DESCRIPTION):
    """An appeal by the reporting physician of the first case, in the hands of a second assessor."""
    case = first_case(sheet)
    department = sheet.audit.department
    physician = people.person("physician", case.report.reporting_physician, "member", department)
    return assigned(appealed(case, physician, subject), people.second_assessor(department), team["by"])


def row(sheet, number):
    return next(row.score for row in scored_sheet(sheet).score.rows if row.row == number)


def test_draft_recomputes_once_an_appeal_is_upheld(department, team):
    sheet = draft_sheet(department, by=team["by"], assessor=team["assessor"], faulty=2)
    appeal = appeal_on(sheet, team)
    assert (row(sheet, "2.1"), appeals_of(sheet).pending) == (8, 1)
    decided(appeal)
    assert (row(sheet, "2.1"), appeals_of(sheet).pending) == (9, 0)
    assert scored_sheet(sheet).score.total == 29


def test_draft_stays_as_it_was_when_an_appeal_is_rejected(department, team):
    sheet = draft_sheet(department, by=team["by"], assessor=team["assessor"], faulty=2)
    decided(appeal_on(sheet, team), upheld=False)
    assert row(sheet, "2.1") == 8


def test_draft_recomputes_the_conclusion_and_its_five_points(department, team):
    sheet = draft_sheet(department, by=team["by"], assessor=team["assessor"], discordant=2)
    appeal = appeal_on(sheet, team, Subject.CONCLUSION)
    assert row(sheet, "2.2") == 3
    decided(appeal, ruling=concordance_ruling(**AGREES))
    assert row(sheet, "2.2") == 9


def test_submitted_sheet_is_not_signed_once_an_appeal_changed_it(department, team):
    sheet = submitted_sheet(department, by=team["by"], assessor=team["assessor"], faulty=1)
    decided(appeal_on(sheet, team))
    with pytest.raises(RefusedError, match="评审结果或填写内容有变化"):
        sign_sheet(sheet, version=sheet.version, by=team["head"])


def test_signed_sheet_gets_a_new_version_that_names_what_changed(department, team):
    sheet = signed_sheet(department, **team, faulty=1)
    appeal = decided(appeal_on(sheet, team))
    assert row_of_signed(sheet, "2.1") == 9
    assert overtaken_sheets([sheet]) == [sheet]
    second = correct_after_appeal(sheet, version=sheet.version, by=team["by"])
    words = f"第{appeal.pk}号申诉成立：第1份影像描述由“不规范”改为“规范”。"
    assert (second.number, second.corrects, second.correction_reason) == (2, sheet, words)
    changed = changes_between(sheet_view(sheet), sheet_view(second))
    assert [(change.row, change.what) for change in changed] == [
        ("2.1", "得分"),
        ("2.1", "扣分理由"),
        ("", "第1份影像描述"),
        ("", "合计得分"),
    ]
    second = submit_sheet(second, version=second.version, by=team["by"])
    second = sign_sheet(second, version=second.version, by=team["head"])
    sheet.refresh_from_db()
    assert (sheet.status, sheet.total, second.total) == (Sheet.Status.SUPERSEDED, 29, 30)
    assert appeals_of(second).upheld == ()


def row_of_signed(sheet, number):
    return next(row.score for row in signed_document(sheet).rows if row.id == number)


def test_correct_after_appeal_without_one_is_refused(department, team):
    sheet = signed_sheet(department, **team, faulty=1)
    with pytest.raises(RefusedError, match="没有申诉成立"):
        correct_after_appeal(sheet, version=sheet.version, by=team["by"])
    decided(appeal_on(sheet, team), upheld=False)
    with pytest.raises(RefusedError, match="没有申诉成立"):
        correct_after_appeal(sheet, version=sheet.version, by=team["by"])


def test_correct_after_appeal_twice_is_refused(department, team):
    sheet = signed_sheet(department, **team, faulty=1)
    decided(appeal_on(sheet, team))
    correct_sheet(sheet, reason="补录记录", version=sheet.version, by=team["by"])
    with pytest.raises(RefusedError, match="更正版已经建立"):
        correct_after_appeal(sheet, version=sheet.version, by=team["by"])


def test_packet_tells_of_the_appeal_and_its_outcome(department, team):
    sheet = draft_sheet(department, by=team["by"], assessor=team["assessor"], faulty=1)
    appeal = decided(appeal_on(sheet, team))
    document = packet_document(scored_sheet(sheet))
    first = document.cases[0]
    (line,) = first.appeals
    assert (line.number, line.subject_zh, line.state_zh, line.change, line.assessor) == (
        appeal.pk,
        "季度评审·影像描述",
        "申诉成立",
        "不规范 → 规范",
        "评二 1003",
    )
    assert (first.description.faulty, first.description.zh, first.description.faults) == (False, "规范", ())
    assert [case.appeals for case in document.cases[1:]] == [()] * 9
    text = "".join(pdf_text(render_pdf(document)).split())
    assert "申诉成立（不规范→规范）评二1003" in text
    book = Sheets(render_xlsx(document))
    assert book.value("十份报告", "AC3") == line.sentence


def test_packet_with_an_upheld_conclusion_agrees_with_itself(department, team):
    sheet = signed_sheet(department, **team, discordant=1)
    decided(appeal_on(sheet, team, Subject.CONCLUSION), ruling=concordance_ruling(**AGREES))
    second = correct_after_appeal(sheet, version=sheet.version, by=team["by"])
    second = submit_sheet(second, version=second.version, by=team["by"])
    second = sign_sheet(second, version=second.version, by=team["head"])
    document = signed_document(second)
    assert verify_packet(render(document, "json")).problems == ()
    ruling = document.cases[0].conclusion
    assert (ruling.judgement, ruling.characterisation_zh, ruling.error_kind_zh) == (
        "concordant",
        "首选诊断与结局一致",
        "",
    )


def test_packet_of_before_appeals_is_printed_as_it_was(department, team):
    sheet = draft_sheet(department, by=team["by"], assessor=team["assessor"], faulty=1)
    document = packet_document(scored_sheet(sheet))
    before = replace(document, cases=tuple(replace(case, appeals=None) for case in document.cases))
    assert Sheets(render_xlsx(before)).value("十份报告", "AC2") is None
