"""How the reviews of one case settle, and in which order they may be made (DOMAIN 2 step 8, 3.2; D-14).

None is always "not finished": never conforming, never concordant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from audits.judging.domain.concordance import ConcordanceRuling, ErrorKind, Judgement, counts_as_discordant
from audits.labels import LabelledEnum
from audits.sampling.domain.judges import CasePeople, barred_from

__all__ = [
    "CasePeople",
    "ConcordanceSettlement",
    "DescriptionSettlement",
    "Progress",
    "SettlementState",
    "barred_from",
    "refuse_concordance",
    "refuse_description",
    "refuse_reveal",
    "settle_concordance",
    "settle_description",
]

MOST_READERS = 2
_Reading = TypeVar("_Reading")


class SettlementState(LabelledEnum):
    OPEN = "open", "评审中"
    ARBITRATION = "arbitration", "待仲裁"
    SETTLED = "settled", "已评定"


@dataclass(frozen=True)
class DescriptionSettlement:
    """Row 2.1. `faulty` is None unless settled."""

    state: SettlementState
    faulty: bool | None


@dataclass(frozen=True)
class ConcordanceSettlement:
    """Row 2.2. `judgement` is None unless settled; `error_kinds`: every one the deciding readers named."""

    state: SettlementState
    judgement: Judgement | None
    error_kinds: tuple[ErrorKind, ...] = ()

    @property
    def discordant(self) -> bool | None:
        """Counts as one of k; None when not settled, or settled as 无法判定 (to be replaced)."""
        return None if self.judgement is None else counts_as_discordant(self.judgement)


def settle_description(readings: Sequence[bool | None], arbiter: bool | None = None) -> DescriptionSettlement:
    """Row 2.1 from one or two readers (True: has a confirmed fault) and, on disagreement, the arbiter.

    Raises ValueError for more than two readers.
    """
    finished = _finished(readings)
    if finished is None:
        return DescriptionSettlement(SettlementState.OPEN, None)
    if len(set(finished)) == 1:
        return DescriptionSettlement(SettlementState.SETTLED, finished[0])
    if arbiter is None:
        return DescriptionSettlement(SettlementState.ARBITRATION, None)
    return DescriptionSettlement(SettlementState.SETTLED, arbiter)


def settle_concordance(
    readings: Sequence[ConcordanceRuling | None], arbiter: ConcordanceRuling | None = None
) -> ConcordanceSettlement:
    """Row 2.2 from one or two readers and, where they differ on what counts, the arbiter.

    符合 and 基本符合 count alike and settle as the weaker, 基本符合: the strict rate never gains by a
    disagreement. Raises ValueError for more than two readers.
    """
    finished = _finished(readings)
    if finished is None:
        return ConcordanceSettlement(SettlementState.OPEN, None)
    if len({counts_as_discordant(ruling.judgement) for ruling in finished}) == 1:
        judgements = {ruling.judgement for ruling in finished}
        judgement = Judgement.PARTLY if len(judgements) > 1 else judgements.pop()
        return ConcordanceSettlement(SettlementState.SETTLED, judgement, _errors(finished))
    if arbiter is None:
        return ConcordanceSettlement(SettlementState.ARBITRATION, None)
    return ConcordanceSettlement(SettlementState.SETTLED, arbiter.judgement, _errors([arbiter]))


def _finished(readings: Sequence[_Reading | None]) -> list[_Reading] | None:
    """The readings when there is at least one and none is open, else None."""
    if len(readings) > MOST_READERS:
        raise ValueError(f"每例最多{MOST_READERS}名评审医师，收到{len(readings)}名。")
    finished = [reading for reading in readings if reading is not None]
    return finished if finished and len(finished) == len(readings) else None


def _errors(rulings: Sequence[ConcordanceRuling]) -> tuple[ErrorKind, ...]:
    named = {ruling.error_kind for ruling in rulings} - {ErrorKind.NONE}
    return tuple(kind for kind in ErrorKind if kind in named)


@dataclass(frozen=True)
class Progress:
    """Progress of one assessor on one case."""

    description_judged: bool = False
    outcome_revealed: bool = False
    concordance_judged: bool = False


def refuse_reveal(progress: Progress) -> str | None:
    """Why the outcome may not be shown yet; None: it may. Row 2.1 is judged blind, against hindsight."""
    if progress.description_judged:
        return None
    return "请先评定影像描述：结局在描述评定之后才揭示，以免后见之明。"


def refuse_concordance(progress: Progress) -> str | None:
    """Why the conclusion may not be judged yet; None: it may."""
    if not progress.description_judged:
        return "请先评定影像描述，再评定诊断结论。"
    if not progress.outcome_revealed:
        return "请先查看结局，再评定诊断结论。"
    return None


def refuse_description(progress: Progress, reason: str = "") -> str | None:
    """Why the description may not be (re)judged; None: it may.

    Free until the outcome is revealed, afterwards only with a reason, which is stored with the ruling.
    """
    if not progress.outcome_revealed or reason.strip():
        return None
    return "结局已揭示，重新评定影像描述须写明理由。"
