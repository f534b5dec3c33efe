"""月度质控, measures and versions of a packet made from the database: as the pages tell, patients masked."""

from datetime import date

import pytest
from django.utils import timezone

from audits.monthly.actions.months import close_month_without_reports, open_month
from audits.monthly.models import MonthlyAudit
from reports.archive.models import Report
from scoring.packet.draw_chains import printed_chains
from scoring.packet.json import render_json
from scoring.packet.queries.document import packet_document
from scoring.packet.verify import verify_packet
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.actions.sheets import set_row
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from tests.audits.monthly.factories import CLAUSE, closed_month, open_measure
from tests.scoring.sheets.factories import AGAINST, draft_sheet, signed_sheet
from tests.scoring.tampering import tamper
from tests.stories import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def people_of(officer, head, assessor):
    return {"by": officer, "head": head, "assessor": assessor}


@made_once
def sheet(department, officer, assessor):
    return draft_sheet(department, by=officer, assessor=assessor)


def test_month_without_reports_and_one_closed_late_are_told_in_the_packet(sheet, department, people_of):
    closed_month(department, people_of["by"], month=date(2026, 8, 1), days_late=4)
    july = open_month(department=department, month=date(2026, 7, 1), by=people_of["by"])
    words = {"summary": "设备停机。", "version": july.version, "by": people_of["by"]}
    Report.objects.filter(department=department, reported_at__month=7).update(is_final=False)
    close_month_without_reports(july, **words)
    document = packet_document(scored_sheet(sheet))
    days = (timezone.localdate() - date(2026, 8, 15)).days
    told = [(line.state, line.state_zh, line.size, line.summary) for line in document.monthly.months]
    assert told[:2] == [
        ("no_reports", f"本月无报告，逾期{days}天", None, "设备停机。"),
        ("closed", "逾期4天完成", 3, "已检查。"),
    ]
    assert "2026年7月月度质控未抽样（本月无报告）" in "".join(printed_chains(document).months)
    assert verify_packet(render_json(document)).problems == ()


def test_every_month_of_the_window_is_told_done_or_not(sheet, department, people_of):
    closed_month(department, people_of["by"], month=date(2026, 8, 1), faulty=2)
    document = packet_document(scored_sheet(sheet))
    found = {line.month: line for line in document.monthly.months}
    assert list(found) == ["2026-07", "2026-08", "2026-09"]
    august = found["2026-08"]
    assert (august.state, august.size, august.checked, august.faulty, august.problems) == (
        "closed",
        3,
        3,
        2,
        2,
    )
    assert [(c.clause, c.reports, c.faults) for c in august.clauses] == [(CLAUSE, 2, 2)]
    assert (august.without_measure, august.closed_by) == ((CLAUSE,), str(people_of["by"]))
    assert [found[month].size for month in ("2026-07", "2026-09")] == [None, None]
    assert verify_packet(render_json(document)).problems == ()


def test_measure_of_a_month_is_told_with_owner_due_day_and_state(sheet, department, people_of):
    month = closed_month(department, people_of["by"], month=date(2026, 8, 1), faulty=1)
    measure = open_measure(month, people_of["by"])
    document = packet_document(scored_sheet(sheet))
    (line,) = document.monthly.measures
    told = (line.number, line.source, line.owner, line.due_on, line.state, line.effect)
    assert told == (measure.pk, "2026年8月", measure.owner_name, "2026-10-20", "open", "未核对")
    assert document.monthly.months[1].without_measure == ()


def test_measure_of_an_earlier_month_is_told_only_while_it_is_carried_out(sheet, department, people_of):
    may = closed_month(department, people_of["by"], month=date(2026, 5, 1), faulty=1)
    measure = open_measure(may, people_of["by"])
    type(measure).objects.filter(pk=measure.pk).update(created_at="2026-06-05T10:00:00+08:00")
    assert [line.number for line in packet_document(scored_sheet(sheet)).monthly.measures] == [measure.pk]
    type(measure).objects.filter(pk=measure.pk).update(status="done", done_on=date(2026, 6, 20))
    assert packet_document(scored_sheet(sheet)).monthly.measures == ()


def test_summary_naming_a_patient_is_masked(sheet, department, people_of):
    month = closed_month(department, people_of["by"], month=date(2026, 8, 1))
    report = month.cases.first().report
    report.patient_name = "鹳雀儿"
    report.save()
    MonthlyAudit.objects.filter(pk=month.pk).update(summary="鹳雀儿一例已讲评。")
    text = render_json(packet_document(scored_sheet(sheet))).decode()
    assert ("鹳雀儿" in text, "鹳**一例已讲评。" in text) == (False, True)


def test_months_and_versions_cost_the_same_queries_with_more_rows(
    sheet, department, people_of, count_queries
):
    by = people_of["by"]
    first = closed_month(department, by, month=date(2026, 7, 1), faulty=1)
    open_measure(first, by)
    packet_document(scored_sheet(sheet))
    one = count_queries(lambda: packet_document(scored_sheet(sheet)))
    for month in (date(2026, 8, 1), date(2026, 9, 1)):
        open_measure(closed_month(department, by, month=month, faulty=2), by)
    assert count_queries(lambda: packet_document(scored_sheet(sheet))) == one


def test_first_version_has_one_line_and_no_change(sheet):
    history = packet_document(scored_sheet(sheet)).history
    assert [(line.number, line.content_hash) for line in history.versions] == [(1, "")]
    assert (history.changes, history.notes) == ((), ())


def test_correction_tells_who_signed_before_and_what_changed(department, people_of):
    by, head = people_of["by"], people_of["head"]
    sheet = signed_sheet(department, faulty=1, **people_of)
    second = correct_sheet(sheet, reason="1.4行记录不全", version=sheet.version, by=by)
    second = set_row(second, row="1.4", state="absent", differs_reason=AGAINST, version=second.version, by=by)
    second = submit_sheet(second, version=second.version, by=by)
    second = sign_sheet(second, version=second.version, by=head)
    document = packet_document(scored_sheet(Sheet.objects.get(pk=second.pk)))
    before, own = document.history.versions
    assert (before.number, before.total, before.signed_by, before.content_hash) == (
        1,
        29,
        str(head),
        sheet.content_hash,
    )
    assert (own.number, own.reason, own.total, own.content_hash) == (2, "1.4行记录不全", 27, "")
    assert [(c.number, c.row, c.what, c.before, c.after) for c in document.history.changes][-1] == (
        2,
        "",
        "合计得分",
        "29分",
        "27分",
    )
    assert {change.row for change in document.history.changes} == {"1.4", ""}
    assert verify_packet(render_json(document)).problems == ()


def test_damaged_earlier_version_is_said_and_not_compared(department, people_of):
    sheet = signed_sheet(department, **people_of)
    second = correct_sheet(sheet, reason="补录", version=sheet.version, by=people_of["by"])
    tamper(sheet, content_hash="0" * 64)
    history = packet_document(scored_sheet(second)).history
    assert history.notes == ("第1版的已签发内容与签发时的校验值不符，无法列出更正内容。",)
    assert history.changes == ()


def test_each_readers_reasons_are_told_with_the_ruling(department, people_of):
    sheet = draft_sheet(
        department, by=people_of["by"], assessor=people_of["assessor"], faulty=1, discordant=1
    )
    lines = [case.assessors[0] for case in packet_document(scored_sheet(sheet)).cases]
    assert [bool(line.faults) for line in lines] == [True] + [False] * 9
    assert all(line.localisation_zh and line.error_kind_zh for line in lines)
    assert lines[0].conclusion_reason != ""
