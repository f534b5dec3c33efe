"""The places that a clause names: structures of the tree or by their own words, with side and level.

Several make a list (肝、胆、脾) or one phrase (左侧额部大脑凸面脑外). What a lesion is only compared with,
or lies near, is no place of its own.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from reports.domain.textcheck.anatomy import Mention, mentions_of, organ_of
from reports.domain.textcheck.concepts import WORD
from reports.domain.textcheck.levels import LEVELLED, NONE, Levels, levels_of, liver_side
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, terms, tree

_TREE: Final = tree()
_ASPECTS: Final = frozenset(name for name, each in _TREE.items() if each.aspect)
_JOIN: Final = re.compile(r"[、及和与或/+\s]{0,2}|以及")
_SIDES: Final = {"左": "左", "右": "右", "双": "双", "两": "双"}
_SIDE: Final = re.compile(r"(?P<side>左|右|双|两)(?P<of>侧(?!位|卧)|边|叶|支|肢|份|缘)?")
# 左移, 左右径, 左前斜, 右心: no side of a structure of its own.
_NO_SIDE: Final = re.compile(
    r"[移偏后前旁向心室房旋冠主径斜位上下转]|右(?:径|对称)|[种个枚处条次者肺型条块端]"
)
_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,14}")
_NAME_END: Final = re.compile(any_of(terms("name_ends")))
_BESIDE: Final = re.compile(r"(?:[近邻贴距达至向]|[低高等大小位]于)$")
_BEFORE_REFERENCE: Final = frozenset("近邻贴距达至向于与同较跟")
# 椎体水平, 左锁骨下动脉开口以远: how far or how high, not where.
_LEVEL_ONLY: Final = re.compile(r"(?:水平(?!裂)|平面|层面|(?:开口|起始|分叉|发出)?[处部]?以[远近])")
_REACHED: Final = ("延续至", "延伸至", "延续到", "延伸到")
_WITH: Final = re.compile(r"[与同较跟][^，。；、\n见呈]{0,7}$")
_COMPARED: Final = re.compile(
    r"[^，。；\n]{0,8}?(?:相比|比较|对比|对照|相仿|相似|一致|相近|类似)|[^，。；\n]{0,8}?[低高](?!密度|信号)"
)
# More than any report has: a bound on the cost of a text that is none.
MOST_IN_CLAUSE: Final = 30  # places, and words, of a clause
_WINDOW: Final = 14
_GAP: Final = 5  # characters between a sided place and one on its side
_LISTED: Final = re.compile(r"[、及和与或/：:]")


class Place(NamedTuple):
    """A structure with its side and levels; `name` is a structure of the tree or, unknown to it, a word."""

    name: str
    part: str
    side: str
    levels: Levels
    start: int
    end: int
    is_open: bool = False
    is_inherited: bool = False

    @property
    def organ(self) -> str:
        return self.name if self.is_open else organ_of(self.name)


def places_in(text: Text, number: int, words: Sequence[re.Match[str]] = ()) -> list[tuple[Place, ...]]:
    """The places that a clause names, as lists: 肝、胆、脾 is one. `words`: its words, where read."""
    clause = text.parts[number].plain
    named = mentions_of(text, number)
    has_side = "左" in clause or "右" in clause or "双" in clause or "两" in clause
    if not named and not has_side:
        return []
    start, end = text.clause_ends[number - 1] if number else 0, text.clause_ends[number]
    found, passed = _known_places(text.plain, start, end, named, words) if named else ([], [])
    if has_side:
        found = _with_unknown(text.plain, start, end, found, passed)
    groups: list[tuple[Place, ...]] = []
    current: list[Place] = []
    for place in found:
        if current and not _belongs(text.plain, current[-1], place):
            groups.append(tuple(current))
            current = []
        elif current and current[-1].end == place.start and _is_within(place, current[-1]):
            before = current.pop()  # 右膝内侧半月板: the part, not the joint
            place = place._replace(start=before.start, is_inherited=False)
        elif current and current[-1].end == place.start and _covers(place, current[-1]):
            current.pop()  # 左侧颞部头皮: the scalp, not the bone
        current.append(place)
    if current:
        groups.append(tuple(current))
    return groups


def _covers(place: Place, before: Place) -> bool:
    """Does a place of another organ, of which there is but one, take the side of the place before it?"""
    return place.is_inherited and place.organ != before.organ and not _TREE[place.name].pair


def _is_within(place: Place, before: Place) -> bool:
    """Does a place right behind another name a part of it?"""
    return place.name == before.name and bool(place.part) and not before.part


def _belongs(plain: str, before: Place, place: Place) -> bool:
    """Is it of one list with the place before, or of one phrase (左侧额部大脑凸面脑外)?"""
    if _JOIN.fullmatch(plain, before.end, place.start):
        return True
    return place.is_inherited and place.organ == before.organ and place.start - before.end <= _GAP


def _known_places(
    plain: str, start: int, end: int, named: Sequence[Mention], words: Sequence[re.Match[str]]
) -> tuple[list[Place], list[tuple[int, int]]]:
    """The places of the tree, and where a name is only a level or a reference."""
    mentioned = [m for m in named[:MOST_IN_CLAUSE] if m.structure not in _ASPECTS]
    found: list[Place] = []
    passed: list[tuple[int, int]] = []
    for at, mention in enumerate(mentioned):
        if plain[mention.end : mention.end + 1] == "段" and plain[mention.start - 1 : mention.start] == "经":
            continue  # 面神经鼓室段
        if _LEVEL_ONLY.match(plain, mention.end) or _is_reference(plain, mention, bool(found)):
            passed.append((mention.start, mention.end))
            continue
        if _repeats_organ(plain, mention, found):
            continue
        place = _place(plain, mention, start, _next_start(mentioned, at, end), words)
        if not place.side and found and found[-1].side:
            place = _of_side(plain, found[-1], place)
        if place.part and place.part[0] in _TURNED:
            found += _sibling(plain, start, place)
        found.append(place)
    return found, passed


def _repeats_organ(plain: str, mention: Mention, before: Sequence[Place]) -> bool:
    """右肺上叶肺癌, 左侧丘脑脑梗死: the organ in the name of the disease is no place of its own."""
    if mention.side or not before or before[-1].organ != mention.organ:
        return False
    if not mention.part and mention.structure == mention.organ:
        return True
    return _LISTED.search(plain, before[-1].end, mention.start) is None and bool(
        WORD.match(plain, mention.end)
    )


def _is_reference(plain: str, mention: Mention, after_place: bool) -> bool:
    """Is it only compared with (与肝实质相比, 低于脾脏), or near (近膀胱入口处)?"""
    before = plain[max(0, mention.start - 8) : mention.start]
    if _BEFORE_REFERENCE.isdisjoint(before):
        return False
    if before.endswith(_REACHED):
        return True
    if (after_place or before.endswith(("低于", "高于", "等于", "大于", "小于"))) and _BESIDE.search(before):
        return True
    return _WITH.search(before) is not None and _COMPARED.match(plain, mention.end) is not None


def _of_side(plain: str, before: Place, place: Place) -> Place:
    """左侧顶部大脑镰旁脑外: a place right behind a sided one lies on its side."""
    gap = plain[before.end : place.start]
    if len(gap) > _GAP or _LISTED.search(gap):
        return place
    return place._replace(side=before.side, is_inherited=True)


def _next_start(mentioned: Sequence[Mention], at: int, end: int) -> int:
    return mentioned[at + 1].start if at + 1 < len(mentioned) else end


def _place(plain: str, mention: Mention, start: int, until: int, words: Sequence[re.Match[str]]) -> Place:
    """The place of a mention, with the levels named before or right behind it."""
    side: str = mention.side
    inherited = mention.inherited
    if mention.structure not in LEVELLED and not mention.part:
        return Place(mention.structure, "", side, NONE, mention.start, mention.end, False, inherited)
    head = max(start, mention.start - _WINDOW) if mention.structure in _LEVEL_FIRST else mention.start
    tail = min(until, mention.end + _WINDOW)
    first = next((match.start() for match in words if match.start() >= mention.end), tail)
    named = plain[head : min(first, tail)]
    levels = levels_of(mention.structure, mention.part, named)
    if not side and mention.structure == "肝":
        side = liver_side(levels)
    end = mention.end
    return Place(mention.structure, mention.part, side, levels, mention.start, end, False, mention.inherited)


def _sibling(plain: str, start: int, place: Place) -> Iterator[Place]:
    """内侧、外侧半月板, 前后交叉韧带: the first of two parts is named by its beginning only."""
    first = place.part[:1]
    other = _TURNED.get(first)
    if not other or other + place.part[1:] not in _TREE[place.name].parts:
        return
    begin = place.end - len(place.part)
    match = _HALF.search(plain, max(start, begin - 4), begin)
    if match and match[1] == other:
        part = other + place.part[1:]
        levels = levels_of(place.name, part, part)
        yield Place(place.name, part, place.side, levels, match.start(), begin, False, place.is_inherited)


_TURNED: Final = {"内": "外", "外": "内", "前": "后", "后": "前", "上": "下", "下": "上"}
_HALF: Final = re.compile(r"([内外前后上下])侧?[、及和与/]?$")
_LEVEL_FIRST: Final = frozenset(
    ("颈椎", "胸椎", "腰椎", "骶椎", "椎体", "椎间盘", "椎管", "椎间孔", "肋骨", "脊髓")
)


def _with_unknown(
    plain: str, start: int, end: int, known: list[Place], passed: Sequence[tuple[int, int]]
) -> list[Place]:
    """Add sides that belong to no known structure: 左侧X见…, X by its own string, or of the place before."""
    found = list(known)
    spans = [*passed, *((place.start, place.end) for place in known if place.side)]
    for match in islice(_SIDE.finditer(plain, start, end), MOST_IN_CLAUSE):
        at = match.start()
        if any(first <= at < last for first, last in spans) or (at > start and plain[at - 1] in "左右双两"):
            continue
        rest = match.end()
        if not match["of"] and _NO_SIDE.match(plain, rest):
            continue
        name = _unknown_name(plain, rest, end) if match["of"] in (None, "侧", "边") else ""
        side = _SIDES[match["side"]]
        if name:
            last = rest + len(name)
            found = [p for p in found if not at <= p.start < last]
            found.append(Place(name, "", side, NONE, at, last, is_open=True))
        elif match["of"]:
            before = [p for p in found if p.end <= at]
            if before:
                of = before[-1]
                found.append(Place(of.name, of.part, side, of.levels, at, rest, of.is_open, True))
            else:
                found.append(Place("", "", side, NONE, at, rest, is_open=True))
    return sorted(found, key=lambda place: place.start)


def _unknown_name(plain: str, at: int, end: int) -> str:
    """The name of a structure up to what is said of it; "" without one."""
    match = _NAME.match(plain, at, end)
    if not match:
        return ""
    stop = match.end()
    for pattern in (_NAME_END, WORD):
        cut = pattern.search(plain, at, stop)
        if cut:
            stop = cut.start()
    name = plain[at:stop]
    return name if len(name) >= 2 and not name.endswith("性") else ""
