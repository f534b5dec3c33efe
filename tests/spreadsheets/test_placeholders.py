"""What in a number's cell is no number: whatever the sign, the word, the width or the brackets."""

import pytest

from reports.intake import cells
from spreadsheets import is_placeholder
from staff.intake import cells as register_cells

NOT_GIVEN = (
    *("", " ", "-", "--", "————", "/", "//", "\\", "?", "？？", ".", "…", "。", "*", "××", "_", "〃"),
    *("0", "000", "0000000", "００", "0.0", "00-00", "〇", "999", "9999999", "xxx", "ＸＸＸ", "x"),
    *(
        "无",
        "空",
        "暂无",
        "未填",
        "不详",
        "未知",
        "待补",
        "待查",
        "同上",
        "无名氏",
        "未取号",
        "（无）",
        "【待补充】",
    ),
    *(
        "N/A",
        "na",
        "Ｎ／Ａ",
        "n.a.",
        "NULL",
        "<null>",
        "None",
        "nil",
        "Unknown",
        "UNKNOWN（未知）",
        "not given",
    ),
    *("无ID", "受检者ID不详", "No. 待补", "no id", "TBD"),
)
NUMBERS = (
    *(
        "1",
        "9",
        "99",
        "0001",
        "100",
        "00100",
        "90909",
        "1.0",
        "①",
        "门诊999",
        "S20250108CT001",
        "CT0000",
        "A0",
    ),
    *("X1", "NA12", "无12", "ABC", "P00", "9-1"),
)


@pytest.mark.parametrize("given", NOT_GIVEN)
def test_placeholder_is_no_number_in_any_kind_of_file(given):
    assert (is_placeholder(given), cells.identifier(given), register_cells.number(given)) == (True, "", "")


@pytest.mark.parametrize("given", NUMBERS)
def test_number_that_somebody_may_have_is_kept(given):
    assert (is_placeholder(given), bool(cells.identifier(given)), bool(register_cells.number(given))) == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize(("cell", "number"), [(0, ""), (0.0, ""), (999, ""), (9, "9"), (10, "10")])
def test_number_in_a_cell_of_numbers_is_judged_alike(cell, number):
    assert (cells.identifier(cell), register_cells.number(cell)) == (number, number)
