"""XML Spreadsheet 2003 (SpreadsheetML), which report systems write and name .xls."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from spreadsheets.decoding import Book, number_shown
from spreadsheets.formats import Format, format_of, shown_text
from spreadsheets.grid import Grid
from spreadsheets.markup import parse
from spreadsheets.values import Cell, CellError, FileRefused, Loss, Sheet

# Formats that go by a name; the others of this kind show the number itself.
_NAMED = {
    "Percent": "0.00%",
    "Yes/No": "General",
    "True/False": "General",
    "On/Off": "General",
} | dict.fromkeys(
    ("General Date", "Long Date", "Medium Date", "Short Date", "Long Time", "Medium Time", "Short Time"),
    "yyyy-mm-dd h:mm",
)
_NUMBERS = ("General", "General Number", "Currency", "Euro Currency", "Fixed", "Standard", "Scientific")
_NO_DAY = {(1899, 12, 30), (1899, 12, 31), (1904, 1, 1)}  # of a time that has no day


def read_xml_table(pieces: Iterator[str]) -> list[Sheet]:
    """The worksheets of a SpreadsheetML document. Raises FileRefused with a sentence."""
    reader = _Workbook()
    parse(
        pieces,
        starts={
            "Style": reader.start_style,
            "NumberFormat": reader.start_format,
            "Worksheet": reader.start_sheet,
            "Row": reader.start_row,
            "Cell": reader.start_cell,
            "Data": reader.start_data,
            "Comment": lambda _: reader.comment(1),
            "Visible": lambda _: reader.start_visible(),
            "Date1904": lambda _: reader.start_1904(),
        },
        ends={
            "Worksheet": reader.end_sheet,
            "Cell": reader.end_cell,
            "Data": reader.end_data,
            "Comment": lambda: reader.comment(-1),
            "Visible": reader.end_visible,
        },
        text=reader.text,
    )
    return reader.sheets


class _Workbook:
    """The handlers of the elements of a document."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._book = Book()
        self._codes: dict[str, str] = {}
        self._style = self._parent = ""
        self._name = ""
        self._hidden = False
        self._grid: Grid | None = None
        self._row = self._column = self._span = self._across = self._comment = 0
        self._row_style = ""
        self._cell: dict[str, str] = {}
        self._kind: str | None = None
        self._value = ""
        self._collected: list[str] | None = None

    def start_style(self, attributes: dict[str, str]) -> None:
        given = _local(attributes)
        self._style = given.get("ID", "")
        self._codes[self._style] = self._codes.get(given.get("Parent", "Default"), "")

    def start_format(self, attributes: dict[str, str]) -> None:
        self._codes[self._style] = _local(attributes).get("Format", "")

    def start_1904(self) -> None:
        self._book.is_1904 = True

    def start_sheet(self, attributes: dict[str, str]) -> None:
        self._name, self._hidden = _local(attributes).get("Name", ""), False
        self._grid, self._row, self._span = Grid(self._book), 0, 0

    def end_sheet(self) -> None:
        if self._grid is not None:
            rows, is_1904 = self._grid.finished(), self._book.is_1904
            self.sheets.append(Sheet(self._name, rows, "XML表格2003", hidden=self._hidden, is_1904=is_1904))
        self._grid = None

    def start_row(self, attributes: dict[str, str]) -> None:
        given = _local(attributes)
        self._row = _number(given, "Index", self._row + self._span + 1)
        self._span, self._column, self._across = _number(given, "Span", 0), 0, 0
        self._row_style = given.get("StyleID", "")

    def start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = _local(attributes)
        self._column = _number(self._cell, "Index", self._column + self._across + 1)
        self._across = _number(self._cell, "MergeAcross", 0)
        self._kind, self._collected = None, None

    def start_data(self, attributes: dict[str, str]) -> None:
        if not self._comment and self._grid is not None:
            self._kind, self._collected = _local(attributes).get("Type", "String"), []
            self._value = ""

    def end_data(self) -> None:
        if self._collected is not None and not self._comment:
            self._value, self._collected = "".join(self._collected), None

    def comment(self, step: int) -> None:
        self._comment += step

    def start_visible(self) -> None:
        self._collected = []

    def end_visible(self) -> None:
        self._hidden = "".join(self._collected or ()).strip() in ("SheetHidden", "SheetVeryHidden")
        self._collected = None

    def text(self, characters: str) -> None:
        if self._collected is not None and not self._comment:
            self._collected.append(characters)

    def end_cell(self) -> None:
        if self._grid is None:
            return
        if self._kind is not None:
            value = _value(self._kind, self._value, self._format(), self._book)
        else:
            value = CellError("公式", Loss.FORMULA) if "Formula" in self._cell else ""
        if self._row < 1 or self._column < 1:
            raise FileRefused("XML表格的行列编号有误，无法读取。请在Excel或WPS中打开后另存为.xlsx再导入。")
        self._grid.put(self._row, self._column, value)
        self._grid.merge(self._row, self._row + _number(self._cell, "MergeDown", 0), self._column)

    def _format(self) -> Format | None:
        code = self._codes.get(self._cell.get("StyleID") or self._row_style or "Default", "")
        if not code or code in _NUMBERS:
            return None
        form = format_of(_NAMED.get(code, code))
        return None if form.is_plain else form


def _local(attributes: dict[str, str]) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def _number(attributes: dict[str, str], name: str, otherwise: int) -> int:
    return int(attributes[name][:9]) if name in attributes else otherwise


def _value(kind: str, raw: str, form: Format | None, book: Book) -> Cell:
    if kind == "Error":
        return CellError(raw.strip()[:20] or "#N/A")
    if kind == "Boolean":
        return raw.strip() in ("1", "True", "true")
    if kind == "DateTime":
        return _moment(raw)
    if kind != "Number":
        return shown_text(form, raw) if form else raw
    try:
        return number_shown(float(raw), form, is_1904=book.is_1904, raw=raw)
    except ValueError:
        return raw


def _moment(raw: str) -> Cell:
    try:
        found = datetime.fromisoformat(raw.strip().removesuffix("Z")).replace(tzinfo=None)
    except ValueError:
        return raw
    # Milliseconds are the rounding of a serial number.
    found = (found + timedelta(microseconds=500_000)).replace(microsecond=0)
    if (found.year, found.month, found.day) in _NO_DAY:
        return found.time()
    return found if found.time() != datetime.min.time() else found.date()
