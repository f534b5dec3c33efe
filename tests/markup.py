"""A page's markup as a test compares it: where its template breaks a line is the formatter's."""

import re

_INLINE = "a|abbr|b|code|em|i|kbd|label|mark|q|small|span|strong"  # a blank beside these is seen


def unwrapped(markup: str) -> str:
    """The markup in one line: a run of blanks is one, and beside an element with a box of its own none."""
    markup = re.sub(r"\s+", " ", markup)
    markup = re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: tag[0].replace(" >", ">"), markup)
    return re.sub(rf" ?(</?(?!(?:{_INLINE})\b)[a-zA-Z][^<>]*>) ?", r"\1", markup)
