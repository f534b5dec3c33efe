"""Who can read how many reports of a pool or of a draw: own reports excluded, outcomes unseen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from audits.judging.queries.judges import Judge, draw_judges, judges_with, names_of
from audits.sampling.domain.judges import CasePeople, barred_from
from audits.sampling.domain.pool import Pool, build_pool
from audits.sampling.domain.window import Window
from audits.sampling.models import Audit, Case
from audits.sampling.queries.pool import audit_window_of, candidates
from reports.archive.models import Report
from staff.departments.models import Department

_PEOPLE = ("reporting_physician", "reviewing_physician", "signed_by", "last_modified_by", "operator")
_Named = frozenset[str]  # the people of one report, as its fields name them


@dataclass(frozen=True)
class Share:
    """How many of the reports one judge may read; the others are their own."""

    judge: Judge
    able: int
    own: int


@dataclass(frozen=True)
class ReadingPower:
    """`shares` of everyone who judges; reports that at least one and at least two of the offered may read."""

    total: int
    shares: tuple[Share, ...]
    one: int
    two: int

    @property
    def verdicts(self) -> tuple[tuple[str, str], ...]:
        """(kind of tag, words): is one reader a case possible, are two? None without reports."""
        if not self.total:
            return ()
        words = (("1位", self.one), ("2位", self.two))
        return tuple(
            ("pass", f"每例{readers}：都够")
            if enough == self.total
            else ("due", f"每例{readers}：{self.total - enough}份不够")
            for readers, enough in words
        )

    def scope(self, *, drawn: bool, without: int) -> str:
        """The reports that are counted; `without`: drawn ones that the viewer has still to judge blind."""
        left_out = f"（不含您正在评审的 {without} 份）" if without else ""
        return f"{'抽中的' if drawn else '合格'}报告 {self.total} 份{left_out}"


def power_before(department: Department, window: Window, cut_off: date | None = None) -> ReadingPower:
    """Of the reports that a draw of `window` could draw today, before there is a draw; six queries."""
    cut_off = cut_off or max(timezone.localdate(), window.end)
    pool = build_pool(candidates(department, window), window, cut_off)
    return _power(judges_with(department, {}), _named_in_pool(department, window, pool))


def power_of(audit: Audit, cases: Iterable[Case], pool: Pool | None) -> ReadingPower | None:
    """Of the `pool` of a planned draw, or of drawn `cases`; None once the readers no longer change."""
    if audit.status not in (Audit.Status.PLANNED, Audit.Status.DRAWN):
        return None
    if pool is not None:
        named = _named_in_pool(audit.department, audit_window_of(audit), pool)
    else:
        named = [_named_in_case(case) for case in cases]
    return _power(draw_judges(audit), named)


def _named_in_case(case: Case) -> _Named:
    """By the frozen and the present names, as `barred` asks."""
    frozen, present = case.revision.content, case.report
    return frozenset(filter(None, (*map(frozen.get, _PEOPLE), *(getattr(present, f) for f in _PEOPLE))))


def _named_in_pool(department: Department, window: Window, pool: Pool) -> list[_Named]:
    numbers = {entry.accession_number for entry in pool.entries}
    rows = Report.objects.filter(department=department).reported_between(window.start, window.end)
    values = rows.order_by().values_list("accession_number", *_PEOPLE)
    return [frozenset(filter(None, people)) for number, *people in values if number in numbers]


def _power(judges: Sequence[Judge], named: Sequence[_Named]) -> ReadingPower:
    written = frozenset().union(*named)
    shares, readers = [], [0] * len(named)
    for judge in judges:
        # A name is compared with each writing once: thousands of reports share some dozens of them.
        names = names_of(judge.user)
        if barred_from(CasePeople(), names):  # an account without a name
            shares.append(Share(judge, 0, 0))
            continue
        own = {text for text in written if barred_from(CasePeople(reporting=text), names)}
        able = [not (people & own) for people in named]
        shares.append(Share(judge, sum(able), len(named) - sum(able)))
        if not judge.refusal:
            readers = [count + may for count, may in zip(readers, able, strict=True)]
    one, two = (sum(count >= wanted for count in readers) for wanted in (1, 2))
    return ReadingPower(len(named), tuple(shares), one, two)
