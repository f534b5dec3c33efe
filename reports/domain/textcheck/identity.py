"""Comparison of patient identity between a report and its request (6.3.1), regardless of spelling."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from reports.domain.textcheck.report import CheckedReport, Request
from reports.domain.textcheck.vocabulary import group
from spreadsheets import is_placeholder

_SEXES: Final = {word: sex for sex, given in group("sex_words").items() for word in given}
_IN_PARENTHESES: Final = re.compile(r"\([^()]{0,20}\)|\[[^\[\]]{0,20}\]|【[^【】]{0,20}】")
_UNNAMED: Final = re.compile(
    "无名|不详|未知|匿名|待[查补填录]|未[填录命]|姓名|^(?:暂?无|空|unknown|unnamed|anonymous|null|none|na)$"
)
_HAN: Final = re.compile("[\u3400-\u9fff]")
_COURTESY: Final = re.compile("(?<=..)(?:先生|女士|小姐|同志)$")
# A rare character of a name that an export could not write is a ? (沈?).
_MASK: Final = re.compile("[*?×○●◯□■#某]|(?<=[\u3400-\u9fff])x+")
_NO_LETTER: Final = re.compile(r"[^\w*?×○●◯□■#]|_")
# 36, 36岁, 036Y, 3岁5月, 5月3天, 12天, 8小时, 1.5岁
_PART: Final = re.compile(
    r"(\d{1,3}(?:\.\d{1,2})?)\s?(周岁|岁|年|yrs?|years?|个月|月|周|天|日|小时|时|分钟|分|[YMWDHymwdh])?(半)?"
)
_WHOLE_YEARS: Final = re.compile(r"([0-9]{1,3})[岁Yy]?")
_PER_YEAR: Final = {"月": 12, "个月": 12, "M": 12, "周": 52, "W": 52, "天": 365, "日": 365, "D": 365}
_HOURS: Final = ("小时", "时", "分钟", "分", "H")
_TOLERANCE: Final = 1.0  # years: ages are rounded (6.3.1)
_GROWN_UP: Final = 3.0
_ONE_YEAR: Final = timedelta(days=366)

Difference = tuple[str, str, str, str]


def sex_of(text: str) -> str | None:
    """男, 女 or 未知; None for any other text."""
    return _SEXES.get(text) or _SEXES.get(unicodedata.normalize("NFKC", text[:40]).strip())


def years_of(text: str) -> float | None:
    """An age in years; None when it cannot be read."""
    if whole := _WHOLE_YEARS.fullmatch(text):
        return float(whole[1])
    plain = unicodedata.normalize("NFKC", text[:40]).strip()
    total, at = 0.0, 0
    for found in _PART.finditer(plain):
        if plain[at : found.start()].strip(" ,+约零"):
            return None
        number, unit = float(found[1]), (found[2] or "岁")
        unit = unit.upper() if len(unit) == 1 else unit
        total += 0.0 if unit in _HOURS else number / _PER_YEAR.get(unit, 1)
        total += 0.5 if found[3] and unit in ("岁", "周岁") else 0.0
        at = found.end()
    rest = plain[at:].strip(" +余多左右")
    return total if at and not rest else None


def differences(report: CheckedReport, request: Request) -> Iterator[Difference]:
    """(field, label, value of the report, value of the request) of all fields that differ."""
    if names_differ(report.patient_name, request.patient_name):
        yield (
            "patient_name",
            "姓名",
            (report.patient_name or "").strip(),
            (request.patient_name or "").strip(),
        )
    if sexes_differ(report.sex, request.sex):
        yield "sex", "性别", (report.sex or "").strip(), (request.sex or "").strip()
    if _ages_differ(report.age, request.age):
        yield "age", "年龄", (report.age or "").strip(), (request.age or "").strip()
    elif report.birth_on and request.birth_on and abs(report.birth_on - request.birth_on) > _ONE_YEAR:
        yield "age", "出生日期", report.birth_on.isoformat(), request.birth_on.isoformat()
    for name, label in (("patient_id", "受检者ID"), ("accession_number", "检查号")):
        mine, theirs = getattr(report, name), getattr(request, name)
        if numbers_differ(mine, theirs):
            yield name, label, (mine or "").strip(), (theirs or "").strip()


def names_differ(mine: str | None, theirs: str | None) -> bool:
    """Do two names contradict each other? Unknown, masked or transliterated names do not."""
    if mine == theirs:
        return False
    one, other = _names(mine), _names(theirs)
    # 张三 and ZHANG SAN cannot be compared by program.
    pairs = [(a, b) for a in one for b in other if bool(_HAN.search(a)) == bool(_HAN.search(b))]
    return bool(pairs) and not any(a == b or _same_where_shown(a, b) for a, b in pairs)


def _same_where_shown(one: str, other: str) -> bool:
    """Masks may have any length (张*三, 张**): characters visible in both must agree."""
    if "*" not in one + other:
        return False
    return all("*" in pair or pair[0] == pair[1] for pair in zip(one, other, strict=False))


def is_unnamed(text: str | None) -> bool:
    """Is the name missing or a placeholder (无名氏, 不详)?"""
    return not _names(text)


def is_masked(text: str | None) -> bool:
    """Are parts of a name or number hidden (张*, 1101****0001)?"""
    return any("*" in name for name in _names(text))


def _names(text: str | None) -> list[str]:
    """The spellings of one name: two for `ZHANG^SAN=张^三`; none where it is unknown."""
    plain = _IN_PARENTHESES.sub("", unicodedata.normalize("NFKC", (text or "")[:200]))
    written = (_COURTESY.sub("", _NO_LETTER.sub("", part)) for part in plain.casefold().split("="))
    found = [_MASK.sub("*", name) for name in written]
    return [name for name in found if name.strip("*") and not _UNNAMED.search(name)]


def sexes_differ(mine: str | None, theirs: str | None) -> bool:
    """Is one 男 and the other 女?"""
    if mine == theirs:
        return False
    sexes = {sex_of(mine or ""), sex_of(theirs or "")}
    return sexes == {"男", "女"}


def is_grown(one: str, other: str) -> bool:
    """May two ages belong to one person, computed a year apart? Not for infants, whose months count."""
    ages = years_of(one), years_of(other)
    if ages[0] is None or ages[1] is None:
        return False
    return abs(ages[0] - ages[1]) <= _TOLERANCE and min(ages[0], ages[1]) >= _GROWN_UP


def _ages_differ(mine: str | None, theirs: str | None) -> bool:
    if mine == theirs:
        return False
    one, other = years_of(mine or ""), years_of(theirs or "")
    return one is not None and other is not None and abs(one - other) > _TOLERANCE


def numbers_differ(mine: str | None, theirs: str | None) -> bool:
    """Do two identifiers contradict each other? Placeholders and leading zeros are ignored."""
    if mine == theirs:
        return False
    one, other = _number(mine), _number(theirs)
    return bool(one and other) and one != other and not _same_where_shown(one, other)


def _number(text: str | None) -> str:
    plain = "".join(unicodedata.normalize("NFKC", (text or "")[:100]).split()).casefold()
    return "" if is_placeholder(plain) else plain.lstrip("0")
