"""Parts of a PacketDocument: the draw, and the chain of draws it is one of."""

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
