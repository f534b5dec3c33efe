"""A report text with its sentences, clauses, paragraphs, numbered items and negations.

All offsets are code points of the text exactly as stored. Sentences end at 。！？ and line breaks, clauses at
，；。 and line breaks (DOMAIN 4). `plain` has full-width digits and Latin letters made half-width,
and the same length: rules match `plain`, and offsets are valid in both. Chinese punctuation is not changed,
because 6.3.6 and 6.4.3.5 are about it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

from reports.domain.textcheck.clauses import (
    ITEM,
    MARKS,
    PARAGRAPH,
    SEGMENT,
    SENTENCE,
    Clause,
    bounds,
    narrowed,
    pieces_of,
)

_SENTENCE_MARKS: Final = "。！？!?\n"
_SEGMENT_MARKS: Final = "。；;！？!?\n"
_NUMBER: Final = re.compile(
    r"[ \t]*(?:[（(]?(?P<n>\d{1,2})[)）]?[、.．,，:：)）](?!\d)|(?P<c>[①-⑳])[、.．]?|"
    r"(?P<h>[一二三四五六七八九十]{1,2})[、.．])[ \t]*"
)
# The number of a further item without a line break or mark before it: …变化不著2.颅脑…
_RUN_IN: Final = re.compile(r"(?<=[\u4e00-\u9fffm）)])\s?(?P<n>\d{1,2})[、.．](?!\d)")
_FIRST: Final = re.compile(r"\s*[（(]?1[)）]?[、.．)）]")
_NUMBER_AFTER: Final = "\n；;。？?"  # 结石？2.囊肿


class Span:
    """A piece of a text: `text[start:end]`."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Text:
    """The text of one field. Each division is computed when first needed, in linear time, and cached."""

    _shared: dict[str, Any] | None = None
    _parts: list[Clause] | None = None
    _ends: list[int] | None = None
    _sentences: tuple[Span, ...] | None = None
    _paragraphs: tuple[Span, ...] | None = None
    _items: tuple[Span, ...] | None = None
    _negations: tuple[Span, ...] | None = None
    _sentences_end: list[int] | None = None
    _sentences_start: list[int] | None = None
    _segments_end: list[int] | None = None
    _paragraphs_start: list[int] | None = None
    _numbered: list[Span] | None = None
    _run_in: frozenset[int] = frozenset()  # where numbered items begin without a mark

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.plain = narrowed(raw)

    def __bool__(self) -> bool:
        return bool(self.raw)

    @property
    def shared(self) -> dict[str, Any]:
        """Cache of the values that rules derive from this text (mentions of anatomy and others)."""
        if self._shared is None:
            self._shared = {}
        return self._shared

    @property
    def is_blank(self) -> bool:
        return not self.raw or self.raw.isspace()

    @property
    def parts(self) -> list[Clause]:
        """The clauses, which end at `clause_ends`."""
        return self._parts or self._cut_up()[0]

    def _cut_up(self) -> tuple[list[Clause], list[int]]:
        pieces, begins = _apart(pieces_of(self.plain), self.plain)
        parts = [Clause(piece) for piece in pieces]
        for number in begins:
            parts[number - 1].closes |= SENTENCE | SEGMENT | ITEM
        ends = list(accumulate(part.size for part in parts))
        self._parts, self._ends = parts, ends
        self._run_in = frozenset(ends[number - 1] for number in begins)
        return parts, ends

    @property
    def clause_ends(self) -> list[int]:
        """Ends of the clauses, marks included."""
        return self._ends or self._cut_up()[1]

    @property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences without final mark and without blank ones."""
        if self._sentences is None:
            self._sentences = _cut(self.plain, self._sentence_ends, _SENTENCE_MARKS)
        return self._sentences

    @property
    def clauses(self) -> tuple[Span, ...]:
        return _cut(self.plain, self.clause_ends, MARKS)

    @property
    def paragraphs(self) -> tuple[Span, ...]:
        if self._paragraphs is None:
            self._paragraphs = _cut(self.plain, self._ends_of(PARAGRAPH), "\n")
        return self._paragraphs

    @property
    def segments(self) -> tuple[Span, ...]:
        """The parts between 。 and ；, without empty ones."""
        found = [self._segment(number) for number in range(len(self._segment_ends))]
        return tuple([span for span in found if span.end > span.start])

    def segment_at(self, at: int) -> Span:
        """The segment at offset `at`."""
        return self._segment(bisect_right(self._segment_ends, at, 0, len(self._segment_ends) - 1))

    def _segment(self, number: int) -> Span:
        start, end = self._segment_ends[number - 1] if number else 0, self._segment_ends[number]
        return Span(start, end - 1 if end > start and self.plain[end - 1] in _SEGMENT_MARKS else end)

    @property
    def items(self) -> tuple[Span, ...]:
        """The numbered items of a conclusion without their numbers; else its sentences and ；-parts."""
        if self._items is None:
            self._items = self._numbered_items() or _cut(self.plain, self._ends_of(ITEM), "。；;\n")
        return self._items

    def _numbered_items(self) -> tuple[Span, ...]:
        plain, numbers = self.plain, self._numbers
        if not numbers:
            return ()
        ends = [number.start for number in numbers[1:]]
        found = [_trimmed(plain, 0, numbers[0].start)]
        found += [
            _trimmed(plain, number.end, end) for number, end in zip(numbers, (*ends, len(plain)), strict=True)
        ]
        return tuple([span for span in found if span.end > span.start])

    @property
    def is_numbered(self) -> bool:
        return bool(self._numbers)

    @property
    def negations(self) -> tuple[Span, ...]:
        """Scopes of 未见/无/未/排除/否认…, each from the negation to the next ，。； (DOMAIN 4), in order."""
        if self._negations is None:
            starts = [0, *self.clause_ends]
            self._negations = tuple(
                [
                    Span(start + first, start + last)
                    for start, part in zip(starts, self.parts, strict=False)
                    for first, last in part.scopes
                ]
            )
        return self._negations

    @property
    def has_negation(self) -> bool:
        for part in self.parts:  # noqa: SIM110  # a generator costs more than what it asks
            if part.scopes:
                return True
        return False

    def is_negated(self, at: int) -> bool:
        """Is offset `at` within the scope of a negation? Scopes never extend beyond a clause."""
        ends, parts = self._ends or self.clause_ends, self._parts or self.parts
        number = bisect_right(ends, at, 0, len(ends) - 1)
        return parts[number].is_negated(at - ends[number - 1] if number else at)

    def sentence_at(self, at: int) -> Span:
        """The sentence at offset `at`; an empty span between two sentences."""
        ends = self._sentences_end or self._sentence_ends
        number = bisect_right(ends, at, 0, len(ends) - 1)
        start, end = bounds(self.plain, ends[number - 1] if number else 0, ends[number], _SENTENCE_MARKS)
        return Span(start, end) if start <= at < end else Span(at, at)

    def sentence_number(self, at: int) -> int:
        """Index of the last sentence that begins at or before `at`."""
        if self._sentences_start is None:
            self._sentences_start = [span.start for span in self.sentences]
        return bisect_right(self._sentences_start, at) - 1

    def clause_number(self, at: int) -> int:
        """Index of the clause at offset `at`."""
        ends = self._ends or self.clause_ends
        return bisect_right(ends, at, 0, len(ends) - 1)

    def clause_at(self, at: int) -> Span:
        """The clause at offset `at`; an empty span between two clauses."""
        ends = self._ends or self.clause_ends
        if at >= ends[-1]:
            return Span(at, at)
        found = self.clause(bisect_right(ends, at))
        return found if found.start <= at < found.end else Span(at, at)

    def clause(self, number: int) -> Span:
        """The clause with this index, possibly empty."""
        ends, parts = self._ends or self.clause_ends, self._parts or self.parts
        start = ends[number - 1] if number else 0
        first, last = parts[number].span
        return Span(start + first, start + last)

    def paragraph_at(self, at: int) -> Span:
        if self._paragraphs_start is None:
            self._paragraphs_start = [span.start for span in self.paragraphs]
        place = bisect_right(self._paragraphs_start, at) - 1
        found = self.paragraphs[place] if place >= 0 else Span(at, at)
        return found if at < found.end else Span(at, at)

    def unnegated(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of `pattern` in `plain` that are not negated."""
        for match in pattern.finditer(self.plain):
            if not self.is_negated(match.start()):
                yield match

    def has_before(self, words: re.Pattern[str], span: Span, at: int) -> bool:
        """Does a match of `words` end in the span before `at`? The first match per span is cached."""
        cached: dict[tuple[str, int], int] = self.shared.setdefault("first ends", {})
        key = (words.pattern, span.start)
        if key not in cached:
            first = words.search(self.plain, span.start, span.end)
            cached[key] = first.end() if first else len(self.plain) + 1
        return cached[key] <= at

    def _ends_of(self, kind: int) -> list[int]:
        """Ends of the units of this kind: sentences, segments, items or paragraphs."""
        ends, parts = self._ends or self.clause_ends, self._parts or self.parts
        found = [end for end, part in zip(ends, parts, strict=True) if part.closes & kind]
        if not found or found[-1] < len(self.plain):
            found.append(len(self.plain))
        return found

    @property
    def _sentence_ends(self) -> list[int]:
        if self._sentences_end is None:
            self._sentences_end = self._ends_of(SENTENCE)
        return self._sentences_end

    @property
    def _segment_ends(self) -> list[int]:
        if self._segments_end is None:
            self._segments_end = self._ends_of(SEGMENT)
        return self._segments_end

    @property
    def _numbers(self) -> list[Span]:
        """Spans of item numbers: at the beginning, after a line break or after ；。？"""
        if self._numbered is None:
            plain, found, start = self.plain, [], 0
            for end in self.clause_ends:
                if not start or plain[start - 1] in _NUMBER_AFTER or start in self._run_in:
                    number = _NUMBER.match(plain, start)
                    if number:
                        found.append(Span(start, number.end()))
                start = end
            self._numbered = found
        return self._numbered


_EMPTY: Final = Text("")


def text_of(raw: str | None) -> Text:
    """The text of a field; an empty one where it is not known."""
    return _EMPTY if raw is None else Text(raw)


def _apart(pieces: list[str], plain: str) -> tuple[list[str], list[int]]:
    """The pieces with each further item of a numbered text begun anew, and the numbers of those pieces.

    Exports lose line breaks: only numbers in sequence, 1 at the beginning, are taken for items.
    """
    if not _FIRST.match(plain) or not _RUN_IN.search(plain):
        return pieces, []
    found: list[str] = []
    begins: list[int] = []
    wanted = 2
    for piece in pieces:
        own = _NUMBER.match(piece)
        if own and own["n"] == str(wanted):
            wanted += 1
        start = 0
        for match in _RUN_IN.finditer(piece):
            if match["n"] == str(wanted):
                found.append(piece[start : match.start()])
                begins.append(len(found))
                start, wanted = match.start(), wanted + 1
        found.append(piece[start:])
    return found, begins


def _cut(text: str, ends: Sequence[int], marks: str) -> tuple[Span, ...]:
    found, start = [], 0
    for end in ends:
        first, last = bounds(text, start, end, marks)
        if last > first:
            found.append(Span(first, last))
        start = end
    return tuple(found)


def _trimmed(text: str, start: int, end: int) -> Span:
    return Span(*bounds(text, start, end, ""))
