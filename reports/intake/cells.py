"""Readers for one cell: text, name, identifier.

Each reader returns an empty string when nothing is given and raises Unreadable with the expected format.
Nothing is guessed: an ambiguous value is unreadable.
"""

import re
from datetime import date, datetime, time, timedelta

from spreadsheets import Cell, CellError, damage, half_width, is_placeholder, whole

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOTHING = {"null", "(null)", "none", "nan", "\\n", "<null>", "#null"}
_ERRORS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|GETTING_DATA)|#{3,}", re.I)
_EXACT = 1e15
_LOST_DIGITS = "数字型单元格只能保存15位，末尾的数字已丢失"
_GUARDED = "=+-@\t\r＝＋－＠"
# Scientific notation as programs print it: 9.92E+11, 9.92E11, 1E+11. 3E0 and 12E3 may be real identifiers.
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+)E\+?|E\+)(\d+)", re.I)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")


class Unreadable(ValueError):  # noqa: N818  (an answer, not an error)
    """A filled cell that does not fit its column; `code` is stable, `expected` is Chinese text."""

    def __init__(self, code: str, expected: str, why: str = "") -> None:
        super().__init__(why)
        self.code, self.expected, self.why = code, expected, why


def text(cell: Cell) -> str:
    """A cell's text, trimmed, without control characters and formula guards of exports; line ends are \\n."""
    if isinstance(cell, str):
        if isinstance(cell, CellError):
            raise Unreadable(cell.loss.code, "有内容的单元格")
        if cell[:1] == "#" and _ERRORS.fullmatch(cell):
            raise Unreadable("cell_error", "有内容的单元格")
        clean = cell if cell.isprintable() else _unbroken(cell)
        clean = clean.strip()
        if not clean:
            return ""
        if lost := damage(clean):
            raise Unreadable("damaged_text", "未损坏的文字", f"{lost.what}（“{lost.excerpt}”）")
        first = clean[0]
        if first == "'" and clean[1:2] and clean[1] in _GUARDED:
            return clean[1:]
        if first == "=" and clean.startswith('="') and clean.endswith('"') and len(clean) > 2:
            return clean[2:-1]
        return "" if len(clean) < 8 and clean.lower() in _NOTHING else clean
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= _EXACT:
            raise Unreadable("number_mangled", "文本格式的内容", _LOST_DIGITS)
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    return str(cell)


def _unbroken(cell: str) -> str:
    return _CONTROL.sub("", cell.replace("\r\n", "\n").replace("\r", "\n"))


def shown(cell: Cell) -> str:
    """Cell text for quoting in a refusal message."""
    if isinstance(cell, CellError):
        return str(cell)
    try:
        return text(cell)
    except Unreadable:
        return whole(str(cell))


def line(cell: Cell) -> str:
    """Cell text on one line, with whitespace collapsed."""
    return " ".join(text(cell).split())


def name(cell: Cell) -> str:
    """A person's name, without the spaces that pad two-character names."""
    given = line(cell)
    joined = given.replace(" ", "")
    if joined in ("-", "--", "—", "——", "/", "无"):
        return ""
    return joined if _HAN.fullmatch(joined) else given


def identifier(cell: Cell) -> str:
    """An identifier exactly as given; raises Unreadable where Excel has lost digits.

    A placeholder (无, 000, N/A) counts as not given.
    """
    number = _number(cell)
    return "" if is_placeholder(number) else number


def _number(cell: Cell) -> str:
    if isinstance(cell, (bool, datetime, date, time, timedelta)):
        raise Unreadable("number_mangled", "文本格式的号码", "Excel已把号码变成日期或逻辑值")
    if isinstance(cell, (int, float)):
        if cell != int(cell) or abs(cell) >= _EXACT:
            why = _LOST_DIGITS if abs(cell) >= _EXACT else "号码带有小数"
            raise Unreadable("number_mangled", "文本格式的号码", why)
        return str(int(cell))
    given = "".join(half_width(text(cell)).split()).strip("'`")
    if '"' in given:
        raise Unreadable("number_mangled", "文本格式的号码", "号码中有双引号，多半是引号没有配对")
    if found := _SCIENTIFIC.fullmatch(given):
        digits, power = found[1] + (found[2] or ""), int(found[3])
        if len(digits) != power + 1 or power >= 15:
            raise Unreadable("number_mangled", "文本格式的号码", "科学计数法已丢失部分数字")
        return digits
    return given[:-2] if re.fullmatch(r"\d+\.0", given) else given
