"""Hostile and odd files: refused with a sentence, quickly, in little memory, before a reader opens them."""

import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import pytest
from openpyxl import Workbook

from spreadsheets import CellError, FileRefused, sheets_of
from tests.paths import DATA


def workbook(rows=(("检查号", "姓名"), ("A1", "张"))):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data, name, content, *, compress=zipfile.ZIP_DEFLATED):
    """The package with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compress) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == name else old.read(entry.filename))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


def sheet_xml(cells):
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f"{start}{cells}</sheetData></worksheet>".encode()


SHEET = "xl/worksheets/sheet1.xml"


def lying(data):
    """A package whose directory says a bomb is ten bytes long."""
    bomb = with_part(data, "xl/media/a.bin", b"0" * 150_000_000)
    crc = struct.pack("<I", zlib.crc32(b"0" * 10))
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        entry = package.getinfo("xl/media/a.bin")
    old = struct.pack("<III", entry.CRC, entry.compress_size, entry.file_size)
    return bomb.replace(old, crc + struct.pack("<II", entry.compress_size, 10))


def too_many():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/workbook.xml", "<a/>")
        for i in range(2001):
            package.writestr(f"xl/{i}", "")
    return out.getvalue()


HOSTILE = {
    "bomb": (lambda: with_part(workbook(), "xl/media/a.bin", b"0" * 150_000_000), "压缩炸弹"),
    "lying_bomb": (lambda: lying(workbook()), "压缩炸弹"),
    "many_parts": (too_many, "2002个部件"),
    "dtd": (lambda: with_part(workbook(), SHEET, b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + sheet_xml("")), "DTD"),
    "dtd_utf16": (lambda: with_part(workbook(), SHEET, "\ufeff<!DOCTYPE a []>".encode("utf-16-le")), "DTD"),
    "far_cell": (
        lambda: with_part(
            workbook(),
            SHEET,
            sheet_xml(
                '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            ),
        ),
        "工作表的范围达1048576行×16384列",
    ),
    "far_cell_other_quotes": (
        lambda: with_part(
            workbook(), SHEET, sheet_xml("<row r='1048576'><c s='1' r = 'XFD1048576'><v>1</v></c></row>")
        ),
        "工作表的范围达",
    ),
    "not_a_workbook": (
        lambda: with_part(b"PK\x05\x06" + b"\0" * 18, "word/document.xml", b"<a/>"),
        "没有Excel工作簿的内容",
    ),
    "truncated": (lambda: workbook()[:3000], "文件损坏"),
    "bad_sheet": (lambda: with_part(workbook(), SHEET, b"<worksheet><sheetData><row"), "工作簿"),
    "empty_book": (lambda: workbook(()), "工作簿中没有内容"),
    "encrypted": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "打开密码",
    ),
    "old_xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版Excel格式"),
    "html": (lambda: "<html><body>请重新登录</body></html>".encode(), "网页，其中没有表格"),
    "pdf": (lambda: b"%PDF-1.7", "PDF文档"),
    "not_xlsx": (lambda: b"hello", "不是Excel工作簿"),
    "blank": (lambda: b" \r\n\r\n", "不是Excel工作簿"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused_saying_what_was_found(case):
    make, words = HOSTILE[case]
    data = make()
    began = time.monotonic()
    with pytest.raises(FileRefused, match=words):
        sheets_of(data, "导出.xlsx")
    assert time.monotonic() - began < 5  # a bound against hanging, not a benchmark


@pytest.mark.parametrize(
    "name", ["truncated.xlsx", "mixed_encoding.csv", "empty.csv", "dtd_bomb.xlsx", "old_format.xlsx"]
)
def test_broken_file_costs_little_memory(name):
    path = DATA / "ris" / "broken" / name
    script = (
        "import pathlib\n"
        "from spreadsheets import FileRefused, sheets_of\n"
        f"data = pathlib.Path({str(path)!r}).read_bytes()\n"
        "try:\n    sheets_of(data, 'x.xlsx')\nexcept FileRefused:\n    pass\n"
        "print(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200 * 1024


def test_error_values_are_told_from_empty_cells():
    cells = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="C1" t="inlineStr"><is><t>甲</t></is></c></row>'
    (sheet,) = sheets_of(with_part(workbook(), SHEET, sheet_xml(cells)), "x.xlsx")
    assert sheet.rows[0].cells == ("#N/A", "", "甲")
    assert [type(c) for c in sheet.rows[0].cells] == [CellError, str, str]


def test_repetitive_honest_workbook_is_read():
    (sheet,) = sheets_of(workbook([("检查号", "结论")] + [("A1", "双肺未见异常。")] * 20_000), "x.xlsx")
    assert len(sheet.rows) == 20_001


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_text(codec):
    text = "检查号,姓名\r\nA1,䶮㛃𠮷\r\n"
    (sheet,) = sheets_of(text.encode(codec), "x.csv")
    assert [row.cells for row in sheet.rows] == [("检查号", "姓名"), ("A1", "䶮㛃𠮷")]


def test_gb18030_private_use_characters_become_the_real_ones():
    head = "检查号,姓名\n".encode("gb18030")
    (sheet,) = sheets_of(head + b"A1,\xfe\x59\xa6\xd9\xfe\x91\n", "x.csv")
    assert sheet.rows[1].cells == ("A1", "龴︐𤇾")


def test_utf8_with_a_cut_character_names_the_line():
    data = "检查号,姓名\nA1,张三丰\nA2,李四光".encode()[:-1]
    with pytest.raises(FileRefused, match=r"编码不一致|第3行"):
        sheets_of(data, "x.csv")


def test_rows_are_counted_as_records_even_with_lines_inside_cells():
    (sheet,) = sheets_of('检查号,所见\nA1,"甲\n乙"\n\nA2,丙\n'.encode(), "x.csv")
    assert [(r.number, r.cells) for r in sheet.rows] == [
        (1, ("检查号", "所见")),
        (2, ("A1", "甲\n乙")),
        (3, ()),
        (4, ("A2", "丙")),
    ]


def test_separator_line_of_excel_is_obeyed_and_counted():
    (sheet,) = sheets_of("sep=;\n检查号;姓名\nA1;张,三\n".encode(), "x.csv")
    assert [(r.number, r.cells) for r in sheet.rows] == [(2, ("检查号", "姓名")), (3, ("A1", "张,三"))]


def test_cells_that_only_carry_a_style_far_out_do_not_refuse_the_sheet():
    styled = "".join(f'<c r="{column}2" s="0"/>' for column in ("AMJ", "XFD"))
    cells = f'<row r="1"><c r="A1" t="inlineStr"><is><t>检查号</t></is></c></row><row r="2">{styled}</row>'
    (sheet,) = sheets_of(with_part(workbook(), SHEET, sheet_xml(cells)), "x.xlsx")
    assert [row.cells for row in sheet.rows] == [("检查号",)]


def test_two_cells_far_apart_are_refused_before_a_reader_reserves_what_lies_between():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="GR900000"><v>1</v></c></row>'
    with pytest.raises(FileRefused, match="900000行×200列"):
        sheets_of(with_part(workbook(), SHEET, sheet_xml(cells)), "x.xlsx")


def test_number_shown_with_leading_zeros_keeps_them():
    book = Workbook()
    book.active.append(["检查号", "年龄"])
    book.active.append([12345, 7])
    book.active["A2"].number_format = "00000000"
    book.active["B2"].number_format = "0"
    out = io.BytesIO()
    book.save(out)
    (sheet,) = sheets_of(out.getvalue(), "x.xlsx")
    assert sheet.rows[1].cells == ("00012345", 7.0)


@pytest.mark.parametrize("name", ["导出.csv", "导出.txt"])
def test_cell_beyond_the_limit_refuses_its_record(name):
    rows = '检查号,影像描述\nA1,短\nA2,"' + "长" * (4 * 1024 * 1024 + 1)
    (sheet,) = sheets_of(rows.encode(), name)
    problem = (
        '有一个单元格超过4,194,304个字，多半是双引号“"长长长长长长长长长长长”没有配对。'
        "请在原文件中补齐或删去多余的双引号（文字中的双引号应写成两个），或从RIS重新导出。"
    )
    assert [(r.number, r.problem) for r in sheet.rows] == [(1, ""), (2, ""), (3, problem)]


TOO_MANY = "表格超过1048576行或1000万个单元格，超出可读取的大小。请按月份分次导出。"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            b"a,b\n" + b"," * 500 + b"\n",
            "第2行有501列，上限为500列，多半是分隔符或换行有误。请核对后重新导出。",
        ),
        (b"a,b\n" + b"\n" * 1_048_576, TOO_MANY),
        ((b"a" + b"," * 499 + b"\n") * 20_001, TOO_MANY),
    ],
)
def test_text_wider_or_longer_than_any_export_is_refused(data, sentence):
    with pytest.raises(FileRefused) as refused:
        sheets_of(data, "x.csv")
    assert str(refused.value) == sentence
