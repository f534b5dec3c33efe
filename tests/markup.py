"""A page's markup as a test compares it: where its template breaks a line is the formatter's."""

import re


def unwrapped(markup: str) -> str:
    """The markup without the line breaks of its template: none beside a tag or within one."""
    markup = re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: re.sub(r"\s+", " ", tag[0]).replace(" >", ">"), markup)
    return re.sub(r"\s*\n\s*", " ", re.sub(r"\s*\n\s*(?=<)|(?<=>)\s*\n\s*", "", markup))
