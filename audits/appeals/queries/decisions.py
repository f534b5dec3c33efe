"""What appeals said of a quarterly case, as values, and how they are heard: the last word on their part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from audits.appeals.domain.appeals import State, Subject, after_ruling, after_strike
from audits.appeals.models import Appeal
from audits.judging.domain.concordance import ConcordanceRuling
from audits.judging.domain.rulings import ConcordanceSettlement, DescriptionSettlement
from audits.judging.queries.readings import FaultRuling


@dataclass(frozen=True)
class AppealWord:
    """An appeal that was not withdrawn. `struck`: ids of faults its decision took away.

    `ruling`: its judgement of the conclusion, None where it made none.
    """

    pk: int
    subject: Subject
    state: State
    reason: str
    appealed_at: datetime
    due_on: date
    assessor: str
    decided_at: datetime | None
    decision_reason: str
    change: str
    struck: frozenset[int]
    ruling: ConcordanceRuling | None

    @property
    def upheld(self) -> bool:
        return self.state is State.UPHELD


def word_of(appeal: Appeal) -> AppealWord:
    """The stored appeal with its faults and assessor (prefetched by the caller)."""
    return AppealWord(
        pk=appeal.pk,
        subject=Subject(appeal.subject),
        state=State(appeal.state),
        reason=appeal.reason,
        appealed_at=appeal.appealed_at,
        due_on=appeal.due_on,
        assessor=str(appeal.assessor or ""),
        decided_at=appeal.decided_at,
        decision_reason=appeal.decision_reason,
        change=appeal.change,
        struck=frozenset(row.fault_id for row in appeal.faults.all() if row.struck and row.fault_id),
        ruling=appeal.ruling,
    )


def heard_faults(
    appeals: Iterable[AppealWord], settled: DescriptionSettlement, faults: tuple[FaultRuling, ...]
) -> tuple[DescriptionSettlement, tuple[FaultRuling, ...]]:
    """Row 2.1 and the faults that stand once struck ones are taken away."""
    struck = struck_by(appeals)
    if not struck:
        return settled, faults
    left = tuple(fault for fault in faults if fault.pk not in struck)
    return after_strike(settled, len(left)), left


def struck_by(appeals: Iterable[AppealWord]) -> frozenset[int]:
    """Ids of every fault that upheld appeals took away."""
    return frozenset().union(*(appeal.struck for appeal in appeals if appeal.upheld))


def heard_conclusion(
    appeals: Iterable[AppealWord], settled: ConcordanceSettlement, reasons: tuple[str, ...]
) -> tuple[ConcordanceSettlement, tuple[str, ...]]:
    """Row 2.2 and its reasons once the conclusion was ruled on anew."""
    word = deciding_word(appeals)
    if word is None or word.ruling is None or settled.judgement is None:
        return settled, reasons
    return after_ruling(settled, word.ruling), (word.ruling.reason,)


def deciding_word(appeals: Iterable[AppealWord]) -> AppealWord | None:
    """The upheld appeal whose judgement of the conclusion stands; None: the readers' does."""
    return next((appeal for appeal in appeals if appeal.upheld and appeal.ruling), None)
