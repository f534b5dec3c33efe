"""Suggestions from the rows of the database: a whole quarter, and what each missing record does to it."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.utils import timezone

from audits.conferences.actions import cancel_conference
from audits.conflicts import RefusedError
from audits.measures.actions import cancel_measure
from audits.monthly.models import MonthlyAudit
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from scoring.evidence.actions import withdraw_document
from scoring.evidence.models import EvidenceDocument
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import Sheet
from scoring.sheets.queries.obstacles import obstacles
from scoring.sheets.queries.scored import scored_sheet, suggestions_for
from scoring.signing.actions import sign_sheet, submit_sheet
from staff.register.actions.groups import change_group
from staff.register.models import GroupMembership
from tests import people
from tests.audits.follow_up.factories import marked
from tests.factories import make_outcome, make_report
from tests.scoring.evidence.factories import WRITING, complete_follow_up, make_document, whole_year_part
from tests.scoring.sheets.factories import judged_audit
from tests.stories import made_once
from trail.models import Event

MET = dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.5"), "met")


@pytest.fixture
def year(department, officer):
    return whole_year_part(department, officer)


@made_once
def sheet(department, officer, assessor):
    return create_sheet(audit=judged_audit(department, assessor), by=officer)


def states(sheet):
    return {row: found.state for row, found in suggestions_for(sheet).items()}


def missing(sheet, row):
    return suggestions_for(sheet)[row].missing


def test_whole_quarter_suggests_every_row_met_and_names_its_records(sheet, year):
    found = suggestions_for(sheet)
    assert {row: one.state for row, one in found.items()} == MET
    assert {row: [(r.source, r.id) for r in one.records] for row, one in found.items()} == {
        "1.1": [("document", year["writing_rules"].pk), ("document", year["review_rules"].pk)],
        "1.2": [
            ("month", year["month_7"].pk),
            ("month", year["month_8"].pk),
            ("measure", year["measure"].pk),
            ("month", year["month_9"].pk),
        ],
        "1.3": [("document", year["follow_up_rules"].pk), ("follow_up", year["follow_up"].pk)],
        "1.4": [("conference", year["conference"].pk)],
        "1.5": [("document", year["group_rules"].pk), ("group", year["group"].pk)],
    }


@pytest.mark.parametrize(
    ("kind", "row"), [("writing_rules", "1.1"), ("review_rules", "1.1"), ("follow_up_rules", "1.3")]
)
def test_withdrawn_document_changes_its_row(sheet, year, officer, kind, row):
    withdraw_document(year[kind], reason="登记有误", version=year[kind].version, by=officer)
    assert states(sheet) == MET | {row: "absent"}


def test_d04_month_taken_back_changes_row_1_2(sheet, year):
    MonthlyAudit.objects.filter(pk=year["month_7"].pk).update(status="cancelled", cancelled_reason="重做")
    assert states(sheet) == MET | {"1.2": "absent"}
    assert missing(sheet, "1.2") == ("2026年7月：没有质控检查",)


def test_d04_cancelled_measure_leaves_its_problem_without_one(sheet, year, officer):
    measure = year["measure"]
    cancel_measure(measure, reason="误设", version=measure.version, by=officer)
    assert states(sheet) == MET | {"1.2": "absent"}
    assert missing(sheet, "1.2") == ("2026年8月：6.4.3.2的问题没有改进措施",)


def test_d05_record_lacking_feedback_after_its_day_is_incomplete(sheet, year, department, officer):
    at = datetime(2026, 7, 15, 9)
    report = make_report(department, "F0002", examined_at=at, reported_at=at)
    marked(report, by=officer)
    assert states(sheet) == MET | {"1.3": "incomplete"}
    assert missing(sheet, "1.3")[0].startswith("F0002：还没有手术或随访结局（期限 2026-10-13，已逾期）")


def test_d05_no_record_at_all_is_absent(sheet, year):
    row = year["follow_up"]
    row.state, row.reason = "excluded", "不纳入"
    row.judgement = row.error_kind = ""
    row.judged_at = None
    row.save()
    assert states(sheet) == MET | {"1.3": "absent"}
    assert missing(sheet, "1.3") == ("窗口内没有随访记录",)


def test_d26_absent_follow_up_beside_ten_reports_is_noted(sheet, year, officer):
    year["follow_up"].state, year["follow_up"].reason = "excluded", "不纳入"
    year["follow_up"].judgement = year["follow_up"].error_kind = ""
    year["follow_up"].judged_at = None
    year["follow_up"].save()
    assert suggestions_for(sheet)["1.3"].notes[-1].startswith("与1.3矛盾：窗口内没有随访执行记录")
    Outcome.objects.filter(report=sheet.audit.cases.first().report).update(match="dismissed")
    assert "与1.3矛盾" not in "".join(suggestions_for(sheet)["1.3"].notes)


def test_d26_missing_rules_beside_records_are_no_contradiction(sheet, year, officer):
    rules = year["follow_up_rules"]
    withdraw_document(rules, reason="登记有误", version=rules.version, by=officer)
    found = suggestions_for(sheet)["1.3"]
    assert (found.state, [note for note in found.notes if "矛盾" in note]) == ("absent", [])


def test_operated_case_nobody_took_up_is_counted_and_costs_once_overdue(sheet, year, department, officer):
    at = datetime(2026, 7, 20, 9)
    report = make_report(department, "F0003", examined_at=at, reported_at=at)
    outcome = make_outcome(report, kind="surgical_pathology")
    Outcome.objects.filter(pk=outcome.pk).update(created_at=timezone.make_aware(datetime(2026, 8, 1, 9)))
    found = suggestions_for(sheet)["1.3"]
    assert (found.state, found.missing) == (
        "incomplete",
        ("F0003：有手术结局，未纳入随访（期限 2026-08-15，已逾期）",),
    )
    covered = re.search(r"随访(\d+)例／应随访(\d+)例；", found.sentence)
    others = Outcome.objects.filter(kind="surgical_pathology").exclude(report=report).count()
    assert covered.groups() == ("1", str(others + 1))


def test_month_closed_after_its_due_day_says_by_how_many_days(sheet, year):
    closed = timezone.make_aware(datetime(2026, 8, 27, 10))
    MonthlyAudit.objects.filter(pk=year["month_7"].pk).update(closed_at=closed)
    found = suggestions_for(sheet)["1.2"]
    assert found.notes[0].startswith("逾期完成的检查：2026年7月（期限2026-08-15，2026-08-27完成，逾期12天）")
    assert (found.state, found.records[0].says) == ("met", "已完成（逾期12天），未见问题，改进措施0项")


def test_document_without_its_file_changes_its_row(sheet, year, department):
    EvidenceDocument.objects.filter(pk=year["writing_rules"].pk).update(file="", file_sha256="", file_size=0)
    assert states(sheet) == MET | {"1.1": "absent"}


def test_period_of_the_rules_names_the_months_without_a_conference(sheet, year, department, officer):
    rules = replace(WRITING, title="讨论制度", kinds=("conference_rules",), conference_period="monthly")
    make_document(department, rules)
    assert states(sheet) == MET | {"1.4": "absent"}
    assert missing(sheet, "1.4") == ("2026年7月没有召开", "2026年8月没有召开")


def test_conference_on_cases_examined_later_does_not_count(sheet, year):
    at = timezone.make_aware(datetime(2026, 9, 19, 9))
    Report.objects.filter(pk=year["follow_up"].report_id).update(examined_at=at)
    assert states(sheet) == MET | {"1.4": "absent"}
    record = suggestions_for(sheet)["1.4"].records[0]
    assert (record.says, record.counts) == ("讨论0例，另1例检查晚于会议日期，不计", False)


def test_cancelled_conference_changes_row_1_4(sheet, year, officer):
    held = year["conference"]
    cancel_conference(held, reason="未召开", version=held.version, by=officer)
    assert states(sheet) == MET | {"1.4": "absent"}


def test_d06_group_left_by_its_last_member_changes_row_1_5(sheet, year):
    change_group(
        year["group"], name="骨关节", lead=None, members=(), by=None, since=date(2026, 7, 2)
    )  # a member on the window's first day
    assert states(sheet) == MET
    GroupMembership.objects.update(until_on=date(2026, 6, 30))
    assert states(sheet) == MET | {"1.5": "absent"}
    Sheet.objects.filter(pk=sheet.pk).update(hospital_level="secondary")
    sheet.refresh_from_db()
    found = suggestions_for(sheet)["1.5"]
    assert (found.state, found.missing, found.sentence) == ("absent", (), "未设专业组；非三级医院不扣分。")


def test_records_of_another_department_are_not_seen(sheet, other_department):
    theirs = people.person("far_officer", "远一鸣", "qc_officer", other_department)
    whole_year_part(other_department, theirs)
    assert states(sheet) == dict.fromkeys(MET, "absent")


def test_queries_do_not_grow_with_the_records(
    sheet, year, department, officer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40) as few:
        suggestions_for(sheet)
    for number in range(3):
        complete_follow_up(department, officer, f"F1{number}")
        make_document(department, WRITING, title=f"附件{number}")
    with django_assert_max_num_queries(len(few)):
        suggestions_for(sheet)


# What a person decides


def test_accepted_suggestion_is_kept_beside_the_decision(sheet, year, officer):
    sheet = set_row(sheet, row="1.1", state="met", version=sheet.version, by=officer)
    setting = sheet.row_settings.get(row="1.1")
    assert (setting.suggested_state, setting.departs, setting.suggestion["state"]) == ("met", False, "met")
    assert [rest["title"] for rest in setting.suggestion["rests_on"]] == [
        "报告书写规范 2026版",
        "报告审核制度 2026版",
    ]
    detail = Event.objects.filter(action="scoring.set_row").latest("seq").detail
    assert (detail["changed"], detail["suggested"]) == ({"state": ["", "met"]}, "met")


def filled(sheet, by, **states_by_row):
    for row in MET:
        sheet = set_row(sheet, row=row, state=states_by_row.get(row, "met"), version=sheet.version, by=by)
    return sheet


def test_decision_against_the_suggestion_needs_its_reason_before_submission(sheet, year, officer):
    sheet = filled(sheet, officer, **{"1.4": "absent"})
    assert [found.text for found in obstacles(scored_sheet(sheet))] == [
        "第1.4行的评定与建议不同，须写明理由。"
    ]
    with pytest.raises(RefusedError, match="与建议不同"):
        submit_sheet(sheet, version=sheet.version, by=officer)
    sheet = set_row(sheet, row="1.4", differs_reason="仅一次，不成定期", version=sheet.version, by=officer)
    assert obstacles(scored_sheet(sheet)) == ()
    setting = sheet.row_settings.get(row="1.4")
    assert (setting.state, setting.suggested_state, setting.differs_reason) == (
        "absent",
        "met",
        "仅一次，不成定期",
    )


def test_reason_goes_when_the_suggestion_is_taken_after_all(sheet, year, officer):
    more = {"state": "absent", "differs_reason": "不成定期"}
    sheet = set_row(sheet, row="1.4", version=sheet.version, by=officer, **more)
    sheet = set_row(sheet, row="1.4", state="met", version=sheet.version, by=officer)
    assert sheet.row_settings.get(row="1.4").differs_reason == ""


def test_records_that_changed_after_the_decision_ask_for_a_new_one(sheet, year, officer):
    sheet = filled(sheet, officer)
    rules = year["review_rules"]
    withdraw_document(rules, reason="登记有误", version=rules.version, by=officer)
    assert [found.text for found in obstacles(scored_sheet(sheet))] == [
        "第1.1行评定之后记录有变化，建议已不同，请重新评定。"
    ]


def test_records_that_changed_after_submission_keep_the_head_from_signing(sheet, year, officer, head):
    sheet = filled(sheet, officer)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    rules = year["review_rules"]
    withdraw_document(rules, reason="登记有误", version=rules.version, by=officer)
    with pytest.raises(RefusedError, match=r"第1\.1行评定之后所依据的记录有变化，现在的建议已不同"):
        sign_sheet(sheet, version=sheet.version, by=head)


def test_record_that_leaves_the_suggestion_as_it_is_does_not_hinder_signing(
    sheet, year, department, officer, head
):
    sheet = filled(sheet, officer)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    complete_follow_up(department, officer, "F0009")
    sheet = sign_sheet(sheet, version=sheet.version, by=head)
    assert (sheet.status, sheet.total) == ("signed", 30)


def test_draft_decided_before_there_were_suggestions_can_be_submitted(sheet, officer):
    for row in MET:
        sheet.row_settings.create(row=row, state="met", set_by=officer)
    assert obstacles(scored_sheet(sheet)) == ()
