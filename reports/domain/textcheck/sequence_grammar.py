"""The grammar of 6.3.6: 方位：加权成像技术+特殊对比，…；方位：… with a parser that continues after a fault.

    line   = group { "；" group } [ "；" | "。" ]
    group  = orientation "：" sequence { "，" sequence }

Deviations are reported by sequence_faults.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from reports.domain.textcheck.sequence_tokens import Token, line_of, tokens_of
from reports.domain.textcheck.vocabulary import any_of, term_set, terms

# "": no label. section: 平扫：, 扫描序列：. part: 左膝：, MRA： before the orientations of a part of the
# examination. remark: a label that has nothing to do with sequences.
LabelKind = Literal["", "orientation", "other", "sequence", "section", "part", "remark"]

_CHAIN: Final = re.compile(
    rf"(?:[23]D[- ]?)?(?:{any_of(terms('sequence_bases'))})(?:\+(?:{any_of(terms('sequence_contrasts'))}))*"
    r"(?:序列|成像|扫描|像)?",
    re.I,
)
# Latin terms must not touch other Latin letters (SE in SENSE); a name may continue (T1_TSE, T2WI).
HINT: Final = re.compile(
    rf"(?<![A-Za-z])(?i:{any_of(w for w in terms('sequence_hints') if w.isascii())})(?:WI|W)?(?![A-Za-z])"
    rf"|(?:{any_of(w for w in terms('sequence_hints') if not w.isascii())})"
)
ORIENTATIONS: Final = term_set("sequence_orientations")
_OTHER_ORIENTATIONS: Final = term_set("sequence_orientations_other")
_LABELS: Final = term_set("sequence_labels")
_PLANELESS: Final = term_set("sequences_without_plane")
_LEADS: Final = re.compile(rf"(?:{any_of(ORIENTATIONS)})(?=.)")
_ENDS: Final = re.compile(rf"(?:{any_of(ORIENTATIONS)})$")
_JOINED: Final = re.compile(r"(?:及|和|与|/|&|\+| )")
LONGEST_WORD: Final = 24


@dataclass(slots=True)
class Group:
    """One orientation with its sequences, as written; without a label: the text before any colon."""

    kind: LabelKind = ""
    names: list[Token] = field(default_factory=list)
    separator: Token | None = None  # before the label
    colon: Token | None = None
    items: list[Token] = field(default_factory=list)
    marks: list[Token] = field(default_factory=list)  # separators between and after the items

    @property
    def name(self) -> str:
        return "、".join(token.text for token in self.names)

    @property
    def start(self) -> int:
        return self.names[0].start

    @property
    def label_end(self) -> int:
        return self.colon.end if self.colon else self.names[-1].end


@dataclass(slots=True)
class Segment:
    """The part between two ；; a well-formed one has one group."""

    led_by: Token | None
    groups: list[Group]

    @property
    def labelled(self) -> list[Group]:
        return [group for group in self.groups if group.kind in ("orientation", "other", "sequence")]

    @property
    def opens_section(self) -> bool:
        """Does it begin with 平扫： or similar?"""
        return any(group.kind in ("section", "part") for group in self.groups[:2])

    @property
    def opens_part(self) -> bool:
        """Does it begin with 左膝： or similar, so that orientations may repeat?"""
        return any(group.kind == "part" for group in self.groups[:2])


def is_sequence(text: str) -> bool:
    """Is this one sequence of the grammar: a base from the dictionary with its contrasts?"""
    return _CHAIN.fullmatch(text.replace(" ", "")) is not None


def has_no_plane(text: str) -> bool:
    """Is this spectroscopy, which has a voxel and no orientation?"""
    return text in _PLANELESS


def names_sequence(text: str) -> bool:
    """Does this text contain a sequence name in any form?"""
    return HINT.search(text) is not None


def orientations_in(text: str) -> list[str]:
    """The orientations of a label, [] unless it consists of known orientations only."""
    parts = [part for part in _JOINED.split(text) if part]
    return parts if parts and all(part in ORIENTATIONS for part in parts) else []


def is_orientation(text: str) -> bool:
    """Is this word an orientation of any list?"""
    return bool(orientations_in(text)) or text in _OTHER_ORIENTATIONS


def is_glued(text: str) -> bool:
    """横断位T1WI: an orientation and a sequence without the colon between them."""
    found = _LEADS.match(text)
    return found is not None and is_sequence(text[found.end() :].strip())


def parse(plain: str) -> tuple[list[Segment], str]:
    """Parse a technique text; returns the segments and the line."""
    line = line_of(plain)
    segments: list[Segment] = []
    held: list[Token] = []
    lead: Token | None = None
    doubled = False
    for token in tokens_of(line):
        if token.kind not in ("group", "stop"):
            held.append(token)
            continue
        if held:
            segments.append(Segment(lead, _groups(held)))
            held, lead, doubled = [], token, False
        elif token.kind == "group" and lead is not None and lead.kind == "group" and not doubled:
            segments.append(Segment(token, []))  # two ； with nothing between them
            lead, doubled = token, True
        elif token.kind == "group" and segments:
            lead = token
    if held:
        segments.append(Segment(lead, _groups(held)))
    return segments, line


def _groups(tokens: Sequence[Token]) -> list[Group]:
    """Split the tokens between two ； into groups: each colon starts one, labelled by what precedes it."""
    groups = [Group()]
    since: list[Token] = []
    for token in tokens:
        if token.kind != "colon":
            since.append(token)
        elif since and since[-1].kind == "word":
            group, before = _begun(since, token)
            _fill(groups[-1], before)
            groups.append(group)
            since = []
    _fill(groups[-1], since)
    for heading, first in pairwise(groups):
        # MRA：三维：TOF-MRA, 颈椎：矢状位：T2WI: the first names a part of the examination, as 平扫： does.
        names_part = heading.kind in ("sequence", "remark") and not heading.items
        if names_part and first.kind in ("orientation", "other"):
            heading.kind = "part"
    return groups


def _begun(tokens: Sequence[Token], colon: Token) -> tuple[Group, Sequence[Token]]:
    """The group that begins at `colon`, and the tokens that belong to the group before."""
    kind, at = _label(tokens)
    separator = tokens[at - 1] if at > 0 and tokens[at - 1].kind != "word" else None
    names = [_orientation_alone(t) if kind == "orientation" else t for t in tokens[at:] if t.kind == "word"]
    return Group(kind, names, separator, colon), tokens[: at - 1 if separator else at]


def _fill(group: Group, tokens: Sequence[Token]) -> None:
    for token in tokens:
        (group.items if token.kind == "word" else group.marks).append(token)


def _label(tokens: Sequence[Token]) -> tuple[LabelKind, int]:
    """Kind and start of the label at the end of `tokens`."""
    at = len(tokens) - 1
    text = tokens[at].text
    if text in _LABELS:
        return "section", at
    if len(text) > LONGEST_WORD:
        return "remark", at
    if text in _OTHER_ORIENTATIONS:
        return "other", at
    if orientations_in(text) or _ENDS.search(text):
        while at >= 2 and tokens[at - 1].kind in ("enum", "item") and _may_join(tokens[at - 2].text):
            at -= 2
        return "orientation", at
    if is_sequence(text):
        return "sequence", at
    if text.endswith(("位", "面")):
        return "other", at
    return "remark", at


def _may_join(text: str) -> bool:
    """An orientation before another and one colon: 冠状位、矢状位： or 冠、矢状位："""
    return is_orientation(text)


def _orientation_alone(token: Token) -> Token:
    """行横断位： → 横断位："""
    found = None if orientations_in(token.text) else _ENDS.search(token.text)
    if not found or token.end - token.start != len(token.text):
        return token
    return Token("word", token.start + found.start(), token.end, found[0])
