"""What a text states of structures: the table that the rules of meaning read, made once a report and field.

A clause names places (with side and level) and words for lesions or for what is well. A word speaks of the
place before it in its clause, of every place of a list (肝、胆、脾), else of the last place of the sentence.
A heading (双肾：) is only the place of what follows without its own.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, Literal, NamedTuple

from reports.domain.textcheck.clauses import SEGMENT
from reports.domain.textcheck.concepts import ALONE_LARGE, GENERIC, NO_CONCEPTS, WORD, excluded_by, family_of
from reports.domain.textcheck.levels import NONE
from reports.domain.textcheck.neighbours import is_near, is_paired
from reports.domain.textcheck.places import MOST_IN_CLAUSE, Place, places_in
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text

Polarity = Literal["present", "absent", "normal", "uncertain", "resolved", "prior"]
_REST: Final = re.compile(r"[\s（(]*(?:余|其余|其他|其它|另余|所示其余)")
_UNSURE: Final = re.compile(
    r"可能(?!性大|性较大)|待排|待除外|不除外|不能除外|不排除|不能排除|可疑|疑似|疑|待查|[?？]|性质待定"
)
RESOLVED: Final = re.compile(
    r"[^，。；,;\n]{0,8}?(?:(?:已|基本|大致|现|今|本次){1,3}[^，。；,;\n]{0,6}?(?:吸收|消失|显示不清|未见|消散|愈合|清除|闭合|再通)|显示不清|未见显示|消失)"
)
_PRIOR: Final = re.compile(r"术后|治疗后|病史|既往|原(?!发)|前片|原片|上次|切除|引流后|介入")
_NEGATIVE_HEADS: Final = ("未", "无", "不")
_LESION_EDGE: Final = re.compile(
    r"(?:边界|边缘|境界|分界|轮廓|界限|形态|密度|信号|强化|壁|内部|病灶)[^，。；]{0,3}$"
)
_BACKWARD: Final = re.compile(
    r"\s*(?:病灶|病变|其|该|此|内|周围|邻近|增强|强化|边缘|边界|大小|较大|大者|余|上述|见|可见|呈|长|最|短径|直径|密度|信号|部分|"
    r"形态|动脉|静脉|门脉|延迟|平扫|CT值|T[12]|DWI|FLAIR|与|较|以|约|多数|均|[，；：,;]|病)"
)
_INSIDE: Final = re.compile(
    r"\s*(?:其|内(?!膜)|周|边缘|病|中央|中心|邻近|并|部分|局部|远|近|上方|下方|增强|伴)"
)
# More than any report has: a bound on the cost of a text that is none.
_MOST: Final = 250  # statements of a text


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
        words = list(islice(WORD.finditer(plain, start, end), MOST_IN_CLAUSE))
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
        if groups and self.field == "findings":
            groups = [_of_context(named, own.places) for named in groups]
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


def _of_context(named: tuple[Place, ...], context: tuple[Place, ...]) -> tuple[Place, ...]:
    """左侧肾脏大小正常，肾盂无扩张: a pair without a side lies on the side named before."""
    if len({place.side for place in context}) != 1 or not context[0].side:
        return named
    near, found = context[-1], []
    for place in named:
        if not place.side and is_paired(place) and is_near(place, near):
            near = place = place._replace(side=near.side, is_inherited=True)
        found.append(place)
    return tuple(found)


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
    for named in groups:
        if at <= named[0].start and named[0].end <= end:
            return named[:1], False  # 多囊肝
    for named in reversed(groups):
        if named[0].start < at:
            return [place for place in named if place.start < at], False
    return context, True


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
