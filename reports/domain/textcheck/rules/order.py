"""6.4.2 描述顺序 and 6.5.2: importance and order of items in conclusion and findings."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from reports.domain.textcheck.anatomy import mentions_within
from reports.domain.textcheck.conclusion_items import (
    ACUTE,
    BENIGN,
    MALIGNANT,
    MOST_ITEMS,
    URGENT,
    Item,
    items_of,
)
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import pattern, terms

_BOTH: Final = ("findings", "impression")
_TREATED: Final = pattern("treated_words")
_TOGETHER: Final = pattern("lesions_described_together")
_TOGETHER_WORDS: Final = terms("lesions_described_together")


def _has_urgent(text: Text) -> bool:
    """May the conclusion have an urgent item after the first? A treated disease may come first."""
    cached = text.shared.get("has_urgent")
    if cached is None:
        cached = text.shared["has_urgent"] = _asks_for_order(text)
    return bool(cached)


def _asks_for_order(text: Text) -> bool:
    items = text.items
    if len(items) < 2 or not URGENT.search(text.plain, items[0].start):
        return False
    return not _TREATED.search(text.plain, items[0].start, items[0].end)


def importance_order(report: CheckedReport) -> Iterable[Hit]:
    """6.5.2: a critical or malignant item after a less important one."""
    text = report.texts["impression"]
    if not _has_urgent(text):
        return
    items = items_of(report)
    for place, urgent in enumerate(items):
        for lesser in items[:place] if urgent.may_be_urgent else ():
            if _outweighs(urgent, lesser):
                seen = lesser.span.of(text.plain)
                yield Hit(
                    "impression",
                    lesser.span.start,
                    lesser.span.end,
                    f"“{seen[:40]}”排在更重要的“{urgent.word}”之前，多种疾病应按重要程度确定顺序。",
                )
                return


def _outweighs(urgent: Item, other: Item) -> bool:
    """Critical items precede all but tumours; tumours precede benign, degenerative and variant items."""
    if urgent.rank is None or urgent.rank > MALIGNANT:
        return False
    if other.rank is None:  # nothing urgent in any sense, hedged or not
        return other.text.is_least
    return other.rank >= (BENIGN if urgent.rank == MALIGNANT else ACUTE)


def urgent_late(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.1: the findings describe a less important item before the critical or malignant one."""
    if not _has_urgent(report.texts["impression"]):
        return
    for urgent in items_of(report):
        for lesser in items_of(report) if urgent.may_be_urgent else ():
            if _outweighs(urgent, lesser) and urgent.is_after(lesser):
                yield _described_late(report, lesser.segment(0), urgent)
                return


def _described_late(report: CheckedReport, described: Span, urgent: Item) -> Hit:
    first = described.of(report.texts["findings"].plain).strip()
    return Hit(
        "findings",
        described.start,
        described.end,
        f"“{first[:20]}”先于更重要的病变“{urgent.word}”描述，有异常者应按临床重要性高低描述。",
    )


def order_differs(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.4: two numbered items of the conclusion are in reverse order in the findings."""
    text = report.texts["impression"]
    if len(text.items) < 2 or not text.is_numbered:
        return
    placed = [item for item in items_of(report) if not item.text.is_apart and item.places]
    if not any(one.may_be_after(other) for number, other in enumerate(placed) for one in placed[:number]):
        return
    placed = [item for item in placed if not _denies(text, item)]
    # 肝癌 and 肝囊肿 of one paragraph have no order: items that share a place are skipped.
    items = [item for item in placed if not any(item.shares(o) for o in placed if o is not item)]
    for place, later in enumerate(items):
        for earlier in items[:place]:
            if not earlier.is_after(later) or _justified(earlier, later):
                continue
            one, other = earlier.span.of(text.plain), later.span.of(text.plain)
            yield Hit(
                "impression",
                later.span.start,
                later.span.end,
                f"影像描述先写“{other[:40]}”后写“{one[:40]}”的部位，诊断结论的顺序与之相反。",
            )
            return


def _denies(text: Text, item: Item) -> bool:
    """Is the item negative? 双侧乳腺未见恶性征象 closes a conclusion and is exempt from ordering."""
    first = text.clause_at(item.span.start)
    return any(first.start <= scope.start < first.end for scope in text.negations)


def _justified(earlier: Item, later: Item) -> bool:
    """Does the conclusion put the more important item first, as 6.5.2 requires? Then 6.4.2.1 applies."""
    return earlier.text.weight < later.text.weight


def scattered(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.3: one kind of lesion of one organ in separate paragraphs. A note."""
    text = report.texts["findings"]
    if not any(text.plain.count(word) > 1 for word in _TOGETHER_WORDS) or len(text.paragraphs) < 3:
        return
    for match, organ in _repeated(text):
        yield Hit(
            "findings",
            match.start(),
            match.end(),
            f"{organ}的“{match.group()}”在前面段落已有描述，同一类疾病宜放在一起描述。",
        )
        return


def _repeated(text: Text) -> Iterator[tuple[re.Match[str], str]]:
    seen: dict[tuple[str, str], int] = {}
    starts = {paragraph.start: number for number, paragraph in enumerate(text.paragraphs)}
    for match in islice(text.unnegated(_TOGETHER), MOST_ITEMS):
        clause = text.clause_at(match.start())
        near = mentions_within(text, max(clause.start, match.start() - 20), match.start())
        number = starts.get(text.paragraph_at(match.start()).start)
        if not near or number is None:
            continue
        key = (near[-1].organ, match.group())
        if number - seen.setdefault(key, number) > 1:
            yield match, key[0]
        seen[key] = number


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.2.1/urgent-late", urgent_late, reads=_BOTH),
    Rule("6.4.2.3/scattered", scattered, reads=("findings",)),
    Rule("6.4.2.4/order-differs", order_differs, reads=_BOTH),
    Rule("6.5.2/importance-order", importance_order, reads=("impression",)),
)
