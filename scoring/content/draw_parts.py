"""Parts of a PacketDocument: the draw, its chain, and the readers whom the head allowed."""

from dataclasses import dataclass
from typing import Any

from audits.sampling.domain.draw_chain import ChainedDraw


@dataclass(frozen=True)
class LedgerCount:
    """How many candidates were excluded first by this reason."""

    code: str
    zh: str
    count: int


@dataclass(frozen=True)
class LedgerRow:
    """One excluded candidate with all its reasons as text."""

    accession_number: str
    system_zh: str
    modality: str
    reasons: str


@dataclass(frozen=True)
class Draw:
    """抽样. `document` is audits.sampling.domain.document's, from which anyone repeats the draw.

    `looked_at` candidates = `pool_size` eligible + the excluded of `ledger`.
    """

    seed: str
    list_hash: str
    size: int
    pool_size: int
    looked_at: int
    drawn_by: str
    drawn_at: str
    ledger: tuple[LedgerCount, ...]
    excluded: tuple[LedgerRow, ...]
    steps: tuple[str, ...]
    notes: tuple[str, ...]
    reserve: tuple[str, ...]
    document: dict[str, Any]


@dataclass(frozen=True)
class DrawChains:
    """历次抽样: every draw over days of the window, in any state, and every draw of its months.

    `window` and each month's part of `months` are in the order in which they were planned.
    """

    window: tuple[ChainedDraw, ...]
    months: tuple[ChainedDraw, ...]


@dataclass(frozen=True)
class AllowedReader:
    """科主任允许评审: a reader who may see outcomes, and the head's reason."""

    assessor: str
    reason: str
    allowed_by: str
    allowed_at: str

    @property
    def sentence(self) -> str:
        """测一鸣能查看结局，经任主任 2026-10-08 09:12 允许参加评审：…"""
        return f"{self.assessor}能查看结局，经{self.allowed_by} {self.allowed_at} 允许参加评审：{self.reason}"
