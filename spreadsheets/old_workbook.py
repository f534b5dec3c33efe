"""XLS workbooks (BIFF 2 to 8), which Excel up to 2003, WPS (.et) and many hospital systems write.

xlrd takes the records apart; what a number format shows and which formulas have no result is settled here.
"""

import os
import struct
from collections.abc import Iterator
from typing import Any

import xlrd  # type: ignore[import-untyped]

from spreadsheets.decoding import Book, number_shown, text_shown
from spreadsheets.formats import BUILT_IN, Format, format_of
from spreadsheets.grid import Grid
from spreadsheets.values import Cell, CellError, FileRefused, Loss, Row, Sheet

_SAVE_AS = "请在Excel或WPS中打开，另存为“Excel 工作簿（.xlsx）”或CSV后重新导入。"
_LOCKED = "工作簿设有打开密码，无法读取。请在Excel或WPS中取消密码后另存为.xlsx再导入。"
_DAMAGED = f"文件内容是旧版Excel格式（.xls），但已损坏，或不是工作簿，无法读取。{_SAVE_AS}"
_FORMULAS, _START, _END = (0x06, 0x206, 0x406), (0x09, 0x209, 0x409, 0x809), 0x0A
_EMPTY_TEXT = b"\x17\x00"  # "" in a formula
_SHARED = b"\x01"  # the formula is stored elsewhere


def read_old_workbook(data: bytes) -> Iterator[Sheet]:
    """The worksheets of an XLS workbook. Raises FileRefused with a sentence for any invalid bytes."""
    try:
        yield from _sheets(data)
    except (FileRefused, MemoryError):
        raise
    except Exception as error:
        # xlrd checks little: damaged records can raise any error.
        raise FileRefused(_LOCKED if "encrypted" in str(error) else _DAMAGED) from error


def _sheets(data: bytes) -> Iterator[Sheet]:
    # xlrd's warnings would mix with the reader's answers on stdout.
    with open(os.devnull, "w") as nowhere:
        source = _opened(data, nowhere)
        if source.biff_version < 80 and not source.codepage:
            source = _opened(data, nowhere, encoding_override="gb18030")
        book = Book(is_1904=source.datemode == 1)
        forms = _formats(source)
        for place in range(source.nsheets):
            sheet = source.sheet_by_index(place)
            rows = _rows(sheet, forms, book, _unsaved(source, place))
            hidden = sheet.visibility != 0
            yield Sheet(sheet.name, rows, "Excel工作簿（.xls）", hidden=hidden, is_1904=book.is_1904)
            if source.on_demand:
                source.unload_sheet(place)


def _opened(data: bytes, log: Any, **options: Any) -> Any:
    return xlrd.open_workbook(
        file_contents=data,
        logfile=log,
        formatting_info=True,
        on_demand=True,
        ragged_rows=True,
        # Excel opens what some programs write: sectors that are named twice.
        ignore_workbook_corruption=True,
        **options,
    )


def _formats(source: Any) -> list[Format | None]:
    """The number format of each cell style; None for one that adds nothing."""
    found: list[Format | None] = []
    for style in source.xf_list:
        key = style.format_key
        code = source.format_map[key].format_str if key in source.format_map else ""
        # xlrd says General of the built-in formats whose codes it does not have: the East Asian dates.
        form = format_of(BUILT_IN.get(key, "General") if code in ("", "General") else code)
        found.append(None if form.is_plain else form)
    return found


def _rows(
    sheet: Any, forms: list[Format | None], book: Book, unsaved: set[tuple[int, int]]
) -> tuple[Row, ...]:
    grid = Grid(book)
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if (row, column) in unsaved:
                grid.put(row + 1, column + 1, CellError("公式", Loss.FORMULA))
            elif kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                form = forms[sheet.cell_xf_index(row, column)]
                grid.put(row + 1, column + 1, _cell(kind, value, form, book))
    for top, after, first, _ in sheet.merged_cells:
        grid.merge(top + 1, after, first + 1)
    return grid.finished()


def _cell(kind: int, value: Any, form: Format | None, book: Book) -> Cell:
    if kind == xlrd.XL_CELL_TEXT:
        return text_shown(value, form)
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return number_shown(value, form, is_1904=book.is_1904)


def _unsaved(source: Any, place: int) -> set[tuple[int, int]]:
    """(row, column) of each formula without a result, counted from 0; xlrd gives 0 or an empty text for one.

    Programs that work nothing out write 0 and ask for it to be worked out on opening, or an empty text that
    the formula cannot have.
    """
    if source.biff_version < 80:
        return set()
    found, depth, at, data = set(), 0, source._sh_abs_posn[place], source.mem
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        depth += (kind in _START) - (kind == _END)
        if depth == 0:
            break
        if kind in _FORMULAS and size >= 22:
            row, column, _ = struct.unpack_from("<HHH", data, at + 4)
            result, asked, formula = data[at + 10 : at + 18], data[at + 18] & 2, data[at + 26 : at + 4 + size]
            empty = result[:1] == b"\x03" and result[6:] == b"\xff\xff"
            may_be_empty = _EMPTY_TEXT in formula or formula[:1] == _SHARED
            if (asked and not any(result)) or (empty and not may_be_empty):
                found.add((row, column))
        at += 4 + size
    return found
