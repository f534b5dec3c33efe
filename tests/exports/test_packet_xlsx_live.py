"""The workbook of today's packets: what is typed is checked, all else is locked, all figures follow."""

import csv
import io
import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import Sheets
from tests.exports.sample_evidence import ROWS
from tests.exports.sample_records import monthly, with_records
from tests.exports.test_packet_xlsx import _without_results

TOTAL, VERDICT, RATE, STRICT = "G12", "H12", ("符合率", "F21"), ("符合率", "F22")
PAGES = [
    "评分表",
    "十份报告",
    "符合率",
    "描述问题",
    "抽样",
    "历次抽样",
    "佐证材料",
    "人员资质",
    "月度质控",
    "版次",
    "说明",
]


@pytest.fixture(scope="module")
def made():
    return render_xlsx(with_records(evidence=ROWS))


@pytest.fixture
def sheets(made):
    return Sheets(made)


def figures(sheets):
    return [
        sheets.value("评分表", TOTAL),
        sheets.value("评分表", VERDICT),
        sheets.value(*RATE),
        sheets.value(*STRICT),
    ]


def test_workbook_has_the_sheets_of_today_in_order(made):
    assert load_workbook(io.BytesIO(made)).sheetnames == PAGES


def test_every_formula_kept_in_the_file_is_what_it_works_out_to(sheets):
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in sheets.book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    kept = [sheets.cached[title][at].value for title, at in formulas]
    assert kept == [sheets.value(title, at) for title, at in formulas]
    assert len(formulas) > 60


def test_figures_follow_a_judgement_changed_by_hand(sheets):
    assert figures(sheets) == [26, "合格", "90.0%", "80.0%"]
    sheets.book["十份报告"]["U3"].value = "不符合"
    assert figures(sheets) == [20, "不合格", "80.0%", "70.0%"]


def test_figures_follow_a_description_and_a_score_changed_by_hand(sheets):
    sheets.book["十份报告"]["S3"].value = "不规范"
    sheets.book["评分表"]["G5"].value = 0
    assert figures(sheets) == [23, "合格", "90.0%", "80.0%"]


def test_case_opened_again_leaves_no_verdict_and_a_smaller_denominator(sheets):
    sheets.book["十份报告"]["U3"].value = "未评"
    assert figures(sheets) == ["—", "尚有未评项目，不作判定", "88.9%", "77.8%"]


def test_only_what_people_type_is_open(sheets):
    open_cells = {
        sheet.title: {
            cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked
        }
        for sheet in sheets.book.worksheets
    }
    scores = {f"G{row}" for row in range(5, 10)} | {f"H{row}" for row in range(5, 12)}
    rulings = {f"{letter}{row}" for letter in "SU" for row in range(3, 13)}
    assert open_cells == {name: set() for name in PAGES} | {"评分表": scores, "十份报告": rulings}
    assert [sheet.protection.sheet for sheet in sheets.book.worksheets] == [True] * len(PAGES)
    assert {sheet.protection.password for sheet in sheets.book.worksheets} == {None}


def test_open_cells_take_only_what_is_possible(sheets):
    rules = {
        sheet: [
            (str(rule.sqref), rule.formula1) for rule in sheets.book[sheet].data_validations.dataValidation
        ]
        for sheet in ("评分表", "十份报告")
    }
    rulings = " ".join(f"S{row}" for row in range(3, 13)), " ".join(f"U{row}" for row in range(3, 13))
    assert rules == {
        "评分表": [
            ("G5", '"2,0,未评"'),
            ("G6", '"2,0,未评"'),
            ("G7", '"2,1,0,未评"'),
            ("G8", '"2,0,未评"'),
            ("G9", '"2,0,未评"'),
        ],
        "十份报告": [
            (rulings[0], '"规范,不规范,未评"'),
            (rulings[1], '"符合,基本符合,不符合,无法判定,未评"'),
        ],
    }


def test_lists_can_be_filtered_and_every_sheet_has_a_print_area(sheets):
    filters = {
        sheet.title: sheet.auto_filter.ref for sheet in sheets.book.worksheets if sheet.auto_filter.ref
    }
    assert {name: ref.split(":")[0] for name, ref in filters.items()} == {
        "十份报告": "A2",
        "符合率": "A2",
        "描述问题": "A2",
        "抽样": "A30",
        "月度质控": "A15",
        "版次": "A6",
    }
    assert all(sheet.print_area for sheet in sheets.book.worksheets)


def test_months_and_measures_are_listed_with_live_sums(sheets):
    page = sheets.book["月度质控"]
    rows = [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]
    assert ["2025年9月", "逾期未做", "应于 2025-10-15 前完成", "—", "—", "—"] in rows
    assert [sheets.value("月度质控", at) for at in ("E8", "F8", "G8", "F13")] == [116, 20, 2, 3]
    assert [row[0].value for row in page.iter_rows(16, 17)] == [12, 13]


def test_readers_reasons_and_appeals_stand_in_their_columns(sheets):
    page = sheets.book["十份报告"]
    assert [page["AB2"].value, page["AC2"].value] == ["评审意见", "申诉"]
    assert "评一 1002的结论理由。" in page["AB3"].value
    assert "肺窗所见已在第二段描述。" in page["AC3"].value


def test_window_without_any_check_makes_a_workbook_too():
    nothing = monthly(measures=(), notes=("抽样窗口内没有做过月度质控。",))
    assert load_workbook(io.BytesIO(render_xlsx(with_records(monthly=nothing)))).sheetnames == PAGES


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="soffice is not installed")
@pytest.mark.parametrize(
    ("page", "lines"),
    [
        (1, {"合计得分": ["30", "26", "合格"]}),
        (
            3,
            {
                "诊断符合率（宽，评分用）": ["符合＋基本符合", "9", "10", "90.0%", "60%–98%", "签发时的区间"],
                "严格符合率": ["符合", "8", "10", "80.0%", "49%–94%", "签发时的区间"],
                "合计": ["8", "1", "1", "0", "0", "10"],
            },
        ),
    ],
)
def test_libreoffice_works_out_the_same_figures(tmp_path, made, page, lines):
    (tmp_path / "packet.xlsx").write_bytes(_without_results(made))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to"]
    command += [f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{page}"]
    command += ["--outdir", tmp_path, tmp_path / "packet.xlsx"]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    (written,) = tmp_path.glob("*.csv")
    rows = list(csv.reader(written.open(encoding="utf-8")))
    found = {row[0]: [cell for cell in row[1:] if cell] for row in rows if row and row[0] in lines}
    assert found == lines
