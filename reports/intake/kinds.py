"""Normalise ages, sexes, modalities and kinds of outcome from many notations."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import lru_cache

from reports.intake.cells import Unreadable, line
from spreadsheets import Cell

# Unit → (length in days, notations). Units below a day are rounded down to whole days.
_AGES = {
    "岁": (365.25, "岁 周岁 年 Y YO YR YRS YEAR YEARS"),
    "月": (30.4375, "月 个月 月龄 M MO MON MOS MTH MTHS MONTH MONTHS"),
    "周": (7, "周 周龄 星期 W WK WKS WEEK WEEKS"),
    "天": (1, "天 日 日龄 D DAY DAYS"),
    "小时": (1 / 24, "小时 时 H HR HRS HOUR HOURS"),
    "分钟": (1 / 1440, "分钟 分 MIN MINS MINUTE MINUTES"),
}
_UNITS = {name: word for word, (_, names) in _AGES.items() for name in names.split()}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AGE = re.compile(rf"(\d{{1,3}})(?:\.0+)?({_UNIT})?")
_KNOWN = re.compile(rf"[余多来几]?(?:个?半|{_UNIT})")
_NUMBERED = re.compile(r"\d([^\W\d_]+)")
_EXPECTED_AGE = "年龄，例如45岁、3月、12天、5小时"


def age(cell: Cell, unit: str = "") -> tuple[str, int | None]:
    """An age in standard notation (72岁, 3月5天, 20分钟), and in days.

    A notation without numbers, or with additional content (早产儿, 72.5岁), is returned as given, without
    days. A number with an unknown unit (45Q) is unreadable, as is a cell that a spreadsheet converted to a
    date.
    """
    if isinstance(cell, (bool, date, time, timedelta)):
        raise Unreadable("number_mangled", _EXPECTED_AGE, "表格程序已把年龄变成日期、时间或逻辑值")
    return _age_of(line(cell), unit)


@lru_cache(maxsize=4096)
def _age_of(text: str, unit: str) -> tuple[str, int | None]:
    given = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\s+|零|又|整", "", given).upper().rstrip("。.")
    named = unicodedata.normalize("NFKC", unit).strip().upper() or "岁"
    if named not in _UNITS and re.search(r"\d$", plain):
        raise _unknown_age(given, unit)
    for word in _NUMBERED.findall(plain):
        if not _KNOWN.match(word):
            raise _unknown_age(given, word)
    pieces = [
        (int(number), _UNITS[own or named]) for number, own in _AGE.findall(plain) if own or named in _UNITS
    ]
    bare = sum(not own for _, own in _AGE.findall(plain))
    if not pieces or "".join(_AGE.sub("", plain).split()) or (bare and len(pieces) > 1):
        return given, None
    days = sum(number * _AGES[word][0] for number, word in pieces if _AGES[word][0] >= 1)
    below = sum(number * _AGES[word][0] for number, word in pieces if _AGES[word][0] < 1)
    return "".join(f"{number}{word}" for number, word in pieces), round(days) + int(below + 1e-9)


def _unknown_age(given: str, unit: str) -> Unreadable:
    why = f"“{given[:20]}”的年龄单位“{unit[:10]}”不认识，不能当作岁。请改为如45岁、3月、12天、5小时的写法。"
    return Unreadable("unknown_unit", _EXPECTED_AGE, why)


_SEXES = {
    "男": "男",
    "男性": "男",
    "M": "男",
    "MALE": "男",
    "1": "男",
    "♂": "男",
    "先生": "男",
    "女": "女",
    "女性": "女",
    "F": "女",
    "FEMALE": "女",
    "2": "女",
    "♀": "女",
    "女士": "女",
    "未知": "未知",
    "不详": "未知",
    "0": "未知",
    "9": "未知",
    "O": "未知",
    "U": "未知",
    "OTHER": "未知",
    "UNKNOWN": "未知",
}


def sex(cell: Cell) -> str:
    """男, 女 or 未知; any other value unchanged, for the text check to report."""
    given = line(cell)
    return _SEXES.get(unicodedata.normalize("NFKC", given).upper().strip("()."), given)


def is_sex(text: str) -> bool:
    """True if the text is a known notation for a sex or for an unknown sex."""
    return unicodedata.normalize("NFKC", text).upper().strip("(). ") in _SEXES


_CODES = {
    "DR": "DR",
    "DX": "DR",
    "CR": "DR",
    "MG": "DR",
    "RF": "DR",
    "RG": "DR",
    "XR": "DR",
    "PX": "DR",
    "IO": "DR",
    "DF": "DR",
    "X": "DR",
    "CT": "CT",
    "CTA": "CT",
    "CBCT": "CT",
    "HRCT": "CT",
    "LDCT": "CT",
    "MR": "MRI",
    "MRI": "MRI",
    "MRA": "MRI",
    "MRCP": "MRI",
    "MRS": "MRI",
    "NMR": "MRI",
    "FMRI": "MRI",
    "MRV": "MRI",
    "MRU": "MRI",
}
_FOREIGN = re.compile(
    r"(?<![A-Z])(US|XA|DSA|NM|PT|PET|SPECT|ECT|ES|OT|ECG|BMD|OCT|IVUS)(?![A-Z])|超声|彩超|B超|核医学|内镜|胃镜|心电|骨密度"
)
# Also done with CT and MRI: belongs to another department only where neither is named.
_INVASIVE = re.compile(r"造影术|介入")
# Applied in this order, each to the text left by the previous one: 计算机X线断层摄影 is CT, not also DR.
_WORDS_OF = (
    ("MRI", re.compile(r"磁共振|核磁")),
    (
        "CT",
        re.compile(
            r"(?:X[-线光射]线?)?(?:电子)?(?:计算机|电脑)(?:X[-线光射]线?)?[断体]层(?:扫描|摄影|成像)?|[断体]层扫描"
        ),
    ),
    (
        "DR",
        re.compile(
            r"X[-线光射]|普放|平片|普通放射|普通X|数字化?摄影|摄影|摄片|胸片|钼靶|钡餐|钡灌肠|钡剂|胃肠机|数字胃肠|胃肠造影|消化道造影|全消化道|乳腺机|拍片|透视|正侧位|正位|侧位|斜位"
        ),
    ),
)
_TOKEN = re.compile(r"(?<![A-Z])[A-Z]+(?![A-Z])")


def kind_of(given: str) -> str | None:
    """DR, CT or MRI from the name of a device, modality or examination; None if it names none or several."""
    plain = unicodedata.normalize("NFKC", given).upper()
    if _FOREIGN.search(plain):
        return None
    named = {_CODES[t] for t in _TOKEN.findall(plain) if t in _CODES and t != "X"}
    if not named and _INVASIVE.search(plain) and not any(p.search(plain) for _, p in _WORDS_OF[:2]):
        return None
    for kind, pattern in () if named else _WORDS_OF:
        plain, count = pattern.subn("", plain)
        named |= {kind} if count else set()
    if not named and plain in _CODES:  # the bare letter X
        named = {_CODES[plain]}
    return named.pop() if len(named) == 1 else None


def is_foreign(given: str) -> bool:
    """True for an examination that is not DR, CT or MRI."""
    plain = unicodedata.normalize("NFKC", given).upper()
    return _FOREIGN.search(plain) is not None or (
        _INVASIVE.search(plain) is not None and kind_of(given) is None
    )


_KINDS = (
    ("autopsy", re.compile(r"尸检|尸体|解剖|autopsy", re.I)),
    ("endoscopy", re.compile(r"[内窥胃肠腔支管胱喉]镜|镜检|ERCP|endoscop", re.I)),
    ("cytology", re.compile(r"细胞学|脱落细胞|针吸|涂片|FNA|cytolog", re.I)),
    ("biopsy", re.compile(r"穿刺|活检|活组织|biops", re.I)),
    ("surgical_pathology", re.compile(r"病理|pathology|histolog", re.I)),
    ("surgical_finding", re.compile(r"手术|术中|术后|surgery|surgical|operative", re.I)),
    ("case_discussion", re.compile(r"讨论|MDT|多学科|会诊|共识|case_?\s*discussion", re.I)),
    ("laboratory", re.compile(r"实验室|检验|化验|病原|培养|生化|血清|laborator|\blab\b", re.I)),
    ("imaging_follow_up", re.compile(r"影像|造影|复查|动态|imaging", re.I)),
    ("clinical_follow_up", re.compile(r"临床|随访|出院|住院|病历|病案|电话|治疗|门诊|clinical|follow", re.I)),
)
OUTCOME_KINDS = (
    "手术病理、手术所见、穿刺活检病理、内镜、细胞学、实验室、影像随访、临床随访结局、病例讨论、尸检"
)


def strongest(found: Iterable[str | None]) -> str | None:
    """The strongest kind of proof among several for one outcome; None if none is named."""
    given = set(found)
    return next((kind for kind, _ in _KINDS if kind in given), None)


def outcome_word(kind: str) -> str:
    """The Chinese word of a kind of proof, "" for none: the inverse of `outcome_kind`."""
    return next((word for word in OUTCOME_KINDS.split("、") if outcome_kind(word) == kind), "")


def outcome_kind(given: str) -> str | None:
    """The kind of proof (DOMAIN 3.1) that a text names; the more specific word decides. None if none."""
    plain = unicodedata.normalize("NFKC", given)
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)
