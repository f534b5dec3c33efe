"""Recognise clauses that describe something abnormal: 见… and terms of abnormality without a negation."""

import re
from typing import Final

from reports.domain.textcheck.anatomy import mentions_of
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import pattern

# 无肺纹理, 无壁 and 无强化 are signs although they begin like a negation.
_DENIES: Final = re.compile(r"未|无(?!肺纹理|壁|强化)|没有|否认|排除|除外")
_SEEN: Final = re.compile(r"(?<![未不难])见(?!异常)")
_WORDS: Final = pattern("abnormal_words")
_SEGMENT_MARKS: Final = "。；;！？!?\n"
# Clauses about one place; a longer run is not a description.
_MOST: Final = 30


def affirmed(part: str) -> str:
    """The text of a clause before the first negation in it."""
    denial = _DENIES.search(part)
    return part[: denial.start()] if denial else part


def is_abnormal(part: str) -> bool:
    """Does a clause describe something abnormal before any negation?"""
    phrase = affirmed(part)
    if "见" in phrase and _SEEN.search(phrase):
        return True
    return _WORDS.search(phrase) is not None


def places_named(text: Text, name: str) -> list[int]:
    """Numbers of the clauses that contain `name` literally and are abnormal."""
    numbers: dict[int, None] = {}
    at = text.plain.find(name)
    while at >= 0 and len(numbers) < _MOST:
        numbers[text.clause_number(at)] = None
        at = text.plain.find(name, at + len(name))
    return [number for number in numbers if is_place(text, number)]


def is_place(text: Text, number: int) -> bool:
    """Does a clause describe something abnormal? Cached per text."""
    cached: dict[int, bool] = text.shared.setdefault("places", {})
    found = cached.get(number)
    if found is None:
        found = cached[number] = _is_place(text, number)
    return found


def _is_place(text: Text, number: int) -> bool:
    """Is the clause, or its continuation (大小约…，边缘毛糙), abnormal?"""
    for at, clause in enumerate(text.parts[number : number + _MOST], start=number):
        start, end = clause.span
        phrase = clause.content
        if not phrase:
            return False
        if at == number:
            if phrase[0] == "余":  # 余…: the following text concerns no place
                return False
        elif start > 0 or mentions_of(text, at):  # not a continuation of the clause before
            return False
        if is_abnormal(phrase):
            return True
        if end != clause.size - 1 or clause.plain[-1] in _SEGMENT_MARKS:  # its mark ends the segment
            return False
    return False
