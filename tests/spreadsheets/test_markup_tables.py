"""Tables in markup: ODS, XML Spreadsheet 2003 and web pages named .xls."""

import datetime
import io
import zipfile

import pytest

from spreadsheets import CellError, FileRefused, Loss, sheets_of
from tests.spreadsheets.packages import read_workbook

_NAMES = {n: f"urn:oasis:names:tc:opendocument:xmlns:{n}:1.0" for n in ("office", "table", "text", "style")}
_DOCUMENT = " ".join(f'xmlns:{n}="{uri}"' for n, uri in _NAMES.items()) + ' xmlns:calcext="urn:org:x"'
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def ods(*tables, before="", mimetype=SPREADSHEET, manifest=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
        archive.writestr("content.xml", document(*tables, before=before))
    return out.getvalue()


def document(*tables, before=""):
    body = "".join(f'<table:table table:name="表{i}" {t}</table:table>' for i, t in enumerate(tables, 1))
    styles = (
        '<office:automatic-styles><style:style style:name="h" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_DOCUMENT}>{styles}<office:body>'
        f"<office:spreadsheet>{before}{body}</office:spreadsheet></office:body></office:document>"
    )


def cell(inside="", kind="", **attributes):
    attributes |= {"office__value_type": kind} if kind else {}
    given = "".join(f" {k.replace('__', ':').replace('_', '-')}='{v}'" for k, v in attributes.items())
    return f"<table:table-cell{given}>{inside}</table:table-cell>"


def line(*cells, times=1):
    inside = "".join(c if c.startswith("<") else cell(f"<text:p>{c}</text:p>", "string") for c in cells)
    return f'<table:table-row table:number-rows-repeated="{times}">{inside}</table:table-row>'


def number(value, shown):
    return cell(f"<text:p>{shown}</text:p>", "float", office__value=value)


def shown(data):
    (sheet,) = read_workbook(data)
    return [row.cells for row in sheet.rows]


def lost(found):
    return (str(found), found.loss) if isinstance(found, CellError) else found


ODS_CELLS = {
    "text": ("双肺清晰", "双肺清晰"),
    "lines": (
        cell("<text:p>1、甲。</text:p><text:p>2、乙<text:span>。</text:span></text:p>"),
        "1、甲。\n2、乙。",
    ),
    "spaces": (
        cell('<text:p>甲<text:s text:c="2"/>乙<text:line-break/>丙<text:tab/></text:p>'),
        "甲  乙\n丙\t",
    ),
    "comment": (cell("<office:annotation><text:p>注</text:p></office:annotation><text:p>甲</text:p>"), "甲"),
    "number": (number("82", "82"), 82.0),
    "rounded": (number("1234.567", "1,234.57"), 1234.567),
    "narrow": (number("123456", "###"), 123456.0),
    "zeros": (number("123", "00000123"), "00000123"),
    "unit": (number("5", "5月"), "5月"),
    "amount": (number("12.5", "¥12.50"), 12.5),
    "percent": (cell("<text:p>50%</text:p>", "percentage", office__value="0.5"), "50%"),
    "infinite": (number("1e999", "x"), ("1e999", Loss.NUMBER)),
    "lost_digits": (number("2.50501888877777E+017", "250501888877777000"), 2.50501888877777e17),
    "yes": (cell("<text:p>TRUE</text:p>", "boolean", office__boolean_value="true"), True),
    "day": (cell("<text:p>x</text:p>", "date", office__date_value="2026-01-02"), datetime.date(2026, 1, 2)),
    "moment": (
        cell("", "date", office__date_value="2026-01-02T10:20:29.999999988"),
        datetime.datetime(2026, 1, 2, 10, 20, 30),
    ),
    "time": (cell("", "time", office__time_value="PT09H03M00S"), datetime.time(9, 3)),
    "length": (cell("", "time", office__time_value="PT36H0M0S"), datetime.timedelta(hours=36)),
    "no_day": (cell("<text:p>13/45</text:p>", "date", office__date_value="2026-13-45"), "13/45"),
    "error": (cell("<text:p>#N/A</text:p>", "string", calcext__value_type="error"), ("#N/A", Loss.ERROR)),
    "old_error": (
        cell("<text:p>Err:502</text:p>", "float", office__value="0", table__formula="of:=A1"),
        ("Err:502", Loss.ERROR),
    ),
    "no_result": (cell("", table__formula="of:=[.A1]"), ("公式", Loss.FORMULA)),
    "empty_result": (cell("", "string", table__formula="of:=[.A1]"), ""),
    "entity": ("a&amp;lt;b", "a&lt;b"),
}


@pytest.mark.parametrize("case", ODS_CELLS)
def test_cell_of_an_open_document(case):
    xml, expected = ODS_CELLS[case]
    assert list(map(lost, shown(ods(f">{line('A1', xml, 'Z')}"))[0])) == ["A1", expected, "Z"]


def test_million_empty_rows_and_thousand_empty_columns_cost_nothing():
    empty = cell(table__number_columns_repeated="16384")
    data = ods(f">{line('A1', empty)}{line(empty, times=1_048_000)}{line(empty)}")
    assert shown(data) == [("A1",)]


def test_rows_and_cells_that_repeat_are_as_many():
    twice = cell("<text:p>乙</text:p>", "string", table__number_columns_repeated="2")
    assert shown(ods(f">{line('甲', twice, '丙', times=2)}{line('丁')}")) == [
        ("甲", "乙", "乙", "丙")
    ] * 2 + [("丁",)]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (f">{line('甲', times=1_048_576)}", "重复了1048576行"),
        (f">{line('甲', times=6_000)}{line('乙', times=6_000)}", "重复了12000行"),
        (f">{line(cell('<text:p>甲</text:p>', table__number_columns_repeated='16384'))}", "×16384列"),
        (f">{line(cell(table__number_columns_repeated='16383'), '甲')}", "×16384列"),
        (f">{line(cell(), times=2_000_000)}{line('甲')}", "2000001行"),
    ],
)
def test_filled_cells_that_repeat_without_end_are_refused(table, sentence):
    with pytest.raises(FileRefused, match=sentence):
        shown(ods(table))


def test_merged_cells_speak_for_the_rows_below_and_covered_ones_are_not_shown():
    merged = cell("<text:p>甲</text:p>", "string", table__number_rows_spanned="2")
    covered = "<table:covered-table-cell><text:p>旧</text:p></table:covered-table-cell>"
    assert shown(ods(f">{line(merged, '1')}{line(covered, '2')}")) == [("甲", "1"), ("甲", "2")]


def test_hidden_table_and_the_epoch_are_told():
    epoch = '<table:null-date table:date-value="1904-01-01"/>'
    sheets = read_workbook(ods(f">{line('甲')}", f'table:style-name="h">{line("乙")}', before=epoch))
    assert [(s.name, s.hidden, s.is_1904) for s in sheets] == [("表1", False, True), ("表2", True, True)]


def test_open_document_in_one_file_is_read():
    assert shown(document(f">{line('检查号', '甲')}").encode()) == [("检查号", "甲")]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "OpenDocument文件，但不是表格"),
        ({"manifest": '<a xmlns:m="m"><m:encryption-data/></a>'}, "打开密码"),
        ({"before": "<a>"}, "损坏"),
    ],
)
def test_open_document_that_is_no_table_is_refused(options, sentence):
    with pytest.raises(FileRefused, match=sentence):
        shown(ods(f">{line('甲')}", **options))


_SS = " ".join(f'{name}="urn:schemas-microsoft-com:office:spreadsheet"' for name in ("xmlns", "xmlns:ss"))


def xml2003(rows, *, after="", declared="UTF-8", codec="utf-8", styles="", prolog=""):
    return (
        f'<?xml version="1.0" encoding="{declared}"?>{prolog}<Workbook {_SS}>'
        '<Styles><Style ss:ID="Default"/><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style>'
        '<Style ss:ID="z"><NumberFormat ss:Format="00000000;@"/></Style><Style ss:ID="y" ss:Parent="z"/>'
        f"{styles}</Styles><Worksheet ss:Name='报告'><Table>{rows}</Table>{after}</Worksheet></Workbook>"
    ).encode(codec)


def data(kind, value, attributes=""):
    return f'<Cell {attributes}><Data ss:Type="{kind}">{value}</Data></Cell>'


XML_CELLS = {
    "text": (data("String", "甲&#10;乙&amp;lt;"), "甲\n乙&lt;"),
    "rich": ('<Cell><ss:Data ss:Type="String"><B>右</B>肺</ss:Data></Cell>', "右肺"),
    "comment": (data("String", "甲")[:-7] + "<Comment><ss:Data>注</ss:Data></Comment></Cell>", "甲"),
    "number": (data("Number", "59"), 59.0),
    "zeros": (data("Number", "123", 'ss:StyleID="z"'), "00000123"),
    "zeros_of_the_parent": (data("Number", "123", 'ss:StyleID="y"'), "00000123"),
    "serial": (data("Number", "46023", 'ss:StyleID="d"'), datetime.date(2026, 1, 1)),
    "day": (data("DateTime", "2026-01-02T00:00:00.000"), datetime.date(2026, 1, 2)),
    "moment": (data("DateTime", "2026-01-02T10:20:29.999"), datetime.datetime(2026, 1, 2, 10, 20, 30)),
    "time": (data("DateTime", "1899-12-31T09:03:00.000"), datetime.time(9, 3)),
    "no_day": (data("DateTime", "2026-13-45T00:00:00"), "2026-13-45T00:00:00"),
    "yes": (data("Boolean", "1"), True),
    "error": (data("Error", "#N/A"), ("#N/A", Loss.ERROR)),
    "no_result": ('<Cell ss:Formula="=A1"/>', ("公式", Loss.FORMULA)),
    "infinite": (data("Number", "1E999"), ("1E999", Loss.NUMBER)),
}


@pytest.mark.parametrize("case", XML_CELLS)
def test_cell_of_an_xml_table(case):
    xml, expected = XML_CELLS[case]
    found = shown(xml2003(f"<Row>{data('String', 'A1')}{xml}{data('String', 'Z')}</Row>"))
    assert list(map(lost, found[0])) == ["A1", expected, "Z"]


def test_cells_and_rows_stand_where_their_index_says():
    first = data("String", "甲", "ss:MergeDown='2'") + data("String", "乙", "ss:MergeAcross='1'")
    last = data("String", "丁", "ss:Index='3'")
    rows = f"<Row>{first}{data('String', '丙')}</Row><Row ss:Index='3'>{last}</Row>"
    assert shown(xml2003(rows)) == [("甲", "乙", "", "丙"), (), ("甲", "", "丁")]


@pytest.mark.parametrize(
    ("declared", "codec"), [("gb2312", "gb18030"), ("UTF-16", "utf-16"), ("gbk", "utf-8")]
)
def test_encoding_of_an_xml_table_is_what_its_bytes_are(declared, codec):
    rows = f"<Row>{data('String', '检查号')}{data('String', '双肺')}</Row>"
    assert shown(xml2003(rows, declared=declared, codec=codec)) == [("检查号", "双肺")]


def test_hidden_worksheet_of_an_xml_table_is_told():
    options = '<WorksheetOptions xmlns="urn:x"><Visible>SheetHidden</Visible></WorksheetOptions>'
    (sheet,) = read_workbook(xml2003(f"<Row>{data('String', '甲')}</Row>", after=options))
    assert (sheet.name, sheet.hidden) == ("报告", True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (xml2003("", prolog='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'), "实体定义"),
        (xml2003("<Row><Cell>"), "损坏"),
        (xml2003(f"<Row ss:Index='2000000'>{data('String', '甲')}</Row>"), "2000000行"),
        (xml2003("<Row>" + data("String", "甲", "ss:Index='-3'") + "</Row>"), "行列编号有误"),
        (b'<?xml version="1.0"?><rss/>', "XML，不是表格"),
    ],
)
def test_xml_that_is_no_safe_table_is_refused(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        shown(content)


def page(*rows, head="", codec="gb18030"):
    return f"<html><head>{head}</head><body><table>{''.join(rows)}</table></body></html>".encode(codec)


PAGES = {
    "fonts": ("<font size=2>甲<b>乙</b></font>", "甲乙"),
    "breaks": ("1、甲。<br>2、乙。<BR/>", "1、甲。\n2、乙。"),
    "paragraphs": ("<p>甲</p>\n<p>乙</p>", "甲\n乙"),
    "spaces": ("\r\n   甲\r\n   乙&nbsp;", "甲 乙"),
    "preformatted": ("<pre>甲\n  乙</pre>", "甲\n乙"),
    "entities": ("a&lt;b&#12289;&amp;lt;", "a<b、&lt;"),
    "comparison": ("直径<3mm，a<cm", "直径<3mm，a<cm"),
    "comment": ("甲<!-- 乙 -->丙", "甲丙"),
    "script": ("甲<script>if (a<b) {'</td>'}</script>乙", "甲乙"),
    "office": ("<o:p></o:p><![if !x]>甲<![endif]>", "甲"),
    "raised": ("10<sup>9</sup>/L", "10⁹/L"),
    "error": ("<font>#N/A</font>", ("#N/A", Loss.ERROR)),
}


@pytest.mark.parametrize("case", PAGES)
def test_cell_of_a_web_page(case):
    inside, expected = PAGES[case]
    found = shown(page(f"<tr><td>A1</td><td>{inside}</td><td>Z</td></tr>"))
    assert list(map(lost, found[0])) == ["A1", expected, "Z"]


def test_number_cut_by_a_narrow_column_is_the_one_that_is_stored():
    row = '<tr><td x:num="250501000013">2.50501E+11</td><td x:num="46023">2026/1/1</td><td x:num>59</td></tr>'
    assert shown(page(row)) == [(250501000013.0, "2026/1/1", "59")]


def test_spans_of_rows_and_columns_are_those_of_a_workbook():
    rows = (
        "<tr><td colspan=3>标题</td></tr>",
        "<tr><td rowspan=2>甲</td><td colspan='2'>乙</td><td>丙</td></tr>",
        "<tr><td>丁</td><td></td><td>戊</td></tr>",
    )
    assert shown(page(*rows)) == [("标题",), ("甲", "乙", "", "丙"), ("甲", "丁", "", "戊")]


def test_end_tags_may_be_missing_and_tables_lie_one_below_the_other():
    assert shown("<table><tr><td>甲<td>乙<tr><td>丙</table><p>x<TABLE><tr><th>丁".encode()) == [
        ("甲", "乙"),
        ("丙",),
        ("丁",),
    ]


def test_table_within_a_table_is_read_and_its_frame_passed_over():
    inner = "<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>"
    assert shown(page(f"<tr><td rowspan=9>{inner}</td></tr>")) == [(), ("甲", "乙"), ("丙",)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encoding_of_a_page_is_what_its_bytes_are(codec):
    head = '<meta charset="gb2312">'
    assert shown(page("<tr><td>检查号</td><td>双肺䶮</td></tr>\n", head=head, codec=codec)) == [
        ("检查号", "双肺䶮")
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><body>login</body></html>", "网页，其中没有表格"),
        (page(f"<tr>{'<td>1</td>' * 501}</tr>"), "1行×501列"),
    ],
)
def test_page_without_a_table_or_too_wide_is_refused(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        shown(content)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("<tr>" + "<td colspan=1000 rowspan=60000></td>" * 20_000, "1行×5001列"),
        (
            f"<tr><td rowspan=60000>{'甲' * 9_000}</td></tr>" + "<tr><td>乙</td></tr>" * 6_000,
            "文字合计超过",
        ),
    ],
)
def test_page_that_implies_more_than_it_holds_is_refused(rows, sentence):
    with pytest.raises(FileRefused, match=sentence):
        shown(page(rows))


def test_tables_within_each_other_cost_no_more_than_their_number():
    assert shown(page("<tr><td>" + "<table><tr><td>" * 20_000 + "甲")) == [("甲",)]


def test_span_beyond_the_last_row_ends_there():
    rows = "<tr><td rowspan=60000>甲</td></tr>" + "<tr><td>乙</td></tr>" * 3
    assert shown(page(rows)) == [("甲",)] + [("甲", "乙")] * 3


@pytest.mark.parametrize("name", ["导出.xls", "导出.xlsx", "导出.csv", "导出.txt"])
def test_kind_is_told_from_the_content_and_never_from_the_name(name):
    contents = (
        page("<tr><td>甲</td></tr>"),
        xml2003(f"<Row>{data('String', '甲')}</Row>"),
        ods(f">{line('甲')}"),
    )
    assert [[row.cells for row in sheets_of(c, name)[0].rows] for c in contents] == [[("甲",)]] * 3
