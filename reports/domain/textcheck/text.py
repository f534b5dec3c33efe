"""A report text with its sentences, clauses, paragraphs, numbered items and negations, cut once.

All offsets are code points of the text exactly as stored. Sentences end at 。！？ and line breaks, clauses at
，；。 and line breaks (DOMAIN 4). `plain` is the same text, as long as it, with full-width digits and Latin
letters made half-width: rules match there, offsets hold in both. Chinese punctuation is never touched: 6.3.6
and 6.4.3.5 are about it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from reports.domain.textcheck.kept import lazy, remembered_clause

# Every pattern here begins with a character or a class of characters: the search skips all others at once.
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ＋－．／％＝＜＞～\u3000\xa0]")
_NARROW = {
    chr(i): chr(i - 0xFEE0)
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for i in range(ord(first), ord(last) + 1)
}
_NARROW |= dict(zip("＋－．／％＝＜＞～\u3000\xa0", "+-./%=<>~  ", strict=True))
_SENTENCE_MARKS = "。！？!?\n"
_CLAUSE_MARKS = "，；。！？,;!?\n"
_SEGMENT_MARKS = "。；;！？!?\n"
_BLANK, _OUTER = frozenset(" \t\n"), frozenset(" \t\n。；;")
_LONG_CLAUSE = 100  # characters; a longer one is no template's
# Pieces with the mark that ends them; the last one may have none. What is found last is always empty.
_CLAUSE = re.compile(rf"[^{_CLAUSE_MARKS}]*[{_CLAUSE_MARKS}]?")
# 无名指, 无回声, 未闭, 无痛 and the like are words, not negations; 不除外 and 不能除外 leave the thing open.
_NEGATION = (
    r"未见|未及|未显示|未发现|未探及|未提示|未扪及|未累及|未侵犯|未突破|未受累|未受|没有|不伴|并无|未"
    r"(?!闭|成熟|破裂|分化|定|婚|孕|育|溃|愈|来|知|完全|确)"
    r"|无(?!名指|名静脉|名动脉|回声|痛|菌|力|功能|症状|创|效|机|线|烟|关节|结构区|法|从)"
    r"|否认|排除|除(?<!不除)(?<!不能除)(?<!不可除)(?<!待除)外|不支持|不考虑"
)
_WITHIN_SCOPE = rf"[^{_CLAUSE_MARKS}但而]*"
_SCOPE = re.compile(
    rf"(?:{_NEGATION}){_WITHIN_SCOPE}(?:[但而](?:(?<=[见无][但而])|(?![见有可])){_WITHIN_SCOPE})*"
)
_NUMBER = (
    r"[ \t]*(?:[（(]?(?P<n>\d{1,2})[)）]?[、.．,，:：)）](?!\d)|(?P<c>[①-⑳])[、.．]?|"
    r"(?P<h>[一二三四五六七八九十]{1,2})[、.．])[ \t]*"
)
_FIRST_NUMBER = re.compile(_NUMBER)
_NEXT_NUMBER = re.compile(rf"[\n；;。]{_NUMBER}")


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Text:
    """One field's text. Every cut is made at most once, when first asked for; each is linear in the text."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        plain = raw
        for wide in set(_WIDE.findall(raw)):
            plain = plain.replace(wide, _NARROW[wide])
        self.plain = plain

    def __bool__(self) -> bool:
        return bool(self.raw)

    @lazy
    def shared(self) -> dict[str, object]:
        """What rules derived from this text and share (mentions of anatomy and the like)."""
        return {}

    @lazy
    def is_blank(self) -> bool:
        return not self.raw.strip()

    @lazy
    def sentences(self) -> tuple[Span, ...]:
        """Without their final mark; blank ones left out."""
        return _cut(self.plain, self._sentence_ends, _SENTENCE_MARKS)

    @lazy
    def clauses(self) -> tuple[Span, ...]:
        return _cut(self.plain, self.clause_ends, _CLAUSE_MARKS)

    @lazy
    def paragraphs(self) -> tuple[Span, ...]:
        return _cut(self.plain, self._ends_at("\n"), "\n")

    @lazy
    def segments(self) -> tuple[Span, ...]:
        """The parts between 。 and ；, each about one thing; empty ones left out."""
        found = (self._segment(number) for number in range(len(self._segment_ends)))
        return tuple([span for span in found if span.end > span.start])

    def segment_at(self, at: int) -> Span:
        """The segment that `at` lies in."""
        return self._segment(bisect_right(self._segment_ends, at, 0, len(self._segment_ends) - 1))

    def _segment(self, number: int) -> Span:
        start, end = self._segment_ends[number - 1] if number else 0, self._segment_ends[number]
        return Span(start, end - 1 if end > start and self.plain[end - 1] in _SEGMENT_MARKS else end)

    @lazy
    def items(self) -> tuple[Span, ...]:
        """The numbered items of a conclusion without their numbers; else its sentences and ；-parts."""
        plain, numbers = self.plain, self._numbers
        if not numbers:
            return _cut(plain, self._ends_at("。；;\n"), "。；;\n")
        ends = [number.start for number in numbers[1:]]
        found = [_trimmed(plain, 0, numbers[0].start)]
        found += [
            _trimmed(plain, number.end, end) for number, end in zip(numbers, (*ends, len(plain)), strict=True)
        ]
        return tuple([span for span in found if span.end > span.start])

    @lazy
    def is_numbered(self) -> bool:
        return bool(self._numbers)

    @lazy
    def negations(self) -> tuple[Span, ...]:
        """Scopes of 未见/无/未/排除/否认…, each from its word to the next ，。； (DOMAIN 4), in order."""
        return tuple([Span(*match.span()) for match in _SCOPE.finditer(self.plain)])

    def is_negated(self, at: int) -> bool:
        """Does `at` lie within a negation's scope? No scope goes beyond its clause, so that one is asked."""
        number = self.clause_number(at)
        start, end = self.clause_ends[number - 1] if number else 0, self.clause_ends[number]
        if end - start > _LONG_CLAUSE:
            place = bisect_right(self._negation_starts, at) - 1
            return place >= 0 and at < self.negations[place].end
        for first, last in _scopes(self.plain[start:end]):  # noqa: SIM110  # a generator costs more than what it asks
            if first <= at - start < last:
                return True
        return False

    def sentence_at(self, at: int) -> Span:
        """The sentence around `at`; an empty span at `at` when it lies between two."""
        ends = self._sentence_ends
        number = bisect_right(ends, at, 0, len(ends) - 1)
        start, end = _bounds(self.plain, ends[number - 1] if number else 0, ends[number], _SENTENCE_MARKS)
        return Span(start, end) if start <= at < end else Span(at, at)

    def sentence_number(self, at: int) -> int:
        """The place in `sentences` of the last one that begins at `at` or before it."""
        return bisect_right(self._sentence_starts, at) - 1

    def clause_number(self, at: int) -> int:
        """The place in `clause_ends` of the piece that holds `at`."""
        return bisect_right(self.clause_ends, at, 0, len(self.clause_ends) - 1)

    def clause_at(self, at: int) -> Span:
        """The clause around `at`; an empty span at `at` when it lies between two."""
        number = bisect_right(self.clause_ends, at)
        found = self.clause(number) if number < len(self.clause_ends) else Span(at, at)
        return found if found.start <= at < found.end else Span(at, at)

    def clause(self, number: int) -> Span:
        """The clause of this number in `clause_ends`, perhaps empty."""
        ends = self.clause_ends
        return Span(*_bounds(self.plain, ends[number - 1] if number else 0, ends[number], _CLAUSE_MARKS))

    def paragraph_at(self, at: int) -> Span:
        """The paragraph around `at`."""
        return _covering(self.paragraphs, self._paragraph_starts, at)

    def unnegated(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of `pattern` in `plain` that no negation covers."""
        for match in pattern.finditer(self.plain):
            if not self.is_negated(match.start()):
                yield match

    @lazy
    def clause_ends(self) -> list[int]:
        """Where the clauses end, their marks included: quicker to have than the clauses."""
        return list(accumulate(map(len, _CLAUSE.findall(self.plain)[:-1]))) or [0]

    def _ends_at(self, marks: str) -> list[int]:
        """Where what only these of the clauses' marks divide ends."""
        plain = self.plain
        found = [end for end in self.clause_ends if end and plain[end - 1] in marks]
        if not found or found[-1] < len(plain):
            found.append(len(plain))
        return found

    @lazy
    def _sentence_ends(self) -> list[int]:
        return self._ends_at(_SENTENCE_MARKS)

    @lazy
    def _sentence_starts(self) -> list[int]:
        return [span.start for span in self.sentences]

    @lazy
    def _segment_ends(self) -> list[int]:
        return self._ends_at(_SEGMENT_MARKS)

    @lazy
    def _paragraph_starts(self) -> list[int]:
        return [span.start for span in self.paragraphs]

    @lazy
    def _negation_starts(self) -> list[int]:
        return [span.start for span in self.negations]

    @lazy
    def _numbers(self) -> list[Span]:
        """Where the numbers of items stand: at the beginning, after a line break or after ；。"""
        first = _FIRST_NUMBER.match(self.plain)
        found = [Span(*first.span())] if first else []
        found += [Span(m.start() + 1, m.end()) for m in _NEXT_NUMBER.finditer(self.plain)]
        return found


@remembered_clause
def _scopes(clause: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _SCOPE.finditer(clause))


def _cut(text: str, ends: Sequence[int], marks: str) -> tuple[Span, ...]:
    found, start = [], 0
    for end in ends:
        bounds = _bounds(text, start, end, marks)
        if bounds[1] > bounds[0]:
            found.append(bounds)
        start = end
    return tuple(map(Span._make, found))


def _bounds(text: str, start: int, end: int, marks: str) -> tuple[int, int]:
    """A piece without its mark, outer blanks and final punctuation."""
    if end > start and text[end - 1] in marks:
        end -= 1
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _OUTER:
        end -= 1
    return start, end


def words_of(clause: str) -> Span:
    """The clause without its mark, outer blanks and final punctuation."""
    return Span(*_bounds(clause, 0, len(clause), _CLAUSE_MARKS))


def _trimmed(text: str, start: int, end: int) -> Span:
    return Span(*_bounds(text, start, end, ""))


def _covering(spans: Sequence[Span], starts: Sequence[int], at: int) -> Span:
    place = bisect_right(starts, at) - 1
    return spans[place] if place >= 0 and at < spans[place].end else Span(at, at)
