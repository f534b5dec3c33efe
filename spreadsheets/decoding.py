"""The stored value of one cell as what the cell shows.

Error values, numbers that cannot be stored and numbers whose format adds zeros or text are not plain values.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from spreadsheets.formats import Format, Kind, shown, shown_text
from spreadsheets.values import DAMAGED, Cell, CellError, FileRefused, Loss

MAX_TEXT = 50_000_000  # characters, over all sheets: one long text may be shared by many cells
MAX_SHARED = 50_000  # distinct texts in the cache of shared texts; further ones are not cached

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HALF = re.compile("[\ud800-\udfff]")
_NUMERIC = re.compile(r"\s*[+-]?(\d|\.\d|inf|nan)[\d.eE+-]*", re.I)
_TEXTS = ("str", "inlineStr", "s")


@dataclass
class Book:
    """What the cells of every sheet refer to, and how much has been read so far."""

    strings: list[str] = field(default_factory=list)
    formats: dict[int, Format] = field(default_factory=dict)  # by style; a plain one is left out
    is_1904: bool = False
    cells: int = 0
    characters: int = 0
    _seen: dict[str, str] = field(default_factory=dict)

    def shared(self, text: str) -> str:
        """The same text; one that occurred before is the same object, so that it takes its memory once."""
        if len(self._seen) > MAX_SHARED:
            self._seen.clear()
        return self._seen.setdefault(text, text)

    def string(self, place: str) -> str:
        """A shared text by its number."""
        number = int(place)
        if not 0 <= number < len(self.strings):
            raise FileRefused(DAMAGED)
        return self.strings[number]

    def count_text(self, characters: int) -> None:
        """Refuse a book whose cells hold more text than any export does."""
        self.characters += characters
        if self.characters > MAX_TEXT:
            raise FileRefused(
                f"工作簿各单元格的文字合计超过{MAX_TEXT // 10_000}万字，超出可读取的大小。请按月份分次导出。"
            )


def decoded(kind: str, raw: str, form: Format | None, book: Book) -> Cell:
    """A value by the type its cell names (`t`), under the cell's number format."""
    if kind in _TEXTS:
        return _text(book.string(raw) if kind == "s" else raw, form)
    if kind == "e":
        return CellError(raw[:20])
    if kind == "b":
        return raw.strip() in ("1", "true")
    if kind == "d":
        return _iso(raw)
    return _number(raw, form, is_1904=book.is_1904)


def _text(raw: str, form: Format | None) -> Cell:
    # Only an escape can name half a character: XML itself cannot hold one.
    return text_shown(unescaped(raw), form) if "_x" in raw else shown_text(form, raw) if form else raw


def text_shown(raw: str, form: Format | None) -> Cell:
    """A stored text as its format shows it; CellError for one with a lone surrogate."""
    if _HALF.search(raw):
        return CellError(_HALF.sub("\N{REPLACEMENT CHARACTER}", raw), Loss.TEXT)
    return shown_text(form, raw) if form else raw


def _number(raw: str, form: Format | None, *, is_1904: bool) -> Cell:
    try:
        value = float(raw) if _NUMERIC.fullmatch(raw.rstrip()) else None
    except ValueError:
        value = None
    return raw if value is None else number_shown(value, form, is_1904=is_1904, raw=raw)


def number_shown(value: float, form: Format | None, *, is_1904: bool, raw: str = "") -> Cell:
    """A stored number as its format shows it; `raw` is how the file writes it."""
    if not math.isfinite(value):
        return CellError(raw[:40] or str(value), Loss.NUMBER)
    if form is None:
        return value
    section, _ = form.section_for(Decimal(repr(value)))
    if section.kind in (Kind.DATE, Kind.ELAPSED):
        return _moment(value, elapsed=section.kind is Kind.ELAPSED, is_1904=is_1904)
    try:
        text = shown(form, value)
    except ValueError:
        return CellError(raw[:40] or repr(value), Loss.FORMAT)
    return value if text is None else text


def unescaped(text: str) -> str:
    """`_x000D_` as the character it stands for; an underscore that is meant is itself written `_x005F_`."""
    plain = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    # Two halves of a character, each escaped, are one again; a half that is alone stays, to be refused.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _iso(raw: str) -> Cell:
    try:
        found = datetime.fromisoformat(raw.strip())
    except ValueError:
        return raw
    return found.replace(tzinfo=None) if "T" in raw or ":" in raw else found.date()


def _moment(serial: float, *, elapsed: bool, is_1904: bool) -> Cell:
    """The date, time or duration of a serial number; the number itself where it is none of these."""
    try:
        length = timedelta(seconds=round(serial * 86400))
        if elapsed:
            return length
        if serial < 0:
            return serial
        if serial < 1:
            return (datetime.min + length).time()
        # Excel has a 29th of February 1900, which was none.
        epoch = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30 if serial >= 61 else 31)
        found = epoch + length
    except OverflowError:
        return serial
    return found.date() if serial == int(serial) else found
