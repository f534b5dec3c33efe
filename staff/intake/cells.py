"""One cell of a register as text, a name, a number or a day.

Each reader answers "" or None for "nothing given" and raises Unreadable with what it expected. A value that
allows two readings is unreadable, not guessed.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from spreadsheets import Cell, CellError, Loss, damage, half_width, is_placeholder
from staff.intake.years import years_after

NOTHING = frozenset(
    ["-", "--", "—", "——", "/", "\\", "无", "空", "未知", "不详", "n/a", "na", "null", "none"]
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)|#{3,}", re.I)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")
YMD = r"(?:19|20)\d\d(?:[-/.年])\d{1,2}(?:[-/.月])\d{1,2}日?|(?:19|20)\d{6}"
_DAY = re.compile(rf"(?P<day>{YMD})(?:T?\d{{1,2}}:\d\d(?::\d\d)?(?:\.\d+)?)?")
_TO = r"(?:至|到|~|～|—+|--?)"
_WHOLE_RANGE = re.compile(rf"(?P<from>{YMD}){_TO}(?P<to>{YMD})")
_SHORT_RANGE = re.compile(rf"(?P<from>{YMD}){_TO}(?:(?P<m>\d{{1,2}})[-/.月])?(?P<d>\d{{1,2}})日?")
_SERIAL = re.compile(r"\d{5}")
_ENDLESS = frozenset(["长期", "长期有效", "永久", "永久有效", "终身", "终身有效", "无期限"])
_YEARS = re.compile(r"(?:有效期)?([一二两三四五十]|[1-9]\d?)年")
_YEAR_WORDS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "十": 10}
_EPOCH = date(1899, 12, 30)
EXPECTED_DAY = "日期，例如2025-09-08"


class Unreadable(ValueError):  # noqa: N818  (an answer, not an error)
    """A cell that holds something, but not what its column is for; the message says what was expected."""


def text(cell: Cell) -> str:
    """The cell on one line, without outer space and control characters; signs of nothing are ""."""
    if isinstance(cell, CellError) and cell.loss is not Loss.ERROR:
        raise Unreadable(f"单元格{cell.why}；{cell.remedy}")
    if isinstance(cell, CellError) or (isinstance(cell, str) and _ERROR.fullmatch(cell.strip())):
        raise Unreadable("单元格为错误值，应填写内容")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and abs(cell) >= 1e15:
        raise Unreadable("数字超过15位，末尾的数字已丢失，应为文本格式的内容")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d")
    plain = " ".join(_CONTROL.sub("", str(cell)).split())
    if lost := damage(plain):
        raise Unreadable(f"其中有{lost.what}（“{lost.excerpt}”），应为未损坏的文字")
    plain = plain[1:] if plain[:1] == "'" else plain
    return "" if plain.lower() in NOTHING else plain


def name(cell: Cell) -> str:
    """A person's name; the spaces with which names of two characters are stretched are taken out."""
    given = text(cell)
    joined = given.replace(" ", "")
    return joined if _HAN.fullmatch(joined) else given


def number(cell: Cell) -> str:
    """An identifying number, digits never lost unnoticed; "" for a placeholder (无, 000)."""
    given = _number(cell)
    return "" if is_placeholder(given) else given


def _number(cell: Cell) -> str:
    if isinstance(cell, (bool, datetime, date, time, timedelta)):
        raise Unreadable("号码被表格程序变成了日期或逻辑值，应为文本格式的号码")
    if isinstance(cell, (int, float)):
        if cell != int(cell) or abs(cell) >= 1e15:
            raise Unreadable("号码被表格程序当作数字而可能丢失末位，应为文本格式的号码")
        return str(int(cell))
    given = "".join(half_width(text(cell)).split())
    return given[:-2] if re.fullmatch(r"\d+\.0", given) else given


def day(cell: Cell) -> date | None:
    """A day; of a course over several days the last one, on which it was passed."""
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, (time, timedelta, bool)):
        raise Unreadable(f"应为{EXPECTED_DAY}")
    given = "".join(unicodedata.normalize("NFKC", text(cell)).split()).rstrip("起止。.")
    if not given or given in _ENDLESS:
        return None
    if _SERIAL.fullmatch(given):
        return _plausible(_EPOCH + timedelta(days=int(given)))
    if found := _DAY.fullmatch(given):
        return _of(found["day"])
    if found := _WHOLE_RANGE.fullmatch(given):
        return _later(_of(found["from"]), _of(found["to"]))
    if found := _SHORT_RANGE.fullmatch(given):
        first = _of(found["from"])
        last = f"{first.year}-{found['m'] or first.month}-{found['d']}"
        return _later(first, _of(last))
    if re.fullmatch(r"(?:19|20)\d\d[-/.年]\d{1,2}月?", given):
        raise Unreadable(f"只有年月，应为{EXPECTED_DAY}")
    raise Unreadable(f"应为{EXPECTED_DAY}")


def until(cell: Cell, start: date | None) -> date | None:
    """A last day of validity, given as such or as years from a first day (两年); None for one without end."""
    given = "".join(unicodedata.normalize("NFKC", text(cell)).split())
    if not (found := _YEARS.fullmatch(given)):
        return day(cell)
    return None if start is None else years_after(start, _YEAR_WORDS.get(found[1]) or int(found[1]))


def amount(cell: Cell) -> Decimal | None:
    """A number of days: 4, 2.5, 4天; None when nothing is given."""
    given = text(cell)
    plain = unicodedata.normalize("NFKC", given).strip().removesuffix("天").removesuffix("日").strip()
    if not plain:
        return None
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise Unreadable("应为天数，例如4") from None
    if not found.is_finite() or not 0 < found < 1000:
        raise Unreadable("应为天数，例如4")
    return found.quantize(Decimal("0.1"))


def _of(given: str) -> date:
    parts = re.findall(r"\d+", given)
    if len(parts) == 1:
        parts = [given[:4], given[4:6], given[6:8]]
    try:
        return _plausible(date(*map(int, parts[:3])))
    except ValueError as error:
        raise error if isinstance(error, Unreadable) else Unreadable("没有这一天") from None


def _later(first: date, last: date) -> date:
    if last < first:
        raise Unreadable("起止日期颠倒")
    return last


def _plausible(found: date) -> date:
    if not 1940 <= found.year <= 2099:
        raise Unreadable("年份不合理")
    return found
