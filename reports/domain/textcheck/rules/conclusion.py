"""6.5.3: each lesion of the conclusion is given a place."""

import re
from collections.abc import Iterable, Iterator

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.words import any_of, pattern, words

_LESION = pattern("lesions_to_place")
_PLACE = re.compile(
    any_of(words("place_words")) + r"|(?<![A-Za-z])[CTLS]\s?\d|(?:[\dⅠ-Ⅻ]|[IVX]{1,4})[RL]?区|(?<![A-Za-z])(?:LAD|LCX|RCA|LM|PDA|OM)(?![A-Za-z])"
)
# 考虑炎症, 较前增大: such an item goes on with the one before it.
_CONTINUES = re.compile(rf"\s*(?:{any_of(words('item_continuations'))})")
_EXCUSED = pattern("place_excused")
# 肝脏：1、囊肿；2、血管瘤: a heading places what follows; 与2025-01-08胸部CT比较： does not.
_HEADING = re.compile(r"[^，,。；;\n]{1,20}[：:]\s*(?:$|[（(]?\d)")
_ADVICE = re.compile(r"建议|请|必要时")
_COMPARES = re.compile(r"比|前片|旧片|\d{4}")


def no_location(report: CheckedReport) -> Iterable[Hit]:
    """6.5.3: an item that names a lesion and no part of the body."""
    text = report.text("impression")
    items = text.items
    if any(_places_the_rest(item.of(text.plain)) for item in items):
        return
    for item in _unplaced(text, items):
        seen = item.of(text.plain)
        yield Hit(
            "impression", item.start, item.end, f"结论“{seen}”未写明病变部位，每一类病灶应给出准确的定位诊断。"
        )


def _places_the_rest(item: str) -> bool:
    return bool(_HEADING.match(item) and not _COMPARES.search(item) and _PLACE.search(item))


def _unplaced(text: Text, items: tuple[Span, ...]) -> Iterator[Span]:
    numbered = text.is_numbered
    line, placed = -1, False
    for item in items:
        seen = _ADVICE.split(item.of(text.plain), maxsplit=1)[0]
        paragraph = text.paragraph_at(item.start).start
        if paragraph != line:
            line, placed = paragraph, False
        rest = _LESION.sub("□", seen)
        if _PLACE.search(rest):
            placed = True
            continue
        # In running text the place stands once: 右肺上叶见一病灶。结节，考虑良性。
        if (placed and not numbered) or _CONTINUES.match(seen) or _EXCUSED.search(seen):
            continue
        if any(not text.is_negated(m.start()) for m in _LESION.finditer(text.plain, item.start, item.end)):
            yield item


RULES: tuple[Rule, ...] = (Rule("6.5.3/no-location", no_location, reads=("impression",)),)
