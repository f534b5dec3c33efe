"""Cells of workbooks in every legal package: what a cell shows is read, what is lost is named."""

import datetime
import io
from dataclasses import replace

import pytest
from openpyxl import Workbook

from spreadsheets import CellError, Loss, sheets_of
from tests.spreadsheets.packages import MAIN, STRICT, number, package, read_workbook, rows, shared, text


def cells(*line, **options):
    """The cells of the second row of a workbook with that row under a head of one cell."""
    (sheet,) = read_workbook(package(rows(["检查号"], line), **options))
    return sheet.rows[1].cells


def lost(cell):
    return (str(cell), cell.loss) if isinstance(cell, CellError) else cell


PACKAGES = {
    "transitional": {},
    "strict": {"namespaces": STRICT},
    "odd_folder": {"folder": "data/pages"},
    "backslashes": {"separator": "\\"},
}
LOST = {
    "error": ('<c t="e"><v>#REF!</v></c>', ("#REF!", Loss.ERROR)),
    "error_of_a_newer_excel": ('<c t="e"><v>#SPILL!</v></c>', ("#SPILL!", Loss.ERROR)),
    "error_unnamed": ('<c t="e"/>', ("#N/A", Loss.ERROR)),
    "error_of_a_formula": ('<c t="e"><f>A9</f><v>#N/A</v></c>', ("#N/A", Loss.ERROR)),
    "formula": ("<c><f>A9</f></c>", ("公式", Loss.FORMULA)),
    "formula_with_empty_value": ("<c><f>A9</f><v></v></c>", ("公式", Loss.FORMULA)),
    "formula_of_text": ('<c t="str"><f>A9</f><v/></c>', ("公式", Loss.FORMULA)),
    "formula_inline": ('<c t="inlineStr"><f>A9</f><is><t/></is></c>', ("公式", Loss.FORMULA)),
    "formula_shared": ('<c><f t="shared" si="0"/></c>', ("公式", Loss.FORMULA)),
    "formula_prefixed": (f'<x:c xmlns:x="{MAIN}"><x:f>A9</x:f></x:c>', ("公式", Loss.FORMULA)),
    "infinite": (number("1e999"), ("1e999", Loss.NUMBER)),
    "not_a_number": (number("NaN"), ("NaN", Loss.NUMBER)),
    "half_a_character": (text("双肺_xD83D_清晰"), ("双肺�清晰", Loss.TEXT)),
}


@pytest.mark.parametrize("where", PACKAGES)
@pytest.mark.parametrize("case", LOST)
def test_content_that_is_lost_is_named_in_every_package(case, where):
    xml, expected = LOST[case]
    found = cells("A1", xml, "甲", **PACKAGES[where])
    assert tuple(map(lost, found)) == ("A1", expected, "甲")


@pytest.mark.parametrize("where", PACKAGES)
def test_number_is_the_text_its_format_shows_in_every_package(where):
    line = [number(123456, style=1), number(5, style=2), number(7, style=3), number(9, style=0)]
    formats = ("00000000;@", '0"月"', '[DBNum1]0"月"')
    found = cells(*line, formats=formats, **PACKAGES[where])
    assert tuple(map(lost, found)) == ("00123456", "5月", ("7", Loss.FORMAT), 9.0)


@pytest.mark.parametrize(
    ("before", "row", "expected"),
    [
        ('<cols><col min="1" max="2" style="1"/></cols>', "<row>", ("00000042", "00000042", 42.0)),
        ("", '<row s="1" customFormat="1">', ("00000042",) * 3),
        ("", '<row s="1">', (42.0,) * 3),
    ],
)
def test_cell_without_a_style_has_its_rows_or_its_columns(before, row, expected):
    xml = rows(["检查号"]) + row + number(42) * 3 + "</row>"
    (sheet,) = read_workbook(package(xml, formats=["00000000"], before=before))
    assert sheet.rows[1].cells == expected


def test_style_without_a_format_has_that_of_the_style_it_is_based_on():
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="176" formatCode="0000"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="0"/><xf numFmtId="176"/></cellStyleXfs>'
        '<cellXfs><xf/><xf xfId="1"/></cellXfs></styleSheet>'
    )
    (sheet,) = read_workbook(package(rows([number(7, style=1), number(7)]), styles=styles))
    assert sheet.rows[0].cells == ("0007", 7.0)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('<f>IF(B2="","",B2)</f>', ""),
        ('<f t="shared" si="3" ref="A2:A9">IF(B2="","",B2)</f>', ""),
        ('<f t="shared" si="3"/>', CellError("公式")),
    ],
)
def test_empty_text_is_a_result_only_of_a_formula_that_can_have_it(formula, expected):
    assert cells(f'<c t="str">{formula}<v></v></c>', "甲") == (expected, "甲")


def test_copies_of_a_shared_formula_may_have_its_empty_result():
    first = '<c t="str"><f t="shared" si="0" ref="A2:A3">IF(B2="","",B2)</f><v></v></c>'
    xml = rows(["检查号"], [first, "甲"], ['<c t="str"><f t="shared" si="0"/><v></v></c>', "乙"])
    (sheet,) = read_workbook(package(xml))
    assert [row.cells for row in sheet.rows[1:]] == [("", "甲"), ("", "乙")]


ESCAPES = [
    ("SH_x005F_x000D_Z1", "SH_x000D_Z1"),
    ("甲_x000D_乙", "甲\r乙"),
    ("_xD83D__xDE00_", "😀"),
    ("_x4E2D_", "中"),
    ("A_x1_B_xZZZZ_", "A_x1_B_xZZZZ_"),
]


@pytest.mark.parametrize(("written", "meant"), ESCAPES)
def test_escape_is_undone_once_wherever_a_text_lies(written, meant):
    line = [text(written), f'<c t="str"><v>{written}</v></c>', '<c t="s"><v>0</v></c>']
    assert cells(*line, strings=shared(written)) == (meant,) * 3


def test_texts_of_every_kind_are_whole():
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>右</t></r><r><t xml:space="preserve"> 肺</t></r>'
        '<rPh sb="0" eb="1"><t>yòu</t></rPh></si><si/></sst>'
    )
    line = [
        '<c t="s"><v>0</v></c>',
        '<c t="s"><v>1</v></c>',
        '<c t="inlineStr"><is><r><t>左</t></r><r><t>肺</t></r><rPh><t>zuǒ</t></rPh></is></c>',
        "<c t='str'><v>A<!-- x -->1</v></c>",
        "<c><v>1<!-- x -->2</v></c>",
        "<c><v><![CDATA[5]]></v></c>",
        '<c t="b"><v>1</v></c>',
        '<c t="d"><v>2026-09-01T10:20:30</v></c>',
        '<c t="d"><v>2026-09-01</v></c>',
    ]
    days = (datetime.datetime(2026, 9, 1, 10, 20, 30), datetime.date(2026, 9, 1))
    assert cells(*line, strings=strings) == ("右 肺", "", "左肺", "A1", 12.0, 5.0, True, *days)


@pytest.mark.parametrize(
    ("properties", "serial", "day"),
    [
        ("", 46023, datetime.date(2026, 1, 1)),
        ('<workbookPr date1904="1"/>', 44561, datetime.date(2026, 1, 1)),
        ("", 1, datetime.date(1900, 1, 1)),
        ("", 61, datetime.date(1900, 3, 1)),
        ("", 46023.5, datetime.datetime(2026, 1, 1, 12)),
        ("", 46023.4351851852, datetime.datetime(2026, 1, 1, 10, 26, 40)),
        ("", 0.4351851852, datetime.time(10, 26, 40)),
        ("", -5, -5.0),
        ("", 3e6, 3e6),
        ("", 1e300, 1e300),
    ],
)
def test_number_under_a_format_of_dates_is_the_day_it_counts_to(properties, serial, day):
    assert cells(number(serial, style=1), properties=properties, formats=["yyyy-mm-dd h:mm"]) == (day,)


def test_number_under_a_format_of_hours_is_a_length_of_time():
    assert cells(number(1.5, style=1), formats=["[h]:mm"]) == (datetime.timedelta(hours=36),)


def test_cells_stand_where_they_say_or_after_each_other():
    xml = f'<row>{text("甲")}{text("乙", "D1")}{text("丙")}</row><row r="4">{text("丁")}</row>'
    (sheet,) = read_workbook(package(xml))
    assert [(r.number, r.cells) for r in sheet.rows] == [
        (1, ("甲", "", "", "乙", "丙")),
        (2, ()),
        (3, ()),
        (4, ("丁",)),
    ]


def test_cell_far_below_does_not_make_the_rows_between():
    xml = rows(["检查号"]) + f'<row r="900000">{text("甲")}</row>'
    (sheet,) = read_workbook(package(xml))
    assert [(r.number, r.cells) for r in sheet.rows] == [(1, ("检查号",)), (900000, ("甲",))]


def test_hidden_and_chart_sheets_are_passed_over():
    book = Workbook()
    book.active.title = "报告"
    book.active.append(["检查号"])
    book.create_sheet("隐藏").append(["A1"])
    book["隐藏"].sheet_state = "hidden"
    book.create_chartsheet("图")
    out = io.BytesIO()
    book.save(out)
    assert [(s.name, len(s.rows)) for s in sheets_of(out.getvalue(), "x.xlsx")] == [("报告", 1)]


def test_value_survives_the_way_out_of_the_readers_process():
    line = ["A1", number("1e999"), "<c><f>A9</f></c>", number(46023, style=1), number(2), text("")]
    data = package(rows(["检查号"], line), formats=["yyyy-mm-dd"])
    ((direct,), (sheet,)) = read_workbook(data), sheets_of(data, "x.xlsx")
    assert replace(sheet, rows=tuple(sheet.rows)) == direct
    assert tuple(map(lost, sheet.rows[1].cells)) == (
        "A1",
        ("1e999", Loss.NUMBER),
        ("公式", Loss.FORMULA),
        datetime.date(2026, 1, 1),
        2.0,
    )
