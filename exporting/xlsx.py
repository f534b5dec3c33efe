"""Workbooks: every cell gets its type here, so that no text is ever read as a formula (docs/quality.md I3).

- A string is a string, even if it begins with =. A formula is an explicit `Formula` and carries its
  result, for viewers that do not calculate.
- Control characters are removed; a text over Excel's 32,767 characters continues in the next row, never cut.
- The same sheets give the same bytes: fixed times in docProps and in every ZIP entry (docs/quality.md P3).
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exporting.cell_text import CELL_LIMIT, clean, looks_like_formula, split, written

TALLEST_ROW = 409.0  # points: Excel's own limit
CONTINUED = "（续上行）"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMULA_CELL = re.compile(
    r'<c r="(?P<ref>[A-Z]+\d+)"(?P<style> s="\d+")?(?: t="\w+")?>'
    r"(?P<formula><f>[^<]*</f>)<v ?/?>(?:</v>)?</c>"
)
_THIN = Side(style="thin", color="FF808080")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclass(frozen=True)
class Formula:
    """A formula with its result, e.g. Formula("SUM(G4:G8)", 9). Quote texts inside it with `literal`."""

    expression: str
    result: int | str


@dataclass(frozen=True)
class Look:
    """The style of a cell. `face`: 宋体 for text, 黑体 for headings."""

    face: str = "宋体"
    size: int = 10
    bold: bool = False
    colour: str = "FF111111"
    fill: str = ""
    across: str = "left"
    down: str = "top"
    grid: bool = True


TEXT = Look(down="center")
LONG = Look()
PLAIN = Look(grid=False)
CENTRE = Look(across="center", down="center")
MIDDLE = Look(down="center")
HEAD = Look(face="黑体", bold=True, fill="FFEDF1F3", across="center", down="center")
TITLE = Look(face="黑体", size=16, bold=True, across="center", down="center", grid=False)
SECTION = Look(face="黑体", size=12, bold=True, grid=False, down="center")
STRONG = Look(face="黑体", size=12, bold=True, across="center", down="center")
Value = str | int | None | Formula
Styles = dict[tuple[Look, bool], StyleArray]


class Book:
    """A workbook under construction; `to_bytes` completes it."""

    def __init__(self, *, title: str, author: str, created: datetime) -> None:
        self._book = Workbook()
        self._book.remove(self._book.active)
        properties = self._book.properties
        properties.title, properties.creator = clean(title), clean(author)
        self._created = created.replace(microsecond=0, tzinfo=None)
        properties.created = self._created
        self._pages: list[Page] = []
        self._styles: Styles = {}

    def page(
        self, name: str, widths: Sequence[int], *, landscape: bool = True, marks: str = "", across: int = 1
    ) -> "Page":
        """Add a sheet; `widths` in characters, `marks` printed at the top of each of the pages `across`."""
        page = Page(self._book.create_sheet(name), widths, landscape, marks, self._styles)
        page.fit(across)
        self._pages.append(page)
        return page

    @property
    def pages(self) -> tuple["Page", ...]:
        """The sheets in the order of the workbook."""
        return tuple(self._pages)

    def to_bytes(self) -> bytes:
        """Return the XLSX file; the same content gives the same bytes."""
        raw = io.BytesIO()
        self._book.calculation.fullCalcOnLoad = True
        self._book.save(raw)
        results = {
            f"xl/worksheets/sheet{place}.xml": page.results for place, page in enumerate(self._pages, start=1)
        }
        return _settled(raw.getvalue(), self._created, results)


class Page:
    """One sheet. `put` writes a cell, `add` the next row."""

    def __init__(
        self,
        sheet: Worksheet,
        widths: Sequence[int],
        landscape: bool,
        marks: str,
        styles: Styles,
    ) -> None:
        self._sheet, self._styles = sheet, styles
        self.results: dict[str, int | str] = {}
        self.next_row = 1
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        self._widths = tuple(widths)
        _set_up_print(sheet, landscape, marks)

    @property
    def sheet(self) -> Worksheet:
        """The openpyxl sheet, for the functions of exporting.xlsx_typing; cells are written by `put` only."""
        return self._sheet

    def put(self, row: int, column: int, value: Value, look: Look = TEXT) -> Cell:
        """Write one cell. Raises ValueError for a text that exceeds the limit of a cell: use `add`."""
        cell = self._sheet.cell(row, column)
        if isinstance(value, Formula):
            cell.value = f"={value.expression}"
            cell.data_type = "f"
            self.results[cell.coordinate] = value.result
        elif isinstance(value, str):
            # An empty text gives an empty cell: strict readers refuse a typed cell without content.
            if text := clean(value):
                _type_as_text(cell, text)
        elif value is not None and type(value) is not int:
            raise TypeError(f"a cell takes text, whole numbers and Formula, not {type(value).__name__}")
        else:
            cell.value = value
        self._dress(cell, look)
        return cell

    def _dress(self, cell: Cell, look: Look) -> None:
        # openpyxl compares whole style objects on every assignment; each style is built once per workbook.
        key = (look, cell.quotePrefix)
        if key not in self._styles:
            _dress(cell, look)
            self._styles[key] = cell._style
        else:
            cell._style = copy(self._styles[key])

    def add(self, values: Iterable[Value], look: Look | Sequence[Look] = TEXT) -> int:
        """Write the values as the next row; a too long text continues below. Returns the row's number."""
        first = self.next_row
        cells = list(values)
        looks = [look] * len(cells) if isinstance(look, Look) else list(look)
        columns = [split(clean(v)) if isinstance(v, str) else [v] for v in cells]
        for part in range(max(map(len, columns), default=1)):
            for column, (parts, worn) in enumerate(zip(columns, looks, strict=True), start=1):
                value = parts[part] if part < len(parts) else None
                if part and column == 1 and value is None:
                    value = CONTINUED
                self.put(self.next_row, column, value, worn)
            shown = [parts[part] if part < len(parts) else None for parts in columns]
            self.height(self.next_row, _height(shown, self._widths, looks))
            self.next_row += 1
        return first

    def heading(self, text: str, look: Look = SECTION) -> int:
        """Write a heading across all columns; a too long text continues in the next row."""
        first = self.next_row
        for row, part in enumerate(split(clean(text)), start=first):
            self.put(row, 1, part, look)
            self.merge(row, 1, row, len(self._widths))
            self.height(row, _height([part], (sum(self._widths),), (look,)))
            self.next_row = row + 1
        return first

    def fact(self, name: str, text: str, look: Look | None = None) -> None:
        """Write a name, and its text across all other columns; a too long text continues below."""
        look, widths = look or PLAIN, (self._widths[0], sum(self._widths[1:]))
        for row, part in enumerate(split(clean(text)), start=self.next_row):
            self.put(row, 1, name, look)
            self.put(row, 2, part, look)
            self.merge(row, 2, row, len(self._widths))
            self.height(row, _height([name, part], widths, (look, look)))
            self.next_row, name = row + 1, CONTINUED

    def fit(self, across: int) -> None:
        """Print on this many pages side by side, with the leading four columns on each."""
        self._sheet.page_setup.fitToWidth, self._sheet.page_setup.fitToHeight = across, 0
        if across > 1:
            self._sheet.print_title_cols = "A:D"

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge a block in the style of its corner, with a border on all sides."""
        if (top, left) == (bottom, right):
            return
        look = self._sheet.cell(top, left)._style
        for row, column in product(range(top, bottom + 1), range(left, right + 1)):
            self._sheet.cell(row, column)._style = copy(look)
        self._sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def height(self, row: int, points: float) -> None:
        """Set the height of a row, in points."""
        self._sheet.row_dimensions[row].height = points

    def repeat_head(self, first: int, last: int) -> None:
        """Print these rows at the top of every page, and freeze them on the screen."""
        self._sheet.print_title_rows = f"{first}:{last}"
        self._sheet.freeze_panes = self._sheet.cell(last + 1, 1)


def _height(values: Sequence[Value], widths: Sequence[int], looks: Sequence[Look]) -> float:
    """Row height for the tallest wrapped text: viewers do not fit rows that have merged cells."""
    tallest = 0.0
    for value, width, look in zip(values, widths, looks, strict=False):
        # A margin of a tenth: capitals, and the fonts that replace 宋体, are wider than a digit.
        units = 1.1 * look.size / 10 / max(1, width - 1)
        text = value if isinstance(value, str) else ""
        lines = sum(max(1, -(-_units(line) * units // 1)) for line in text.split("\n"))
        tallest = max(tallest, lines * look.size * 1.35 + 6)
    return min(tallest, TALLEST_ROW)


def _units(line: str) -> int:
    return len(line) + sum(map("\u2000".__lt__, line))  # characters after this one are twice as wide


def _type_as_text(cell: Cell, text: str) -> None:
    stored = written(text)
    if len(stored.encode("utf-16-le")) // 2 > CELL_LIMIT:
        raise ValueError(f"a cell holds {CELL_LIMIT} characters; this text goes through add()")
    # openpyxl takes "=…" for a formula and "#N/A" for an error: the type is set, not guessed. It would also
    # search again for the characters that `clean` removed, which costs more than all other work for the cell.
    cell._value, cell.data_type = stored, "s"
    if looks_like_formula(text):
        cell.quotePrefix = True


def _dress(cell: Cell, look: Look) -> None:
    quoted = cell.quotePrefix
    cell.font = Font(name=look.face, size=look.size, bold=look.bold, color=look.colour)
    cell.alignment = Alignment(horizontal=look.across, vertical=look.down, wrap_text=True)
    if look.grid:
        cell.border = _GRID
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    cell.quotePrefix = quoted


def _set_up_print(sheet: Worksheet, landscape: bool, marks: str) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom = 0.8, 0.7
    sheet.print_options.horizontalCentered = True
    if marks:
        sheet.oddHeader.left.text = clean(marks).replace("&", "&&")
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "第 &P 页　共 &N 页"


def _settled(raw: bytes, created: datetime, results: dict[str, dict[str, int | str]]) -> bytes:
    out = io.BytesIO()
    stamp = created.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            if results.get(name):
                content = _with_results(content.decode(), results[name]).encode()
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, content, compresslevel=6)
    return out.getvalue()


def _with_results(sheet: str, results: dict[str, int | str]) -> str:
    def filled(found: re.Match[str]) -> str:
        result = results[found["ref"]]
        kind = ' t="str"' if isinstance(result, str) else ""
        return (
            f'<c r="{found["ref"]}"{found["style"]}{kind}>{found["formula"]}<v>{escape(str(result))}</v></c>'
        )

    return _FORMULA_CELL.sub(filled, sheet)
