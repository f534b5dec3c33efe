"""改进措施: allowed operations, who may close, when it is overdue, and problems without a measure (D-04)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from audits.labels import LabelledEnum
from audits.monthly.domain.figures import Comparison, Trend, clause_key
from audits.monthly.domain.monthly import last_of_month, next_month

DUE_DAY = 15  # of the next month; our own choice, since the draft sets no day


class Act(LabelledEnum):
    """Operations on a measure; `zh` is the label of the button."""

    NOTE = "note", "登记落实情况"
    DONE = "done", "标为已落实"
    CHANGE = "change", "修改措施"
    EFFECT = "effect", "核对效果"
    CLOSE = "close", "关闭"
    REOPEN = "reopen", "重新整改"
    CANCEL = "cancel", "取消"


_ALLOWED = {
    "open": (Act.NOTE, Act.DONE, Act.CHANGE, Act.CANCEL),
    "done": (Act.NOTE, Act.EFFECT, Act.REOPEN),
    "checked": (Act.NOTE, Act.EFFECT, Act.CLOSE, Act.REOPEN),
    "closed": (Act.REOPEN,),
    "cancelled": (),
}
_STATE_ZH = {
    "open": "整改中",
    "done": "已落实",
    "checked": "已核对效果",
    "closed": "已关闭",
    "cancelled": "已取消",
}


@dataclass(frozen=True)
class Person:
    """A person as the rules identify people: by account, else by staff number; None or "": not known."""

    account: int | None
    staff_number: str = ""

    def is_same(self, other: "Person") -> bool:
        """True when account or staff number are known and equal."""
        if self.account is not None and self.account == other.account:
            return True
        return bool(self.staff_number) and self.staff_number == other.staff_number


NOBODY = Person(None)


@dataclass(frozen=True)
class MeasureFacts:
    """Facts of a measure for D-04: the month it was set for (of a quarter: the last one)."""

    month: date
    clauses: frozenset[str]
    cancelled: bool
    done_on: date | None


def allowed(status: str) -> tuple[Act, ...]:
    """What may be done in a state, in the order of the page."""
    return _ALLOWED[status]


def refuse_act(status: str, act: Act) -> str | None:
    """Why `act` may not follow `status`, as a sentence; None: it may."""
    if act in _ALLOWED[status]:
        return None
    if act is Act.CLOSE and status in ("open", "done"):
        return "关闭之前须先落实措施并核对效果。"
    if act is Act.EFFECT and status == "open":
        return "措施尚未落实，不能核对效果；请先标为已落实。"
    return f"这项措施{_STATE_ZH[status]}，不能{act.zh}。"


def refuse_closer(
    owner: Person, closer: Person, *, setter: Person = NOBODY, checker: Person = NOBODY
) -> str | None:
    """关闭须由责任人、制定人、核对人以外的人; None: `closer` is another person than all of them."""
    for part, person in (("责任人", owner), ("制定措施的人", setter), ("核对效果的人", checker)):
        if person.is_same(closer):
            return f"改进措施须由{part}以外的人关闭，请交由科主任或其他质控员关闭。"
    return None


def refuse_done_on(done_on: date, *, set_on: date, today: date, backfilled: bool) -> str | None:
    """Why a measure cannot have been carried out on that day; None: it can."""
    if done_on > today:
        return f"落实日期 {done_on} 在今天之后，请更正。"
    if done_on < set_on and not backfilled:
        return (
            f"落实日期 {done_on} 早于制定日期 {set_on}，请更正；"
            "措施此前已在纸面制定并落实的，请勾选“补录”，效果自制定日期起核对。"
        )
    return None


def refuse_due_on(due_on: date, *, today: date, last: date) -> str | None:
    """Why a measure cannot be due on that day; None: it can. `last`: the last day that was checked.

    A day that has come already would make the measure overdue from its first day on.
    """
    if due_on <= last:
        return f"期限应在所查期间（至 {last}）之后，收到 {due_on}。"
    if due_on <= today:
        return f"期限应在今天（{today}）之后，收到 {due_on}；此前已落实的措施，请在落实时勾选“补录”。"
    return None


def refuse_effect(effect: str, comparison: Comparison) -> str | None:
    """Why the figures do not allow this conclusion; None: they do.

    有效 is a claim that problems became fewer: it needs an interval without zero. The other two
    conclusions claim no change and are a person's own.
    """
    if effect != "effective" or comparison.trend is Trend.FEWER:
        return None
    return (
        f"现有数据不支持“有效”：{comparison.sentence}"
        "请选“尚不能判定”或“无效”，以后月份的数据足以说明减少时再核对。"
    )


def effective_from(done_on: date | None, set_on: date) -> date | None:
    """The day from which the effect is checked; for a measure entered later, the day it was set."""
    return max(done_on, set_on) if done_on else None


def is_overdue(status: str, due_on: date, today: date) -> bool:
    """Still to be carried out after the day it was due; the due day itself is in time."""
    return status == "open" and due_on < today


def month_due(month: date, due_day: int = DUE_DAY) -> date:
    """The last day on which a month's check is in time."""
    following = next_month(month)
    return following.replace(day=min(due_day, last_of_month(following).day))


def days_late(closed_on: date, due_on: date) -> int:
    """The number of days after its last day in time on which a month was finished; 0: in time."""
    return max(0, (closed_on - due_on).days)


def uncovered(month: date, clauses: Iterable[str], measures: Sequence[MeasureFacts]) -> tuple[str, ...]:
    """Clauses with problems in `month` without a measure against them, in clause order.

    A measure of an earlier month still covers the clause until it is carried out: the same problem found
    meanwhile does not need a second one. Found in a later month it is a new problem, which needs another
    measure, or the first one reopened.
    """
    covered: set[str] = set()
    for measure in measures:
        runs_on = measure.month < month and (measure.done_on is None or measure.done_on >= month)
        if not measure.cancelled and (measure.month == month or runs_on):
            covered |= measure.clauses
    return tuple(sorted(set(clauses) - covered, key=clause_key))
