"""ODS workbooks (LibreOffice, WPS): the tables of content.xml, or of a document that is one XML file (.fods).

Each cell holds its value and the text that is shown for it, so formats need not be worked out.
"""

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from spreadsheets.decoding import Book
from spreadsheets.grid import MAX_COLUMNS, Grid, too_wide
from spreadsheets.markup import parse
from spreadsheets.package import Package
from spreadsheets.values import Cell, CellError, FileRefused, Loss, Sheet

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_LOCKED = "工作簿设有打开密码，无法读取。请取消密码后另存为.xlsx再导入。"
_SAVE_AS = "请在Excel或WPS中打开，另存为“Excel 工作簿（.xlsx）”或CSV后重新导入。"
_REPEATED = "到第{}行为止，同样的内容重复了{}行，疑为误填。请删除多余的行后重新保存。"
_MOST_REPEATED = 10_000  # in a document: nobody has so many reports that are the same
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)|(?:Err|错误)[:：]\d{3}", re.I)
_AMOUNT = re.compile(r"[-+(]?\s*[¥￥$€£]?\s*[-+]?(?!0\d)[\d,.\s]*\d(?:E[+-]?\d+)?\s*\)?|#+", re.I)
_LENGTH = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
# Content inside a cell that is not its text: comments, pictures and shapes, readings of Chinese characters.
_ASIDE = ("annotation", "shapes", "frame", "custom-shape", "g", "ruby-text")


def read_open_document(package: Package) -> list[Sheet]:
    """The tables of an ODS package. Raises FileRefused with a sentence."""
    if not b"".join(package.pieces("mimetype")).strip().startswith(_SPREADSHEET):
        raise FileRefused(f"文件内容是OpenDocument文件，但不是表格。{_SAVE_AS}")
    if b":encryption-data" in b"".join(package.pieces("META-INF/manifest.xml")):
        raise FileRefused(_LOCKED)
    return read_tables(package.pieces("content.xml"))


def read_tables(pieces: Iterator[bytes] | Iterator[str]) -> list[Sheet]:
    """The tables of the XML of an OpenDocument file."""
    reader = _Tables()
    parse(
        pieces,
        starts={
            "style": reader.start_style,
            "table-properties": reader.start_properties,
            "null-date": reader.start_epoch,
            "table": reader.start_table,
            "table-row": reader.start_row,
            "table-cell": reader.start_cell,
            "covered-table-cell": reader.start_cell,
            "p": lambda _: reader.start_paragraph(),
            "h": lambda _: reader.start_paragraph(),
            "s": lambda attributes: reader.text(" " * min(int(_local(attributes).get("c", 1)), 1000)),
            "tab": lambda _: reader.text("\t"),
            "line-break": lambda _: reader.text("\n"),
        }
        | dict.fromkeys(_ASIDE, lambda _: reader.aside(1)),
        ends={
            "table": reader.end_table,
            "table-row": reader.end_row,
            "table-cell": reader.end_cell,
            "covered-table-cell": reader.end_covered,
            "p": reader.end_paragraph,
            "h": reader.end_paragraph,
        }
        | dict.fromkeys(_ASIDE, lambda: reader.aside(-1)),
        text=reader.text,
    )
    return reader.sheets


class _Tables:
    """The handlers of the elements of a document."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._book = Book()
        self._hidden_styles: set[str] = set()
        self._style = self._name = ""
        self._is_hidden = False
        self._grid: Grid | None = None
        self._row = self._column = self._aside = 0
        self._times, self._repeated = 1, 0
        self._filled = False
        self._cell: dict[str, str] | None = None
        self._is_error = self._in_paragraph = False
        self._paragraphs: list[list[str]] = []

    def start_style(self, attributes: dict[str, str]) -> None:
        self._style = _local(attributes).get("name", "")

    def start_properties(self, attributes: dict[str, str]) -> None:
        if _local(attributes).get("display") == "false":
            self._hidden_styles.add(self._style)

    def start_epoch(self, attributes: dict[str, str]) -> None:
        self._book.is_1904 = _local(attributes).get("date-value", "").startswith("1904")

    def start_table(self, attributes: dict[str, str]) -> None:
        given = _local(attributes)
        self._name = given.get("name", "")
        self._is_hidden = given.get("style-name") in self._hidden_styles
        self._grid, self._row = Grid(self._book), 0

    def end_table(self) -> None:
        if self._grid is not None:
            rows, is_1904 = self._grid.finished(), self._book.is_1904
            self.sheets.append(
                Sheet(self._name, rows, "OpenDocument表格", hidden=self._is_hidden, is_1904=is_1904)
            )
        self._grid = None

    def start_row(self, attributes: dict[str, str]) -> None:
        self._times = _count(_local(attributes), "number-rows-repeated")
        self._row, self._column, self._filled = self._row + 1, 0, False

    def end_row(self) -> None:
        if self._filled and self._grid is not None and self._times > 1:
            self._repeated += self._times
            if self._repeated > _MOST_REPEATED:
                raise FileRefused(_REPEATED.format(self._row, self._repeated))
            self._grid.repeat(self._row, self._times - 1)
        self._row += self._times - 1

    def start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = _local(attributes)
        self._is_error = any(v == "error" for k, v in attributes.items() if k.endswith("value-type"))
        self._paragraphs = []

    def start_paragraph(self) -> None:
        if self._cell is not None and not self._aside:
            self._in_paragraph = True
            self._paragraphs.append([])

    def end_paragraph(self) -> None:
        self._in_paragraph = self._in_paragraph and bool(self._aside)

    def aside(self, step: int) -> None:
        self._aside += step

    def text(self, characters: str) -> None:
        if self._in_paragraph and not self._aside:
            self._paragraphs[-1].append(characters)

    def end_covered(self) -> None:
        """Skip a cell covered by a merged one: it is not shown."""
        self._column += _count(self._cell or {}, "number-columns-repeated")
        self._cell = None

    def end_cell(self) -> None:
        given, grid = self._cell or {}, self._grid
        self._cell = None
        first, times = self._column + 1, _count(given, "number-columns-repeated")
        self._column += times
        value = _value(given, "\n".join(map("".join, self._paragraphs)), is_error=self._is_error)
        if grid is None or (isinstance(value, str) and not value):
            return
        if self._column > MAX_COLUMNS:
            raise too_wide(self._row, self._column)
        for column in range(first, first + times):
            grid.put(self._row, column, value)
        grid.merge(self._row, self._row + _count(given, "number-rows-spanned") - 1, first)
        self._filled = True


def _local(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes by the name behind their prefix; of two the first, which is the standard's own."""
    found: dict[str, str] = {}
    for name, value in attributes.items():
        found.setdefault(name.rpartition(":")[2], value)
    return found


def _count(attributes: dict[str, str], name: str) -> int:
    return max(int(attributes.get(name, "1")[:9]), 1)


def _value(given: dict[str, str], shown: str, *, is_error: bool) -> Cell:
    kind, has_formula = given.get("value-type", ""), "formula" in given
    if is_error or (has_formula and _ERROR.fullmatch(shown.strip())):
        return CellError(shown.strip()[:20] or "#N/A")
    if has_formula and not kind and not shown:
        return CellError("公式", Loss.FORMULA)
    if kind in ("float", "percentage", "currency"):
        return _number(given.get("value", ""), shown)
    if kind == "boolean":
        return given.get("boolean-value") == "true"
    if kind == "date":
        return _day(given.get("date-value", ""), shown)
    if kind == "time":
        return _time(given.get("time-value", ""), shown)
    return shown or given.get("string-value", "")


def _number(raw: str, shown: str) -> Cell:
    """The number; the text that is shown where that says more: zeros before it, a unit, signs within."""
    try:
        value = float(raw)
    except ValueError:
        return shown
    if not math.isfinite(value):
        return CellError(raw[:40], Loss.NUMBER)
    return value if not shown or _AMOUNT.fullmatch(shown.strip()) else shown


def _day(raw: str, shown: str) -> Cell:
    try:
        found = datetime.fromisoformat(raw[:26].removesuffix("Z"))
    except ValueError:
        return shown or raw
    found = (found + timedelta(microseconds=500_000)).replace(microsecond=0, tzinfo=None)
    return found if "T" in raw else date(found.year, found.month, found.day)


def _time(raw: str, shown: str) -> Cell:
    found = _LENGTH.fullmatch(raw)
    if not found:
        return shown or raw
    try:
        days, hours, minutes = (int(part or 0) for part in found.groups()[1:4])
        seconds = round(float(found[5] or 0))
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return shown or raw
    if found[1]:
        return -length
    return (datetime.min + length).time() if length < timedelta(days=1) else length
