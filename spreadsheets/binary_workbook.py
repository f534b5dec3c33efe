"""XLSB workbooks: the parts of an XLSX package as binary records (MS-XLSB), read by the same rules.

The libraries at hand give an error value as an empty cell and drop what a number format shows.
"""

import struct
from collections.abc import Iterator

from spreadsheets.decoding import Book, number_shown, text_shown
from spreadsheets.formats import BUILT_IN, Format, format_of
from spreadsheets.grid import Grid
from spreadsheets.package import Package
from spreadsheets.values import DAMAGED, Cell, CellError, FileRefused, Loss, Row, Sheet

_ROW, _STRING_ITEM, _FORMAT, _STYLE = 0, 19, 44, 47
_PROPERTIES, _LISTED, _MERGED = 153, 156, 176
_STYLES_BEGIN, _STYLES_END = 617, 618
_RICH = 62
_SHORT = range(12, 19)  # the cells 1 to 7 without a column of their own: the one after the last
_FORMULAS = range(8, 12)
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_EMPTY_TEXT = b"\x17\x00\x00"  # "" in a formula


def read_binary_workbook(package: Package, name: str) -> Iterator[Sheet]:
    """The worksheets of the workbook whose main part is `name`. Raises FileRefused with a sentence."""
    try:
        yield from _sheets(package, name)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise FileRefused(DAMAGED) from error


def _sheets(package: Package, name: str) -> Iterator[Sheet]:
    parts = package.related(name)
    book, listed = Book(), []
    for kind, data in _records(package.pieces(name)):
        if kind == _PROPERTIES:
            book.is_1904 = bool(data[0] & 1)
        elif kind == _LISTED:
            link, after = _text(data, 8)
            listed.append((_text(data, after)[0], link, data[0] != 0))
    for purpose, part in parts.values():
        if purpose == "sharedStrings":
            book.strings = [_text(d, 1)[0] for k, d in _records(package.pieces(part)) if k == _STRING_ITEM]
        elif purpose == "styles":
            book.formats = _formats(package.pieces(part))
    for title, link, hidden in listed:
        purpose, part = parts.get(link, ("", ""))
        if purpose == "worksheet":
            if part not in package:
                raise FileRefused(DAMAGED)
            rows = _rows(package.pieces(part), book)
            yield Sheet(title, rows, "二进制Excel工作簿", hidden=hidden, is_1904=book.is_1904)


def _records(pieces: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """(kind, content) of each record; both kind and length are written seven bits to a byte."""
    pending = b""
    for piece in pieces:
        pending += piece
        at = 0
        while found := _record(pending, at):
            kind, start, at = found
            yield kind, pending[start:at]
        pending = pending[at:]
    if pending:
        raise FileRefused(DAMAGED)


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """(kind, start, end) of the record at a place; None when it is not whole yet."""
    try:
        kind, at = data[at], at + 1
        if kind & 128:
            kind, at = (kind & 127) | (data[at] & 127) << 7, at + 1
        size = 0
        for shift in (0, 7, 14, 21):
            more, at = data[at], at + 1
            size |= (more & 127) << shift
            if not more & 128:
                break
    except IndexError:
        return None
    return (kind, at, at + size) if at + size <= len(data) else None


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A counted text and the place after it; a count of all ones means a missing text."""
    (count,) = struct.unpack_from("<I", data, at)
    count = 0 if count == 0xFFFFFFFF else count
    end = at + 4 + 2 * count
    if end > len(data):
        raise FileRefused(DAMAGED)
    return data[at + 4 : end].decode("utf-16-le", "surrogatepass"), end


def _formats(pieces: Iterator[bytes]) -> dict[int, Format]:
    codes, named, inside = dict(BUILT_IN), [], False
    for kind, data in _records(pieces):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            inside = kind == _STYLES_BEGIN
        elif kind == _STYLE and inside:
            named.append(struct.unpack_from("<H", data, 2)[0])
    forms = {key: format_of(codes[key]) for key in {*named} if key in codes}
    return {i: forms[key] for i, key in enumerate(named) if key in forms and not forms[key].is_plain}


def _rows(pieces: Iterator[bytes], book: Book) -> tuple[Row, ...]:
    grid, row, column = Grid(book), 0, -1
    for kind, data in _records(pieces):
        if kind == _ROW:
            row, column = struct.unpack_from("<I", data)[0] + 1, -1
        elif kind in _SHORT:
            column += 1
            grid.put(row, column + 1, _cell(kind - 11, data, 0, book))
        elif 1 <= kind <= 11 or kind == _RICH:
            (column,) = struct.unpack_from("<I", data)
            grid.put(row, column + 1, _cell(kind, data, 4, book))
        elif kind == _MERGED:
            top, bottom, first = struct.unpack_from("<III", data)
            grid.merge(top + 1, bottom + 1, first + 1)
    return grid.finished()


def _cell(kind: int, data: bytes, at: int, book: Book) -> Cell:
    """The value of a cell: its style is stored at offset `at`, its content four bytes later."""
    form = book.formats.get(int.from_bytes(data[at : at + 3], "little"))
    at += 4
    if kind == 2:
        return number_shown(_packed(data, at), form, is_1904=book.is_1904)
    if kind in (5, 9):
        return number_shown(struct.unpack_from("<d", data, at)[0], form, is_1904=book.is_1904)
    if kind in (3, 11):
        return CellError(_ERRORS.get(data[at], "#N/A"))
    if kind in (4, 10):
        return bool(data[at])
    if kind == 7:
        return text_shown(book.string(struct.unpack_from("<I", data, at)[0]), form)
    if kind in (6, 8, _RICH):
        text, end = _text(data, at + (kind == _RICH))
        if not text and kind in _FORMULAS and _EMPTY_TEXT not in data[end:]:
            return CellError("公式", Loss.FORMULA)
        return text_shown(text, form)
    return ""


def _packed(data: bytes, at: int) -> float:
    """A number in 30 bits: whole, or the upper part of a double; if the lowest bit is set, divided by 100."""
    (given,) = struct.unpack_from("<i", data, at)
    value: float = given >> 2
    if not given & 2:
        (value,) = struct.unpack("<d", struct.pack("<II", 0, given & 0xFFFFFFFC))
    return value / 100 if given & 1 else value
