"""A report text with its sentences, clauses, paragraphs, numbered items and negations, cut once.

All offsets are code points of the text exactly as stored. Sentences end at 。！？ and line breaks, clauses at
，；。 and line breaks (DOMAIN 4). `plain` is the same text, as long as it, with full-width digits and Latin
letters made half-width: rules match there, offsets hold in both. Chinese punctuation is never touched: 6.3.6
and 6.4.3.5 are about it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ＋－．／％＝＜＞～\u3000\xa0]")
_NARROW = {i: i - 0xFEE0 for i in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_NARROW |= {
    ord(wide): ord(narrow) for wide, narrow in zip("＋－．／％＝＜＞～\u3000\xa0", "+-./%=<>~  ", strict=True)
}
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_CLAUSE = re.compile(r"[^，；。！？,;!?\n]+")
_LINE = re.compile(r"[^\n]+")
# 无名指, 无回声, 未闭, 无痛 and the like are words, not negations; 不除外 and 不能除外 leave the thing open.
_NEGATION = re.compile(
    r"未见|未及|未显示|未发现|未探及|未提示|未扪及|未累及|未侵犯|未突破|未受累|未受|没有|不伴|并无|未"
    r"(?!闭|成熟|破裂|分化|定|婚|孕|育|溃|愈|来|知|完全|确)"
    r"|无(?!名指|名静脉|名动脉|回声|痛|菌|力|功能|症状|创|效|机|线|烟|关节|结构区|法|从)"
    r"|否认|排除|(?<!不)(?<!不能)(?<!不可)(?<!待)除外|不支持|不考虑"
)
_SCOPE_END = re.compile(r"[，；。！？,;!?\n]|(?<!见)(?<!无)[但而](?=[见有可])")
_NUMBER = re.compile(
    r"(?:^|(?<=[\n；;。]))[ \t]*(?:[（(]?(?P<n>\d{1,2})[)）]?[、.．,，:：)）](?!\d)|(?P<c>[①-⑳])[、.．]?|"
    r"(?P<h>[一二三四五六七八九十]{1,2})[、.．])[ \t]*"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Text:
    """One field's text. Every cut is made at most once, when first asked for; each is linear in the text."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.plain = raw.translate(_NARROW) if _WIDE.search(raw) else raw

    def __bool__(self) -> bool:
        return bool(self.raw)

    @cached_property
    def shared(self) -> dict[str, object]:
        """What rules derived from this text and share (mentions of anatomy and the like)."""
        return {}

    @cached_property
    def is_blank(self) -> bool:
        return not self.raw.strip()

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Without their final mark; blank ones left out."""
        return _cut(_SENTENCE, self.plain)

    @cached_property
    def clauses(self) -> tuple[Span, ...]:
        return _cut(_CLAUSE, self.plain)

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        return _cut(_LINE, self.plain)

    @cached_property
    def items(self) -> tuple[Span, ...]:
        """The numbered items of a conclusion without their numbers; else its sentences and ；-parts."""
        marks = list(_NUMBER.finditer(self.plain))
        if not marks:
            return _cut(re.compile(r"[^。；;\n]+"), self.plain)
        found = []
        if self.plain[: marks[0].start()].strip():
            found.append(_trimmed(self.plain, 0, marks[0].start()))
        for place, mark in enumerate(marks):
            end = marks[place + 1].start() if place + 1 < len(marks) else len(self.plain)
            found.append(_trimmed(self.plain, mark.end(), end))
        return tuple(span for span in found if span.end > span.start)

    @cached_property
    def is_numbered(self) -> bool:
        return _NUMBER.search(self.plain) is not None

    @cached_property
    def negations(self) -> tuple[Span, ...]:
        """Scopes of 未见/无/未/排除/否认…, each from its word to the next ，。； (DOMAIN 4), in order."""
        found: list[Span] = []
        for match in _NEGATION.finditer(self.plain):
            if found and match.start() < found[-1].end:
                continue
            stop = _SCOPE_END.search(self.plain, match.end())
            found.append(Span(match.start(), stop.start() if stop else len(self.plain)))
        return tuple(found)

    def is_negated(self, at: int) -> bool:
        """Does `at` lie within a negation's scope?"""
        return _covering(self.negations, at) is not None

    def sentence_at(self, at: int) -> Span:
        """The sentence around `at`; an empty span at `at` when it lies between two."""
        return _covering(self.sentences, at) or Span(at, at)

    def clause_at(self, at: int) -> Span:
        """The clause around `at`; an empty span at `at` when it lies between two."""
        return _covering(self.clauses, at) or Span(at, at)

    def paragraph_at(self, at: int) -> Span:
        """The paragraph around `at`."""
        return _covering(self.paragraphs, at) or Span(at, at)

    def unnegated(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of `pattern` in `plain` that no negation covers."""
        for match in pattern.finditer(self.plain):
            if not self.is_negated(match.start()):
                yield match


def _covering(spans: tuple[Span, ...], at: int) -> Span | None:
    place = bisect_right(spans, at, key=lambda span: span.start) - 1
    return spans[place] if place >= 0 and at < spans[place].end else None


def _cut(pattern: re.Pattern[str], text: str) -> tuple[Span, ...]:
    spans = (_trimmed(text, match.start(), match.end()) for match in pattern.finditer(text))
    return tuple(span for span in spans if span.end > span.start)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without outer blanks and final punctuation."""
    while start < end and text[start] in " \t\n":
        start += 1
    while end > start and text[end - 1] in " \t\n。；;":
        end -= 1
    return Span(start, end)
