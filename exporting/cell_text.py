"""Text as a spreadsheet cell can hold it: cleaned, split at Excel's limit, or quoted inside a formula."""

import re

CELL_LIMIT = 32_767  # UTF-16 units
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
# Excel reads _x000D_ in a text as a character code; the underscore itself must then be written as one.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDEST = 7  # units of one character, at most
_FORMULA_STARTS = tuple("=+-@\t＝＋－＠")


def clean(text: str) -> str:
    """Remove control and direction characters, which no cell can hold, and write line ends as LF."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def split(text: str, limit: int = CELL_LIMIT) -> list[str]:
    """Split into parts of at most `limit` UTF-16 units as written; joined, the parts give the text again."""
    if len(text) * _WIDEST <= limit:
        return [text]
    parts, start, used = [], 0, 0
    for place, char in enumerate(text):
        # An underscore may be written as _x005F_, so it counts with the length of that.
        size = _WIDEST if char == "_" else 2 if ord(char) > 0xFFFF else 1
        if used + size > limit:
            parts.append(text[start:place])
            start, used = place, 0
        used += size
    return [*parts, text[start:]]


def literal(text: str) -> str:
    """Quote a text for use inside a formula."""
    return '"' + clean(text).replace('"', '""') + '"'


def written(text: str) -> str:
    """Escape an underscore that Excel would read as the start of a character code."""
    return _ESCAPE_LIKE.sub("_x005F_", text)


def looks_like_formula(text: str) -> bool:
    """Would Excel take it for a formula when somebody opens the cell and presses Enter?"""
    return text.startswith(_FORMULA_STARTS)
