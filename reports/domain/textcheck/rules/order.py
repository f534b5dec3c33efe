"""6.4.2 描述顺序 and 6.5.2: what matters most comes first, in the same order above and below."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from reports.domain.textcheck.lazy import lazy
from reports.domain.textcheck.abnormal import is_place, places_named
from reports.domain.textcheck.anatomy import Mention, clauses_naming, mentions, mentions_of, mentions_within
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.words import Sieve, any_of, group, pattern, remembered, words

_BOTH = ("findings", "impression")
_RANK_NAMES = tuple(group("importance_ranks"))  # as listed: the most important first
_MALIGNANT, _ACUTE, _BENIGN = (_RANK_NAMES.index(name) for name in ("malignant", "acute", "benign"))
_RANK_OF = {
    word: _RANK_NAMES.index(name) for name, given in group("importance_ranks").items() for word in given
}
_RANKED = Sieve(_RANK_OF, words("unranked_words"))  # 肝硬化 and 癌栓 have no rank
_URGENT = re.compile(any_of(word for word, rank in _RANK_OF.items() if rank <= _MALIGNANT))
_UNSURE = pattern("urgency_excused")
_TREATED = pattern("treated_words")
# 腰椎退行性变 gathers what the findings say in many places.
_DIFFUSE = pattern("diffuse_diseases")
_TOGETHER = pattern("lesions_described_together")
_TOGETHER_WORDS = words("lesions_described_together")
_LOBE = re.compile(r"[上中下前后内外尖背舌左右基底侧]{0,3}[叶段野极]")
_LEVEL = re.compile(r"[CTLS]\d{1,2}(?:[/～~-][CTLS]?\d{1,2})?$")
_LONGEST_PLACE = 12
# A conclusion has seldom ten items; what lies behind these is not compared.
_MOST_ITEMS, _MOST_CLAUSES = 20, 200
_LONG_ITEM = 100  # characters; a longer item is no template's


class Words(NamedTuple):
    """What an item of the conclusion says by its own words, wherever it stands."""

    ranked: tuple[int | None, str]  # what it is worth (None: not known), by which word
    may_be_urgent: bool
    is_diffuse: bool
    name: int  # how many of its characters name its place; 0 when they name none or deny it
    places: tuple[tuple[Mention, str], ...]  # the structures it names, each with its lobe or level


class Item:
    """An item of the conclusion, and where the findings describe it: worked out when asked for."""

    def __init__(self, impression: Text, findings: Text, span: Span) -> None:
        self.impression, self.findings, self.span = impression, findings, span

    @lazy
    def words(self) -> Words:
        said = self.span.of(self.impression.plain)
        return _words_of(said) if len(said) < _LONG_ITEM else _read_words(said)

    @property
    def rank(self) -> int | None:
        return self.words.ranked[0]

    @property
    def word(self) -> str:
        return self.words.ranked[1]

    @lazy
    def places(self) -> Sequence[int]:
        """The clauses of the findings, by number, that describe it as not normal."""
        return _described(self)

    def is_after(self, other: "Item") -> bool:
        """Is all that the findings say of it in later sentences than all they say of the other?"""
        if not self.places or not other.places or not self.may_be_after(other):
            return False
        return self.segment(0).start >= other.segment(-1).end

    def may_be_after(self, other: "Item") -> bool:
        """Not in sentences but in clauses: quicker to say, and mostly it is not."""
        return self.places[0] > other.places[-1]

    def segment(self, which: int) -> Span:
        """The 。；-part of one of its places."""
        return self.findings.segment_at(self.findings.clause(self.places[which]).start)

    def shares(self, other: "Item") -> bool:
        return not set(self.places).isdisjoint(other.places)


def _items(report: CheckedReport) -> tuple[Item, ...]:
    known = report.facts.get("ordered_items")
    if known is None:
        impression, findings = report.text("impression"), report.text("findings")
        items = (Item(impression, findings, span) for span in impression.items[:_MOST_ITEMS])
        known = report.facts["ordered_items"] = tuple(items)
    assert isinstance(known, tuple)
    return known


def _read_words(said: str) -> Words:
    text = Text(said)
    named = mentions(text)
    is_told = bool(named) and not text.is_negated(named[0].word_start)
    # 椎间盘左旁: the side after a word is not part of its name.
    name = max(2, len(said[: named[0].end].rstrip("左右双两侧"))) if is_told else 0
    sided = {m.organ for m in named if m.side}
    # 双肺上叶肺气肿: the second 肺 belongs to the disease's name.
    places = [(m, _finer(said, m)) for m in named if m.side or m.organ not in sided]
    is_diffuse, may_be_urgent = (found.search(said) is not None for found in (_DIFFUSE, _URGENT))
    return Words(_rank(text), may_be_urgent, is_diffuse, name, tuple(places))


_words_of = remembered(_read_words)


def _rank(text: Text) -> tuple[int | None, str]:
    best: int | None = None
    best_word = ""
    sure_to = 0  # the end of the last clause that was found to be sure
    for match in _RANKED.finditer(text.plain):
        if text.is_negated(match.start()):
            continue
        rank = _RANK_OF[match.group()]
        if rank <= _MALIGNANT and match.start() >= sure_to:
            if _is_unsure(text, match.start()):
                return None, ""
            sure_to = text.clause_at(match.start()).end
        if best is None or rank < best:
            best, best_word = rank, match.group()
    return best, best_word


def _is_unsure(text: Text, at: int) -> bool:
    clause = text.clause_at(at)
    asked = text.plain[clause.end : clause.end + 1] in ("?", "？")
    return asked or _UNSURE.search(clause.of(text.plain).replace("可能性大", "")) is not None


def _described(item: Item) -> Sequence[int]:
    """The clauses of the findings that describe the item's place as not normal, in order."""
    findings, words = item.findings, item.words
    if not words.name:
        return ()
    start, end = item.span
    said = item.impression.plain[start : min(end, start + _LONGEST_PLACE)]
    for length in range(_longest_found(said, words.name, findings.plain), words.name - 1, -1):
        if literal := places_named(findings, said[:length]):
            return literal
    clauses = {number for m, _ in words.places for number in clauses_naming(findings, m.structure)}
    near = sorted(clauses)[:_MOST_CLAUSES]
    return [number for number in near if is_place(findings, number) and _is_about(findings, number, words)]


def _is_about(findings: Text, number: int, words: Words) -> bool:
    """Does a clause of the findings name one of the item's places?"""
    for mention in mentions_of(findings, number):
        for place, fine in words.places:
            if _is_at(place, fine, mention, findings.plain):
                return True
    return False


def _longest_found(said: str, least: int, plain: str) -> int:
    """How many of the first characters, at least `least`, stand in the text as they are; 0 when not these."""
    length = least
    while length <= len(said) and said[:length] in plain:
        length += 1
    return length - 1 if length > least else 0


def _is_at(place: Mention, fine: str, mention: Mention, plain: str) -> bool:
    """Does a mention of the findings lie in a place of the conclusion? 肝 holds 肝左叶, 左肾 holds 左肾盂."""
    if place.side and place.side != mention.side:
        return False
    if mention.structure != place.structure and mention.organ != place.structure:
        return False
    other = _finer(plain, mention) if fine else ""
    return not other or fine.startswith(other) or other.startswith(fine)


def _finer(plain: str, mention: Mention) -> str:
    """The lobe after a structure or the level before it: 上叶, L4/5; "" when there is none."""
    lobe = _LOBE.match(plain, mention.end)
    if lobe:
        return lobe.group()
    level = _LEVEL.search(plain, max(0, mention.word_start - 8), mention.word_start)
    return level.group() if level else ""


def _has_urgent(text: Text) -> bool:
    """May the conclusion hold an urgent item that is not its first? The follow-up of a treated one leads."""
    known = text.shared.get("has_urgent")
    if known is None:
        known = text.shared["has_urgent"] = _asks_for_order(text)
    return bool(known)


def _asks_for_order(text: Text) -> bool:
    items = text.items
    if len(items) < 2 or not _URGENT.search(text.plain, items[0].start):
        return False
    return not _TREATED.search(text.plain, items[0].start, items[0].end)


def importance_order(report: CheckedReport) -> Iterable[Hit]:
    """6.5.2: a critical or malignant item after one of less weight."""
    text = report.text("impression")
    if not _has_urgent(text):
        return
    items = _items(report)
    for place, urgent in enumerate(items):
        for lesser in items[:place] if urgent.words.may_be_urgent else ():
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
    """Critical before everything but tumours; a tumour before what is benign, degenerative or a variant."""
    if urgent.rank is None or other.rank is None or urgent.rank > _MALIGNANT:
        return False
    return other.rank >= (_BENIGN if urgent.rank == _MALIGNANT else _ACUTE)


def urgent_late(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.1: the findings describe a lesser thing before the critical or malignant one."""
    if not _has_urgent(report.text("impression")):
        return
    for urgent in _items(report):
        for lesser in _items(report) if urgent.words.may_be_urgent else ():
            if _outweighs(urgent, lesser) and urgent.is_after(lesser):
                yield _described_late(report, lesser.segment(0), urgent)
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
    """6.4.2.4: two numbered items of the conclusion stand the other way round in the findings."""
    text = report.text("impression")
    if len(text.items) < 2 or not text.is_numbered:
        return
    placed = [item for item in _items(report) if not item.words.is_diffuse and item.places]
    placed = [item for item in placed if not _denies(text, item)]
    if not any(one.may_be_after(other) for number, other in enumerate(placed) for one in placed[:number]):
        return
    # 肝癌 and 肝囊肿 of one paragraph have no order of their own: what shares its place is left out.
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
    """双侧乳腺未见恶性征象 closes a conclusion: what is not there has no place in an order."""
    first = text.clause_at(item.span.start)
    return any(first.start <= scope.start < first.end for scope in text.negations)


def _justified(earlier: Item, later: Item) -> bool:
    """The conclusion put the more important first, as 6.5.2 asks; 6.4.2.1 speaks of the findings then."""
    return earlier.rank is not None and (later.rank is None or earlier.rank < later.rank)


def scattered(report: CheckedReport) -> Iterable[Hit]:
    """6.4.2.3: one kind of lesion of one organ described in paragraphs that lie apart. A hint."""
    text = report.text("findings")
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
    for match in islice(text.unnegated(_TOGETHER), _MOST_ITEMS):
        clause = text.clause_at(match.start())
        near = mentions_within(text, max(clause.start, match.start() - 20), match.start())
        number = starts.get(text.paragraph_at(match.start()).start)
        if not near or number is None:
            continue
        key = (near[-1].organ, match.group())
        if number - seen.setdefault(key, number) > 1:
            yield match, key[0]
        seen[key] = number


RULES: tuple[Rule, ...] = (
    Rule("6.4.2.1/urgent-late", urgent_late, reads=_BOTH),
    Rule("6.4.2.3/scattered", scattered, reads=("findings",), gate=words("lesions_described_together")),
    Rule("6.4.2.4/order-differs", order_differs, reads=_BOTH),
    Rule("6.5.2/importance-order", importance_order, reads=("impression",)),
)
