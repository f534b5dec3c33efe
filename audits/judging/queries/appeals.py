"""The results of a case after its appeals: what was decided on a part overrides the readers' ruling on it."""

from collections.abc import Iterable

from audits.judging.domain.appeals import AppealDecision, after_ruling, after_strike
from audits.judging.domain.rulings import ConcordanceSettlement, DescriptionSettlement
from audits.judging.queries.readings import FaultRuling


def faults_after_appeal(
    appeals: Iterable[AppealDecision], settled: DescriptionSettlement, faults: tuple[FaultRuling, ...]
) -> tuple[DescriptionSettlement, tuple[FaultRuling, ...]]:
    """Row 2.1 and its faults without those that an appeal struck."""
    struck = struck_by(appeals)
    if not struck:
        return settled, faults
    left = tuple(fault for fault in faults if fault.pk not in struck)
    return after_strike(settled, len(left)), left


def struck_by(appeals: Iterable[AppealDecision]) -> frozenset[int]:
    """Ids of every fault that upheld appeals struck."""
    return frozenset().union(*(appeal.struck for appeal in appeals if appeal.upheld))


def judgement_after_appeal(
    appeals: Iterable[AppealDecision], settled: ConcordanceSettlement, reasons: tuple[str, ...]
) -> tuple[ConcordanceSettlement, tuple[str, ...]]:
    """Row 2.2 and its reasons, those of an upheld appeal where one ruled on the conclusion."""
    appeal = deciding_appeal(appeals)
    if appeal is None or appeal.ruling is None or settled.judgement is None:
        return settled, reasons
    return after_ruling(settled, appeal.ruling), (appeal.ruling.reason,)


def deciding_appeal(appeals: Iterable[AppealDecision]) -> AppealDecision | None:
    """The upheld appeal that ruled on the conclusion; None: the readers' ruling is in force."""
    return next((appeal for appeal in appeals if appeal.upheld and appeal.ruling), None)
