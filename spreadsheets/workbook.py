"""XLSX workbooks through python-calamine, after the package passed its checks."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from posixpath import join, normpath
from typing import Any

from defusedxml import ElementTree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from spreadsheets.package import Package
from spreadsheets.values import Cell, CellError, FileRefused, Row, Sheet

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_XLSX = (
    "压缩包内没有Excel工作簿的内容（可能是Word文档、ODS或普通压缩包）。"
    "请另存为“Excel 工作簿（.xlsx）”后导入。"
)
_DAMAGED = "工作簿内容损坏，无法读取。请在Excel或WPS中打开后另存为.xlsx，或从RIS重新导出。"


def read_workbook(data: bytes) -> list[Sheet]:
    """The visible worksheets that hold anything. Raises FileRefused with a sentence."""
    package = Package(data)
    if "xl/workbook.xml" not in package.names:
        raise FileRefused(_NOT_XLSX)
    package.check_extent()
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [
            _sheet(book, package, meta.name)
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
        ]
    except PasswordError as error:
        raise FileRefused("工作簿设有打开密码，无法读取。请取消密码后另存为.xlsx再导入。") from error
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise FileRefused(_DAMAGED) from error
    except BaseException as error:
        # A breakdown inside the Rust reader surfaces as pyo3's PanicException, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused(_DAMAGED) from error
    found = [sheet for sheet in sheets if sheet.rows]
    if not found:
        raise FileRefused("工作簿中没有内容：各工作表都是空的或已隐藏。请检查导出的文件。")
    return found


def _sheet(book: CalamineWorkbook, package: Package, name: str) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    table: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    part = _part_of(package, name)
    for (row, column), value in package.errors(part).items():
        if row < len(table) and column < len(table[row]):
            table[row][column] = CellError(value)
    _restore_zeros(table, package, part)
    _spread_downwards(table, sheet.merged_cell_ranges or [])
    return Sheet(name, tuple(Row(i, tuple(map(_cell, row))) for i, row in enumerate(table, 1)), "Excel工作簿")


def _part_of(package: Package, sheet_name: str) -> str:
    """The part that holds a worksheet, by the workbook's own relationships."""
    try:
        book = ElementTree.fromstring(package.small_part("xl/workbook.xml"))
        links = ElementTree.fromstring(package.small_part("xl/_rels/workbook.xml.rels"))
    except ElementTree.ParseError:
        return ""
    wanted = next(
        (s.get(_REL) for s in book.iter() if s.tag.endswith("}sheet") and s.get("name") == sheet_name), ""
    )
    target = next((link.get("Target", "") for link in links if link.get("Id") == wanted), "")
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def _restore_zeros(table: list[list[Any]], package: Package, part: str) -> None:
    """A number shown as 00012345 by a format of zeros is the text 00012345, not 12345."""
    widths = _zero_formats(package)
    for (row, column), style in package.styled(part, widths).items():
        value = table[row][column] if row < len(table) and column < len(table[row]) else None
        if isinstance(value, float) and value.is_integer() and 0 <= value < 1e15:
            table[row][column] = f"{int(value):0{widths[style]}d}"


def _zero_formats(package: Package) -> dict[int, int]:
    """Cell style → number of digits, of the styles whose number format is nothing but zeros (two or more)."""
    try:
        styles = ElementTree.fromstring(package.small_part("xl/styles.xml"))
    except ElementTree.ParseError:
        return {}
    codes = {f.get("numFmtId"): f.get("formatCode", "") for f in styles.iter() if f.tag.endswith("}numFmt")}
    zeros = {key: len(code) for key, code in codes.items() if re.fullmatch(r"0{2,30}", code)}
    formats = next((list(x) for x in styles.iter() if x.tag.endswith("}cellXfs")), [])
    return {i: zeros[x.get("numFmtId")] for i, x in enumerate(formats) if x.get("numFmtId") in zeros}


def _spread_downwards(table: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A cell merged over several rows speaks for each of them; one merged over columns is a title."""
    for (top, left), (bottom, _) in ranges:
        if bottom > top and top < len(table) and left < len(table[top]):
            for row in table[top + 1 : bottom + 1]:
                row[left] = table[top][left]


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), value) if "_x" in value else value
    if isinstance(value, datetime) and value.microsecond:
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    return value
