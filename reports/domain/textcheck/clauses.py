"""Clauses: the pieces of a text that ，；。 and line breaks end, with the scopes of their negations.

What the modules above derive from a clause (structures, sizes, degrees) they compute or cache themselves.
"""

import re
from bisect import bisect_right
from typing import Final

MARKS: Final = "，；。！？,;!?\n"
# Pieces with their closing mark, which the last one may lack. The last match is always empty.
_PIECE: Final = re.compile(rf"[^{MARKS}]*[{MARKS}]?")
# A half-width point behind Chinese text ends a sentence too, but not behind 一, 二 … that number an item.
_POINT: Final = re.compile(r"(?<=[\u4e00-\u9fff）)])(?<![一二三四五六七八九十])\.(?![\dA-Za-z.])")
_PIECE_WITH_POINT: Final = re.compile(
    rf"(?:[^{MARKS}.]|(?!{_POINT.pattern})\.)*(?:[{MARKS}]|{_POINT.pattern})?"
)
# Every pattern begins with a character or a character class, so that the search can skip all others.
_WIDE: Final = re.compile("[０-９Ａ-Ｚａ-ｚ＋－．／％＝＜＞～\u3000\xa0]")
_NARROW = {
    chr(i): chr(i - 0xFEE0)
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for i in range(ord(first), ord(last) + 1)
}
_NARROW |= dict(zip("＋－．／％＝＜＞～\u3000\xa0", "+-./%=<>~  ", strict=True))
_BLANK, _OUTER = frozenset(" \t\n"), frozenset(" \t\n。；;")
# 无名指, 无回声, 未闭, 无痛 are terms, not negations; 不除外 and 不能除外 do not negate.
_NEGATION: Final = (
    r"未见|未及|未显示|未发现|未探及|未提示|未扪及|未累及|未侵犯|未突破|未受累|未受|没有|不伴|并无|未"
    r"(?!闭|成熟|破裂|分化|定|婚|孕|育|溃|愈|来|知|完全|确)"
    r"|无(?!名指|名静脉|名动脉|回声|痛|菌|力|功能|症状|创|效|机|线|烟|关节|结构区|法|从)"
    r"|否认|排除|除(?<!不除)(?<!不能除)(?<!不可除)(?<!待除)外|不支持|不考虑"
)
_WITHIN_SCOPE: Final = rf"[^{MARKS}但而]*"
_SCOPE: Final = re.compile(
    rf"(?:{_NEGATION}){_WITHIN_SCOPE}(?:[但而](?:(?<=[见无][但而])|(?![见有可])){_WITHIN_SCOPE})*"
)
SENTENCE: Final = 1
SEGMENT: Final = 2
ITEM: Final = 4
PARAGRAPH: Final = 8
_CLOSES: Final = {
    "。": SENTENCE | SEGMENT | ITEM,
    ".": SENTENCE | SEGMENT | ITEM,
    "\n": SENTENCE | SEGMENT | ITEM | PARAGRAPH,
    **dict.fromkeys("！？!?", SENTENCE | SEGMENT),
    **dict.fromkeys("；;", SEGMENT | ITEM),
}


def narrowed(raw: str) -> str:
    """Make full-width digits, Latin letters and blanks half-width; the length does not change."""
    for wide in set(_WIDE.findall(raw)):
        raw = raw.replace(wide, _NARROW[wide])
    return raw


def bounds(text: str, start: int, end: int, marks: str) -> tuple[int, int]:
    """Bounds of a piece without its mark, outer blanks and final punctuation."""
    if end > start and text[end - 1] in marks:
        end -= 1
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _OUTER:
        end -= 1
    return start, end


class Clause:
    """A clause with its closing mark. Offsets count from the beginning of the clause."""

    closes: int
    size: int
    plain: str
    _span: tuple[int, int] | None = None
    _scopes: tuple[tuple[int, int], ...] | None = None
    _content: str | None = None

    def __init__(self, plain: str) -> None:
        self.closes = _CLOSES.get(plain[-1:], 0)  # the units that its mark closes
        self.size = len(plain)
        self.plain = plain

    @property
    def span(self) -> tuple[int, int]:
        """Bounds of the content: without the mark, outer blanks and final punctuation."""
        if self._span is None:
            self._span = bounds(self.plain, 0, len(self.plain), MARKS)
        return self._span

    @property
    def content(self) -> str:
        """The text without the mark, outer blanks and final punctuation."""
        if self._content is None:
            start, end = self.span
            self._content = self.plain[start:end]
        return self._content

    @property
    def scopes(self) -> tuple[tuple[int, int], ...]:
        """The scopes of 未见, 无, 排除…, each to the closing mark or to an affirmation after 但."""
        if self._scopes is None:
            self._scopes = tuple([match.span() for match in _SCOPE.finditer(self.plain)])
        return self._scopes

    def is_negated(self, at: int) -> bool:
        """Does `at` lie within one of the scopes?"""
        scopes = self._scopes or self.scopes
        if not scopes:
            return False
        place = bisect_right(scopes, (at, len(self.plain))) - 1
        return place >= 0 and at < scopes[place][1]


def pieces_of(plain: str) -> list[str]:
    """Cut a text after each mark; an empty text gives one empty piece."""
    pieces = (_PIECE_WITH_POINT if _POINT.search(plain) else _PIECE).findall(plain)
    if len(pieces) > 1:
        pieces.pop()
    return pieces
