"""Expressions of enhancement (强化) with their degree, for the rules of 6.4.3.4."""

import re
from itertools import islice
from typing import Final, Literal

from reports.domain.textcheck.clauses import Clause
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, terms

_ENHANCES: Final = re.compile("强化")
AT_MOST: Final = 300  # per text: more than any report has, a bound on the cost
_BEFORE, _AFTER = 18, 14  # code points read around 强化

_MANNER: Final = any_of(terms("enhancement_manner"))
_OFF: Final = any_of(terms("enhancement_offlist"))
_NOUN: Final = re.compile(any_of(terms("enhanced_nouns")))
_CUT: Final = re.compile(r"[，。；;,!?！？\n（(：:]")
_DENIED: Final = r"(?:未见到?有?|未伴有?|不伴有?|未有|没有|未显示|未发现|未出现|无|不见)"
_CLEAR: Final = "明显|显著|明确|确切|确定|肯定|著"
_VAGUE: Final = re.compile(
    rf"(?:{_DENIED}(?:{_CLEAR})的?|不(?:甚|太|很|够)?(?:明显|显著)|(?:几乎|近乎|近于|基本)均?(?:{_DENIED}|不)(?:{_CLEAR})?的?)"
    rf"(?P<manner>(?:异常|{_MANNER}){{0,3}})$"
)
_DOUBTFUL: Final = re.compile(rf"(?:可疑|似有|疑似|似见|似可见|疑有)(?:{_MANNER}|轻度|轻微){{0,2}}$")
_NONE: Final = re.compile(r"(?:未见到?|未有|没有|未出现|未显示|均无|无|未|不)(?:任何)?$")
_GRADED: Final = re.compile(
    r"(?<!未见)(?<!见到)(?<![无不])(?:轻度|中度|明显|中等|中重度|轻至中|轻中)(?:[^、]{0,8}|、[^、]{0,6})$"
)
_OFFLIST: Final = re.compile(rf"(?P<word>{_OFF})(?:呈|有|性|的)?(?P<manner>(?:{_MANNER}){{0,2}})$")
_DENIED_END: Final = re.compile(rf"{_DENIED}[^、]{{0,8}}$")
_WORD_AFTER: Final = r"(?:程度|效应)?(?:均|较|为|呈|尚|也|亦)?"
_VAGUE_AFTER: Final = re.compile(
    rf"{_WORD_AFTER}(?:不|欠|未见|无|未)(?:甚|太|很|够|十分)?(?:明显|显著|明确|确切|著|显(?!示|影|像)|突出)(?!减|增|低|高)"
)
_GRADED_AFTER: Final = re.compile(
    rf"{_WORD_AFTER}(?:明显|轻度|中度|中等)(?!低|高|减|增|不|异|延|弱|强|均|欠|下|升|消|早|晚)|{_WORD_AFTER}明显(?:均匀|不均匀)"
    r"|(?:不|欠)?均匀[、且而]{1,2}明显(?![低高减增])"
)
_OFFLIST_AFTER: Final = re.compile(
    rf"(?:程度|效应)?(?P<grade>(?:较|略|稍|很|甚|颇|极|偏)为?(?:著|强(?!化)|弱|轻|微)|著|(?:略|稍|很|甚|颇|极|偏|非常|十分)为?(?:明显|显著))(?![高低])"
    rf"|{_WORD_AFTER}(?P<word>轻微|显著|强烈)(?!低|高|减|增|不|异|延|弱|强|下|升|消)"
)
# 略不均匀强化 describes homogeneity, not degree.
_OF_EVENNESS: Final = ("略", "略微", "稍", "稍微", "较")
_STAYS_VAGUE: Final = frozenset("及和与或改征表效，。；、,;\n（）()")
_QUOTED: Final = re.compile(r"前片|原片|旧片|既往|上次|前次|外院")
# Background enhancement of the breast has its own four degrees (BI-RADS), including 轻微 and 重度.
_BACKGROUND: Final = re.compile(r"背景|BPE")

Kind = Literal["vague", "doubtful", "denied", "none", "graded", "offlist", "plain"]


class Enhancement:
    """One 强化 with its qualifying words.

    `vague`: 未见明显强化. `doubtful`: a similar wording that may mean something else (未见明显强化结节).
    `denied`: 未见异常强化灶. `none`: 无强化, a listed degree. `is_graded`: a degree is given, even if in a
    word near the list. `word`: the off-list word. `is_open`: a person has to decide.
    """

    __slots__ = ("end", "is_graded", "is_open", "kind", "start", "word")

    def __init__(
        self,
        start: int,
        end: int,
        kind: Kind,
        is_graded: bool = False,
        word: str = "",
        is_open: bool = False,
    ) -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.is_graded = is_graded
        self.word = word
        self.is_open = is_open


def enhancements(report: CheckedReport, field: str) -> tuple[Enhancement, ...]:
    """Each 强化 of the field, in order; cached per report."""
    cache: dict[str, tuple[Enhancement, ...]] = report.facts.setdefault(enhancements, {})
    if field not in cache:
        cache[field] = tuple(_read(report.texts[field]))
    return cache[field]


def _read(text: Text) -> list[Enhancement]:
    plain, ends = text.plain, text.clause_ends
    found: list[Enhancement] = []
    at = plain.find("强化")
    while at >= 0 and len(found) < AT_MOST:
        number = text.clause_number(at)
        start, end = ends[number - 1] if number else 0, ends[number]
        for one in _enhancements_in(text.parts[number]):
            found.append(
                Enhancement(
                    start + one.start, start + one.end, one.kind, one.is_graded, one.word, one.is_open
                )
            )
        at = plain.find("强化", end)
    return found[:AT_MOST]


def _enhancements_in(clause: Clause) -> list[Enhancement]:
    """Each 强化 of a clause; its qualifying words are always in the same clause."""
    text = Text(clause.plain)
    return [_classify(text, match.start()) for match in islice(_ENHANCES.finditer(text.plain), AT_MOST)]


def _classify(text: Text, at: int) -> Enhancement:
    plain = text.plain
    left = _CUT.split(plain[max(0, at - _BEFORE) : at])[-1]
    right = plain[at + 2 : at + 2 + _AFTER]
    begin = at - len(left)
    if vague := _VAGUE.search(left):
        return _denial(text, begin + vague.start(), at + 2, vague.group("manner"))
    if doubtful := _DOUBTFUL.search(left):
        if _DENIED_END.search(left[: doubtful.start()]):
            return Enhancement(at, at + 2, "denied")  # 未见可疑强化灶
        return Enhancement(begin + doubtful.start(), at + 2, "vague", is_open=True)
    if after := _VAGUE_AFTER.match(right):
        return Enhancement(at, at + 2 + after.end(), "vague", is_open=_is_quoted(text, at))
    if none := _NONE.search(left):
        return Enhancement(begin + none.start(), at + 2, "none", is_graded=True)
    graded = _GRADED.search(left)
    off = _off_list(left, text, at)
    if off:
        return Enhancement(begin + off.start(), at + 2, "offlist", graded is not None, off.group("word"))
    if graded:
        return Enhancement(begin + graded.start(), at + 2, "graded", is_graded=True)
    if _DENIED_END.search(left):
        return Enhancement(at, at + 2, "denied")
    return _by_what_follows(at, right)


def _denial(text: Text, start: int, end: int, manner: str) -> Enhancement:
    """未见明显强化 itself, or the negation of an enhancing lesion (left to a person)."""
    following = text.plain[end : end + 4]
    noun = _NOUN.match(following)
    if manner or noun:
        return Enhancement(start, end + (noun.end() if noun else 0), "doubtful")
    is_open = (following[:1] or "。") not in _STAYS_VAGUE or _is_quoted(text, start)
    return Enhancement(start, end, "vague", is_open=is_open)


def _is_quoted(text: Text, at: int) -> bool:
    clause = text.clause_at(at)
    return _QUOTED.search(text.plain, clause.start, clause.end) is not None


def _off_list(left: str, text: Text, at: int) -> re.Match[str] | None:
    off = _OFFLIST.search(left)
    if not off:
        return None
    word, manner = off.group("word"), off.group("manner")
    if word in _OF_EVENNESS and "均匀" in manner:
        return None
    head = left[: off.start()]
    if head.endswith(("减", "未见", "无", "不", "细", "显")):
        return None
    clause = text.clause_at(at)
    return None if _BACKGROUND.search(text.plain, clause.start, clause.end) else off


def _by_what_follows(at: int, right: str) -> Enhancement:
    if after := _GRADED_AFTER.match(right):
        return Enhancement(at, at + 2 + after.end(), "graded", is_graded=True)
    if after := _OFFLIST_AFTER.match(right):
        return Enhancement(
            at, at + 2 + after.end(), "offlist", False, after["word"] or after["grade"], is_open=True
        )
    return Enhancement(at, at + 2, "plain")
