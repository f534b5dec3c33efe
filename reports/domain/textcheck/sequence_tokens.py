"""Tokens of the MRI sequence line (6.3.6) in a technique text.

Other parts (扫描范围：…； 线圈：…) are overwritten, not removed, so that offsets remain valid.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from reports.domain.textcheck.vocabulary import any_of, terms

TokenKind = Literal["word", "group", "item", "enum", "colon", "stop"]

_OPENER: Final = re.compile(
    rf"(?:{any_of(terms('sequence_openers'))})\s{{0,3}}(?:(?:为|如下|包括)?\s{{0,3}}[：:])"
)
# The excluded part ends before the sequence line, even without its own ；.
_REST: Final = (
    rf"(?:(?!(?:{any_of(terms('sequence_openers'))})|(?:{any_of(terms('sequence_orientations'))})\s?[：:])"
    r"[^；;。\n]){0,300}"
)
_CUT: Final = re.compile(
    rf"(?:^|(?<=[；;。，,、\s：:]))(?:{any_of(terms('sequence_cut'))})\s{{0,3}}[：:为]{_REST}|扫描范围{_REST}"
)
_TOKEN: Final = re.compile(
    r"(?P<group>[；;])|(?P<item>[，,])|(?P<enum>、)|(?P<colon>[：:])|(?P<stop>[。\n])"
    r"|(?P<word>(?:[（(][^（）()\n]{0,60}[）)]|[^；;，,、：:。\n])+)"
)
# Replaces an excluded part, so that its place between separators is not empty.
_FILLER: Final = "\ue000"
_IN_PARENTHESES: Final = re.compile(r"[（(][^（）()\n]{0,60}[）)]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the line. `text`: a word without parenthesised parts and blanks."""

    kind: TokenKind
    start: int
    end: int
    text: str

    @property
    def is_halfwidth(self) -> bool:
        return self.kind != "word" and self.text in ",;:"


def line_of(plain: str) -> str:
    """Overwrite everything that is not part of the sequence line; the length does not change."""
    opener = _OPENER.search(plain)
    if opener:
        plain = " " * opener.end() + plain[opener.end() :]
    return _CUT.sub(lambda found: _FILLER * len(found[0]), plain)


def tokens_of(line: str) -> Iterator[Token]:
    """Words and separators in order. A colon or comma between digits (10:24, 1,000) does not separate."""
    held: list[int] = []  # start and end of the current word
    for found in _TOKEN.finditer(line):
        kind: TokenKind = found.lastgroup  # type: ignore[assignment]
        start, end = found.span()
        if kind in ("colon", "item") and _between_digits(line, start):
            held = [held[0] if held else start, end]
        elif kind == "word":
            held = [held[0] if held and held[1] == start else start, end]
        else:
            yield from _word(line, held)
            held = []
            yield Token(kind, start, end, found[0])
    yield from _word(line, held)


def _between_digits(line: str, at: int) -> bool:
    return 0 < at < len(line) - 1 and line[at - 1].isdigit() and line[at + 1].isdigit()


def _word(line: str, held: list[int]) -> Iterator[Token]:
    if not held:
        return
    start, end = held
    while start < end and line[start].isspace():
        start += 1
    while end > start and line[end - 1].isspace():
        end -= 1
    if start < end:
        bare = _IN_PARENTHESES.sub("", line[start:end]).replace(_FILLER, "")
        yield Token("word", start, end, " ".join(bare.split()))
