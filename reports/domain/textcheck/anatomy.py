"""Parts of the body that a text mentions, with their side; regions that an examination covers.

A *structure* is the smallest unit of the vocabulary (上颌窦, 肾盂); an *organ* has structures (鼻窦, 肾); a
*region* has organs (头, 腹). The side precedes its structure (左侧上颌窦), applies to a whole list of paired
structures (左侧上颌窦、筛窦), or follows a structure with lobes (甲状腺左叶, 子宫右侧壁).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Final, Literal

from reports.domain.textcheck import facts
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, term_set, tree

Side = Literal["", "左", "右", "双"]
OPPOSITE: dict[str, Side] = {"左": "右", "右": "左"}
_SIDES: dict[str, Side] = {"左": "左", "右": "右", "双": "双", "两": "双"}

# Allowed between a side word and its structure: 右下[肺], 左内侧[半月板], 右侧第3～5前[肋], 5腋段[肋].
_BETWEEN: Final = frozenset("侧边各诸所示部分上中下前后内外近远第叶的腋段0123456789～~-—、及和至")
_NEAR: Final = _BETWEEN | frozenset("左右双两")
_BOTH_LEFT: Final = frozenset(("", "、", "及", "和", "与", "/", "侧", "侧、", "侧及", "侧和", "侧与"))
_AFTER: Final = re.compile(
    r"(?P<both>双侧?叶|两侧?叶|双侧|两侧|左右两?侧?)|(?P<one>左|右)(?:侧(?!位)|(?=[叶壁份部缘半旁内外前后干]|支(?!气管)))"
)
_JOIN: Final = re.compile(r"[、及和与/\-－]{0,2}")
_TREE: Final = tree()
_PART_OF: Final = {word: (name, part) for name, each in _TREE.items() for word, part in each.named()}
_NONE: Final = term_set("not_structures")
_STRUCTURE: Final = re.compile(any_of((*_PART_OF, *_NONE)))
# Term → structure, part, whether it is paired, and the side contained in the term.
_KNOWN: Final[dict[str, tuple[str, str, bool, Side]]] = {
    word: (name, part, _TREE[name].pair, _SIDES.get(word[0], "") if _TREE[name].pair else "")
    for word, (name, part) in _PART_OF.items()
}
_REGIONS: Final = frozenset(name for name, each in _TREE.items() if not each.of)
_REACH: Final = 24  # characters between a side word and its structure, at most
_word_start = attrgetter("word_start")


class Mention:
    """A mentioned structure: `text[start:end]` with its side; the term alone begins at `word_start`."""

    __slots__ = ("end", "inherited", "part", "side", "start", "structure", "word_start")

    def __init__(
        self, start: int, end: int, word_start: int, structure: str, part: str, side: Side, inherited: bool
    ) -> None:
        self.start = start
        self.end = end
        self.word_start = word_start
        self.structure = structure
        self.part = part  # its named part; "" for the whole
        self.side = side
        self.inherited = inherited  # was the side taken from the structure before?

    @property
    def organ(self) -> str:
        return organ_of(self.structure)

    @property
    def region(self) -> str:
        return region_of(organ_of(self.structure))

    @property
    def paired(self) -> bool:
        return _TREE[self.structure].pair


@cache
def _examined() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(any_of(words))) for name, words in group("examined_regions").items())


@cache
def organ_of(structure: str) -> str:
    """The organ a structure is part of: 肾盂 → 肾; itself when it is one."""
    of = _TREE[structure].of
    return structure if not of or of in _REGIONS else organ_of(of)


@cache
def region_of(organ: str) -> str:
    """The region of an organ: 肾 → 腹; "" when it has none (淋巴结, 骨质)."""
    return _TREE[organ].of if organ in _TREE else ""


def mentions(text: Text) -> Sequence[Mention]:
    """Every structure mentioned in a text, in order; cached per text."""
    found: list[Mention] | None = text.shared.get("mentions")
    if found is None:
        numbers = range(len(text.clause_ends))
        found = text.shared["mentions"] = [m for number in numbers for m in mentions_of(text, number)]
    return found


def mentions_within(text: Text, start: int, end: int) -> Sequence[Mention]:
    """The mentions whose term begins in `text[start:end]`."""
    first, last = text.clause_number(start), text.clause_number(end - 1)
    found = mentions_of(text, first)
    if last > first:
        found = [m for number in range(first, last + 1) for m in mentions_of(text, number)]
    begin = bisect_left(found, start, key=_word_start)
    return found[begin : bisect_left(found, end, begin, key=_word_start)]


def mentions_after(text: Text, mention: Mention) -> Iterator[Mention]:
    """The mentions after this one, read clause by clause, so that the caller can stop early."""
    first = text.clause_number(mention.start)
    for number in range(first, len(text.clause_ends)):
        named = mentions_of(text, number)
        # A clause without marks may have thousands of mentions: skip those before this one.
        begin = bisect_right(named, mention.start, key=_word_start) if number == first else 0
        for at in range(begin, len(named)):
            if named[at].start > mention.start:
                yield named[at]


def mentions_of(text: Text, number: int) -> Sequence[Mention]:
    """The mentions in one clause, with offsets in the text; cached per text.

    A term, its side and a list of structures never extend beyond a clause.
    """
    cached: dict[int, Sequence[Mention]] = text.shared.setdefault("mentions_of", {})
    found = cached.get(number)
    if found is None:
        start = text.clause_ends[number - 1] if number else 0
        found = cached[number] = _read(text.parts[number].plain, start)
    return found


def clauses_naming(text: Text, name: str) -> Sequence[int]:
    """Numbers of the clauses that mention this structure or organ, from an index cached per text."""
    index: dict[str, list[int]] | None = text.shared.get("clauses_naming")
    if index is None:
        text.shared["clauses_naming"] = index = _clauses_by_name(text)
    return index.get(name, ())


def _clauses_by_name(text: Text) -> dict[str, list[int]]:
    """Index of clause numbers by mentioned structure and organ."""
    found: dict[str, list[int]] = {}
    for number in range(len(text.clause_ends)):
        named = mentions_of(text, number)
        for name in {m.structure for m in named} | {m.organ for m in named}:
            found.setdefault(name, []).append(number)
    return found


def organs_named(text: Text) -> frozenset[str]:
    """The organs mentioned in a text."""
    found = text.shared.get("organs")
    if found is None:
        found = text.shared["organs"] = frozenset(m.organ for m in mentions(text))
    assert isinstance(found, frozenset)
    return found


def regions_in(name: str) -> frozenset[str]:
    """The regions in the name of an examination or a body part."""
    return frozenset(region for region, pattern in _examined() if pattern.search(name))


def regions(report: CheckedReport) -> frozenset[str]:
    """The regions of the report's examination by name and part; empty when unknown."""
    return regions_in(facts.named(report))


def _read(plain: str, offset: int) -> list[Mention]:
    """Read the mentions in a clause that begins at `offset` of its text."""
    found: list[Mention] = []
    size = len(plain)
    carried: Side = ""
    carried_to = 0
    for match in _STRUCTURE.finditer(plain):
        if match[0] in _NONE:
            continue
        start, end = match.span()
        structure, part, is_paired, own = _KNOWN[match[0]]
        begin: int = start
        side: Side = ""
        inherited = False
        if start and plain[start - 1] in _NEAR:
            begin, side = _side_before(plain, start)
        if is_paired and not side:
            if own:
                side = own
            elif carried and start - carried_to <= 2 and _JOIN.fullmatch(plain, carried_to, start):
                side, inherited = carried, True
        if end < size and plain[end] in "左右双两" and side in ("", "双"):
            end, side = _side_after(plain, end, side)
        carried, carried_to = (side if is_paired else ""), end
        found.append(Mention(offset + begin, offset + end, offset + start, structure, part, side, inherited))
    return found


def _side_before(plain: str, start: int) -> tuple[int, Side]:
    """Start and side of the side word before `start`, with 下, 第3～5, 内侧 possibly between."""
    at = start - 1
    if plain[at] == "侧" and at > 0 and plain[at - 1] in _SIDES:
        at -= 1
    else:
        limit = max(0, start - _REACH)
        while at > limit and plain[at] in _BETWEEN:
            at -= 1
    side = _SIDES.get(plain[at])
    if side is None:
        return start, ""
    if side == "右":
        left = plain.rfind("左", max(0, at - 3), at)
        if left >= 0 and plain[left + 1 : at] in _BOTH_LEFT:
            return left, "双"
    return at, side


def _side_after(plain: str, end: int, side: Side) -> tuple[int, Side]:
    """甲状腺左叶, 肝右前叶, 子宫右侧壁: the side of a lobe or wall follows the term of the organ."""
    match = _AFTER.match(plain, end)
    if match is None:
        return end, side
    return match.end(), "双" if match["both"] else _SIDES[match["one"]]
