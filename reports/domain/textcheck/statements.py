"""What a text states of structures: the table that the rules of meaning read, made once a report and field.

A clause names places (with side and level) and words for lesions or for what is well. A word speaks of the
place before it in its clause, of every place of a list (肝、胆、脾), else of the last place of the sentence.
A heading (双肾：) is only the place of what follows without its own.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, Literal, NamedTuple

from reports.domain.textcheck.anatomy import Mention, mentions_of, organ_of
from reports.domain.textcheck.clauses import SEGMENT
from reports.domain.textcheck.concepts import ALONE_LARGE, GENERIC, NO_CONCEPTS, WORD, excluded_by, family_of
from reports.domain.textcheck.levels import LEVELLED, NONE, Levels, levels_of, liver_side
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, terms, tree

Polarity = Literal["present", "absent", "normal", "uncertain", "resolved", "prior"]
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
_REST: Final = re.compile(r"[\s（(]*(?:余|其余|其他|其它|另余|所示其余)")
_UNSURE: Final = re.compile(
    r"可能(?!性大|性较大)|待排|待除外|不除外|不能除外|不排除|不能排除|可疑|疑似|疑|待查|[?？]|性质待定"
)
RESOLVED: Final = re.compile(
    r"[^，。；,;\n]{0,8}?(?:(?:已|基本|大致|现|今|本次){1,3}[^，。；,;\n]{0,6}?(?:吸收|消失|显示不清|未见|消散|愈合|清除|闭合|再通)|显示不清|未见显示|消失)"
)
_PRIOR: Final = re.compile(r"术后|治疗后|病史|既往|原(?!发)|前片|原片|上次|切除|引流后|介入")
_BESIDE: Final = re.compile(r"(?:[近邻贴距达至向]|[低高等大小位]于)$")
_BEFORE_REFERENCE: Final = frozenset("近邻贴距达至向于与同较跟")
_WITH: Final = re.compile(r"[与同较跟][^，。；、\n见呈]{0,7}$")
_COMPARED: Final = re.compile(
    r"[^，。；\n]{0,8}?(?:相比|比较|对比|对照|相仿|相似|一致|相近|类似)|[^，。；\n]{0,8}?[低高](?!密度|信号)"
)
_NEGATIVE_HEADS: Final = ("未", "无", "不")
_LESION_EDGE: Final = re.compile(
    r"(?:边界|边缘|境界|分界|轮廓|界限|形态|密度|信号|强化|壁|内部|病灶)[^，。；]{0,3}$"
)
_BACKWARD: Final = re.compile(
    r"\s*(?:病灶|病变|其|该|此|内|周围|邻近|增强|强化|边缘|边界|大小|较大|大者|余|上述|见|可见|呈|长|最|短径|直径|密度|信号|部分|"
    r"形态|动脉|静脉|门脉|延迟|平扫|CT值|T[12]|DWI|FLAIR|与|较|以|约|多数|均|[，；：,;]|病)"
)
# More than any report has: bounds on the cost of a text that is none.
_INSIDE: Final = re.compile(
    r"\s*(?:其|内(?!膜)|周|边缘|病|中央|中心|邻近|并|部分|局部|远|近|上方|下方|增强|伴)"
)
_MOST: Final = 250  # statements of a text
_MOST_IN_CLAUSE: Final = 30  # places, and words, of a clause
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


_NOWHERE: Final = Place("", "", "", NONE, 0, 0, is_open=True)


class Statement(NamedTuple):
    """One thing said of one place. `start:end` is the word for it, `until` the end of its account."""

    field: str
    place: Place
    word: str
    family: str  # of a lesion; "" for what is well
    excludes: frozenset[str]  # the families that a word for what is well excludes
    polarity: Polarity
    start: int
    end: int
    until: int
    clause: int
    is_rest: bool  # 余肺未见异常: of what is not named elsewhere
    points_back: bool  # of the account of a lesion or place named in an earlier clause


# Place, word, family, excludes, polarity, start, end, clause, is_rest, points_back.
_Read = tuple[Place, str, str, frozenset[str], Polarity, int, int, int, bool, bool]


class _Context(NamedTuple):
    places: tuple[Place, ...]
    has_lesion: bool


def statements(report: CheckedReport, field: str) -> tuple[Statement, ...]:
    """The statements of findings or conclusion, in order; cached with the text."""
    text = report.texts[field]
    found: tuple[Statement, ...] | None = text.shared.get("statements")
    if found is None:
        found = text.shared["statements"] = tuple(_Reader(text, field).read())
    return found


class _Reader:
    """Reads a text clause by clause, with the places that a later clause may speak of."""

    def __init__(self, text: Text, field: str) -> None:
        self.text = text
        self.field = field
        self.context = _Context((), False)
        self.found: list[_Read] = []
        self.is_rest = False
        self.mood: Polarity | None = None  # of the current clause, once asked for
        self.closed = True  # did the clause before end a sentence or an item?

    def read(self) -> list[Statement]:
        start = 0
        for number, end in enumerate(self.text.clause_ends):
            if self.text.plain[start:end].strip():
                self._read_clause(number, start, end)
            start = end
            if len(self.found) >= _MOST:
                break
        return _with_ends(self.text, self.field, self.found)

    def _read_clause(self, number: int, start: int, end: int) -> None:
        text, plain = self.text, self.text.plain
        words = list(islice(WORD.finditer(plain, start, end), _MOST_IN_CLAUSE))
        groups = places_in(text, number, words)
        part = text.parts[number]
        if self.closed:
            self.is_rest = _REST.match(plain, start) is not None
            if groups or self.field == "impression" or not _BACKWARD.match(plain, start):
                self.context = _Context((), False)
        elif groups:
            self.is_rest = _REST.match(plain, start) is not None
        self.closed = bool(part.closes)
        own = self.context
        self.mood = None
        for word, first, last in _words(plain, start, end, groups, words):
            places, back = _places_before(groups, first, last, own.places)
            if not places and self.field == "impression":
                places, back = (_NOWHERE,), False  # 1、混合斑块，管腔轻度狭窄
            self._state(places, back, word, first, last, number)
        if groups:
            self.context = _Context(groups[-1], self.context.has_lesion)

    def _state(
        self, places: Sequence[Place], back: bool, word: str, start: int, end: int, number: int
    ) -> None:
        plain = self.text.plain
        excludes = excluded_by(word)
        if excludes:
            if self.context.has_lesion and back:
                return  # of the lesion, not of the organ: 边界清晰
            if _LESION_EDGE.search(plain, max(0, start - 7), start) and self.context.has_lesion:
                return
            polarity: Polarity = "normal"
            family = ""
        else:
            family = "增大" if word == "大" else family_of(word)
            polarity = self._polarity(word, start, end, number)
        back = back and (bool(excludes) or (self.context.has_lesion and not self._is_new(start, number)))
        if family and polarity in ("present", "uncertain"):
            self.context = _Context(self.context.places, True)
        for place in places:
            self.found.append(
                (place, word, family, excludes, polarity, start, end, number, self.is_rest, back)
            )

    def _is_new(self, start: int, number: int) -> bool:
        """腔内见结石: a lesion of its own, while 其内见钙化 and 周围见水肿 go on with the one before."""
        clause = self.text.clause(number)
        said = self.text.plain[clause.start : start]
        return "见" in said and not _INSIDE.match(said)

    def _polarity(self, word: str, start: int, end: int, number: int) -> Polarity:
        text = self.text
        at = start - 1 if start and word[0] in _NEGATIVE_HEADS else start
        if text.is_negated(at) and text.clause_number(at) == number:
            return "absent"
        if RESOLVED.match(text.plain, end, text.clause_ends[number]):
            return "resolved"
        if self.mood is None:
            self.mood = _mood(text, number)
        return self.mood


def _mood(text: Text, number: int) -> Polarity:
    """How a clause states what it does not deny."""
    clause = text.clause(number)
    plain = text.plain
    if _UNSURE.search(plain, clause.start, clause.end) or plain[clause.end : clause.end + 1] in ("?", "？"):
        return "uncertain"
    return "prior" if _PRIOR.search(plain, clause.start, clause.end) else "present"


def _words(
    plain: str,
    start: int,
    end: int,
    groups: Sequence[tuple[Place, ...]],
    words: Sequence[re.Match[str]],
) -> Iterator[tuple[str, int, int]]:
    """The words for lesions and for what is well in a clause; 大 alone right after a place."""
    if plain.find("大", start, end) >= 0:
        ends = {place.end for named in groups for place in named}
        for match in ALONE_LARGE.finditer(plain, start, end):
            if match.start() in ends:
                yield "大", match.start(), match.end()
    for match in words:
        word = match.group()
        if word not in NO_CONCEPTS:
            yield word, *match.span()


def _places_before(
    groups: Sequence[tuple[Place, ...]], at: int, end: int, context: tuple[Place, ...]
) -> tuple[Sequence[Place], bool]:
    """The last list of places before the word in its clause, else of the context, else in it (脂肪肝)."""
    for named in reversed(groups):
        if named[0].start < at:
            return [place for place in named if place.start < at], False
    if not context and groups and groups[0][0].end <= end:
        return groups[0][:1], False
    return context, True


def places_in(text: Text, number: int, words: Sequence[re.Match[str]] = ()) -> list[tuple[Place, ...]]:
    """The places that a clause names, as lists: 肝、胆、脾 is one. `words`: its words, where read."""
    clause = text.parts[number].plain
    named = mentions_of(text, number)
    has_side = "左" in clause or "右" in clause or "双" in clause or "两" in clause
    if not named and not has_side:
        return []
    start, end = text.clause_ends[number - 1] if number else 0, text.clause_ends[number]
    found = _known_places(text.plain, start, end, named, words) if named else []
    if has_side:
        found = _with_unknown(text.plain, start, end, found)
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
) -> list[Place]:
    mentioned = [m for m in named[:_MOST_IN_CLAUSE] if m.structure not in _ASPECTS]
    found: list[Place] = []
    for at, mention in enumerate(mentioned):
        if plain[mention.end : mention.end + 1] == "段" and plain[mention.start - 1 : mention.start] == "经":
            continue  # 面神经鼓室段
        if _is_reference(plain, mention, bool(found)) or _repeats_organ(plain, mention, found):
            continue
        place = _place(plain, mention, start, _next_start(mentioned, at, end), words)
        if not place.side and found and found[-1].side:
            place = _of_side(plain, found[-1], place)
        if place.part and place.part[0] in _TURNED:
            found += _sibling(plain, start, place)
        found.append(place)
    return found


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
    if mention.structure not in LEVELLED and not mention.part:
        side, inherited = mention.side, mention.inherited
        return Place(mention.structure, "", side, NONE, mention.start, mention.end, False, inherited)
    head = max(start, mention.start - _WINDOW) if mention.structure in _LEVEL_FIRST else mention.start
    tail = min(until, mention.end + _WINDOW)
    first = next((match.start() for match in words if match.start() >= mention.end), tail)
    named = plain[head : min(first, tail)]
    levels = levels_of(mention.structure, mention.part, named)
    side = mention.side
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


def _with_unknown(plain: str, start: int, end: int, known: list[Place]) -> list[Place]:
    """Add sides that belong to no known structure: 左侧X见…, X by its own string, or of the place before."""
    found = list(known)
    spans = [(place.start, place.end) for place in known if place.side]
    for match in islice(_SIDE.finditer(plain, start, end), _MOST_IN_CLAUSE):
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


def _with_ends(text: Text, field: str, found: Sequence[_Read]) -> list[Statement]:
    """The statements, each with the end of its account: the next place or lesion, or the sentence's end."""
    done: list[Statement] = []
    stops = _segment_ends(text)
    until = len(text.plain)
    later = -1
    for place, word, family, excludes, polarity, start, end, clause, is_rest, back in reversed(found):
        if start != later:
            stop = stops[clause]
            until = min(stop, later) if later > start else stop
            if later > start and not _starts_anew(place, family, done[-1]):
                until = max(until, min(stop, done[-1].until))
            later = start
        done.append(
            Statement(
                field, place, word, family, excludes, polarity, start, end, until, clause, is_rest, back
            )
        )
    done.reverse()
    return done


def _segment_ends(text: Text) -> list[int]:
    """The end of its segment, for each clause."""
    found: list[int] = []
    stop = len(text.plain)
    for end, part in zip(reversed(text.clause_ends), reversed(text.parts), strict=True):
        if part.closes & SEGMENT:
            stop = end - 1
        found.append(stop)
    found.reverse()
    return found


def _starts_anew(place: Place, family: str, later: Statement) -> bool:
    """Does the later statement speak of another lesion, not of the same one (病灶, 边缘光滑)?"""
    return later.place != place or later.family not in ("", GENERIC, family)
