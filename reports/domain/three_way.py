"""Three-way comparison for a corrected import: stored report, row under the old mapping, row under the new.

A field that the new mapping reads otherwise is corrected while it still holds what the old mapping brought.
What a later import or a person changed since is left alone and named.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Content = Mapping[str, Any]
# A field and those that belong to it: one is never corrected without the others.
_COMPANIONS: Final = {
    "age": ("age_days",),
    "examined_at": ("examined_at_precision",),
    "reported_at": ("reported_at_precision",),
}
_DERIVED: Final = frozenset(["extra", *(name for names in _COMPANIONS.values() for name in names)])
_EMPTY: Final = (None, "")


@dataclass(frozen=True)
class Pair:
    """One row of a file, read under the old and under the corrected mapping."""

    old: Content
    new: Content


@dataclass(frozen=True)
class Corrected:
    """The corrected content, the fields corrected, and those left alone with the value that the row gives."""

    content: dict[str, Any]
    changed: tuple[str, ...]
    left: Mapping[str, Any]


def corrected(current: Content, pair: Pair, prior: Content | None) -> Corrected:
    """Compare `current` with a row of the import.

    `prior` is None when the import created the report; else the fields that it changed, as they were before:
    a field that the new mapping no longer brings gets that value again.
    """
    content, changed, left = dict(current), [], {}
    for name, value in pair.new.items():
        if name in _DERIVED or _same(pair.old.get(name), value):
            continue
        given: Content = pair.new
        if value in _EMPTY and prior is not None:
            if name not in prior:
                continue
            given = dict(current) | dict(prior)
        if _same(current.get(name), given[name]):
            continue
        is_brought = prior is None or name in prior or current.get(name) in _EMPTY
        if is_brought and _same(current.get(name), pair.old.get(name)):
            content |= {part: given[part] for part in (name, *_COMPANIONS.get(name, ())) if part in given}
            changed.append(name)
        else:
            left[name] = given[name]
    if "extra" in pair.new and current.get("extra") == pair.old.get("extra"):
        content["extra"] = pair.new["extra"]
    return Corrected(content, tuple(changed), left)


def pair_of(current: Content, pairs: Iterable[Pair]) -> Pair:
    """The row that brought this content: a file may hold several versions of one report, the latest last."""
    return max(reversed(list(pairs)), key=lambda pair: _agreement(current, pair))


def _agreement(current: Content, pair: Pair) -> int:
    return sum(
        _same(current.get(name), pair.old.get(name)) or _same(current.get(name), pair.new.get(name))
        for name in pair.new
    )


def _same(one: Any, other: Any) -> bool:
    """Are the values equal, apart from blanks, width and line ends of texts?"""
    if isinstance(one, str) and isinstance(other, str):
        return _squeezed(one) == _squeezed(other)
    return bool(one == other)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
