"""The tree of anatomy of an edition: structures, what they are part of, and their words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class Structure:
    """A structure of the body. `of` is the organ or region it is part of, "" for a region.

    `words` mean the structure as a whole, `parts` name what it consists of (part → further words).
    `distinct`: the parts are different things (股静脉, 腘静脉). `near`: neighbours whose description may
    support a claim about it. `aspect`: says how, not where. `largest_mm`: the longest plausible lesion.
    """

    of: str
    words: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_PARTS)
    pair: bool = False
    distinct: bool = False
    aspect: bool = False
    near: tuple[str, ...] = ()
    largest_mm: int | None = None

    def named(self) -> Iterator[tuple[str, str]]:
        """Each word with the part that it names; "" for the whole."""
        yield from ((word, "") for word in self.words)
        for part, words in self.parts.items():
            yield from ((word, part) for word in (part, *words))
