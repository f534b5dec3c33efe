"""Parts of a PacketDocument: the figures of ten reports and their uncertainty."""

from dataclasses import dataclass

from scoring.content.codec import since


@dataclass(frozen=True)
class PenaltyChance:
    """How often a department of that true rate meets the −5, as text: "95%", "9%"."""

    true_rate: str
    chance: str


@dataclass(frozen=True)
class PooledQuarter:
    """A quarter of the pooled rate: `good` of `judged` reports concordant or partly so."""

    label: str
    good: int
    judged: int
    signed: bool


@dataclass(frozen=True)
class Statistics:
    """The rate of ten reports with its uncertainty. `rate`, `interval` are texts, "无数据" without a case.

    `quarters` (schema 4): what the pooled rate of the sentences adds up, newest first.
    """

    concordant: int
    partly: int
    discordant: int
    undecidable: int
    open: int
    rate: str
    interval: str
    chances: tuple[PenaltyChance, ...]
    sentences: tuple[str, ...]
    bias: str
    quarters: tuple[PooledQuarter, ...] | None = since(4)
