"""Deviations from the grammar of 6.3.6, with the codes of the register.

One cause gives one finding: text without any 方位： is reported once, not mark by mark, and a habit (、 or
half-width marks throughout the line) at its first occurrence.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reports.domain.textcheck.sequence_grammar import (
    HINT,
    LONGEST_WORD,
    ORIENTATIONS,
    Group,
    Segment,
    has_no_plane,
    is_glued,
    is_orientation,
    is_sequence,
    names_sequence,
    orientations_in,
    parse,
)
from reports.domain.textcheck.sequence_tokens import Token
from reports.domain.textcheck.vocabulary import any_of, term_set, terms

_PARAMETER: Final = re.compile(any_of(terms("sequence_parameters")))
_CONTRASTS: Final = term_set("sequence_contrasts")
_BETWEEN_SEQUENCES: Final = re.compile(r"(?:及|和|与|/|\||&| )|\+(?=(?:T[12]\*?|PD|D|S|P)WI)")
_MOST_NOTES: Final = 6


@dataclass(frozen=True, slots=True)
class Fault:
    """A deviation from the grammar: the check's code, its place in the text, the sentence."""

    code: str
    start: int
    end: int
    message: str


# Departments repeat a few lines.
@lru_cache(maxsize=2048)
def faults(plain: str) -> tuple[Fault, ...]:
    """Every deviation of a technique text from 6.3.6, one per cause."""
    segments, line = parse(plain)
    if not any(segment.labelled for segment in segments):
        return tuple(_unstructured(segments, line))
    return (
        *_separated(segments),
        *_unlabelled(segments),
        *_contents(segments),
        *_halfwidth(segments),
        *_names(segments),
    )


def _unstructured(segments: Sequence[Segment], line: str) -> Iterator[Fault]:
    """A text without a single 方位：."""
    named = HINT.search(line)
    if named is None:
        yield Fault("no-sequence-line", 0, 0, "技术参数中没有写扫描序列，MRI检查应标明扫描序列。")
        return
    start, end = _word_around(segments, named.start(), named.end())
    has_orientation = any(orientation in line for orientation in ORIENTATIONS)
    why = "有方位和序列，但没有写成“方位：序列”" if has_orientation else "只写了序列，没有写各自的方位"
    yield Fault("missing-orientation", start, end, f"“{_short(line[start:end])}”{why}。")


def _word_around(segments: Sequence[Segment], start: int, end: int) -> tuple[int, int]:
    """Extend a place to the whole word."""
    for segment in segments:
        for group in segment.groups:
            for item in group.items:
                if item.start <= start < item.end <= item.start + 40:
                    return item.start, item.end
    return start, end


def _separated(segments: Sequence[Segment]) -> Iterator[Fault]:
    """An orientation without ； before it, and duplicate labels."""
    before: Group | None = None
    for segment in segments:
        lead = segment.led_by
        fresh = lead is None or lead.kind == "group" or segment.opens_section
        for place, group in enumerate(segment.labelled):
            if before is not None and not (fresh and place == 0):
                yield from _two_groups(before, group, lead if place == 0 else group.separator)
            before = group


def _two_groups(before: Group, group: Group, separator: Token | None) -> Iterator[Fault]:
    if not before.items and before.name == group.name:
        message = f"方位“{group.name}：”连写了两遍。"
        yield Fault("duplicate-orientation-label", before.start, group.label_end, message)
    elif before.items and before.name != group.name:
        start = separator.start if separator else group.start
        mark = f"此处用的是“{separator.text}”" if separator and separator.text != "\n" else "此处没有分号"
        message = f"“{before.name}”与“{group.name}”是不同方位，之间应用“；”分隔，{mark}。"
        yield Fault("missing-group-separator", start, group.label_end, message)


def _unlabelled(segments: Sequence[Segment]) -> Iterator[Fault]:
    """Parts between two ； that list sequences without an orientation; a run of them is reported once."""
    is_run = False
    named: set[str] = set()  # sequences after an orientation
    for segment in segments:
        found = next(
            (fault for group in segment.groups if (fault := _without_orientation(group, named))), None
        )
        if found and not is_run:
            yield found
        is_run = found is not None
        named.update(
            item.text for group in segment.labelled for item in group.items if group.kind != "sequence"
        )


def _without_orientation(group: Group, named: Set[str]) -> Fault | None:
    if group.kind == "sequence":
        return None if _gives_parameters(group, named) else _turned_round(group)
    if group.kind not in ("", "section") or not group.items:
        return None
    glued = is_glued(group.items[0].text)
    if all(has_no_plane(item.text) for item in group.items):
        return None
    if not glued and not all(is_sequence(item.text) for item in group.items):
        return None
    text = _short("，".join(item.text for item in group.items))
    why = "的方位后面没有“：”" if glued else "前面没有写方位"
    message = f"“{text}”{why}，标准规定的格式是“方位：序列”。"
    return Fault("missing-orientation", group.items[0].start, group.items[-1].end, message)


def _gives_parameters(group: Group, named: Set[str]) -> bool:
    """DWI：b=0，1000 after 横断位：T1WI，DWI: parameters of a sequence whose orientation was given."""
    return group.name in named and not any(
        is_orientation(item.text) or is_sequence(item.text) for item in group.items
    )


def _turned_round(group: Group) -> Fault | None:
    """T1WI：横断位; MRCP：2D，3D, too, has no orientation."""
    turned = any(is_orientation(item.text) for item in group.items)
    if has_no_plane(group.name) and not turned:
        return None
    why = "写成了“序列：方位”" if turned else "前面没有写方位"
    message = f"“{group.name}：”{why}，标准规定的格式是“方位：序列”。"
    return Fault("missing-orientation", group.start, group.label_end, message)


def _contents(segments: Sequence[Segment]) -> Iterator[Fault]:
    """Orientations without a sequence, empty items, and 、 between sequences."""
    wrong: Fault | None = None
    for segment, after in zip(segments, [*segments[1:], None], strict=True):
        if not segment.groups and segment.led_by is not None:
            start, end = segment.led_by.start, segment.led_by.end
            yield Fault("empty-sequence", start, end, "两个“；”之间没有方位和序列。")
        labelled = segment.labelled
        for place, group in enumerate(labelled):
            following = labelled[place + 1] if place + 1 < len(labelled) else None
            repeated = following is not None and following.name == group.name
            if group.kind == "orientation" and not group.items and not repeated:
                message = f"方位“{group.name}：”后面没有写序列。"
                yield Fault("empty-sequence", group.start, group.label_end, message)
            yield from _doubled(group)
            yield from _swallowed(group)
            wrong = wrong or _wrongly_separated(group)
        if after and after.led_by and after.led_by.kind == "group":
            yield from _dangling(labelled, after.led_by)
    if wrong:
        yield wrong


def _doubled(group: Group) -> Iterator[Fault]:
    """Two separators in a row, or one before the first sequence."""
    places = [item.start for item in group.items]
    previous = group.label_end
    for mark in group.marks:
        following = bisect_left(places, previous)
        is_empty = following == len(places) or places[following] >= mark.start
        if is_empty and group.items:
            yield Fault("empty-sequence", mark.start, mark.end, f"“{mark.text}”前面没有序列。")
            return
        previous = mark.end


def _dangling(groups: Sequence[Group], following: Token) -> Iterator[Fault]:
    """T1WI，；: a separator before the ； with no sequence between them."""
    if groups and groups[-1].marks and groups[-1].items:
        mark = groups[-1].marks[-1]
        if mark.start > groups[-1].items[-1].start:
            message = f"“{mark.text}”与“{following.text}”之间没有序列。"
            yield Fault("empty-sequence", mark.start, following.end, message)


def _swallowed(group: Group) -> Iterator[Fault]:
    """横断位：T1WI，冠状位T2WI: an orientation without ； and ：."""
    for item in group.items:
        if is_glued(item.text):
            message = f"“{_short(item.text)}”是另一方位，与“{group.name}”之间应用“；”分隔，方位后应有“：”。"
            yield Fault("missing-group-separator", item.start, item.end, message)
            return


def _wrongly_separated(group: Group) -> Fault | None:
    """、 (or 及, /, a blank) instead of ， between two sequences of one orientation."""
    marks = {mark.start: mark for mark in group.marks if mark.kind == "enum"}
    for one, other in zip(group.items, group.items[1:], strict=False) if marks else ():
        mark = next((marks[at] for at in range(one.end, min(other.start, one.end + 9)) if at in marks), None)
        if mark and names_sequence(one.text) and names_sequence(other.text):
            return _wrong(one.start, other.end, one.text, other.text, "、")
    for item in group.items:
        parts = _several(item.text)
        if parts:
            return _wrong(item.start, item.end, parts[0], parts[1], item.text[len(parts[0])])
    return None


def _wrong(start: int, end: int, one: str, other: str, mark: str) -> Fault:
    shown = "空格" if mark == " " else f"“{mark}”"
    message = f"“{one}”与“{other}”是同一方位的不同序列，之间应用“，”分隔，此处用的是{shown}。"
    return Fault("wrong-sequence-separator", start, end, message)


def _several(text: str) -> list[str]:
    """The first two sequences of an item with several (T1WI/T2WI), else []; T2WI FS is one sequence."""
    parts = [part for part in _BETWEEN_SEQUENCES.split(text) if part][:2] if len(text) <= 80 else []
    several = len(parts) > 1 and all(is_sequence(part) and part.upper() not in _CONTRASTS for part in parts)
    return parts if several else []


def _halfwidth(segments: Sequence[Segment]) -> Iterator[Fault]:
    """Half-width , ; : between orientations and sequences, reported once."""
    marks: list[Token] = []
    for place, segment in enumerate(segments):
        if not segment.labelled:
            continue
        beside = place > 0 and bool(segments[place - 1].labelled)
        own = [segment.led_by] if beside else []
        for group in segment.labelled:
            own += [group.separator, group.colon, *group.marks]
        marks += [mark for mark in own if mark is not None and mark.is_halfwidth]
    if marks:
        seen = "".join(f"“{text}”" for text in sorted({mark.text for mark in marks}))
        start, end = min(m.start for m in marks), max(m.end for m in marks)
        message = f"扫描序列中有{len(marks)}处半角标点{seen}，标准规定的分隔符是全角“：”“，”“；”。"
        yield Fault("halfwidth-separator", start, end, message)


def _names(segments: Sequence[Segment]) -> Iterator[Fault]:
    """Notes on joined, unknown or repeated orientations, and sequences not in the dictionary; each once."""
    seen: set[str] = set()
    written: set[str] = set()  # orientations of this part of the examination
    for segment in segments:
        if segment.opens_part:
            written.clear()
        for group in segment.labelled:
            if group.kind == "sequence":
                continue
            yield from _label_note(group, seen, written)
            for item in group.items:
                if len(seen) < _MOST_NOTES * 4 and item.text not in seen and _is_unknown(item.text):
                    seen.add(item.text)
                    message = f"“{_short(item.text)}”不在扫描序列词表中，请核对写法。"
                    yield Fault("unknown-sequence", item.start, item.end, message)


def _label_note(group: Group, seen: set[str], written: set[str]) -> Iterator[Fault]:
    start, end, key = group.start, group.names[-1].end, f"{group.name}："
    if group.kind == "other" and key not in seen:
        yield Fault("unknown-orientation", start, end, f"“{group.name}”不在方位词表中，请核对写法。")
    elif group.kind == "orientation":
        if len(group.names) > 1 or len(orientations_in(group.names[0].text)) > 1:
            message = f"“{group.name}”几个方位合写，标准没有规定这种写法。"
            yield Fault("orientations-joined", start, end, message)
        elif key in written and group.items:
            message = f"方位“{group.name}”前面已经写过，同一方位的序列宜写在一处。"
            yield Fault("orientation-repeated", start, end, message)
    if group.items:
        seen.add(key)
        written.add(key)


def _is_unknown(text: str) -> bool:
    """Is it an unknown sequence name, rather than a parameter or remark?"""
    if not text or len(text) > LONGEST_WORD or is_sequence(text) or is_glued(text):
        return False
    return _PARAMETER.search(text) is None and not _several(text)


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST_WORD else text[: LONGEST_WORD - 1] + "…"
