"""exporting.xlsx: every cell through one door."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from exporting.cell_text import CELL_LIMIT, clean, literal, split
from exporting.xlsx import CONTINUED, TEXT, Book, Formula

AT = datetime(2025, 10, 20, 16, 5, tzinfo=UTC)


def written(*rows):
    book = Book(title="表", author="科", created=AT)
    page = book.page("表", [10, 10])
    for row in rows:
        page.add(row)
    return book.to_bytes()


def cells(content):
    return list(load_workbook(io.BytesIO(content)).active.iter_rows())


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1分", "@x", "＝1", "\t=1", "#N/A", "=cmd|'/c calc'!A1", "TRUE"]
)
def test_text_is_a_string_whatever_it_begins_with(text):
    cell = cells(written([text]))[0][0]
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix is (text not in ("#N/A", "TRUE"))


def test_formula_is_live_and_keeps_its_result():
    content = written([1, 2], [Formula("SUM(A1:B1)", 3), Formula('IF(A1>0,"合格<","")', "合格<")])
    assert [cell.value for cell in cells(content)[1]] == ["=SUM(A1:B1)", '=IF(A1>0,"合格<","")']
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1] == [
        3,
        "合格<",
    ]


def test_literal_quotes_cannot_leave_the_text():
    assert literal('a",SUM(1),"') == '"a"",SUM(1),"""'


def test_control_and_direction_characters_go():
    assert clean("a\x00b\x1f\u202ec\r\nd\re\tf\ud800\uffff") == "abc\nd\ne\tf"
    assert cells(written(["a\x0bb\u202e"]))[0][0].value == "ab"


def test_escape_like_text_is_not_read_as_a_character_code():
    content = written(["_x000D_ and _x4E00_"])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>_x005F_x000D_ and _x005F_x4E00_</t>" in sheet


@pytest.mark.parametrize("value", [1.5, True, AT, ["x"]])
def test_other_types_are_refused(value):
    with pytest.raises(TypeError):
        written([value])


def test_text_longer_than_a_cell_goes_on_below_and_put_refuses_it():
    text = "𠮷" * CELL_LIMIT
    found = cells(written([1, text], [2, "x"]))
    assert [row[0].value for row in found] == [1, "（续上行）", "（续上行）", 2]
    assert "".join(row[1].value for row in found[:3]) == text
    with pytest.raises(ValueError, match="32767"):
        Book(title="", author="", created=AT).page("x", [1]).put(1, 1, text, TEXT)


@given(st.text(max_size=60), st.integers(min_value=7, max_value=20))
def test_split_parts_join_to_the_text_and_fit(text, limit):
    text = clean(text)
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_any_text_read_back_is_the_text(texts):
    found = [cell.value or "" for cell in cells(written(texts))[0]]
    assert found == [clean(text) for text in texts]


def test_same_content_gives_same_bytes_with_fixed_times():
    content = written(["x"])
    assert content == written(["x"])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2025-10-20T16:05:00Z" in parts.read("docProps/core.xml")


def test_heading_and_fact_longer_than_a_cell_continue_below():
    book = Book(title="长", author="某科", created=datetime(2026, 1, 1, tzinfo=UTC))
    page = book.page("页", (10, 20))
    text = "质" * (CELL_LIMIT + 10)
    page.heading(text)
    page.fact("理由", text)
    sheet = load_workbook(io.BytesIO(book.to_bytes()))["页"]
    cells = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert "".join(cells[0] + cells[1]) == text
    assert [row[0] for row in cells[2:]] == ["理由", CONTINUED]
    assert "".join(row[1] for row in cells[2:]) == text
