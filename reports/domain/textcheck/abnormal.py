"""Where the findings describe a place as not normal: 见… and words of abnormality that no denial covers."""

import re
from typing import Final

from reports.domain.textcheck.anatomy import mentions_of
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import pattern

# 无肺纹理, 无壁 and 无强化 are signs although they begin like a denial.
_DENIES: Final = re.compile(r"未|无(?!肺纹理|壁|强化)|没有|否认|排除|除外")
_SEEN: Final = re.compile(r"(?<![未不难])见(?!异常)")
_WORDS: Final = pattern("abnormal_words")
_SEGMENT_MARKS: Final = "。；;！？!?\n"
# Clauses about one place; more are no description any more.
_MOST: Final = 30


def affirmed(part: str) -> str:
    """What a ，-part says before any denial in it."""
    denial = _DENIES.search(part)
    return part[: denial.start()] if denial else part


def is_abnormal(part: str) -> bool:
    """Does a ，-part show something, before any denial in it?"""
    said = affirmed(part)
    if "见" in said and _SEEN.search(said):
        return True
    return _WORDS.search(said) is not None


def places_named(text: Text, name: str) -> list[int]:
    """The clauses, by number, that say `name` literally and are not normal."""
    numbers: dict[int, None] = {}
    at = text.plain.find(name)
    while at >= 0 and len(numbers) < _MOST:
        numbers[text.clause_number(at)] = None
        at = text.plain.find(name, at + len(name))
    return [number for number in numbers if is_place(text, number)]


def is_place(text: Text, number: int) -> bool:
    """Does a clause describe something as not normal?"""
    cached: dict[int, bool] = text.shared.setdefault("places", {})  # type: ignore[assignment]
    found = cached.get(number)
    if found is None:
        found = cached[number] = _is_place(text, number)
    return found


def _is_place(text: Text, number: int) -> bool:
    """Is the clause abnormal, or what goes on about it (大小约…，边缘毛糙)?"""
    for at, clause in enumerate(text.parts[number : number + _MOST], start=number):
        start, end = clause.span
        said = clause.content
        if not said:
            return False
        if at == number:
            if said[0] == "余":  # 余…: what follows is about no place
                return False
        elif start > 0 or mentions_of(text, at):  # it does not go on about the clause before
            return False
        if is_abnormal(said):
            return True
        if end != clause.size - 1 or clause.plain[-1] in _SEGMENT_MARKS:  # its mark ends the segment
            return False
    return False
