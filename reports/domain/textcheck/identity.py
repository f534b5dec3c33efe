"""Do a report and its request speak of the same person (6.3.1)? Ways of writing are no differences."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from reports.domain.textcheck.report import CheckedReport, Request
from reports.domain.textcheck.words import group, word_set

_SEXES: Final = {word: sex for sex, given in group("sex_words").items() for word in given}
_IN_PARENTHESES: Final = re.compile(r"\([^()]{0,20}\)|\[[^\[\]]{0,20}\]")
_UNNAMED: Final = re.compile("无名|不详|未知|匿名|待查|姓名")
_HAN: Final = re.compile("[\u3400-\u9fff]")
# 36, 36岁, 036Y, 3岁5月, 5月3天, 12天, 8小时, 1.5岁
_PART: Final = re.compile(
    r"(\d{1,3}(?:\.\d{1,2})?)\s?(周岁|岁|年|yrs?|years?|个月|月|周|天|日|小时|时|分钟|分|[YMWDHymwdh])?(半)?"
)
_WHOLE_YEARS: Final = re.compile(r"([0-9]{1,3})[岁Yy]?")
_PER_YEAR: Final = {"月": 12, "个月": 12, "M": 12, "周": 52, "W": 52, "天": 365, "日": 365, "D": 365}
_HOURS: Final = ("小时", "时", "分钟", "分", "H")
_TOLERANCE: Final = 1.0  # years: ages are rounded (6.3.1)
_ONE_YEAR: Final = timedelta(days=366)

Difference = tuple[str, str, str, str]


def sex_of(text: str) -> str | None:
    """男, 女 or 未知; None for a word that is no sex."""
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
    """(field, its name, the report's value, the request's) of everything present in both and different."""
    if _names_differ(report.patient_name, request.patient_name):
        yield (
            "patient_name",
            "姓名",
            (report.patient_name or "").strip(),
            (request.patient_name or "").strip(),
        )
    if _sexes_differ(report.sex, request.sex):
        yield "sex", "性别", (report.sex or "").strip(), (request.sex or "").strip()
    if _ages_differ(report.age, request.age):
        yield "age", "年龄", (report.age or "").strip(), (request.age or "").strip()
    elif report.birth_on and request.birth_on and abs(report.birth_on - request.birth_on) > _ONE_YEAR:
        yield "age", "出生日期", report.birth_on.isoformat(), request.birth_on.isoformat()
    for name, label in (("patient_id", "受检者ID"), ("accession_number", "检查号")):
        mine, theirs = getattr(report, name), getattr(request, name)
        if (
            mine
            and theirs
            and mine != theirs
            and _number(mine)
            and _number(theirs)
            and _number(mine) != _number(theirs)
        ):
            yield name, label, mine.strip(), theirs.strip()


def _names_differ(mine: str | None, theirs: str | None) -> bool:
    if mine == theirs:
        return False
    one, other = _name(mine), _name(theirs)
    if not one or not other or one == other or _UNNAMED.search(one) or _UNNAMED.search(other):
        return False
    if bool(_HAN.search(one)) != bool(_HAN.search(other)):  # 张三 and ZHANG SAN: nobody can tell by program
        return False
    if "*" in one or "*" in other:  # masked by an export: 张*三, 张**
        return not _same_where_shown(one, other)
    return True


def _same_where_shown(one: str, other: str) -> bool:
    """Masks are of any length: what both show at the same place must agree."""
    return all("*" in pair or pair[0] == pair[1] for pair in zip(one, other, strict=False))


def _name(text: str | None) -> str:
    plain = unicodedata.normalize("NFKC", (text or "")[:200]).replace("^", " ")
    return "".join(_IN_PARENTHESES.sub("", plain).replace("·", "").replace("•", "").split()).casefold()


def _sexes_differ(mine: str | None, theirs: str | None) -> bool:
    if mine == theirs:
        return False
    sexes = {sex_of(mine or ""), sex_of(theirs or "")}
    return sexes == {"男", "女"}


def _ages_differ(mine: str | None, theirs: str | None) -> bool:
    if mine == theirs:
        return False
    one, other = years_of(mine or ""), years_of(theirs or "")
    return one is not None and other is not None and abs(one - other) > _TOLERANCE


def _number(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:100]).strip().casefold()
    return "" if plain in word_set("header_placeholders") else plain.lstrip("0")
