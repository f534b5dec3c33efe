"""Detect text that was damaged before import: lost characters, wrong encodings, markup of other programs.

What is lost cannot be brought back, so it is refused, never taken as text. Doubt of a clinician (肺癌？？),
comparisons (a<b) and quoted signs are text.
"""

import re
from collections.abc import Iterable
from html.entities import html5
from typing import NamedTuple


class Damage(NamedTuple):
    """Position of the damage, an excerpt of the text around it, and its description in Chinese."""

    start: int
    end: int
    excerpt: str
    what: str


_ASK, _WORD = "[?？]", r"\u3400-\u9fffA-Za-z0-9"
# ?? alone is a placeholder. Doubt follows a word; directly after it comes a punctuation mark, an end, the
# next item of a list, a recommendation, or (in Chinese signs) the next doubt: 骨折？？骨裂？？
_DOUBT_GOES_ON = (
    rf"(?:[待除请建或伴并可必与和及]|性质|(?<=？)[{_WORD}]{{1,12}}？|\d{{1,2}}(?:[、．)）]|\.(?!\d)))"
)
_LOST = (
    # Not a character, half of one, a picture's place, or the reader's own sign for what it could not read.
    ("[\ufffc-\uffff\ufdd0-\ufdef\ud800-\udfff]+", "无法显示的字符，原文字已丢失"),
    ("[\ue000-\uf8ff\U000f0000-\U0010ffff]+", "专用区字符（自造字或符号字体），原文字已丢失"),
    ("¿+", "无法显示的字符，原文字已丢失"),
    ("[\x80-\x84\x86-\x9f]+", "乱码（编码转换错误）"),
    ("烫{3,}|屯{3,}|葺{3,}|铪{3,}", "乱码，原文字已丢失"),
    (
        rf"{_ASK}{{4,}}|(?!\A{_ASK}{{2}}\Z|(?<=[(（【\[]){_ASK}{{2,3}}[)）】\]])(?<![{_WORD})）\]】”\"%?？]){_ASK}{{2,}}",
        "连续的问号，多半是编码转换时丢失的文字",
    ),
    (
        f"(?<=[{_WORD}]){_ASK}{{2,3}}(?=[{_WORD}])(?!{_DOUBT_GOES_ON})",
        "文字中间连续的问号，多半是编码转换时丢失的文字",
    ),
)
_MISREAD = "乱码（文字被按另一种编码读取）"
_HIGH = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_LETTER, _BYTE = "[\xc0-\xd6\xd8-\xf6\xf8-\xff]", "[\xa1-\xff]"
_WRONG = (
    # UTF-8 read as Latin-1 (è‚ºçº¹) or Windows-1252, and GBK (·ÎÎÆ).
    (f"[\xe2-\xef][{_HIGH}]{{2}}|[ÂÃ][{_HIGH}]", _MISREAD),
    (f"{_LETTER}{{2}}{_BYTE}{{2}}|{_BYTE}{_LETTER}{{2}}{_BYTE}|{_BYTE}{{2}}{_LETTER}{{2}}", _MISREAD),
)
_TAGS = (
    "br|div|span|font|strong|em|su[bp]|table|tbody|thead|t[rdh]|[uo]l|li|h[1-6]|img|body|html|head|meta|style|hr|pre"
    "|center|nobr|label|o:p"
)
_MARKUP = (
    (rf"</?(?:(?:{_TAGS})(?:\s[^<>]*)?|[abipsu](?:\s+[\w:-]+\s*=[^<>]*)?)\s*/?>|<!--", "网页标记"),
    (
        r"\{\\rtf|\\'[0-9a-fA-F]{2}|\\u-?\d{2,5}\s?\?|\\(?:pard?|plain|fs\d+|cf\d+|lang\d+)(?![A-Za-z])",
        "RTF格式代码",
    ),
    (
        r"\\(?:\.(?:br|sp|in|ti|sk|ce|fi|nf)[+-]?\d*|X(?:[0-9A-Fa-f]{2})+|[CMZ][0-9A-Fa-f]{2,}|[EFHNRST])\\",
        "HL7转义符",
    ),
    (r"\\u[0-9a-fA-F]{4}|\\r\\n|(?<![A-Za-z:])\\[nrt](?![A-Za-z])", "程序转义符"),
)
_KINDS = tuple((re.compile(pattern, re.IGNORECASE), what) for pattern, what in (*_LOST, *_WRONG, *_MARKUP))
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LONGEST = 100_000  # far beyond any report; more is not looked at


def _gbk(leads: Iterable[int], trails: Iterable[int]) -> str:
    """The characters of GBK with these first and second bytes."""
    trails = tuple(trails)
    return "".join(bytes((a, b)).decode("gbk", "ignore") for a in leads for b in trails)


# Two characters of UTF-8 are six bytes, which GBK reads as three rare ones: 肺纹 as 鑲虹汗, two U+FFFD as
# 锟斤拷. No such three occurred together in 2.5 million characters of undamaged Chinese.
_HEADS, _INNER = (*range(0xE3, 0xEA), 0xEF), range(0x80, 0xC0)
_PAIR = re.compile(f"[{_gbk(_HEADS, _INNER)}][{_gbk(_INNER, _HEADS)}][{_gbk(_INNER, _INNER)}]")
# Every damaged text contains one of these: most texts are searched only once.
_SIGN = re.compile(
    r"[?？¿<&{\\烫屯葺铪\x80-\x84\x86-\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff\ud800-\udfff\ue000-\uf8ff"
    rf"\ufdd0-\ufdef\ufffc-\uffff\U000f0000-\U0010ffff{_gbk(_HEADS, _INNER)}]"
)


def damage(text: str) -> Damage | None:
    """The first damage of a text; None for an undamaged one."""
    if not _SIGN.search(text, 0, _LONGEST):
        return None
    text = text[:_LONGEST]
    for pattern, what in (*_KINDS, (_PAIR, _MISREAD)):
        if found := pattern.search(text):
            return _damage(text, found, what)
    for found in _ENTITY.finditer(text):
        if found[0][1] == "#" or found[0][1:] in html5:
            return _damage(text, found, "网页标记")
    return None


def _damage(text: str, found: re.Match[str], what: str) -> Damage:
    start, end = found.span()
    excerpt = " ".join(text[max(0, start - 6) : min(end, start + 12) + 4].split())
    return Damage(start, end, whole(excerpt), what)


def whole(text: str) -> str:
    """Replace each lone surrogate by ?: it can be neither stored nor displayed."""
    return text.encode("utf-8", "replace").decode()
