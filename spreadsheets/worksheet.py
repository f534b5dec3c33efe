"""The cells of one worksheet part, read once from its beginning to its end.

Only cells that hold something are stored, so a cell far out costs nothing.
"""

import re
from collections.abc import Iterator

from spreadsheets.decoding import Book, decoded
from spreadsheets.formats import Format
from spreadsheets.grid import MAX_COLUMNS, MAX_ROWS, Grid, too_wide
from spreadsheets.markup import parse
from spreadsheets.values import DAMAGED, Cell, CellError, FileRefused, Loss, Row

_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})")
_DIGITS = "0123456789"
_COLUMNS_OF_EXCEL = 16_384


def read_cells(pieces: Iterator[bytes], book: Book) -> tuple[Row, ...]:
    """The rows up to the last one that holds anything; cells from the first column on."""
    sheet = _Sheet(book)
    parse(
        pieces,
        starts={
            "col": sheet.start_column,
            "row": sheet.start_row,
            "c": sheet.start_cell,
            "f": sheet.start_formula,
            "v": sheet.start_text,
            "is": sheet.start_inline,
            "t": sheet.start_text,
            "rPh": sheet.start_phonetic,
            "mergeCell": sheet.start_merged,
        },
        ends={
            "row": sheet.end_row,
            "c": sheet.end_cell,
            "f": sheet.end_formula,
            "v": sheet.end_value,
            "t": sheet.end_inline,
            "rPh": sheet.end_phonetic,
            "sheetData": sheet.end_data,
        },
        text=sheet.text,
    )
    return sheet.finished()


class _Sheet:
    """The handlers of the elements of a worksheet."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._grid = Grid(book)
        self._column_styles: list[tuple[int, int, str]] = []
        self._style_of_column: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._shared: dict[str, bool] = {}
        self._row = self._column = self._length = 0
        self._cells: list[Cell] | None = None
        self._row_named = ""
        self._row_style: str | None = None
        self._cell: dict[str, str] | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._may_be_empty = self._phonetic = self._done = False
        self._collected: list[str] | None = None

    def start_column(self, attributes: dict[str, str]) -> None:
        if "style" in attributes:
            first, last = int(attributes.get("min", 0)), int(attributes.get("max", 0))
            self._column_styles.append((first, last, attributes["style"]))
            if len(self._column_styles) > _COLUMNS_OF_EXCEL:
                raise FileRefused(DAMAGED)

    def start_row(self, attributes: dict[str, str]) -> None:
        self._row_named = attributes.get("r", "")
        self._row = int(self._row_named) if self._row_named else self._row + 1
        self._column, self._cells = 0, None if self._done else []
        self._row_style = attributes.get("s") if attributes.get("customFormat") in ("1", "true") else None

    def end_row(self) -> None:
        self._book.count_text(self._length)
        self._length = 0
        if self._cells:
            self._grid.add_row(self._row, self._cells)
        self._cells = None

    def start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes if self._cells is not None else None
        self._value = self._formula = self._collected = None
        self._may_be_empty = False
        self._column += 1
        if "r" in attributes:
            self._place(attributes["r"])

    def _place(self, reference: str) -> None:
        letters = reference.rstrip(_DIGITS)
        if letters not in self._numbers:
            if not 0 < len(letters) <= 10 or not (letters.isascii() and letters.isalpha()):
                raise FileRefused(DAMAGED)
            self._numbers[letters] = _number(letters)
        self._column = self._numbers[letters]
        digits = reference[len(letters) :]
        if digits != self._row_named:
            self._name_row(digits)

    def _name_row(self, digits: str) -> None:
        """A row without a number of its own has that of its first cell."""
        if (self._row_named or self._cells) and int(digits) != self._row:
            raise FileRefused(DAMAGED)
        self._row, self._row_named = int(digits), digits

    def start_formula(self, attributes: dict[str, str]) -> None:
        if self._cell is not None:
            self._formula = attributes.get("si", "") if attributes.get("t") == "shared" else ""
            self._collected = []

    def end_formula(self) -> None:
        if self._collected is not None and self._formula is not None:
            # `IF(A1="","",A1)` has an empty text for its result; nothing is lost in that.
            self._may_be_empty = '""' in "".join(self._collected) or self._shared.get(self._formula, False)
            if self._formula:
                self._shared[self._formula] = self._may_be_empty
        self._collected = None

    def start_inline(self, _: dict[str, str]) -> None:
        self._value = ""

    def start_text(self, _: dict[str, str]) -> None:
        self._collected = [] if self._cell is not None and not self._phonetic else None

    def text(self, characters: str) -> None:
        if self._collected is not None:
            self._collected.append(characters)

    def end_value(self) -> None:
        if self._collected is not None:
            if self._cell is not None and self._cell.get("t") != "inlineStr":
                self._value = "".join(self._collected)
            self._collected = None

    def end_inline(self) -> None:
        if self._collected is not None:
            self._value = (self._value or "") + "".join(self._collected)
            self._collected = None

    def start_phonetic(self, _: dict[str, str]) -> None:
        self._phonetic = True

    def end_phonetic(self) -> None:
        self._phonetic = False

    def end_cell(self) -> None:
        cells = self._cells
        if self._cell is None or cells is None:
            return
        value = self._read(self._cell)
        self._cell = None
        if value == "" and isinstance(value, str):
            return
        if isinstance(value, str):
            self._length += len(value)
        if self._column > MAX_COLUMNS or self._row > MAX_ROWS:
            raise too_wide(self._row, self._column)
        if self._column > len(cells):
            cells.extend([""] * (self._column - len(cells)))
        cells[self._column - 1] = value

    def _read(self, cell: dict[str, str]) -> Cell:
        kind, raw = cell.get("t", "n"), self._value
        if raw:
            return decoded(kind, raw, self._format(cell), self._book)
        if self._formula is not None and not (raw is not None and self._may_be_empty):
            return CellError("公式", Loss.FORMULA)
        return CellError("#N/A") if kind == "e" else ""

    def _format(self, cell: dict[str, str]) -> Format | None:
        """The format by the cell's own style, else the row's, else the column's; None for a plain one."""
        if not self._book.formats:
            return None
        style = cell.get("s") or self._row_style or self._of_column()
        return self._book.formats.get(int(style))

    def _of_column(self) -> str:
        if self._column not in self._style_of_column:
            self._style_of_column[self._column] = next(
                (s for first, last, s in self._column_styles if first <= self._column <= last), "0"
            )
        return self._style_of_column[self._column]

    def end_data(self) -> None:
        self._done = True

    def start_merged(self, attributes: dict[str, str]) -> None:
        if found := _RANGE.fullmatch(attributes.get("ref", "").replace("$", "").upper()):
            self._grid.merge(int(found[2]), int(found[3]), _number(found[1]))

    def finished(self) -> tuple[Row, ...]:
        """The rows in order, once the whole part was read."""
        return self._grid.finished()


def _number(letters: str) -> int:
    """Column letters as a number from 1."""
    value = 0
    for letter in letters.upper():
        value = value * 26 + ord(letter) - 64
    return value
