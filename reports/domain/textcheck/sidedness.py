"""Sided places of a text: part, side, and whether they are abnormal."""

import re
from functools import cache
from typing import Final, Literal

from reports.domain.textcheck.anatomy import Mention, mentions_after
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern, tree

State = Literal["abnormal", "normal", "unclear"]
_NORMAL: Final = re.compile(
    r"正常|清晰|清楚|光整|光滑|通畅|完整|连续|如常|良好|存在|对称|自然|均匀|锐利|不大|规整|居中|未见|无|比较|相比|尚可"
)
_COMPARED: Final = re.compile(r"[^，。；\n]{0,4}?(?:比较|相比|对比|对照)")
_DIGITS: Final = re.compile(r"(\d{1,2})(?:[～~\-—至到](\d{1,2}))?")
_DISTINCT: Final = frozenset(name for name, each in tree().items() if each.distinct)
_LESION_SIGNS: Final = pattern("lesion_signs")
_PART_REACH: Final = 8
_SAID_REACH: Final = 160  # enough for a sentence about one place; bounds the cost for a text without stops
_FIRST_RIB: Final = 0x2460  # one character per rib, so that 1 does not match in 11


class Place:
    """A mention with its parts (上叶, 第3肋, 额+颞) and the end of their terms."""

    __slots__ = ("end", "mention", "parts")

    def __init__(self, mention: Mention, parts: frozenset[str], end: int) -> None:
        self.mention = mention
        self.parts = parts
        self.end = end

    def meets(self, other: "Place") -> bool:
        """May both be the same place, regardless of side?"""
        if not self.parts or not other.parts:
            return True
        return any(set(a) <= set(b) or set(b) <= set(a) for a in self.parts for b in other.parts)


@cache
def _part_words() -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
    owners: dict[str, set[str]] = {}
    for part, words in group("place_parts").items():
        for word in words:
            owners.setdefault(word, set()).add(part)
    return re.compile(any_of(owners)), {word: frozenset(parts) for word, parts in owners.items()}


def place_of(text: Text, mention: Mention) -> Place:
    """The mention's place with its parts."""
    plain, end = text.plain, mention.end
    word = plain[mention.word_start : mention.end]
    if mention.structure in ("脑叶", "颅部"):
        return Place(mention, frozenset(char for char in word if char in "额颞顶枕岛"), end)
    if mention.structure == "肋骨":
        return Place(mention, _ribs(plain[mention.start : mention.word_start]), end)
    if mention.structure in _DISTINCT:
        return Place(mention, frozenset((mention.part,)) if mention.part else frozenset(), end)
    finder, owner = _part_words()
    parts: set[str] = set()
    for match in finder.finditer(plain, mention.start, min(len(plain), mention.end + _PART_REACH)):
        if any(char in "，。；、及\n" for char in plain[mention.end : match.start()]):
            break
        parts |= owner[match.group()]
        end = max(end, match.end())
    return Place(mention, frozenset(parts), end)


def _ribs(between: str) -> frozenset[str]:
    numbers: set[str] = set()
    for match in _DIGITS.finditer(between):
        first, last = int(match[1]), int(match[2] or match[1])
        numbers.update(chr(_FIRST_RIB + n) for n in range(first, min(last, 12) + 1))
    return frozenset(numbers)


def segment(text: Text, mention: Mention) -> tuple[int, int]:
    """The text about the mention, up to a clause that begins with another place or the sentence's end."""
    stop = min(text.sentence_at(mention.word_start).end, mention.end + _SAID_REACH)
    for other in mentions_after(text, mention):
        if other.start >= stop:
            break
        opens = text.plain[other.start - 1] in "，；,; "
        if opens and (other.structure != mention.structure or other.side != mention.side):
            stop = other.start
            break
    return mention.start, max(stop, mention.end)


def state(text: Text, mention: Mention) -> State:
    """Is this mention abnormal, normal or undecided, judged by the text after it?"""
    states: dict[int, State] = text.shared.setdefault("states", {})
    if mention.word_start not in states:
        states[mention.word_start] = _state(text, mention)
    return states[mention.word_start]


def _state(text: Text, mention: Mention) -> State:
    start, stop = segment(text, mention)
    if start and text.plain[start - 1] in "与同和较跟" and _COMPARED.match(text.plain, mention.end):
        return "normal"  # 与右足比较，软组织肿胀 concerns the other foot
    for match in _LESION_SIGNS.finditer(text.plain, mention.end, stop):
        if not text.is_negated(match.start()):
            return "abnormal"
    if text.is_negated(mention.word_start) or _NORMAL.search(text.plain, start, stop):
        return "normal"
    return "unclear"
