"""6.4.2 描述顺序 and 6.5.2: what matters most comes first, in the same order above and below."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from reports.domain.textcheck.anatomy import Mention, mentions_within
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.words import any_of, group, pattern, words

_BOTH = ("findings", "impression")
_RANK_NAMES = tuple(group("importance_ranks"))  # as listed: the most important first
_CRITICAL, _MALIGNANT = 0, 1
_RANK_OF = {word: _RANK_NAMES.index(name) for name, given in group("importance_ranks").items() for word in given}
# Group 1: a word with a rank; 肝硬化 and 癌栓 are matched first and give no group.
_RANKED = re.compile(f"{any_of(words('unranked_words'))}|({any_of(_RANK_OF)})")
_UNSURE = pattern("urgency_excused")
_TREATED = re.compile(any_of(words("treated_words")))
# 腰椎退行性变 gathers what the findings say in many places.
_DIFFUSE = pattern("diffuse_diseases")
_SEGMENT = re.compile(r"[^。；;！？!?\n]+")
_PART = re.compile(r"[^，,]+")
_SHOWN = re.compile(r"(?<!未)(?<!不)(?<!难)见(?!异常)|" + any_of(words("abnormal_words")))
_DENIES = re.compile(r"未|无(?!肺纹理|壁|强化)|没有|否认|排除|除外")
_LOBE = re.compile(r"[上中下前后内外尖背舌左右基底侧]{0,3}[叶段野极]")
_LONGEST_PLACE = 12
_LEVEL = re.compile(r"[CTLS]\d{1,2}(?:[/～~-][CTLS]?\d{1,2})?$")


class Place(NamedTuple):
    """Where the findings describe something: the ，-part, and the 。；-part it stands in."""

    part: Span
    segment: Span


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the conclusion: what it is worth (None: not known) and where the findings describe it."""

    span: Span
    rank: int | None
    word: str
    places: tuple[Place, ...]

    def is_after(self, other: "Item") -> bool:
        """Is all that the findings say of it in later sentences than all they say of the other?"""
        return other.places[-1].segment.end <= self.places[0].segment.start

    def shares(self, other: "Item") -> bool:
        return any(place in other.places for place in self.places)


def _items(report: CheckedReport) -> tuple[Item, ...]:
    known = report.facts.get("ordered_items")
    if known is None:
        text = report.text("impression")
        known = report.facts["ordered_items"] = tuple(_item(report, span) for span in text.items)
    assert isinstance(known, tuple)
    return known


def _item(report: CheckedReport, span: Span) -> Item:
    rank, word = _rank(report.text("impression"), span)
    return Item(span, rank, word, _described(report, span))


def _rank(text: Text, span: Span) -> tuple[int | None, str]:
    best: int | None = None
    best_word = ""
    for match in _RANKED.finditer(text.plain, span.start, span.end):
        if match[1] is None or text.is_negated(match.start()):
            continue
        rank = _RANK_OF[match[1]]
        clause = text.clause_at(match.start())
        said = clause.of(text.plain).replace("可能性大", "")
        asked = text.plain[clause.end : clause.end + 1] in ("?", "？")
        if rank <= _MALIGNANT and (asked or _UNSURE.search(said)):
            return None, ""
        if best is None or rank < best:
            best, best_word = rank, match[1]
    return best, best_word


def _described(report: CheckedReport, span: Span) -> tuple[Place, ...]:
    """The parts of the findings that describe the item's place as not normal, in order."""
    impression, findings = report.text("impression"), report.text("findings")
    named = mentions_within(impression, span.start, span.end)
    if not named or impression.is_negated(named[0].word_start):
        return ()
    # 椎间盘左旁: the side after a word is not part of its name.
    name = impression.plain[span.start : named[0].end].rstrip("左右双两侧")
    if literal := _said_alike(report, impression.plain[span.start : span.end], len(name)):
        return literal
    sided = {m.organ for m in named if m.side}
    # 双肺上叶肺气肿: the second 肺 belongs to the disease's name.
    places = [(m, _finer(impression.plain, m)) for m in named if m.side or m.organ not in sided]
    return tuple(
        place
        for mention, place in _abnormal(report)
        if any(_is_at(one, mention) and _same(fine, _finer(findings.plain, mention)) for one, fine in places)
    )


def _said_alike(report: CheckedReport, item: str, least: int) -> tuple[Place, ...]:
    """The abnormal parts that name the place as the item does, by its longest beginning found there."""
    if not 2 <= least <= _LONGEST_PLACE:
        return ()
    plain = report.text("findings").plain
    for length in range(min(_LONGEST_PLACE, len(item)), least - 1, -1):
        name = item[:length]
        if name in plain:
            found = (place for _, place in _abnormal(report) if plain.find(name, *_bounds(place.part)) >= 0)
            if places := tuple(dict.fromkeys(found)):
                return places
    return ()


def _bounds(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _is_at(place: Mention, mention: Mention) -> bool:
    """Does a mention of the findings lie in a place of the conclusion? 肝 holds 肝左叶, 左肾 holds 左肾盂."""
    if place.side and place.side != mention.side:
        return False
    return mention.structure == place.structure or mention.organ == place.structure


def _abnormal(report: CheckedReport) -> tuple[tuple[Mention, Place], ...]:
    """What the findings describe as not normal, with the part that names it, in order."""
    known = report.facts.get("abnormal_mentions")
    if known is None:
        known = report.facts["abnormal_mentions"] = tuple(_abnormal_mentions(report.text("findings")))
    assert isinstance(known, tuple)
    return known


def _abnormal_mentions(text: Text) -> Iterator[tuple[Mention, Place]]:
    """A part without a place of its own (大小约…，边缘毛糙) speaks of the place named before it."""
    for segment in _SEGMENT.finditer(text.plain):
        whole = Span(segment.start(), segment.end())
        about: tuple[Mention, ...] = ()
        at = whole
        for part in _PART.finditer(text.plain, segment.start(), segment.end()):
            if named := mentions_within(text, part.start(), part.end()):
                about, at = named, Span(part.start(), part.end())
            if about and not part.group().startswith("余") and _is_abnormal(part.group()):
                for mention in about:
                    yield mention, Place(at, whole)
                about = ()


def _is_abnormal(part: str) -> bool:
    denial = _DENIES.search(part)
    return _SHOWN.search(part, 0, denial.start() if denial else len(part)) is not None


def _finer(plain: str, mention: Mention) -> str:
    """The lobe after a structure or the level before it: 上叶, L4/5; "" when there is none."""
    lobe = _LOBE.match(plain, mention.end)
    if lobe:
        return lobe.group()
    level = _LEVEL.search(plain, max(0, mention.word_start - 8), mention.word_start)
    return level.group() if level else ""


def _same(one: str, other: str) -> bool:
    return not one or not other or one.startswith(other) or other.startswith(one)


def importance_order(report: CheckedReport) -> Iterable[Hit]:
    """6.5.2: a critical or malignant item after one of less weight."""
    for lesser, urgent in _late(report):
        seen, first = urgent.word, lesser.span.of(report.text("impression").plain)
        yield Hit(
            "impression",
            lesser.span.start,
            lesser.span.end,
            f"“{first}”排在更重要的“{seen}”之前，多种疾病应按重要程度确定顺序。",
        )
        return


def _late(report: CheckedReport) -> Iterator[tuple[Item, Item]]:
    """Pairs (of less weight, urgent) that stand in this order."""
    text = report.text("impression")
    items = text.items
    if len(items) < 2 or not _RANKED.search(text.plain) or _TREATED.search(items[0].of(text.plain)):
        return
    ranked = _items(report)
    for place, urgent in enumerate(ranked):
        if urgent.rank is None or urgent.rank > _MALIGNANT:
            continue
        for earlier in ranked[:place]:
            if earlier.rank is not None and _outweighs(urgent.rank, earlier.rank):
                yield earlier, urgent


def _outweighs(urgent: int, other: int) -> bool:
    """Critical before everything but tumours; a tumour before what is benign, degenerative or a variant."""
    return other > _MALIGNANT + (urgent == _MALIGNANT)


def urgent_late(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.1: the findings describe a lesser thing before the critical or malignant one."""
    text = report.text("impression")
    if len(text.items) < 2 or _TREATED.search(text.items[0].of(text.plain)):
        return
    items = _items(report)
    for urgent in items:
        if urgent.rank is None or urgent.rank > _MALIGNANT or not urgent.places:
            continue
        for lesser in items:
            if lesser.rank is None or not _outweighs(urgent.rank, lesser.rank) or not lesser.places:
                continue
            if urgent.is_after(lesser):
                yield _described_late(report, lesser.places[0].segment, urgent)
                return


def _described_late(report: CheckedReport, described: Span, urgent: Item) -> Hit:
    first = described.of(report.text("findings").plain).strip()
    return Hit(
        "findings",
        described.start,
        described.end,
        f"“{first[:20]}”先于更重要的病变“{urgent.word}”描述，有异常者应按临床重要性高低描述。",
    )


def order_differs(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.4: two items of the conclusion stand the other way round in the findings."""
    text = report.text("impression")
    if len(text.items) < 2:
        return
    # 肝癌 and 肝囊肿 of one paragraph have no order of their own: what shares its place is left out.
    placed = [item for item in _items(report) if item.places and not _DIFFUSE.search(item.span.of(text.plain))]
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
                f"影像描述先写“{other}”后写“{one}”的部位，诊断结论的顺序与之相反。",
            )
            return


def _justified(earlier: Item, later: Item) -> bool:
    """The conclusion put the more important first, as 6.5.2 asks; 6.4.2.1 speaks of the findings then."""
    return earlier.rank is not None and (later.rank is None or earlier.rank < later.rank)


def scattered(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.3: one kind of lesion of one organ described in paragraphs that lie apart. A hint."""
    text = report.text("findings")
    if len(text.paragraphs) < 3:
        return
    seen: dict[tuple[str, str], int] = {}
    for match in text.unnegated(pattern("lesions_described_together")):
        clause = text.clause_at(match.start())
        near = mentions_within(text, clause.start, match.start())
        if not near:
            continue
        key = (near[-1].organ, match.group())
        paragraph = next((i for i, p in enumerate(text.paragraphs) if p.start <= match.start() < p.end), 0)
        if paragraph - seen.setdefault(key, paragraph) > 1:
            yield Hit(
                "findings",
                match.start(),
                match.end(),
                f"{key[0]}的“{match.group()}”在前面段落已有描述，同一类疾病宜放在一起描述。",
            )
            return
        seen[key] = paragraph


_URGENT = tuple(dict.fromkeys(w for name in _RANK_NAMES[:2] for w in group("importance_ranks")[name]))

RULES: tuple[Rule, ...] = (
    Rule("6.4.2.1/urgent-late", urgent_late, reads=_BOTH, gate=_URGENT),
    Rule("6.4.2.3/scattered", scattered, reads=("findings",), gate=words("lesions_described_together")),
    Rule("6.4.2.4/order-differs", order_differs, reads=_BOTH),
    Rule("6.5.2/importance-order", importance_order, reads=("impression",), gate=_URGENT),
)

