"""Packages that claim or imply more than they hold: refused, or read without building it."""

import re
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadsheets import FileRefused, sheets_of
from tests.spreadsheets.packages import MAIN, STRICT, number, package, read_workbook, rows, shared, text

HEAD = rows(["检查号", "姓名"])
LONG = "肺" * 25_000
TOO_FAR = (
    "工作表的范围达{}行×{}列，远超报告导出的大小，疑有误填的单元格。"
    "请删除表格右侧与下方多余的单元格后重新保存。"
)
TOO_MUCH = "工作簿各单元格的文字合计超过5000万字，超出可读取的大小。请按月份分次导出。"
OVERLAPPING = "工作表的合并单元格相互重叠，无法确定各行的内容。请取消合并后重新保存。"
DAMAGED = "工作簿内容损坏，无法读取。请在Excel或WPS中打开后另存为.xlsx，或从RIS重新导出。"


def far(reference):
    digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return HEAD + f'<row r="{digits}">{text("甲", reference)}</row>'


def references(count):
    return HEAD + ("<row>" + '<c t="s"><v>0</v></c>' * 400 + "</row>") * (count // 400)


def merged(*ranges):
    return "<mergeCells>" + "".join(f'<mergeCell ref="{given}"/>' for given in ranges) + "</mergeCells>"


REFUSED = {
    "far_cell": (lambda: package(far("XFD1048576")), TOO_FAR.format(1048576, 16384)),
    "far_cell_elsewhere": (
        lambda: package(far("XFD1048576"), folder="data"),
        TOO_FAR.format(1048576, 16384),
    ),
    "far_cell_strict": (
        lambda: package(far("XFD1048576"), namespaces=STRICT),
        TOO_FAR.format(1048576, 16384),
    ),
    "far_cell_behind_backslashes": (
        lambda: package(far("XFD1048576"), separator="\\"),
        TOO_FAR.format(1048576, 16384),
    ),
    "far_cell_with_a_prefix": (
        lambda: package(HEAD + f"<x:row xmlns:x='{MAIN}' r='9'><x:c r='ZZZ9'><x:v>1</x:v></x:c></x:row>"),
        TOO_FAR.format(9, 18278),
    ),
    "far_cell_on_the_last_sheet": (lambda: package(HEAD, HEAD, far("XFD2")), TOO_FAR.format(2, 16384)),
    "row_of_ten_digits": (lambda: package(far("A4294967295")), TOO_FAR.format(4294967295, 1)),
    "row_of_twenty_digits": (lambda: package(far("A" + "9" * 20)), TOO_FAR.format("9" * 20, 1)),
    "row_of_thousands_of_digits": (lambda: package(far("A" + "9" * 5000)), DAMAGED),
    "column_of_ten_letters": (lambda: package(far("ZZZZZZZZZZ2")), TOO_FAR.format(2, 146813779479510)),
    "column_of_a_hundred_letters": (lambda: package(far("Z" * 100 + "2")), DAMAGED),
    "row_before_the_first": (lambda: package(far("A0")), DAMAGED),
    "row_unlike_its_cells": (lambda: package(f'<row r="2">{text("甲", "A3")}</row>'), DAMAGED),
    "row_twice": (lambda: package(f'<row r="2">{text("甲")}</row>' * 2), DAMAGED),
    "columns": (lambda: package(rows(["甲"] * 501)), TOO_FAR.format(1, 501)),
    "all_sheets_together": (
        lambda: package(*[HEAD + f'<row r="9000">{text("甲", "OJ9000")}</row>'] * 3),
        TOO_FAR.format(9000, 400),
    ),
    "long_text_shared_by_many": (
        lambda: package(references(4_000), strings=shared(LONG)),
        TOO_MUCH,
    ),
    "long_text_shared_by_sheets": (
        lambda: package(*[references(400)] * 6, strings=shared(LONG)),
        TOO_MUCH,
    ),
    "long_text_merged_over_many": (
        lambda: package(rows([LONG]) + rows(["", "甲"]) * 4_000, after=merged("A1:A4001")),
        TOO_MUCH,
    ),
    "merges_over_each_other": (
        lambda: package(rows(*([f"{i}"] for i in range(8_000))), after=merged(*["A1:A8000"] * 1_300)),
        OVERLAPPING,
    ),
    "text_that_is_not_there": (
        lambda: package(rows(['<c t="s"><v>7</v></c>']), strings=shared("甲")),
        DAMAGED,
    ),
    "text_before_the_first": (
        lambda: package(rows(['<c t="s"><v>-1</v></c>']), strings=shared("甲")),
        DAMAGED,
    ),
    "entities": (
        lambda: package(HEAD, strings=f'<!DOCTYPE a [<!ENTITY b "c">]><sst xmlns="{MAIN}"/>'),
        "工作簿的XML含有实体定义（DTD），正常导出不会有，已拒收且未展开。请从RIS重新导出。",
    ),
    "entities_in_utf32": (
        lambda: package(HEAD, strings="\ufeff<!DOCTYPE a []><sst/>".encode("utf-32-be")),
        DAMAGED,
    ),
    "formats_without_end": (lambda: package(HEAD, formats=["0"] * 10_001), DAMAGED),
    "columns_without_end": (
        lambda: package(HEAD, before="<cols>" + '<col min="1" max="9" style="1"/>' * 20_000 + "</cols>"),
        DAMAGED,
    ),
    "cells_cut_off": (lambda: package(HEAD + "<row><c><v>1"), DAMAGED),
}
READ = {
    "texts_counted_wrong": lambda: package(
        HEAD, strings=shared("甲", counted='count="9" uniqueCount="4294967295"')
    ),
    "extent_named_wrong": lambda: package(HEAD, before='<dimension ref="A1:XFD1048576"/>'),
    "cells_empty_far_out": lambda: package(
        HEAD + '<row r="1048576"><c r="XFD1048576" s="0"/><c r="ABC1048576" t="s"/></row>'
    ),
    "columns_styled_far_out": lambda: package(
        HEAD, before='<cols><col min="1" max="9999999" style="0"/></cols>'
    ),
    "merged_far_out": lambda: package(HEAD, after=merged("XFD1:XFD1048576", "A9:ZZZZ99999999999")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_package_that_implies_too_much_is_refused_in_words(case):
    make, sentence = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        read_workbook(make())
    assert str(refused.value) == sentence


@pytest.mark.parametrize("case", READ)
def test_package_that_only_claims_much_is_read(case):
    (sheet,) = read_workbook(READ[case]())
    assert [row.cells for row in sheet.rows] == [("检查号", "姓名")]


_COST = r"""
import re, resource, sys, time
from spreadsheets import FileRefused, sheets_of
data, began = sys.stdin.buffer.read(), time.monotonic()
try:
    sheets_of(data, "x.xlsx")
except FileRefused:
    pass
# Not RUSAGE_SELF: it begins with what the process that started this one held.
own = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print((own + reader) // 1024, int(time.monotonic() - began))
"""


@pytest.mark.parametrize(
    "case",
    [
        "far_cell",
        "row_of_ten_digits",
        "long_text_shared_by_many",
        "merges_over_each_other",
        "texts_counted_wrong",
    ],
)
def test_package_that_implies_much_costs_little(case):
    data = (READ.get(case) or REFUSED[case][0])()
    done = subprocess.run([sys.executable, "-c", _COST], input=data, capture_output=True, check=True)
    memory, seconds = map(int, done.stdout.split())
    assert memory < 200
    assert seconds < 10  # a bound against hanging, not a benchmark


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("word/document.xml", "Word文档"),
        ("ppt/presentation.xml", "PowerPoint文档"),
        ("data/a.csv", "普通压缩包"),
        ("xl/workbook.bin", DAMAGED),
    ],
)
def test_package_of_another_kind_is_named(part, words):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "<a/>")
    with pytest.raises(FileRefused, match=re.escape(words)):
        read_workbook(out.getvalue())


def test_parts_of_one_name_are_refused_as_nobody_can_say_which_is_meant():
    data = package(HEAD)
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL\\WorkSheets\\sheet1.xml", "<worksheet/>")
    with pytest.raises(FileRefused) as refused:
        read_workbook(out.getvalue())
    assert str(refused.value) == DAMAGED


_PIECES = st.sampled_from(
    [
        *(
            "<row>",
            "</row>",
            '<row r="3">',
            "<c>",
            "</c>",
            '<c r="B2" t="s" s="1">',
            '<c t="e" s="9">',
            "<v>",
        ),
        *(
            "</v>",
            "1",
            "-1",
            "1e999",
            "甲",
            "<f>A1",
            "</f>",
            "<is><t>",
            "</t></is>",
            '<c r="$B$2">',
            '<c r="">',
        ),
        *(
            "</sheetData>",
            '<mergeCell ref="A1:A9"/>',
            '<mergeCell ref="A1"/>',
            "<row r='x'>",
            "&#0;",
            "_xD800_",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_any_sheet_is_read_or_refused(inside):
    data = package(HEAD + inside, strings=shared("甲"), formats=['0"月"'])
    try:
        sheets = read_workbook(data)
    except FileRefused:
        return
    for sheet in sheets:
        assert all(isinstance(c, (str, float)) for row in sheet.rows for c in row.cells)


@given(st.data())
def test_damaged_package_is_read_or_refused(data):
    content = bytearray(package(HEAD + rows(["A1", number(5, style=1)]), formats=["000"]))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_workbook(bytes(content))
    except FileRefused:
        return


def test_sheets_of_gives_what_the_reader_gives():
    with pytest.raises(FileRefused) as refused:
        sheets_of(REFUSED["far_cell"][0](), "x.xlsx")
    assert str(refused.value) == REFUSED["far_cell"][1]
