"""Tables of web pages, which many report systems write and name .xls.

All tables of a page are one sheet, one below the other, as Excel and WPS show it. Values are the texts shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from spreadsheets.decoding import Book
from spreadsheets.grid import Grid, too_wide
from spreadsheets.values import Cell, CellError, FileRefused, Sheet

_KNOWN = frozenset(
    re.findall(
        r"\S+",
        "a abbr acronym address article aside b base basefont bdi bdo big blink blockquote body br button "
        "caption center cite code col colgroup data dd del dfn dir div dl dt em fieldset figcaption figure "
        "font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd "
        "label legend li link main map mark meta nav nobr noframes noscript ol optgroup option p param pre "
        "q s samp script section select small span strike strong style sub sup table tbody td template "
        "textarea tfoot th thead time title tr tt u ul var wbr xml",
    )
)
_TOKEN = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[[^>]{0,200}>|<[!?][^>]{0,2000}>"
    r"|<(?P<skip>script|style)\b.*?(?:</(?P=skip)\s*>|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][a-z0-9]{0,20}(?::[a-z]{1,20})?)"
    r"(?P<attributes>(?:\s(?:[^<>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,500}+|/)?)>",
    re.S | re.I,
)
_ATTRIBUTE = re.compile(r"([a-z:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)
_BLOCKS = frozenset(re.findall(r"\S+", "p div li dd dt h1 h2 h3 h4 h5 h6 blockquote center pre ul ol"))
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", re.I)
_CUT = re.compile(r"[\d.]+E[+-]?\d+|#+", re.I)  # a number as a narrow column shows it
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_PIECES = 8  # searched for tags at once
_LONGEST = 1 << 21  # no tag is longer, by the bounds of _TOKEN
_WIDEST, _FARTHEST = 1_000, 5_000  # columns of one cell, and of empty cells before a page is refused


def read_web_page(pieces: Iterator[str]) -> list[Sheet]:
    """The tables of a page as one sheet. Raises FileRefused for a page that has none."""
    page = _Page()
    for before, found in _tokens(pieces):
        page.text(before)
        name = (found["name"] or "").lower() if found else ""
        if found and name in _KNOWN:
            page.tag(name, found["attributes"], is_end=bool(found["end"]))
        elif found and name and ":" not in name:
            page.text(found[0])  # `a<b>c` is a comparison, no tag
    while page.tables:
        page.end_table()
    if not page.has_table:
        raise FileRefused(
            "文件内容是网页，其中没有表格（可能是登录页、出错页，或只有框架而内容在别的文件中）。请从RIS重新导出。"
        )
    return [Sheet("", page.grid.finished(), "网页表格")]


def _tokens(pieces: Iterator[str]) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Each tag or comment with the text before it, then (the text behind the last one, None)."""
    rest, count = "", _PIECES
    while more := "".join(islice(pieces, count)):
        rest, at = rest + more, 0
        for found in _TOKEN.finditer(rest):
            # One that ends, or might end, behind the text at hand is looked for again with more text.
            if found.start() > len(rest) - _LONGEST or found.end() == len(rest):
                break
            yield rest[at : found.start()], found
            at = found.end()
        # Twice as much for a comment that goes on: searched again and again it would take time by the square.
        rest, count = rest[at:], _PIECES if at else 2 * count
    at = 0
    for found in _TOKEN.finditer(rest):
        yield rest[at : found.start()], found
        at = found.end()
    yield rest[at:], None


@dataclass
class _Table:
    """A table that is open. `taken`: column → last row that a cell above reaches down to."""

    row: int = 0
    column: int = 0
    taken: dict[int, int] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    holds_tables: bool = False
    cell: dict[str, str] | None = None
    pieces: list[str] = field(default_factory=list)
    preformatted: int = 0
    raised: int = 0


class _Page:
    """What the tags and texts of a page do, in their order."""

    def __init__(self) -> None:
        self.grid = Grid(Book())
        self.tables: list[_Table] = []
        self.has_table = False
        self._last_row = 0

    def tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        """An opening or closing tag; end tags that HTML lets one leave out are understood."""
        table = self.tables[-1] if self.tables else None
        if name == "table":
            self.end_table() if is_end else self._start_table()
        elif table is None:
            return
        elif name in ("tr", "thead", "tbody", "tfoot"):
            self._end_cell(table)
            if name == "tr" and not is_end:
                self._start_row(table)
        elif name in ("td", "th"):
            self._end_cell(table)
            if not is_end:
                self._start_cell(table, attributes)
        elif table.cell is not None:
            self._inside(table, name, is_end=is_end)

    def _inside(self, table: _Table, name: str, *, is_end: bool) -> None:
        if name == "br":
            table.pieces.append("\n")
        elif name in _BLOCKS:
            table.pieces.append("\v")
            if name == "pre":
                table.preformatted = 0 if is_end else 1
        elif name == "sup":
            table.raised = 0 if is_end else 1

    def text(self, raw: str) -> None:
        """A text between tags, its entities undone once."""
        table = self.tables[-1] if self.tables else None
        if not raw or table is None or table.cell is None:
            return
        given = unescape(raw)
        # A line end in the page's source is a space; one that is shown has a tag.
        given = given.replace("\r\n", "\n") if table.preformatted else _SPACE.sub(" ", given)
        # 10<sup>9</sup> without its sign would be another number.
        table.pieces.append(given.translate(_RAISED) if table.raised else given)

    def _start_table(self) -> None:
        self.has_table = True
        if self.tables:
            self.tables[-1].holds_tables = True
        self.tables.append(_Table())

    def end_table(self) -> None:
        """The end of the innermost table that is open."""
        if not self.tables:
            return
        table = self.tables[-1]
        self._end_cell(table)
        self.tables.pop()
        # Rows of tables within lie between those of an outer one: its cells reach down nobody knows how far.
        if not table.holds_tables:
            for top, bottom, column in table.merged:
                self.grid.merge(top, min(bottom, self._last_row), column)

    def _start_row(self, table: _Table) -> None:
        self._last_row += 1
        table.row, table.column = self._last_row, 0

    def _start_cell(self, table: _Table, attributes: str) -> None:
        if not table.row or not self.tables:
            self._start_row(table)
        given = {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(attributes)}
        table.column += 1
        while table.taken.get(table.column, 0) >= table.row:
            table.column += 1
        if table.column > _FARTHEST:
            raise too_wide(table.row, table.column)
        table.cell, table.pieces, table.raised = given, [], 0
        table.preformatted = int("white-space:pre" in given.get("style", "").replace(" ", "").lower())

    def _end_cell(self, table: _Table) -> None:
        if table.cell is None:
            return
        given, first = table.cell, table.column
        table.cell = None
        across, down = _span(given, "colspan"), _span(given, "rowspan")
        self.grid.put(table.row, first, _value("".join(table.pieces), given))
        if down > 1:
            bottom = table.row + down - 1
            table.merged.append((table.row, bottom, first))
            table.taken.update(dict.fromkeys(range(first, first + across), bottom))
        table.column += across - 1


def _span(attributes: dict[str, str], name: str) -> int:
    given = attributes.get(name, "1").strip()
    return min(max(int(given[:6]), 1), _WIDEST if name == "colspan" else 65_536) if given.isdecimal() else 1


def _value(text: str, attributes: dict[str, str]) -> Cell:
    # A block begins on a line of its own, but leaves no line blank.
    lines = re.sub(r"\s*\v\s*", "\n", text.strip()).split("\n")
    shown = "\n".join(line.strip() for line in lines).strip()
    if _ERROR.fullmatch(shown):
        return CellError(shown.upper())
    if "x:num" in attributes and _CUT.fullmatch(shown):
        try:
            return float(attributes["x:num"])
        except ValueError:
            return shown
    return shown
