"""申诉: until when one may be lodged, who may decide it, and which rulings it may give.

What an upheld appeal changes is in audits.judging.domain.appeals: the results of a case read it there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from audits.judging.domain.appeals import State, Subject, after_ruling
from audits.judging.domain.concordance import ConcordanceRuling, Judgement, consistent
from audits.judging.domain.rulings import ConcordanceSettlement
from audits.sampling.domain.judges import CasePeople, barred_from

PENDING = (State.OPEN, State.ASSIGNED)
DECIDED = (State.UPHELD, State.REJECTED)


def last_day(visible_on: date, days: int) -> date:
    """The last day on which an appeal may be lodged, itself included: `days` after it became visible."""
    return visible_on + timedelta(days=days)


def refuse_late(visible_on: date, today: date, days: int) -> str | None:
    """Why it is too late to appeal; None: it is not."""
    end = last_day(visible_on, days)
    if today <= end:
        return None
    return f"申诉期限为结果公布（{visible_on}）后{days}天，已于 {end} 截止。"


def is_overdue(state: str, due_on: date, today: date) -> bool:
    """True when an appeal has no decision after the day it was due; that day itself is in time."""
    return state in PENDING and due_on < today


@dataclass(frozen=True)
class Decider:
    """A person who might decide an appeal: the account, and its names in reports."""

    pk: int
    names: tuple[str, ...]


def refuse_decider(
    decider: Decider, *, appellant: int, judges: Collection[int], people: Collection[CasePeople]
) -> str | None:
    """Why this person may not decide the appeal, as a sentence; None: they may.

    `judges`: the accounts that ruled on the report or were to rule on it; `people`: those named in
    each version of the report.
    """
    if decider.pk == appellant:
        return "申诉人不能复核自己的申诉。"
    if decider.pk in judges:
        return "复核人不能是原评审人：申诉由未参与这一例评定的评审医师复核。"
    for named in people:
        if barred_from(named, decider.names):
            return "复核人书写、审核、签发、修改或操作过这份报告（或账号没有登记姓名），不能复核。"
    return None


def ruling_problems(ruling: ConcordanceRuling, settled: ConcordanceSettlement) -> tuple[str, ...]:
    """Why a ruling may not correct the settled one, as sentences; empty: it may."""
    if ruling.judgement is Judgement.UNDECIDABLE:
        return ("无法判定的病例由质控员更换，不在申诉中改判；请写明理由，判为“申诉不成立”。",)
    if after_ruling(settled, ruling) == settled:
        return ("改判与原判定相同；维持原判定请选“申诉不成立”。",)
    return consistent(ruling)


def change_text(subject: str, before: str, after: str) -> str:
    """不规范 → 规范: the change an upheld appeal made, from its stored codes."""
    words = {"nonconforming": "不规范", "conforming": "规范", "confirmed": "已确认", "dismissed": "已驳回"}
    words |= {str(judgement.value): judgement.zh for judgement in Judgement}
    if subject == Subject.MONTHLY:
        words |= {"nonconforming": "有问题", "conforming": "未见问题"}
    if before == after:
        return f"部分更正，仍为“{words.get(after, after)}”"
    return f"{words.get(before, before)} → {words.get(after, after)}"


def ruling_label(subject: str, code: str) -> str:
    """不规范, 不符合, 有问题: the label of a stored code."""
    return change_text(subject, code, "").partition(" → ")[0]
