"""Differences between two texts, as unchanged, removed and added segments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]
_CLAUSE = re.compile(r"[^，。；：、,;:\n]*[，。；：、,;:\n]?")
_MOST = 400  # characters of a clause compared one by one; beyond, the clause is replaced as a whole


@dataclass(frozen=True)
class Segment:
    """A stretch of text and whether both versions have it, only the earlier, or only the later."""

    kind: Kind
    text: str


def differences(before: str, after: str) -> tuple[Segment, ...]:
    """Segments in reading order; without the removed ones they are `after`, without the added ones `before`.

    Compared clause by clause, and character by character within clauses that differ.
    """
    segments: list[Segment] = []
    for segment in _by_clause(before, after):
        if segment.text and segments and segments[-1].kind == segment.kind:
            segments[-1] = Segment(segment.kind, segments[-1].text + segment.text)
        elif segment.text:
            segments.append(segment)
    return tuple(segments)


def _by_clause(before: str, after: str) -> Iterator[Segment]:
    old, new = (_CLAUSE.findall(text) for text in (before, after))
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = "".join(old[i:j]), "".join(new[k:m])
        if tag == "equal":
            yield Segment("same", added)
        elif tag == "replace" and len(removed) <= _MOST and len(added) <= _MOST:
            yield from _by_character(removed, added)
        else:
            yield Segment("removed", removed)
            yield Segment("added", added)


def _by_character(before: str, after: str) -> Iterator[Segment]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.5:  # scattered single characters would be hard to read
        yield Segment("removed", before)
        yield Segment("added", after)
        return
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Segment("same", after[k:m])
        else:
            yield Segment("removed", before[i:j])
            yield Segment("added", after[k:m])
