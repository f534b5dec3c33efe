"""Vocabularies of the edition as regular expressions and sets: the words are data, never written in code."""

import re
from collections.abc import Iterable
from functools import lru_cache

from standards.edition import Edition
from standards.loader import current_edition


@lru_cache(maxsize=1)
def _edition() -> Edition:
    return current_edition()


@lru_cache(maxsize=256)
def words(name: str) -> tuple[str, ...]:
    """A vocabulary of terms.yaml, as listed. KeyError when there is none of that name."""
    return _edition().terms.vocabularies[name].words


@lru_cache(maxsize=256)
def word_set(*names: str) -> frozenset[str]:
    """The words of one or more vocabularies."""
    return frozenset(word for name in names for word in words(name))


@lru_cache(maxsize=256)
def group(name: str) -> dict[str, tuple[str, ...]]:
    """A grouped vocabulary (organ → its words) of terms.yaml."""
    return dict(_edition().terms.vocabularies[name].groups)


def any_of(given: Iterable[str]) -> str:
    """A pattern that matches any of the words, the longest first; a tree, so that search stays quick."""
    tree: dict[str, dict] = {}  # type: ignore[type-arg]  # a tree of itself
    for word in given:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    if not tree:
        return r"(?!)"
    return _branch(tree)


def _branch(node: dict) -> str:  # type: ignore[type-arg]
    ends = "" in node
    parts = [
        re.escape(char) + _branch(below) if below else re.escape(char) for char, below in node.items() if char
    ]
    if not parts:
        return ""
    body = "(?:" + "|".join(parts) + ")"
    return body + "?" if ends else body


@lru_cache(maxsize=256)
def pattern(*names: str) -> re.Pattern[str]:
    """The words of one or more vocabularies as one compiled pattern."""
    return re.compile(any_of(word for name in names for word in words(name)))
