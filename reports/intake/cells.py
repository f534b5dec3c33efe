"""One cell as a value: texts, numbers of examinations, times, ages, sexes, kinds of examination.

Each reader returns None for "nothing given" and raises Unreadable with what it expected. Nothing is guessed:
a value that allows two readings is unreadable.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from spreadsheets import Cell, CellError

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOTHING = {"null", "(null)", "none", "nan", "\\n", "<null>", "#null"}
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
_ERRORS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|GETTING_DATA)|#{3,}", re.I)
_GUARDED = "=+-@\t\r＝＋－＠"
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d+)", re.I)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")


class Unreadable(ValueError):
    """A cell that holds something, but not what its column is for. `code` is stable, `expected` is Chinese."""

    def __init__(self, code: str, expected: str, why: str = "") -> None:
        super().__init__(why)
        self.code, self.expected, self.why = code, expected, why


def text(cell: Cell) -> str:
    """A cell's text: outer space and control characters gone, line ends as \\n, an exporter's formula guard undone."""
    if isinstance(cell, str):
        if isinstance(cell, CellError) or _ERRORS.fullmatch(cell):
            raise Unreadable("cell_error", "有内容的单元格")
        clean = cell if cell.isprintable() else _unbroken(cell)
        clean = clean.strip()
        if not clean:
            return ""
        first = clean[0]
        if first == "'" and clean[1:2] and clean[1] in _GUARDED:
            return clean[1:]
        if first == "=" and clean.startswith('="') and clean.endswith('"') and len(clean) > 2:
            return clean[2:-1]
        return "" if len(clean) < 8 and clean.lower() in _NOTHING else clean
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    return str(cell)


def _unbroken(cell: str) -> str:
    return _CONTROL.sub("", cell.replace("\r\n", "\n").replace("\r", "\n"))


def shown(cell: Cell) -> str:
    """A cell as a refusal quotes it."""
    if isinstance(cell, CellError):
        return str(cell)
    try:
        return text(cell)
    except Unreadable:
        return str(cell)


def line(cell: Cell) -> str:
    """A short text on one line."""
    return " ".join(text(cell).split())


def name(cell: Cell) -> str:
    """A person's name; the spaces with which two-character names are stretched are taken out."""
    given = line(cell)
    joined = given.replace(" ", "")
    if joined in ("-", "--", "—", "——", "/", "无"):
        return ""
    return joined if _HAN.fullmatch(joined) else given


def identifier(cell: Cell) -> str:
    """A number under which something is kept, exactly as given: digits are never lost to Excel unnoticed."""
    if isinstance(cell, bool) or isinstance(cell, (datetime, date, time, timedelta)):
        raise Unreadable("number_mangled", "文本格式的号码", "Excel已把号码变成日期或逻辑值")
    if isinstance(cell, (int, float)):
        if cell != int(cell) or abs(cell) >= 1e15:
            why = "数字型单元格只能保存15位，末尾的数字已丢失" if abs(cell) >= 1e15 else "号码带有小数"
            raise Unreadable("number_mangled", "文本格式的号码", why)
        return str(int(cell))
    given = unicodedata.normalize("NFKC", text(cell))
    given = "".join(given.split()).strip("'`")
    if found := _SCIENTIFIC.fullmatch(given):
        digits, power = found[1] + (found[2] or ""), int(found[3])
        if len(digits) != power + 1 or power >= 15:
            raise Unreadable("number_mangled", "文本格式的号码", "科学计数法已丢失部分数字")
        return digits
    return given[:-2] if re.fullmatch(r"\d+\.0", given) else given


_Y = r"(?P<y>(?:19|20)\d\d)"
_TIME = r"(?P<ap>上午|下午|中午|晚上|凌晨|AM|PM)?(?P<h>\d{1,2})[:时点](?:(?P<mi>\d{1,2})(?:[:分](?:(?P<s>\d{1,2})(?:\.\d+)?秒?)?)?)?(?P<ap2>AM|PM)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d:?\d\d)?"
_DAY = rf"{_Y}(?:-|/|\.|年)(?P<m>\d{{1,2}})(?:-|/|\.|月)(?P<d>\d{{1,2}})日?"
_FULL = re.compile(rf"{_DAY}(?:(?:T|,|(?<=日)|(?=[上下中晚凌])){_TIME}{_ZONE})?", re.I)
_PACKED = re.compile(
    rf"{_Y}(?P<m>\d\d)(?P<d>\d\d)T?(?:(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?(?:\.\d+)?)?{_ZONE}"
)
_PACKED_SPLIT = re.compile(rf"{_Y}(?P<m>\d\d)(?P<d>\d\d){_TIME}")
_ENGLISH = re.compile(rf"(?P<d>\d{{1,2}})-?(?P<mon>[A-Za-z]{{3}})[a-z]*-?,?{_Y}(?:{_TIME})?", re.I)
_ONLY_TIME = re.compile(_TIME, re.I)
_WEEKDAY = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_EPOCH = datetime(1899, 12, 30)
_EXPECTED = "日期时间，例如2025-09-08 10:24"

Moment = tuple[datetime, str]


def moment(cell: Cell) -> Moment | None:
    """A time with its precision (second, minute, day), Beijing wall time. A bare time of day is unreadable."""
    if isinstance(cell, datetime):
        return _plausible(cell), "second" if cell.second else "minute"
    if isinstance(cell, date):
        return _plausible(datetime(cell.year, cell.month, cell.day)), "day"
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _of_number(cell)
    if not isinstance(cell, str):
        raise Unreadable("invalid_date", _EXPECTED)
    given = text(cell)
    if not given or given.lower() in _DASHES:
        return None
    plain = " ".join(_WEEKDAY.sub("", unicodedata.normalize("NFKC", given)).split())
    packed = re.sub(r"\s+", "", plain)
    if _SERIAL.fullmatch(packed):
        return _of_number(float(packed))
    for pattern in (_FULL, _PACKED, _PACKED_SPLIT, _ENGLISH):
        # Spaces between day and time may be missing only where no digit runs into another.
        found = pattern.fullmatch(
            re.sub(r"\s+(?=\D)|(?<=\D)\s+", "", plain).replace(" ", "T" if pattern is _FULL else "")
        )
        if found:
            return _of_match(found.groupdict())
    raise Unreadable("invalid_date", _EXPECTED)


def time_of_day(cell: Cell) -> tuple[timedelta, str] | None:
    """A time without a day, as the second of two columns gives it; None when the cell is no bare time."""
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
    found = _ONLY_TIME.fullmatch(plain) or re.fullmatch(
        r"(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)", plain
    )
    if not found:
        return None
    at, precision = _of_match({"y": "2000", "m": "1", "d": "1"} | found.groupdict())
    return at - datetime(2000, 1, 1), precision


def _of_number(value: float) -> Moment:
    if 3_000 <= value < 80_000:
        seconds = round((value - int(value)) * 86400)
        at = _EPOCH + timedelta(days=int(value), seconds=seconds)
        return at, "day" if value == int(value) else "second" if at.second else "minute"
    packed = _PACKED.fullmatch(str(int(value))) if value == int(value) else None
    if packed:
        return _of_match(packed.groupdict())
    raise Unreadable("invalid_date", _EXPECTED)


def _of_match(found: dict[str, str | None]) -> Moment:
    month = _MONTHS.get((found.get("mon") or "").lower(), 0) or int(found.get("m") or 0)
    hour, half = int(found.get("h") or 0), (found.get("ap") or found.get("ap2") or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12 or half == "中午" and hour < 11:
        hour += 12
    elif half in ("上午", "凌晨", "AM") and hour == 12:
        hour = 0
    try:
        at = datetime(
            int(found["y"] or 0),
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


def _offset(zone: str) -> timedelta:
    if zone.upper() == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def _plausible(at: datetime) -> datetime:
    if not 1900 < at.year < 2100:
        raise Unreadable("invalid_date", _EXPECTED, "年份不合理")
    return at.replace(microsecond=0)


def day(cell: Cell) -> date | None:
    """A day; a time given with it is left out."""
    found = moment(cell)
    return found[0].date() if found else None


_UNITS = {
    "岁": 365.25, "周岁": 365.25, "年": 365.25, "Y": 365.25, "YR": 365.25, "YRS": 365.25, "YEAR": 365.25, "YEARS": 365.25,
    "月": 30.4375, "个月": 30.4375, "月龄": 30.4375, "M": 30.4375, "MO": 30.4375, "MONTH": 30.4375, "MONTHS": 30.4375,
    "周": 7, "W": 7, "WEEK": 7, "WEEKS": 7, "天": 1, "日": 1, "日龄": 1, "D": 1, "DAY": 1, "DAYS": 1,
    "小时": 0, "时": 0, "H": 0, "分钟": 0,
}  # fmt: skip
_WORDS = {365.25: "岁", 30.4375: "月", 7: "周", 1: "天", 0: "小时"}
_AGE = re.compile(r"(\d{1,3})(?:\.0+)?(%s)?" % "|".join(sorted(_UNITS, key=len, reverse=True)))


def age(cell: Cell, unit: str = "") -> tuple[str, int | None]:
    """An age in the form 72岁, 3月5天 and in days; an unknown notation is kept as given, without days."""
    given = line(cell)
    plain = re.sub(r"\s+|零|又|整", "", unicodedata.normalize("NFKC", given)).upper().rstrip("。.")
    pieces = _AGE.findall(plain)
    if not pieces or "".join(_AGE.sub("", plain).split()):
        return unicodedata.normalize("NFKC", given), None
    words, days = "", 0.0
    for place, (number, named) in enumerate(pieces):
        if not named and (place or len(pieces) > 1):
            return unicodedata.normalize("NFKC", given), None
        size = _UNITS[named or unicodedata.normalize("NFKC", unit).upper() or "岁"]
        words += f"{int(number)}{_WORDS[size]}"
        days += int(number) * size
    return words, round(days)


_SEXES = {
    "男": "男", "男性": "男", "M": "男", "MALE": "男", "1": "男", "♂": "男", "先生": "男",
    "女": "女", "女性": "女", "F": "女", "FEMALE": "女", "2": "女", "♀": "女", "女士": "女",
    "未知": "未知", "不详": "未知", "0": "未知", "9": "未知", "O": "未知", "U": "未知", "OTHER": "未知", "UNKNOWN": "未知",
}  # fmt: skip


def sex(cell: Cell) -> str:
    """男, 女 or 未知; anything else as given, for the text check to speak of."""
    given = line(cell)
    return _SEXES.get(unicodedata.normalize("NFKC", given).upper().strip("()."), given)


_CODES = {
    "DR": "DR", "DX": "DR", "CR": "DR", "MG": "DR", "RF": "DR", "RG": "DR", "XR": "DR", "PX": "DR", "IO": "DR", "DF": "DR", "X": "DR",
    "CT": "CT", "CTA": "CT", "CBCT": "CT", "HRCT": "CT", "LDCT": "CT",
    "MR": "MRI", "MRI": "MRI", "MRA": "MRI", "MRCP": "MRI", "MRS": "MRI", "NMR": "MRI", "FMRI": "MRI", "MRV": "MRI", "MRU": "MRI",
}  # fmt: skip
_FOREIGN = re.compile(
    r"(?<![A-Z])(US|XA|DSA|NM|PT|PET|SPECT|ECT|ES|OT|ECG|BMD|OCT|IVUS)(?![A-Z])|超声|彩超|B超|核医学|造影术|介入|内镜|胃镜|心电|骨密度"
)
_WORDS_OF = (
    ("MRI", re.compile(r"磁共振|核磁")),
    ("CT", re.compile(r"计算机断层|计算机体层|断层扫描")),
    (
        "DR",
        re.compile(
            r"X[-线光射]|普放|平片|普通放射|普通X|数字化?摄影|摄影|摄片|胸片|钼靶|钡餐|钡灌肠|全消化道|乳腺机|拍片|透视|正侧位|正位|侧位|斜位"
        ),
    ),
)
_TOKEN = re.compile(r"(?<![A-Z])[A-Z]+(?![A-Z])")


def kind_of(given: str) -> str | None:
    """DR, CT or MRI as a text of device, kind or examination names it; None when it names none, or several."""
    plain = unicodedata.normalize("NFKC", given).upper()
    if _FOREIGN.search(plain):
        return None
    named = {_CODES[t] for t in _TOKEN.findall(plain) if t in _CODES and t != "X"}
    named = named or {kind for kind, pattern in _WORDS_OF if pattern.search(plain)}
    if not named and plain in _CODES:
        named = {_CODES[plain]}
    return named.pop() if len(named) == 1 else None


def is_foreign(given: str) -> bool:
    """An examination that is none of DR, CT, MRI."""
    return _FOREIGN.search(unicodedata.normalize("NFKC", given).upper()) is not None


_KINDS = (
    ("autopsy", re.compile(r"尸检|尸体|解剖|autopsy", re.I)),
    ("endoscopy", re.compile(r"[内窥胃肠腔支管胱喉]镜|镜检|ERCP|endoscop", re.I)),
    ("cytology", re.compile(r"细胞学|脱落细胞|针吸|涂片|FNA|cytolog", re.I)),
    ("biopsy", re.compile(r"穿刺|活检|活组织|biops", re.I)),
    ("surgical_pathology", re.compile(r"病理|pathology|histolog", re.I)),
    ("surgical_finding", re.compile(r"手术|术中|surgery|surgical|operative", re.I)),
    ("case_discussion", re.compile(r"讨论|MDT|多学科|会诊|共识|case_?\s*discussion", re.I)),
    ("laboratory", re.compile(r"实验室|检验|化验|病原|培养|生化|血清|laborator|\blab\b", re.I)),
    ("imaging_follow_up", re.compile(r"影像|复查|动态|imaging", re.I)),
    ("clinical_follow_up", re.compile(r"临床|随访|出院|电话|治疗|门诊|clinical|follow", re.I)),
)  # fmt: skip
OUTCOME_KINDS = (
    "手术病理、手术所见、穿刺活检病理、内镜、细胞学、实验室、影像随访、临床随访结局、病例讨论、尸检"
)


def outcome_kind(given: str) -> str | None:
    """The kind of proof (DOMAIN 3.1) a text names; the more specific word decides. None when it names none."""
    plain = unicodedata.normalize("NFKC", given)
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)
