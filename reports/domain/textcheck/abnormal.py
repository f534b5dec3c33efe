"""Where the findings describe a place as not normal: 见… and words of abnormality that no denial covers."""

import re
from typing import NamedTuple

from reports.domain.textcheck.anatomy import names_something
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.words import pattern, remembered

# 无肺纹理, 无壁 and 无强化 are signs although they begin like a denial.
_DENIES = re.compile(r"未|无(?!肺纹理|壁|强化)|没有|否认|排除|除外")
_SEEN = re.compile(r"(?<![未不难])见(?!异常)")
_WORDS = pattern("abnormal_words")
_SEGMENT_MARKS = "。；;！？!?\n"
# Clauses about one place; more are no description any more.
_MOST = 30
_LONG_PART = 100  # characters; a longer one is no template's


class Place(NamedTuple):
    """Where a text describes something: the ，-part, and the 。；-part it stands in."""

    part: Span
    segment: Span


def affirmed(part: str) -> str:
    """What a ，-part says before any denial in it."""
    denial = _DENIES.search(part)
    return part[: denial.start()] if denial else part


def is_abnormal(part: str) -> bool:
    """Does a ，-part show something, before any denial in it?"""
    return _is_abnormal(part) if len(part) < _LONG_PART else _shows(part)


def _shows(part: str) -> bool:
    said = affirmed(part)
    if "见" in said and _SEEN.search(said):
        return True
    return _WORDS.search(said) is not None


_is_abnormal = remembered(_shows)


def places_named(text: Text, name: str) -> tuple[Place, ...]:
    """The abnormal parts that say `name` literally, in order."""
    numbers: dict[int, None] = {}
    at = text.plain.find(name)
    while at >= 0 and len(numbers) < _MOST:
        numbers[text.clause_number(at)] = None
        at = text.plain.find(name, at + len(name))
    return tuple([place for number in numbers if (place := place_in(text, number))])


def place_in(text: Text, number: int) -> Place | None:
    """The place that a clause describes as not normal, if it does."""
    known: dict[int, Place | None] = text.shared.setdefault("abnormal_parts", {})  # type: ignore[assignment]
    if number not in known:
        known[number] = _place(text, number)
    return known[number]


def _place(text: Text, number: int) -> Place | None:
    """The clause when it, or what goes on about it (大小约…，边缘毛糙), is abnormal."""
    plain, ends = text.plain, text.clause_ends
    first = part = text.clause(number)
    if first.start == first.end or plain[first.start] == "余":
        return None
    for at in range(number, min(number + _MOST, len(ends))):
        if at > number:
            part = text.clause(at)
            if part.start == part.end or part.start != ends[at - 1] or names_something(part.of(plain)):
                return None
        if is_abnormal(part.of(plain)):
            return Place(first, text.segment_at(first.start))
        if part.end != ends[at] - 1 or plain[part.end] in _SEGMENT_MARKS:
            return None
    return None
