"""Parse dates and times as hospital systems write them, with their precision.

A reader returns None when nothing is given. A date that does not exist or is ambiguous is unreadable.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from math import isfinite

from reports.intake.cells import Unreadable, text
from spreadsheets import Cell, is_placeholder

_DASHES = {
    "-",
    "--",
    "—",
    "——",
    "/",
    "无",
    "空",
    "n/a",
    "na",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "不详",
    "未知",
    ".",
}
# First and last dates of databases and spreadsheets, which mean that no date was given.
_UNSET = {(1, 1, 1), (1753, 1, 1), (1800, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (9999, 12, 31)}
_ANY_DAY = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?|(\d\d)(\d\d)(?:[T ]?(?:0{4,6}|235959).*)?)"
)
_Y = r"(?P<y>(?:19|20)\d\d)"
_TIME = (
    r"(?P<ap>上午|下午|中午|晚上|凌晨|早上|早晨|清晨|傍晚|AM|PM)?(?P<h>\d{1,2})[:时点]"
    r"(?:(?P<mi>\d{1,2})(?:[:分](?:(?P<s>\d{1,2})(?:\.\d+)?秒?)?)?)?(?P<ap2>AM|PM)?"
)
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?"
_DAY = rf"{_Y}(?:-|/|\.|年)(?P<m>\d{{1,2}})(?:-|/|\.|月)(?P<d>\d{{1,2}})日?"
_FULL = re.compile(rf"{_DAY}(?:(?:T|,|(?<=日)|(?=[上下中晚凌早清傍])){_TIME}{_ZONE})?", re.I)
_PACKED = re.compile(
    rf"{_Y}(?P<m>\d\d)(?P<d>\d\d)(?:T?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?(?:\.\d+)?{_ZONE})?"
)
_PACKED_SPLIT = re.compile(rf"{_Y}(?P<m>\d\d)(?P<d>\d\d){_TIME}")
_ENGLISH = re.compile(rf"(?P<d>\d{{1,2}})-?(?P<mon>[A-Za-z]{{3}})[a-z]*-?,?{_Y}(?:{_TIME})?", re.I)
# Default formats of databases: SQL Server "Mar  5 2026  2:30PM", Java "Thu Mar 05 14:30:22 CST 2026",
# Oracle "05-MAR-26 02.30.00 PM" and, in Chinese, "05-3月 -26 02.30.00.000000 下午".
_MONTH_FIRST = re.compile(
    rf"(?:[A-Z][a-z]{{2}} )?(?P<mon>[A-Z][a-z]{{2}})[a-z]*\.? (?P<d>\d{{1,2}}),? {_Y}(?:,? ?{_TIME})?"
)
_JAVA = re.compile(
    rf"[A-Z][a-z]{{2}} (?P<mon>[A-Z][a-z]{{2}}) (?P<d>\d\d) {_TIME} (?:CST|GMT\+08:00|Asia/Shanghai) {_Y}"
)
_ORACLE = re.compile(
    r"(?P<d>\d{1,2})-(?:(?P<mon>[A-Za-z]{3})|(?P<m>\d{1,2})月) ?-(?P<y>\d\d|(?:19|20)\d\d)"
    r"(?: (?P<h>\d{1,2})[.:](?P<mi>\d\d)(?:[.:](?P<s>\d\d)(?:\.\d+)?)? ?(?P<ap>上午|下午|AM|PM)?)?",
    re.I,
)
_ONLY_TIME = re.compile(_TIME, re.I)
# DICOM TM: 102030.123456.
_PACKED_TIME = re.compile(r"(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?:(?P<s>[0-5]\d)(?:\.\d{1,9})?)?")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?")
# 1981年5月, 1981-**-**, 198100: a birth date whose day is missing or masked.
_NO_DAY = re.compile(
    rf"{_Y}年?(?:(?:(?<=年)|[-/.])(?:\d{{1,2}}|[*x]{{1,2}})月?|0\d|1[0-2]|[*x]{{2}})?(?:[-/.]?(?:00|[*x]{{1,2}})日?)?",
    re.I,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTHS = {
    m: i
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_USUAL = re.compile(r"(19[1-9]\d|20\d\d)-(\d\d)-(\d\d) (\d\d):(\d\d)(?::(\d\d))?")
_EPOCH = datetime(1899, 12, 30)
_EXPECTED = "日期时间，例如2025-09-08 10:24"

Moment = tuple[datetime, str]


def moment(cell: Cell) -> Moment | None:
    """Beijing wall time with its precision (second, minute, day); a time of day alone is unreadable."""
    if isinstance(cell, date) and (cell.year, cell.month, cell.day) in _UNSET:
        return None
    if isinstance(cell, datetime):
        return _plausible(cell), "second" if cell.second else "minute"
    if isinstance(cell, date):
        return _plausible(datetime(cell.year, cell.month, cell.day)), "day"
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _of_number(cell)
    if not isinstance(cell, str):
        raise Unreadable("invalid_date", _EXPECTED)
    if found := _USUAL.fullmatch(cell):
        return _of_usual(found)
    given = text(cell)
    if not given or given.lower() in _DASHES:
        return None
    plain = _plain(given)
    unset = _ANY_DAY.fullmatch(plain)
    if unset and tuple(int(part) for part in unset.groups() if part) in _UNSET:
        return None
    packed = re.sub(r"\s+", "", plain)
    if _SERIAL.fullmatch(packed):
        return _of_number(float(packed))
    for pattern in (_FULL, _PACKED, _PACKED_SPLIT, _ENGLISH):
        # Spaces next to a non-digit are dropped; one between digits separates date and time.
        found = pattern.fullmatch(
            re.sub(r"\s+(?=\D)|(?<=\D)\s+", "", plain).replace(" ", "T" if pattern is _FULL else "")
        )
        if found:
            return _of_match(found.groupdict())
    for pattern in (_MONTH_FIRST, _JAVA, _ORACLE):
        if found := pattern.fullmatch(plain):
            return _of_match(found.groupdict())
    raise Unreadable("invalid_date", _EXPECTED)


def _of_usual(found: re.Match[str]) -> Moment:
    """Fast path for the format of most exports."""
    year, month, day, hour, minute, second = map(int, found.groups("0"))
    try:
        return datetime(year, month, day, hour, minute, second), "second" if found[6] else "minute"
    except ValueError:
        raise Unreadable("invalid_date", _EXPECTED, "没有这一天或这一时刻") from None


def _plain(given: str) -> str:
    return " ".join(_WEEKDAY.sub("", unicodedata.normalize("NFKC", given)).split())


def time_of_day(cell: Cell) -> tuple[timedelta, str] | None:
    """A time of day without a date, as in the second of two columns; None for any other cell."""
    if isinstance(cell, time):
        return timedelta(
            hours=cell.hour, minutes=cell.minute, seconds=cell.second
        ), "second" if cell.second else "minute"
    if isinstance(cell, timedelta):
        return (cell, "second" if cell.seconds % 60 else "minute") if cell < timedelta(1) else None
    if isinstance(cell, float) and 0 <= cell < 1:
        seconds = round(cell * 86400)
        return timedelta(seconds=seconds), "second" if seconds % 60 else "minute"
    if not isinstance(cell, str):
        return None
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text(cell)))
    found = _ONLY_TIME.fullmatch(plain) or _PACKED_TIME.fullmatch(plain)
    if not found:
        return None
    at, precision = _of_match({"y": "2000", "m": "1", "d": "1"} | found.groupdict())
    return at - datetime(2000, 1, 1), precision


def _of_number(value: float) -> Moment:
    if 3_000 <= value < 80_000:
        seconds = round((value - int(value)) * 86400)
        at = _EPOCH + timedelta(days=int(value), seconds=seconds)
        return at, "day" if value == int(value) else "second" if at.second else "minute"
    packed = _PACKED.fullmatch(str(int(value))) if isfinite(value) and value == int(value) else None
    if packed:
        return _of_match(packed.groupdict())
    raise Unreadable("invalid_date", _EXPECTED)


def _of_match(found: Mapping[str, str | None]) -> Moment:
    month = _MONTHS.get((found.get("mon") or "").lower(), 0) or int(found.get("m") or 0)
    hour, half = int(found.get("h") or 0), (found.get("ap") or found.get("ap2") or "").upper()
    if half == "晚上" and hour == 12:
        raise Unreadable("invalid_date", _EXPECTED, "晚上12点可以是当日或次日的零点")
    if (half in ("下午", "晚上", "傍晚", "PM") and hour < 12) or (half == "中午" and hour < 11):
        hour += 12
    elif half in ("上午", "凌晨", "早上", "早晨", "清晨", "AM") and hour == 12:
        hour = 0
    try:
        at = datetime(
            _year(found["y"] or ""),
            month,
            int(found["d"] or 0),
            hour,
            int(found.get("mi") or 0),
            int(found.get("s") or 0),
        )
    except ValueError:
        raise Unreadable("invalid_date", _EXPECTED, "没有这一天或这一时刻") from None
    if zone := found.get("zone"):
        at += timedelta(hours=8) - _offset(zone)
    precision = "second" if found.get("s") else "minute" if found.get("h") else "day"
    return _plausible(at), precision


def _year(given: str) -> int:
    """Four-digit year; two digits occur only in Oracle output, where 00 to 49 mean 2000 to 2049."""
    year = int(given)
    return year if year >= 100 else year + (2000 if year < 50 else 1900)


def _offset(zone: str) -> timedelta:
    if zone.upper() == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].lstrip(":") or 0))
    return -size if zone[0] == "-" else size


def _plausible(at: datetime) -> datetime:
    if not 1900 < at.year < 2100:
        raise Unreadable("invalid_date", _EXPECTED, "年份不合理")
    return at.replace(microsecond=0)


def day(cell: Cell) -> date | None:
    """The date of a cell; a time of day given with it is dropped."""
    found = moment(cell)
    return found[0].date() if found else None


def births(cell: Cell) -> tuple[date, ...]:
    """Possible birth dates, latest first: a two-digit year gives one in each century.

    Empty without a complete date: no clause requires one, so a report is not refused for it.
    """
    if isinstance(cell, (str, int, float)):
        given = _plain(text(cell))
        if is_placeholder(given) or _NO_DAY.fullmatch(given):
            return ()
    found = day(cell)
    if found is None:
        return ()
    short = _ORACLE.fullmatch(_plain(cell)) if isinstance(cell, str) else None
    if short and len(short["y"]) == 2 and found.year >= 2000 and (found.month, found.day) != (2, 29):
        return found, found.replace(year=found.year - 100)
    return (found,)
