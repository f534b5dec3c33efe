"""Chance that can be repeated: SHA-256 of a seed and a counter; `random` differs between versions."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of choices. The same seed gives the same stream on every machine and Python version."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, n: int) -> int:
        """A whole number 0 … n-1."""
        self._count += 1
        digest = hashlib.sha256(f"{self._seed}:{self._count}".encode()).digest()
        return int.from_bytes(digest, "big") % n

    def between(self, low: int, high: int) -> int:
        """A whole number low … high, both inclusive."""
        return low + self.below(high - low + 1)

    def pick(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]

    def weighted(self, among: Sequence[tuple[T, int]]) -> T:
        """One of (value, weight) pairs."""
        left = self.below(sum(weight for _, weight in among))
        for value, weight in among:
            left -= weight
            if left < 0:
                return value
        raise AssertionError("weights add up")

    def shuffled(self, among: Sequence[T]) -> list[T]:
        """Fisher-Yates, written out: `random.shuffle` may change between versions."""
        cards = list(among)
        for last in range(len(cards) - 1, 0, -1):
            other = self.below(last + 1)
            cards[last], cards[other] = cards[other], cards[last]
        return cards
