"""A page's markup as a test compares it: where its template breaks a line is the formatter's."""

import re

_INLINE = "a|abbr|b|code|em|i|kbd|label|mark|q|small|span|strong"  # a blank beside these is seen


def unwrapped(markup: str) -> str:
    """The markup in one line: a run of blanks is one, and beside an element with a box of its own none."""
    markup = re.sub(r"\s+", " ", markup)
    markup = re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: tag[0].replace(" >", ">"), markup)
    return re.sub(rf" ?(</?(?!(?:{_INLINE})\b)[a-zA-Z][^<>]*>) ?", r"\1", markup)


def split_sentences(markup: str) -> list[str]:
    """Where a reader sees a blank before ，。：；、） or after ，（、, each with what stands around it."""
    shown = re.sub(r"<(script|textarea)\b.*?</\1>", "", markup, flags=re.DOTALL)
    lines = re.sub(rf"<(?!/?(?:{_INLINE})\b)[^<>]*>", "\n", unwrapped(shown))
    return re.findall(r".{0,12}(?: [，。：；、）]|[，（、] (?! )).{0,12}", re.sub(r"<[^<>]*>", "", lines))
