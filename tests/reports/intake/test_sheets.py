"""Workbooks with several tables: none is lost unnoticed."""

import io

import pytest
from openpyxl import Workbook

from reports.intake.outcomes import read_outcomes
from reports.intake.reports import read_reports
from spreadsheets import FileRefused
from tests.reports.intake.test_layouts import FINDINGS, IMPRESSION

HEAD = ["检查号", "检查类型", "影像描述", "诊断结论", "检查时间", "报告时间"]


def row(number, kind="CT", reported="2026-03-05 09:00"):
    return [number, kind, FINDINGS, IMPRESSION, "2026-03-05 08:00", reported]


def book_of(tables, hidden=()):
    book = Workbook()
    book.remove(book.active)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for values in rows:
            sheet.append(values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_tables_under_one_head_on_several_sheets_are_all_read():
    tables = {"CT": [HEAD, row("C1"), row("C2")], "MR": [["三月"], HEAD, row("M1", "MR")], "说明": [["导出"]]}
    result = read_reports(book_of(tables), "导出.xlsx")
    assert [(r.accession_number, r.row, r.modality) for r in result.reports] == [
        ("C1", 2, "CT"),
        ("C2", 3, "CT"),
        ("M1", 3, "MRI"),
    ]


def test_hidden_table_is_not_read():
    tables = {"CT": [HEAD, row("C1")], "旧": [HEAD, row("H1")]}
    result = read_reports(book_of(tables, hidden=["旧"]), "导出.xlsx")
    assert [r.accession_number for r in result.reports] == ["C1"]


def test_row_that_stands_on_two_sheets_is_read_once():
    result = read_reports(book_of({"CT": [HEAD, row("C1")], "全部": [HEAD, row("C1")]}), "导出.xlsx")
    assert ([r.accession_number for r in result.reports], [i.why for i in result.ignored]) == (
        ["C1"],
        ["duplicate"],
    )


def test_refusal_names_its_sheet_where_there_are_several():
    tables = {"CT": [HEAD, row("C1")], "MR": [HEAD, row("M1", "MR", "三月五日")]}
    (refusal,) = read_reports(book_of(tables), "导出.xlsx").refusals
    assert (refusal.row, refusal.reason) == (
        2,
        "工作表“MR”：“报告时间”的内容“三月五日”不是确定的日期时间。请改为如2025-09-08 10:24的写法。",
    )


def test_second_table_under_another_head_refuses_the_file():
    other = ["影像号", *HEAD[1:]]
    with pytest.raises(FileRefused) as refused:
        read_reports(book_of({"CT": [HEAD, row("C1")], "MR": [other, row("M1", "MR")]}), "导出.xlsx")
    assert str(refused.value) == (
        "工作簿的工作表“CT”和“MR”都是可导入的表，但表头不同（影像号、检查号），不能按同样的列读取。"
        "请把各工作表的表头改成一致，或分别另存为一个文件后导入。"
    )


def test_registers_on_several_sheets_are_all_read():
    head = ["检查号", "结局来源", "结局日期", "结局内容"]
    tables = {
        "一月": [head, ["C1", "手术病理", "2026-01-20", "腺癌"]],
        "二月": [head, ["C2", "内镜", "2026-02-20", "溃疡"]],
    }
    result = read_outcomes(book_of(tables), "随访.xlsx")
    assert [(o.accession_number, o.kind) for o in result.outcomes] == [
        ("C1", "surgical_pathology"),
        ("C2", "endoscopy"),
    ]
