"""Whatever bytes a file has: cells that can be stored, or a refusal in Chinese, never an exception."""

import math
import re
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadsheets import CellError, FileRefused
from tests.spreadsheets.packages import package, read_workbook, rows, shared
from tests.spreadsheets.test_binary_workbooks import xls, xlsb
from tests.spreadsheets.test_markup_tables import cell, data, line, number, ods, page, xml2003

_MERGED = cell("<text:p>甲</text:p>", table__number_rows_spanned="2")
_ODS = f">{line('检查号', number('5', '5月'), _MERGED)}{line('乙')}"
_NUMBER = data("Number", "5", "ss:StyleID='z'")
_XML = f"<Row ss:Index='2'>{data('String', '检查号')}{_NUMBER}</Row>"
_PAGE = page("<tr><td rowspan=2>检查号</td><td colspan=2>甲<br>乙</td></tr>", "<tr><td>a&lt;b</td></tr>")
FILES = {
    "xls": xls(),
    "xlsb": xlsb(),
    "xlsx": package(rows(["检查号", '<c t="s"><v>0</v></c>']), strings=shared("甲"), formats=["000"]),
    "ods": ods(_ODS),
    "xml": xml2003(_XML),
    "page": _PAGE,
    "utf16": "检查号,姓名\nA1,甲\n".encode("utf-16-le"),
    "csv": '检查号,姓名\nA1,"甲\n乙"\n'.encode("gb18030"),
}
_PACKED = ("xlsb", "xlsx", "ods")


def read_or_refused(content):
    try:
        sheets = read_workbook(content)
    except FileRefused as refused:
        sentence = str(refused)
        sheets = []
    else:
        sentence = "读"
    assert re.search("[\u4e00-\u9fff]", sentence)
    for found in (c for sheet in sheets for row in sheet.rows for c in row.cells):
        if isinstance(found, float):
            assert math.isfinite(found)
        if isinstance(found, CellError) or not isinstance(found, str):
            continue
        found.encode()  # raises for half a character


def mutated(content, draw):
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(changed) - 1))
        match draw(st.sampled_from(["set", "cut", "double", "number"])):
            case "set":
                changed[at] = draw(st.integers(0, 255))
            case "cut":
                del changed[at : at + draw(st.integers(1, 40))]
            case "double":
                changed[at:at] = changed[at : at + draw(st.integers(1, 40))]
            case "number":
                changed[at : at + 4] = draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f" * 4]))
        changed = changed or bytearray(b"\0")
    return bytes(changed)


@pytest.mark.parametrize("kind", FILES)
@given(st.data())
def test_file_with_changed_bytes_is_read_or_refused(kind, data):
    read_or_refused(mutated(FILES[kind], data.draw))


@pytest.mark.parametrize("kind", _PACKED)
@given(st.data())
def test_package_with_a_changed_part_is_read_or_refused(kind, data):
    with zipfile.ZipFile(BytesIO(FILES[kind])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from([n for n, content in parts.items() if content]))
    match data.draw(st.sampled_from(["change", "drop", "swap"])):
        case "change":
            parts[name] = mutated(parts[name], data.draw)
        case "drop":
            del parts[name]
        case "swap":
            parts[name] = parts[data.draw(st.sampled_from(sorted(parts)))]
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    read_or_refused(out.getvalue())


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x10\0", b"<table>"]),
)
def test_any_bytes_are_read_or_refused(content, start):
    read_or_refused(start + content)
