"""Appeals as the results of a case read them, and how a decision overrides a ruling.

The ruling that was appealed against is never edited: the decision is a record of its own that overrides it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from audits.judging.domain.concordance import ConcordanceRuling, ErrorKind
from audits.judging.domain.rulings import ConcordanceSettlement, DescriptionSettlement, SettlementState
from audits.labels import LabelledEnum


class Subject(LabelledEnum):
    """What an appeal is lodged against."""

    DESCRIPTION = "description", "季度评审·影像描述"
    CONCLUSION = "conclusion", "季度评审·诊断结论"
    MONTHLY = "monthly", "月度质控"
    FINDING = "finding", "文本检查"


class State(LabelledEnum):
    """Where an appeal is on its way to a decision."""

    OPEN = "open", "待分配"
    ASSIGNED = "assigned", "待复核"
    UPHELD = "upheld", "申诉成立"
    REJECTED = "rejected", "申诉不成立"
    WITHDRAWN = "withdrawn", "已撤回"


@dataclass(frozen=True)
class AppealDecision:
    """An appeal that was not withdrawn, with its decision once there is one.

    `struck`: ids of the faults that the decision removed; `ruling`: its judgement of the conclusion, or None.
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


def after_strike(settled: DescriptionSettlement, left: int) -> DescriptionSettlement:
    """The settlement of row 2.1 after faults were struck: conforming when none that counts is left."""
    if settled.faulty and left == 0:
        return DescriptionSettlement(SettlementState.SETTLED, False)
    return settled


def after_ruling(settled: ConcordanceSettlement, ruling: ConcordanceRuling | None) -> ConcordanceSettlement:
    """The settlement of row 2.2 after an upheld appeal: its ruling overrides a settled judgement."""
    if ruling is None or settled.state is not SettlementState.SETTLED:
        return settled
    kinds = () if ruling.error_kind is ErrorKind.NONE else (ruling.error_kind,)
    return replace(settled, judgement=ruling.judgement, error_kinds=kinds)
