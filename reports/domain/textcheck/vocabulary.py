"""Vocabularies of the edition as regular expressions and sets: the terms are data, not code."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from standards.anatomy import Structure
from standards.edition import Edition
from standards.loader import current_edition


@lru_cache(maxsize=1)
def _edition() -> Edition:
    return current_edition()


@lru_cache(maxsize=256)
def terms(name: str) -> tuple[str, ...]:
    """The terms of a vocabulary of terms.yaml in order. KeyError when it does not exist."""
    return _edition().terms.vocabularies[name].words


@lru_cache(maxsize=256)
def term_set(*names: str) -> frozenset[str]:
    """The terms of one or more vocabularies."""
    return frozenset(word for name in names for word in terms(name))


@lru_cache(maxsize=256)
def group(name: str) -> dict[str, tuple[str, ...]]:
    """A grouped vocabulary of terms.yaml (organ → its terms)."""
    return dict(_edition().terms.vocabularies[name].groups)


def tree() -> Mapping[str, Structure]:
    """The tree of anatomy of the edition: name → structure."""
    return _edition().anatomy


def any_of(given: Iterable[str], *more: str) -> str:
    """A pattern that matches any of the terms, the longest first; built as a prefix tree for speed.

    `more`: further alternatives, tried last. Each must begin with a literal character, so that the search may
    still skip all characters that nothing begins with.
    """
    tree: dict[str, dict] = {}  # type: ignore[type-arg]  # a tree of itself
    for word in given:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    parts = [_branch(tree)] if tree else []
    if more:
        parts = [parts[0][len("(?:") : -1], *more] if tree else list(more)
        return "(?:" + "|".join(parts) + ")"
    return parts[0] if parts else r"(?!)"


def _branch(node: dict) -> str:  # type: ignore[type-arg]
    ends = "" in node
    parts = [
        re.escape(char) + _branch(below) if below else re.escape(char) for char, below in node.items() if char
    ]
    if not parts:
        return ""
    body = "(?:" + "|".join(parts) + ")"
    return body + "?" if ends else body


class Sieve:
    """Finds terms, but not within longer expressions with another meaning (癌 in 癌栓).

    One prefix tree for both, so that the search can skip other characters.
    """

    def __init__(self, wanted: Iterable[str], exceptions: Iterable[str]) -> None:
        others = tuple(exceptions)
        self.wanted = frozenset(word for word in wanted if not word.startswith(others))
        self.pattern = re.compile(any_of((*others, *self.wanted)))

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The wanted terms in `text[start:end]`, in order."""
        return (match for match in self.pattern.finditer(text, start, end) if match.group() in self.wanted)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first of them."""
        return next(self.finditer(text, start, end), None)


def has_any(text: str, given: Iterable[str]) -> bool:
    """Does the text contain one of these terms or characters?"""
    for word in given:  # noqa: SIM110  # a generator costs more than what it asks
        if word in text:
            return True
    return False


@lru_cache(maxsize=256)
def pattern(*names: str) -> re.Pattern[str]:
    """The terms of one or more vocabularies as one compiled pattern."""
    return re.compile(any_of(word for name in names for word in terms(name)))
