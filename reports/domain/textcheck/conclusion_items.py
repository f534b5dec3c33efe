"""Items of a conclusion: rank, places named, and the findings that describe them."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from reports.domain.textcheck.abnormal import is_place, places_named
from reports.domain.textcheck.anatomy import Mention, clauses_naming, mentions, mentions_of
from reports.domain.textcheck.concepts import GENERIC, WORD, family_of
from reports.domain.textcheck.joins import lesions_of
from reports.domain.textcheck.report import CheckedReport, once_per_report
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import Sieve, any_of, group, pattern, term_set, terms, tree

_RANK_NAMES: Final = tuple(group("importance_ranks"))  # listed with the most important first
MALIGNANT, ACUTE, BENIGN = (_RANK_NAMES.index(name) for name in ("malignant", "acute", "benign"))
_RANK_OF: Final = {
    word: _RANK_NAMES.index(name) for name, given in group("importance_ranks").items() for word in given
}
_RANKED: Final = Sieve(_RANK_OF, terms("unranked_words"))  # 肝硬化 and 癌栓 have no rank
URGENT: Final = re.compile(any_of(word for word, rank in _RANK_OF.items() if rank <= MALIGNANT))
_UNSURE: Final = pattern("urgency_excused")
_TREATED: Final = pattern("treated_words")
_MOST_WORDS: Final = 20
_LEAST: Final = term_set("least_families")
# 腰椎退行性变 summarises findings at many places.
_DIFFUSE: Final = pattern("diffuse_diseases")
_LOBE: Final = re.compile(r"[上中下前后内外尖背舌左右基底侧]{0,3}[叶段野极]")
_LEVEL: Final = re.compile(r"[CTLS]\d{1,2}(?:[/～~-][CTLS]?\d{1,2})?$")
_BESIDES: Final = ("附见", "附及", "附：", "另附")
_LONGEST_PLACE: Final = 12
# A conclusion seldom has ten items; further ones are not compared.
MOST_ITEMS, _MOST_CLAUSES = 20, 200


_ASPECTS: Final = frozenset(name for name, each in tree().items() if each.aspect)


class Named:
    """The place that an item of the conclusion names."""

    __slots__ = ("is_diffuse", "length", "places")

    def __init__(self, is_diffuse: bool, length: int, places: tuple[tuple[Mention, str], ...]) -> None:
        self.is_diffuse = is_diffuse
        self.length = length  # length of the place name at its beginning; 0 without one or when negated
        self.places = places  # its structures, each with its lobe or level


class ItemText:
    """Properties derived from the text of an item alone; computed when needed."""

    _named: Named | None = None
    _ranked: tuple[int | None, str] | None = None
    _weight: int | None = None
    _may_be_urgent: bool | None = None

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase

    @property
    def named(self) -> Named:
        if self._named is None:
            self._named = _read_named(self.phrase)
        return self._named

    @property
    def is_apart(self) -> bool:
        """Is the item exempt from ordering? It summarises, is a heading (肠癌术后：), or adds incidental
        findings (附见：), which close a conclusion.
        """
        return self.named.is_diffuse or self.phrase.endswith(("：", ":")) or self.phrase.startswith(_BESIDES)

    @property
    def ranked(self) -> tuple[int | None, str]:
        """Rank (None: unknown) and the term that determines it."""
        if self._ranked is None:
            self._ranked = _read_rank(self.phrase)
        return self._ranked

    @property
    def weight(self) -> int:
        """The rank regardless of certainty and treatment; an unknown rank weighs least."""
        if self._weight is None:
            self._weight = _read_weight(self.phrase)
        return self._weight

    @property
    def is_least(self) -> bool:
        """Does it state only findings without urgency (右侧乳突少量积液)? Normal and treated items do not."""
        if self.weight < len(_RANK_NAMES) or self.is_apart or _TREATED.search(self.phrase):
            return False
        text = Text(self.phrase)
        families = {
            family_of(match.group())
            for match in islice(WORD.finditer(self.phrase), _MOST_WORDS)
            if not text.is_negated(match.start())
        }
        return bool(families - {""}) and families - {""} <= _LEAST

    @property
    def may_be_urgent(self) -> bool:
        if self._may_be_urgent is None:
            self._may_be_urgent = URGENT.search(self.phrase) is not None
        return self._may_be_urgent


class Item:
    """An item of the conclusion and the findings that describe it; computed when needed."""

    _places: Sequence[int] | None = None

    def __init__(self, report: CheckedReport, span: Span) -> None:
        self.report, self.span = report, span
        self.impression, self.findings = report.texts["impression"], report.texts["findings"]
        phrase = span.of(self.impression.plain)
        self.text = ItemText(phrase)

    @property
    def may_be_urgent(self) -> bool:
        return self.text.may_be_urgent

    @property
    def rank(self) -> int | None:
        return self.text.ranked[0]

    @property
    def word(self) -> str:
        return self.text.ranked[1]

    @property
    def places(self) -> Sequence[int]:
        """Numbers of the clauses of the findings that describe it as abnormal."""
        if self._places is None:
            self._places = _described(self)
        return self._places

    def is_after(self, other: "Item") -> bool:
        """Do all its findings follow all findings of the other item, by sentence?"""
        if not self.places or not other.places or not self.may_be_after(other):
            return False
        return self.segment(0).start >= other.segment(-1).end

    def may_be_after(self, other: "Item") -> bool:
        """The same by clause: a cheap test that is negative for most items."""
        return self.places[0] > other.places[-1]

    def segment(self, which: int) -> Span:
        """The segment of one of its places."""
        return self.findings.segment_at(self.findings.clause(self.places[which]).start)

    def shares(self, other: "Item") -> bool:
        return not set(self.places).isdisjoint(other.places)


@once_per_report
def items_of(report: CheckedReport) -> tuple[Item, ...]:
    """The first items of the conclusion, in order."""
    return tuple(Item(report, span) for span in report.texts["impression"].items[:MOST_ITEMS])


def _read_named(phrase: str) -> Named:
    text = Text(phrase)
    named = mentions(text)
    is_named = bool(named) and not text.is_negated(named[0].word_start)
    # 椎间盘左旁: the side after a term is not part of the term.
    name = max(2, len(phrase[: named[0].end].rstrip("左右双两侧"))) if is_named else 0
    if any(m.structure not in _ASPECTS for m in named):
        named = [m for m in named if m.structure not in _ASPECTS]  # 右侧腋窝淋巴结: the place is the axilla
    sided = {m.organ for m in named if m.side}
    # 双肺上叶肺气肿: the second 肺 is part of the disease.
    places = [(m, _finer(phrase, m)) for m in named if m.side or m.organ not in sided]
    distinct = {(m.structure, m.side, fine): (m, fine) for m, fine in places}
    return Named(_DIFFUSE.search(phrase) is not None, name, tuple(distinct.values()))


def _read_rank(phrase: str) -> tuple[int | None, str]:
    text = Text(phrase)
    best: int | None = None
    best_word = ""
    sure_to = 0  # the end of the last clause that is certain
    for match in _ranked_in(text):
        rank = _RANK_OF[match.group()]
        if rank <= MALIGNANT and match.start() >= sure_to:
            if _is_unsure(text, match.start()):
                return None, ""
            sure_to = text.clause_at(match.start()).end
        if best is None or rank < best:
            best, best_word = rank, match.group()
    return best, best_word


def _read_weight(phrase: str) -> int:
    return min((_RANK_OF[match.group()] for match in _ranked_in(Text(phrase))), default=len(_RANK_NAMES))


def _ranked_in(text: Text) -> list[re.Match[str]]:
    return [match for match in _RANKED.finditer(text.plain) if not text.is_negated(match.start())]


def _is_unsure(text: Text, at: int) -> bool:
    clause = text.clause_at(at)
    asked = text.plain[clause.end : clause.end + 1] in ("?", "？")
    return asked or _UNSURE.search(clause.of(text.plain).replace("可能性大", "")) is not None


def _described(item: Item) -> Sequence[int]:
    """Clauses of the findings that describe the item's place as abnormal, in order."""
    findings, named = item.findings, item.text.named
    if not named.length:
        return _of_family(item)
    phrase = item.text.phrase[:_LONGEST_PLACE]
    for length in range(_longest_found(phrase, named.length, findings.plain), named.length - 1, -1):
        if literal := places_named(findings, phrase[:length]):
            return literal
    clauses = {number for m, _ in named.places for number in clauses_naming(findings, m.structure)}
    near = sorted(clauses)[:_MOST_CLAUSES]
    return [number for number in near if is_place(findings, number) and _is_about(findings, number, named)]


def _of_family(item: Item) -> Sequence[int]:
    """Clauses of the findings that describe such a lesion, for an item without a place (右侧气胸)."""
    phrase = item.text.phrase
    families = {family_of(match.group()) for match in islice(WORD.finditer(phrase), _MOST_WORDS)}
    if len(families - {""}) != 1 or families & {GENERIC, "肿块"}:
        return ()
    sides = {char for char in phrase if char in "左右"}
    found = {
        one.clause
        for one in lesions_of(item.report, "findings")
        if one.family in families and (not sides or one.place.side in sides or not one.place.side)
    }
    return sorted(found)


def _is_about(findings: Text, number: int, named: Named) -> bool:
    """Does a clause of the findings mention one of the item's places?"""
    for mention in mentions_of(findings, number):
        for place, fine in named.places:
            if _is_at(place, fine, mention, findings.plain):
                return True
    return False


def _longest_found(phrase: str, least: int, plain: str) -> int:
    """Length of the longest prefix, of at least `least` characters, found in the text; 0 without one."""
    length = least
    while length <= len(phrase) and phrase[:length] in plain:
        length += 1
    return length - 1 if length > least else 0


def _is_at(place: Mention, fine: str, mention: Mention, plain: str) -> bool:
    """Is a mention within a place of the conclusion? 肝 contains 肝左叶, 左肾 contains 左肾盂."""
    if place.side and place.side != mention.side:
        return False
    if mention.structure != place.structure and mention.organ != place.structure:
        return False
    other = _finer(plain, mention) if fine else ""
    return not other or fine.startswith(other) or other.startswith(fine)


def _finer(plain: str, mention: Mention) -> str:
    """The lobe after a structure or the level before it: 上叶, L4/5; "" without one."""
    lobe = _LOBE.match(plain, mention.end)
    if lobe:
        return lobe.group()
    level = _LEVEL.search(plain, max(0, mention.word_start - 8), mention.word_start)
    return level.group() if level else ""
