"""Heads of two rows, feet of pages and names of columns as old hospital systems write them."""

from datetime import date, datetime, time

import pytest

from reports.imports.page.columns import columns_of
from reports.intake.headers import meaning
from reports.intake.outcomes import read_outcomes
from reports.intake.reports import read_reports
from tests.reports.intake.test_layouts import FINDINGS, IMPRESSION, csv_of, only, xlsx_of

GROUPED = [
    ["序号", "检查号", "患者信息", "", "检查时间", "", "检查信息", "", "报告", "", "", ""],
    ["", "", "姓名", "年龄", "日期", "时间", "类型", "项目", "所见", "结论", "医师", "时间"],
    [
        1,
        "C1",
        "张三",
        "45岁",
        date(2026, 3, 5),
        time(8, 5),
        "CT",
        "胸部CT",
        FINDINGS,
        IMPRESSION,
        "李",
        "2026-03-05 10:00",
    ],
]
PLAIN = ["检查号", "检查类型", "影像描述", "诊断结论", "检查时间", "报告时间"]
GOOD = ["A1", "CT", FINDINGS, IMPRESSION, "2026-03-05 08:00", "2026-03-05 09:00"]


def test_group_names_above_bare_names_say_what_these_speak_of():
    merged = ["A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:H1", "I1:L1"]
    report = only(xlsx_of(GROUPED, merge=merged), "导出.xlsx")
    assert (report.modality, report.examination_name) == ("CT", "胸部CT")
    assert (report.examined_at, report.reported_at) == (
        datetime(2026, 3, 5, 8, 5),
        datetime(2026, 3, 5, 10, 0),
    )


@pytest.mark.parametrize(
    "foot",
    [
        ["制表人：李测", "", "", "审核人：王测", "", "2026-04-01"],
        ["制表：李", "", "审核：王", "", "", ""],
        ["合计", "", "1份", "", "", ""],
    ],
)
def test_signatures_under_the_last_row_are_no_report(foot):
    result = read_reports(csv_of([PLAIN, GOOD, foot]), "导出.csv")
    assert (len(result.reports), result.refusals) == (1, ())


def test_report_without_any_word_of_its_kind_is_told_that_the_cell_is_empty():
    row = ["A1", "", FINDINGS, IMPRESSION, "2026-03-05 08:00", "2026-03-05 09:00"]
    (refusal,) = read_reports(csv_of([PLAIN, row]), "导出.csv").refusals
    assert refusal.reason == (
        "检查类型为空，无法判断属于DR、CT还是MRI。请在RIS中补齐设备类型或检查名称后重新导出。"
    )


@pytest.mark.parametrize(
    ("header", "kind", "field"),
    [
        ("EXAM_CLASS", "reports", "modality"),
        ("CLIN_DIAG", "reports", "clinical_diagnosis"),
        ("ReportDr", "reports", "reporting_physician"),
        ("MDT讨论日期", "outcomes", "observed_on"),
        ("MDT讨论意见", "outcomes", "text"),
        ("内镜诊断", "outcomes", "text"),
    ],
)
def test_header_of_an_old_system_names_its_field(header, kind, field):
    assert meaning(header, kind) == field


def test_register_of_discussions_says_its_kind_in_the_head():
    rows = [["检查号", "受检者ID", "MDT讨论日期", "MDT讨论意见"], ["C1", "P1", "2026-04-01", "考虑腺癌"]]
    (outcome,) = read_outcomes(csv_of(rows), "讨论.csv").outcomes
    assert (outcome.kind, outcome.observed_on, outcome.text) == (
        "case_discussion",
        date(2026, 4, 1),
        "考虑腺癌",
    )


def test_head_with_names_nobody_knows_is_shown_for_a_person_to_point_out():
    rows = [
        ["三月"],
        ["甲号", "姓名", "甲文", "乙文", "性别", "出具"],
        ["C1", "张三", "a", "b", "男", "2026-03-05"],
    ]
    found = columns_of(csv_of(rows), "导出.csv", "reports")
    assert (found.header_row, found.headers, found.suggested) == (
        2,
        rows[1],
        {"姓名": "patient_name", "性别": "sex"},
    )
