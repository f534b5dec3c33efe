"""6.1.1: what a template left in the text. The rule is listed in header."""

import re
from collections.abc import Iterable, Iterator

from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.words import any_of, words

_TEXTS = ("technique", "findings", "impression")
_EXCUSED = any_of(words("template_rests_excused"))
# XX, but not in a Latin word or between figures (2.1xx3.0).
_CROSSES = re.compile(r"(?<![A-Za-z])[Xx]{2,}(?!\d)(?=(?:cm|mm|HU|ml|%)?(?![A-Za-z]))")
_BRACES = re.compile(r"\{\{?[^{}\n]{0,20}\}?\}|\{\{|\}\}")
# 46,XX and 47,XXX are karyotypes.
_KARYOTYPE = re.compile(r"4[4-9]\s?[,，、]?\s?$|染色体|核型|性反转")


def _by_last_sign() -> Iterator[tuple[str, re.Pattern[str]]]:
    for last in sorted({word[-1] for word in words("template_rests")}):
        given = (word for word in words("template_rests") if word[-1] == last)
        yield last, re.compile(f"(?:{any_of(given)})(?!{_EXCUSED})")


# One sign each text is asked for first: asking for one sign is ten times quicker than for two.
_RESTS = (
    ("XX", _CROSSES),
    ("xx", _CROSSES),
    ("Xx", _CROSSES),
    ("xX", _CROSSES),
    ("××", re.compile(r"×{2,}(?!\d)")),
    ("{", _BRACES),
    ("}", _BRACES),
    ("__", re.compile(r"_{2,}(?:\s?[×xX*]\s?_{2,}){0,2}")),
    ("约", re.compile(r"约\s?(?:cm|mm|HU|ml)(?![A-Za-z级大])")),
    *_by_last_sign(),
)
_PAIRS = (
    ("（", re.compile(r"（[\s_]{0,12}）")),
    ("(", re.compile(r"\([\s_]{0,12}\)")),
    ("【", re.compile(r"【\s{0,12}】")),
    ("[", re.compile(r"\[\s{0,12}\]")),
)
_SIGNS = (*_RESTS, *_PAIRS)
_TICKED = re.compile(r"[（(\[【]\s{0,3}[√✓✔☑vV]\s{0,3}[）)\]】]")


def placeholder(report: CheckedReport) -> Iterable[Hit]:
    """A template's rest in technique, findings or impression; a text that is nothing else is missing."""
    texts = [(name, text) for name in _TEXTS if (text := report.texts.get(name))]
    if not _has_sign("\n".join([text.plain for _, text in texts])):
        return
    for name, text in texts:
        for found in _rests_in(text):
            start, end = found.span()
            if text.raw.strip() != text.raw[start:end]:
                yield Hit(name, start, end, f"“{text.raw[start:end][:24]}”是模板留下的占位内容，没有填写。")


def _has_sign(plain: str) -> bool:
    """Most reports have none of the signs but 约, ×, （ and 写; for those the pattern decides."""
    for sign, pattern in _SIGNS:  # noqa: SIM110  # a generator costs more than what it asks
        if sign in plain and pattern.search(plain):
            return True
    return False


def _rests_in(text: Text) -> Iterator[re.Match[str]]:
    plain = text.plain
    seen: set[int] = set()
    for sign, pattern in _RESTS:
        if sign in plain:
            for found in pattern.finditer(plain):
                if found.start() not in seen and not _means_something(plain, found):
                    seen.add(found.start())
                    yield found
    for sign, pattern in _PAIRS:
        # A form with ticked boxes has empty ones by right.
        if sign in plain and pattern.search(plain) and not _TICKED.search(plain):
            yield from pattern.finditer(plain)


def _means_something(plain: str, found: re.Match[str]) -> bool:
    """A karyotype, or a line of underscores that divides a text: no blank to fill."""
    start, end = found.span()
    if plain[start] in "Xx":
        around = plain[max(0, start - 8) : start]
        return bool(_KARYOTYPE.search(around) or _KARYOTYPE.search(plain[end : end + 8]))
    if plain[start] != "_":
        return False
    before, after = plain.rfind("\n", 0, start) + 1, plain.find("\n", end)
    return not (plain[before:start] + plain[end : len(plain) if after < 0 else after]).strip()
