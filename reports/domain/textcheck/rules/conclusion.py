"""6.5.3: each lesion of the conclusion is given a place."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import any_of, pattern, terms, tree

_LESION: Final = pattern("lesions_to_place")
# 豆状核, 会厌: every structure of the vocabulary is a place.
_PLACE: Final = re.compile(
    any_of((*terms("place_words"), *(word for each in tree().values() for word, _ in each.named())))
)
_LEVEL: Final = re.compile(
    r"(?<![A-Za-z])(?:[CTLS]\s?\d|(?:LAD|LCX|RCA|LM|PDA|OM)(?![A-Za-z]))|(?:[\dⅠ-Ⅻ]|[IVX]{1,4})[RL]?区"
)
# 考虑炎症, 较前增大: such an item continues the one before it.
_CONTINUES: Final = re.compile(rf"\s*(?:{any_of(terms('item_continuations'))})")
_EXCUSED: Final = pattern("place_excused")
# 肝脏：1、囊肿；2、血管瘤 and 脑干异常信号，考虑：①梗死；②炎症: a heading gives the place of its items;
# 与2025-01-08胸部CT比较： does not.
_HEADING: Final = re.compile(
    r"[^，,。；;\n]{1,20}[：:]\s*(?:$|[（(]?\d)|[^。；;\n]{1,60}[：:]\s*(?:$|[①-⑳]|[（(]?\d[.、．)）](?!\d))"
)
_ADVICE: Final = re.compile(r"建议|请|必要时")
_COMPARES: Final = re.compile(r"比|前片|旧片|\d{4}")


def no_location(report: CheckedReport) -> Iterable[Hit]:
    """6.5.3: an item that names a lesion but no part of the body."""
    text = report.texts["impression"]
    if not _LESION.search(text.plain) or _has_heading(text):
        return
    for item in _unplaced(text):
        seen = item.of(text.plain)
        yield Hit(
            "impression",
            item.start,
            item.end,
            f"结论“{seen[:40]}”未写明病变部位，每一类病灶应给出准确的定位诊断。",
        )


def _has_heading(text: Text) -> bool:
    if "：" not in text.plain and ":" not in text.plain:
        return False
    return any(_is_heading(item.of(text.plain)) for item in text.items)


def _is_heading(item: str) -> bool:
    return bool(_HEADING.match(item) and not _COMPARES.search(item) and _names_place(item))


def _names_place(phrase: str) -> bool:
    place = _PLACE.search(phrase)
    if place is None:
        return _LEVEL.search(phrase) is not None
    lesion = _LESION.search(phrase)
    if lesion is None or place.start() < lesion.start():
        return True
    # 骨 of 骨折 is not a place.
    rest = _LESION.sub("□", phrase)
    return bool(_PLACE.search(rest) or _LEVEL.search(rest))


def _unplaced(text: Text) -> Iterator[Span]:
    line, placed = -1, False
    for item in text.items:
        seen = item.of(text.plain)
        # In continuous text the place is given once: 右肺上叶见一病灶。结节，考虑良性。
        if not text.is_numbered:
            paragraph = text.paragraph_at(item.start).start
            placed = placed and paragraph == line
            line = paragraph
        if _names_place(seen):
            placed = not text.is_numbered
        elif not placed and _asks_for_place(text, item, seen):
            yield item


def _asks_for_place(text: Text, item: Span, seen: str) -> bool:
    phrase = _ADVICE.split(seen, maxsplit=1)[0]
    if _CONTINUES.match(seen) or _EXCUSED.search(phrase):
        return False
    end = item.start + len(phrase)
    return any(not text.is_negated(m.start()) for m in _LESION.finditer(text.plain, item.start, end))


RULES: Final[tuple[Rule, ...]] = (Rule("6.5.3/no-location", no_location, reads=("impression",)),)
