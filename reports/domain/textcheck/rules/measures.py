"""6.4.3.6: measurements with one unit and one number of decimals; 6.4.3.7: no repetition."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from reports.domain.textcheck.clauses import SENTENCE, Clause
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport, once_per_report
from reports.domain.textcheck.text import Text

_FIELDS: Final = ("findings", "impression")
_MOST: Final = 200  # measurements per text
_UNIT: Final = r"(?:mm|cm|MM|CM|Mm|Cm|毫米|厘米|㎜|㎝)"
_NUMBER: Final = r"\d{1,4}(?:\.\d{1,3})?"
# A number outside words (L4x…), longer numbers and products. Begins with a digit, for a fast search.
_FIRST: Final = r"[0-9](?<![\d.A-Za-z/×*＊]\d)\d{0,3}(?:\.\d{1,3})?"
_SIGN: Final = r"[×xX*＊✕╳]"
# Not volumes, speeds and pressures.
_LENGTH: Final = rf"{_UNIT}(?![A-Wa-wYZyz²³^/])"
# 3.5cm×2.4cm×4层 counts slices.
_TIMES: Final = rf"\s{{0,2}}{_SIGN}\s{{0,2}}{_NUMBER}(?!\d|\s?个?层)\s{{0,2}}(?:{_LENGTH})?"
_MEASURE: Final = re.compile(
    rf"{_FIRST}(?:\s?[~～\-－—–至到]\s?{_NUMBER})?\s{{0,2}}(?:{_LENGTH}(?:{_TIMES}){{0,2}}|(?:{_TIMES}){{1,2}})"
)
_PART: Final = re.compile(rf"({_NUMBER})\s{{0,2}}({_UNIT})?")
_OF_IMAGES: Final = re.compile(
    r"(?:层厚|层距|层间距|层间隔|间隔|视野|FOV|矩阵|窗宽|窗位|薄层|像素)[^，。；\d]{0,4}$"
)
_TIMES_SIGN: Final = re.compile(_SIGN)
_WRONG_SIGN: Final = re.compile(r"[xX*＊✕╳]")
_POWER: Final = re.compile(r"\s?[\^⁰¹²³⁴-⁹/]|(?<=[×xX*]10)\s?[-−]|(?<=m)[23]|(?<=米)[23]")
# 15×12～20×18mm, 3.2×2.4（单位：cm）.
_UNIT_AFTER: Final = re.compile(
    rf"(?:\s?[~～\-－—–至到]\s?{_NUMBER}(?:\s?{_SIGN}\s?{_NUMBER}){{1,2}})?[^，。；;\n\d]{{0,16}}?{_UNIT}"
)
_NAMES: Final = {"毫米": "毫米", "㎜": "mm", "厘米": "厘米", "㎝": "cm"}
# Sizes and image settings never extend beyond ，；。 but may extend beyond these marks.
_CROSSED: Final = frozenset("\n,;!?！？")
_OF_SIZES: Final = frozenset("0123456789层间视F矩窗薄像")
_LEAST_SENTENCE: Final = 10
# Numbers, the decimals of each, the units (each once), and whether it is a product.
Parts = tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...], bool]


class Size:
    """A length or a product of lengths as written, with its offsets."""

    __slots__ = ("decimals", "end", "is_product", "numbers", "start", "text", "units")

    def __init__(self, start: int, text: str, parts: Parts) -> None:
        self.start = start
        self.end = start + len(text)
        self.text = text
        self.numbers, self.decimals, self.units, self.is_product = parts


class Measure:
    """A size with its offsets in a field."""

    __slots__ = ("end", "field", "size", "start")

    def __init__(self, field: str, start: int, size: Size) -> None:
        self.field = field
        self.start = start + size.start
        self.end = start + size.end
        self.size = size


@once_per_report
def _measures(report: CheckedReport) -> tuple[Measure, ...]:
    """Every size and single length in findings and conclusion."""
    return tuple(measure for field in _FIELDS for measure in _read(report, field))


def _read(report: CheckedReport, field: str) -> Iterator[Measure]:
    text = report.texts[field]
    found: list[Measure] = []
    start = 0
    for clause in text.parts:
        found += [Measure(field, start, size) for size in _sizes(clause.plain)]
        if _may_be_crossed(clause):
            found = [Measure(field, 0, size) for size in _sizes(text.plain)]
            break
        start += clause.size
    yield from found[:_MOST]


def _may_be_crossed(clause: Clause) -> bool:
    """May a size or a setting of the images begin here and end in the next clause?"""
    return clause.plain[-1:] in _CROSSED and not _OF_SIZES.isdisjoint(clause.plain)


def _sizes(plain: str) -> Iterator[Size]:
    for match in islice(_MEASURE.finditer(plain), _MOST):
        start, end = match.span()
        if _POWER.match(plain, end):
            continue  # an area, a volume, a power of ten
        if _OF_IMAGES.search(plain[max(0, start - 10) : start]) or plain.startswith(("层厚", "薄层"), end):
            continue  # a setting of the images (层厚5mm, 1mm薄层)
        phrase = match.group().rstrip()
        yield Size(start, phrase, _parts(phrase))


def _parts(phrase: str) -> Parts:
    parts = _PART.findall(phrase)
    numbers = tuple([number for number, _unit in parts])
    decimals = tuple([len(number.partition(".")[2]) for number in numbers])
    units = tuple({_NAMES.get(unit) or unit.lower(): None for _number, unit in parts if unit})
    return numbers, decimals, units, len(parts) > 1 and _TIMES_SIGN.search(phrase) is not None


def mixed_decimals_in_size(report: CheckedReport) -> Iterable[Hit]:
    """2.4cm×1.82cm."""
    for one in _measures(report):
        size = one.size
        if size.is_product and len(size.units) <= 1 and len(set(size.decimals)) > 1:
            yield Hit(one.field, one.start, one.end, f"“{size.text}”中各数的小数位数不一致，宜统一。")


def mixed_units_in_size(report: CheckedReport) -> Iterable[Hit]:
    """2.4cm×18mm."""
    for one in _measures(report):
        if one.size.is_product and len(one.size.units) > 1:
            yield Hit(one.field, one.start, one.end, f"“{one.size.text}”中混用了两种长度单位，宜统一。")


def mixed_units_in_report(report: CheckedReport) -> Iterable[Hit]:
    """mm here, cm there: the first measurement in the rarer unit."""
    if _units_differ(report):
        used: dict[str, int] = {}
        for one in _measures(report):
            for unit in one.size.units:
                used[unit] = used.get(unit, 0) + 1
        usual = max(used, key=used.__getitem__)
        one = next(one for one in _measures(report) if set(one.size.units) - {usual})
        listed = "、".join(sorted(used))
        message = f"报告中长度单位不统一，有{listed}（如“{one.size.text}”），宜统一。"
        yield Hit(one.field, one.start, one.end, message)


def _units_differ(report: CheckedReport) -> bool:
    first = ""
    for one in _measures(report):
        for unit in one.size.units:
            if first and unit != first:
                return True
            first = unit
    return False


def _decimals_differ(report: CheckedReport) -> bool:
    """Do measurements of one unit differ in decimals?"""
    first = -1
    for one in _measures(report):
        if len(one.size.units) == 1:
            for decimals in one.size.decimals:
                if first >= 0 and decimals != first:
                    return True
                first = decimals
    return False


def mixed_decimals_in_report(report: CheckedReport) -> Iterable[Hit]:
    """1.65cm here, 1.3cm there: the first measurement with the rarer number of decimals."""
    if not _decimals_differ(report):
        return
    by_unit: dict[str, list[Measure]] = {}
    for one in _measures(report):
        if len(one.size.units) == 1:
            by_unit.setdefault(one.size.units[0], []).append(one)
    for unit, given in by_unit.items():
        used: dict[int, int] = {}
        for one in given:
            for decimals in one.size.decimals:
                used[decimals] = used.get(decimals, 0) + 1
        if len(used) > 1:
            usual = max(used, key=used.__getitem__)
            one = next(one for one in given if set(one.size.decimals) - {usual})
            message = f"以{unit}为单位的测量值小数位数不一致（如“{one.size.text}”与其他各处），宜统一。"
            yield Hit(one.field, one.start, one.end, message)


def no_unit(report: CheckedReport) -> Iterable[Hit]:
    """大小约24×18, without a unit."""
    for one in _measures(report):
        size = one.size
        if not size.is_product or size.units or _UNIT_AFTER.match(report.texts[one.field].plain, one.end):
            continue
        if not any(size.decimals) and all(int(number) >= 128 for number in size.numbers):
            continue  # a matrix
        yield Hit(one.field, one.start, one.end, f"“{size.text}”没有写单位，宜注明cm或mm。")


def multiplication_sign(report: CheckedReport) -> Iterable[Hit]:
    """24x18mm: a letter or an asterisk for ×."""
    for one in _measures(report):
        if one.size.is_product and (wrong := _WRONG_SIGN.search(one.size.text)):
            yield Hit(one.field, one.start, one.end, f"“{one.size.text}”用“{wrong.group()}”代替了乘号“×”。")


def repetition(report: CheckedReport) -> Iterable[Hit]:
    """The same sentence twice in the findings."""
    text = report.texts["findings"]
    if not _may_repeat(text):
        return
    sentences = [sentence.of(text.plain) for sentence in text.sentences]
    if len(set(sentences)) == len(sentences):
        return
    seen: set[str] = set()
    for span, sentence in zip(text.sentences, sentences, strict=True):
        if len(sentence) < _LEAST_SENTENCE:
            continue
        if sentence in seen:
            yield Hit("findings", span.start, span.end, f"“{sentence[:20]}”这句话前面已写过，描述宜简洁。")
            return
        seen.add(sentence)


def _may_repeat(text: Text) -> bool:
    """Do two sentences begin with the same clause? A repeated sentence does."""
    seen: set[str] = set()
    begins, count = True, 0
    for clause in text.parts:
        if begins:
            seen.add(clause.content)
            count += 1
            if len(seen) < count:
                return True
        begins = bool(clause.closes & SENTENCE)
    return False


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.3.6/mixed-decimals-in-size", mixed_decimals_in_size, reads=()),
    Rule("6.4.3.6/mixed-units-in-size", mixed_units_in_size, reads=()),
    Rule("6.4.3.6/mixed-units-in-report", mixed_units_in_report, reads=()),
    Rule("6.4.3.6/mixed-decimals-in-report", mixed_decimals_in_report, reads=()),
    Rule("6.4.3.6/no-unit", no_unit, reads=()),
    Rule("6.4.3.6/multiplication-sign", multiplication_sign, reads=()),
    Rule("6.4.3.7/repetition", repetition),
)
