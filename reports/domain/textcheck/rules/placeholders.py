"""6.1.1: template placeholders left in the text. The rule is listed in header."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from reports.domain.textcheck.finding import Hit, Severity
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, terms
from spreadsheets import damage

_TEXTS: Final = ("technique", "findings", "impression")
_EXCUSED: Final = any_of(terms("template_rests_excused"))
# XX, but not in a Latin word, between numbers (2.1xx3.0) or for a withheld name (XX医院).
_NAME: Final = r"(?!医院|医师|医生|教授|主任|省|市)"
_CROSSES: Final = re.compile(rf"(?<![A-Za-z])[Xx]{{2,}}{_NAME}(?!\d)(?=(?:cm|mm|HU|ml|%)?(?![A-Za-z]))")
_BRACES: Final = re.compile(r"\{\{?[^{}\n]{0,20}\}?\}|\{\{|\}\}")
# 46,XX and 47,XXX are karyotypes.
_KARYOTYPE: Final = re.compile(r"4[4-9]\s?[,，、]?\s?$|染色体|核型|性反转")


def _by_last_sign() -> Iterator[tuple[str, re.Pattern[str]]]:
    for last in sorted({word[-1] for word in terms("template_rests")}):
        given = (word for word in terms("template_rests") if word[-1] == last)
        yield last, re.compile(f"(?:{any_of(given)})(?!{_EXCUSED})")


# A literal that each pattern requires, tested first.
_PLACEHOLDERS: Final = (
    ("XX", _CROSSES),
    ("xx", _CROSSES),
    ("Xx", _CROSSES),
    ("xX", _CROSSES),
    ("××", re.compile(rf"×{{2,}}(?![\d×]){_NAME}")),
    ("{", _BRACES),
    ("}", _BRACES),
    ("__", re.compile(r"_{2,}(?:\s?[×xX*]\s?_{2,}){0,2}")),
    (
        "约",
        re.compile(
            r"约\s{0,4}(?:(?:[×xX*＊](?!×|[xX]{1,2})\s{0,4}){0,2}(?:cm|mm|HU|ml)(?![A-Za-z级大])|[，。；](?<![隐制节预]约.))"
        ),
    ),
    ("第", re.compile(r"第\s{0,4}[前后腋]?肋")),
    *_by_last_sign(),
)
_PAIRS: Final = (
    ("（", re.compile(r"（[\s_]{0,12}）")),
    ("(", re.compile(r"\([\s_]{0,12}\)")),
    ("【", re.compile(r"【\s{0,12}】")),
    ("[", re.compile(r"\[\s{0,12}\]")),
)
_LINE_ENDS: Final = re.compile(r"[^\S\n]*(?:\n|\Z)")
_TICKED: Final = re.compile(r"[（(\[【]\s{0,3}[√✓✔☑vV]\s{0,3}[）)\]】]")


def placeholder(report: CheckedReport) -> Iterable[Hit]:
    """Placeholders of a template in technique, findings or impression, unless the text has nothing else.

    Text damaged by a wrong encoding or a foreign format is reported too.
    """
    for name in _TEXTS:
        text = report.texts[name]
        if lost := damage(text.raw):
            message = f"“{lost.excerpt}”中有{lost.what}，报告文字不完整。"
            # ?? may be intentional: left to a person.
            severity: Severity | None = "suspect" if text.raw[lost.start] in "?？" else None
            yield Hit(name, lost.start, lost.end, message, severity)
        whole = text.raw.strip()
        for found in _placeholders_in(text):
            start, end = found.span()
            if whole != text.raw[start:end]:
                yield Hit(name, start, end, f"“{text.raw[start:end][:24]}”是模板留下的占位内容，没有填写。")


def _placeholders_in(text: Text) -> Iterator[re.Match[str]]:
    plain = text.plain
    seen: set[int] = set()
    for sign, pattern in _PLACEHOLDERS:
        if sign in plain:
            for found in pattern.finditer(plain):
                if found.start() not in seen and not _means_something(plain, found):
                    seen.add(found.start())
                    yield found
    for sign, pattern in _PAIRS:
        # Empty boxes are correct in a form with ticked boxes.
        if sign in plain and pattern.search(plain) and not _TICKED.search(plain):
            yield from pattern.finditer(plain)


def _means_something(plain: str, found: re.Match[str]) -> bool:
    """Is it a karyotype or a dividing line of underscores, not a placeholder?"""
    start, end = found.span()
    if plain[start] in "Xx":
        around = plain[max(0, start - 8) : start]
        return bool(_KARYOTYPE.search(around) or _KARYOTYPE.search(plain[end : end + 8]))
    if plain[start] != "_":
        return False
    while start and plain[start - 1] != "\n" and plain[start - 1].isspace():
        start -= 1
    return (not start or plain[start - 1] == "\n") and _LINE_ENDS.match(plain, end) is not None
