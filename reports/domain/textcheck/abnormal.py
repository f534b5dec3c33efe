"""Where the findings describe a place as not normal: 见… and words of abnormality that no denial covers."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reports.domain.textcheck.anatomy import Mention, names_something
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.words import pattern, remembered

# 无肺纹理, 无壁 and 无强化 are signs although they begin like a denial.
_DENIES = re.compile(r"未|无(?!肺纹理|壁|强化)|没有|否认|排除|除外")
_SEEN = re.compile(r"(?<![未不难])见(?!异常)")
_WORDS = pattern("abnormal_words")
_SEGMENT_MARKS = "。；;！？!?\n"
# Mentions of one place in one report; more are no description any more.
_MOST = 30


class Place(NamedTuple):
    """Where a text describes something: the ，-part, and the 。；-part it stands in."""

    part: Span
    segment: Span


def affirmed(part: str) -> str:
    """What a ，-part says before any denial in it."""
    denial = _DENIES.search(part)
    return part[: denial.start()] if denial else part


@remembered
def is_abnormal(part: str) -> bool:
    """Does a ，-part show something, before any denial in it?"""
    said = affirmed(part)
    if "见" in said and _SEEN.search(said):
        return True
    return _WORDS.search(said) is not None


def places_named(text: Text, name: str) -> tuple[Place, ...]:
    """The abnormal parts that say `name` literally, in order."""
    if name not in text.plain:
        return ()
    return _places(text, _found(text.plain, name))


def places_of(text: Text, named: Iterable[Mention]) -> tuple[Place, ...]:
    """The abnormal parts around these mentions, in order."""
    return _places(text, (mention.start for mention in named))


def _found(plain: str, name: str) -> Iterator[int]:
    at = plain.find(name)
    while at >= 0:
        yield at
        at = plain.find(name, at + len(name))


def _places(text: Text, starts: Iterable[int]) -> tuple[Place, ...]:
    known = text.shared.setdefault("abnormal_parts", {})
    assert isinstance(known, dict)
    found: dict[int, Place] = {}
    for count, at in enumerate(starts):
        if count >= _MOST:
            break
        part = text.clause_at(at)
        if part.start not in known:
            known[part.start] = _place(text, part)
        if known[part.start]:
            found[part.start] = known[part.start]
    return tuple(found.values())


def _place(text: Text, part: Span) -> Place | None:
    """The part when it, or what goes on about it (大小约…，边缘毛糙), is abnormal."""
    plain = text.plain
    if plain.startswith("余", part.start):
        return None
    at = part
    for _ in range(_MOST):
        if is_abnormal(at.of(plain)):
            return Place(part, text.segment_at(part.start))
        after = text.clause_at(at.end + 1)
        if at.end >= len(plain) or plain[at.end] in _SEGMENT_MARKS or after.end == after.start:
            return None
        if names_something(text.plain, *after):
            return None
        at = after
    return None
