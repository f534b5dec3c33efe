"""XLS and XLSB: the same content reads the same as in an XLSX workbook, what is lost is named."""

import datetime
import struct

import pytest

from spreadsheets import CellError, FileRefused, Loss, sheets_of
from tests import binary_files as made
from tests.spreadsheets.packages import read_workbook

FORMATS = ["00000000;@", '0"月"', "yyyy-mm-dd h:mm", '"CT"@']
NO_RESULT = b"\0" * 8
EMPTY_RESULT = b"\x03\0\0\0\0\0\xff\xff"
_TITLE = ["登记表", "检查号", "年龄", "检查时间"]


def xls(is_1904=False):
    head = [
        made.label(0, 0, "登记表"),
        made.merged(0, 0, 0, 3),
        *(made.label(1, i, t) for i, t in enumerate(_TITLE)),
    ]
    cells = [
        made.label(2, 0, "上午\n甲"),
        made.number(2, 1, 123456, 1),
        made.number(2, 2, 5, 2),
        made.number(2, 3, 46023.5, 3),
        made.label(2, 4, "001", 4),
        made.error(2, 5),
        made.error(2, 6, 23),
        made.formula(2, 7, struct.pack("<d", 7)),
        made.formula(2, 8, NO_RESULT, asked=2),
        made.formula(2, 9, NO_RESULT),
        made.formula(2, 10, EMPTY_RESULT),
        made.formula(2, 11, EMPTY_RESULT, inside=b"\x17\0"),
        made.number(2, 12, 250501888877776666),
        made.label(3, 1, "乙"),
        made.merged(2, 3, 0, 0),
    ]
    return made.xls(
        ("登记", 0, head + cells), ("旧", 1, [made.label(0, 0, "丙")]), formats=FORMATS, is_1904=is_1904
    )


def xlsb(is_1904=False):
    def text(column, value, style=0):
        return made.cell12(6, column, made.text12(value), style)

    def number(column, value, style=0):
        return made.cell12(5, column, struct.pack("<d", value), style)

    asked = struct.pack("<HI", 0, 5) + b"\x44\0\0\0\0"
    records = [
        *(made.row12(0), made.cell12(7, 0, struct.pack("<I", 0)), made.row12(1)),
        *(text(i, t) for i, t in enumerate(_TITLE)),
        *(made.row12(2), text(0, "上午\n甲"), number(1, 123456, 1)),
        made.cell12(2, 2, struct.pack("<i", 5 << 2 | 2), 2),
        *(number(3, 46023.5, 3), text(4, "001", 4)),
        *(made.cell12(3, 5, b"\x2a"), made.cell12(11, 6, b"\x17" + asked)),
        *(made.cell12(9, 7, struct.pack("<d", 7) + asked), made.cell12(8, 8, made.text12("") + asked)),
        made.cell12(2, 9, struct.pack("<i", 0 << 2 | 2)),
        made.cell12(8, 10, made.text12("") + asked),
        made.cell12(8, 11, made.text12("") + struct.pack("<HI", 0, 3) + b"\x17\0\0"),
        number(12, 250501888877776666),
        *(made.row12(3), text(1, "乙")),
        *(made.record12(176, struct.pack("<IIII", *area)) for area in ((0, 0, 0, 3), (2, 3, 0, 0))),
    ]
    hidden = [made.row12(0), text(0, "丙")]
    return made.xlsb(
        ("登记", 0, records), ("旧", 1, hidden), strings=["登记表"], formats=FORMATS, is_1904=is_1904
    )


KINDS = {"xls": xls, "xlsb": xlsb}


def lost(cell):
    return (str(cell), cell.loss) if isinstance(cell, CellError) else cell


@pytest.mark.parametrize("kind", KINDS)
def test_cells_are_what_a_workbook_shows(kind):
    (sheet, hidden) = read_workbook(KINDS[kind]())
    assert [row.cells for row in sheet.rows[:2]] == [("登记表",), tuple(_TITLE)]
    assert tuple(map(lost, sheet.rows[2].cells)) == (
        *("上午\n甲", "00123456", "5月", datetime.datetime(2026, 1, 1, 12), "CT001"),
        *(("#N/A", Loss.ERROR), ("#REF!", Loss.ERROR), 7.0, ("公式", Loss.FORMULA), 0.0),
        *(("公式", Loss.FORMULA), "", 250501888877776666.0),
    )
    assert sheet.rows[3].cells == ("上午\n甲", "乙")
    assert (sheet.name, sheet.hidden, hidden.name, hidden.hidden) == ("登记", False, "旧", True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_1904", [False, True])
def test_days_count_from_the_workbooks_own_first_one(kind, is_1904):
    sheet = read_workbook(KINDS[kind](is_1904))[0]
    year = 2030 if is_1904 else 2026
    assert (sheet.rows[2].cells[3].year, sheet.is_1904) == (year, is_1904)


@pytest.mark.parametrize("name", ["导出.xls", "导出.et", "导出.xlsx", "导出.csv"])
def test_kind_is_told_from_the_content_and_never_from_the_name(name, reader_process):
    assert [len(sheets_of(make(), name)) for make in KINDS.values()] == [1, 1]


def test_hidden_sheets_are_given_to_a_caller_that_asks():
    assert [s.name for s in sheets_of(xls(), "x.xls", hidden=True)] == ["登记", "旧"]


def test_workbook_of_hidden_sheets_only_is_refused():
    with pytest.raises(FileRefused, match="都是空的或已隐藏"):
        sheets_of(made.xls(("旧", 2, [made.label(0, 0, "丙")])), "x.xls")


def test_cell_far_out_is_refused():
    records = [made.row12(1_048_575), made.cell12(6, 16_383, made.text12("甲"))]
    with pytest.raises(FileRefused, match="1048576行×16384列"):
        read_workbook(made.xlsb(("表", 0, records)))


def test_half_a_character_is_named():
    records = [made.row12(0), made.cell12(6, 0, made.text12("肺\ud83d"))]
    (sheet,) = read_workbook(made.xlsb(("表", 0, records)))
    assert lost(sheet.rows[0].cells[0]) == ("肺\N{REPLACEMENT CHARACTER}", Loss.TEXT)


@pytest.mark.parametrize(("given", "value"), [(500 << 2 | 3, 5.0), (-7 << 2 | 2, -7.0), (0x40140000, 5.0)])
def test_packed_numbers(given, value):
    records = [made.row12(0), made.cell12(2, 0, struct.pack("<i", given))]
    (sheet,) = read_workbook(made.xlsb(("表", 0, records)))
    assert sheet.rows[0].cells == (value,)


def test_cells_without_a_column_follow_the_one_before():
    short = made.record12(13, struct.pack("<Ii", 0, 3 << 2 | 2))
    (sheet,) = read_workbook(
        made.xlsb(("表", 0, [made.row12(0), made.cell12(6, 2, made.text12("甲")), short]))
    )
    assert sheet.rows[0].cells == ("", "", "甲", 3.0)


def test_encrypted_workbook_asks_for_the_password_to_be_taken_off():
    data = made.xls(("表", 0, [made.label(0, 0, "甲")]))
    locked = data[:20] + struct.pack("<HHH", 0x2F, 6, 1) + b"\0" * 4 + data[20:]
    with pytest.raises(FileRefused, match="打开密码"):
        read_workbook(locked)
