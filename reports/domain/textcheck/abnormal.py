"""Where the findings describe a place as not normal: 见… and words of abnormality that no denial covers."""

import re
from typing import Final

from reports.domain.textcheck.anatomy import named_in
from reports.domain.textcheck.clauses import Clause
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.words import pattern

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
    known: dict[int, bool] = text.shared.setdefault("places", {})  # type: ignore[assignment]
    found = known.get(number)
    if found is None:
        found = known[number] = _is_place(text, number)
    return found


def _is_place(text: Text, number: int) -> bool:
    """Is the clause abnormal, or what goes on about it (大小约…，边缘毛糙)?"""
    for at, clause in enumerate(text.parts[number : number + _MOST]):
        told = _told(clause)
        if told.is_rest if at == 0 else told.is_apart or named_in(clause):
            return False
        if told.is_abnormal:
            return True
        if told.is_last:
            return False
    return False


class Told:
    """What a clause with its mark tells by its own words."""

    __slots__ = ("is_abnormal", "is_apart", "is_last", "is_rest")

    def __init__(self, is_rest: bool, is_apart: bool, is_abnormal: bool, is_last: bool) -> None:
        self.is_rest = is_rest  # empty, or 余…: what follows is about no place
        self.is_apart = is_apart  # empty, or after a blank: it does not go on about the clause before
        self.is_abnormal = is_abnormal
        self.is_last = is_last  # its mark ends the segment


def _told(clause: Clause) -> Told:
    if clause.told is None:
        start, end = clause.words
        said = clause.plain[start:end]
        clause.told = Told(
            is_rest=not said or said[0] == "余",
            is_apart=start > 0 or not said,
            is_abnormal=is_abnormal(said),
            is_last=end != len(clause.plain) - 1 or clause.plain[-1] in _SEGMENT_MARKS,
        )
    return clause.told
