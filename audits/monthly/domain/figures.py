"""Figures of a month's spot check by clause, and the comparison of months, for small samples.

A problem is counted by its report (每例, D-09): three faults under one clause in one report are
one affected report. Two rates are compared by Newcombe's interval of their difference, made from the two
Wilson intervals; while it contains zero, no change is claimed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from math import sqrt

from audits.labels import LabelledEnum
from audits.monthly.domain.monthly import first_of_month
from reports.domain.proportions import NO_DATA, Interval, percent, wilson

_NOTHING_FOUND = re.compile(r"(?:^|随机抽查\d+份，)未发现问题")  # at the start, or as the page drafts it
_PARTS = re.compile(r"\d+|[^\d.\s]+")


class Trend(LabelledEnum):
    """Trend of problems, where fewer is better; based on the interval, never on the rates alone."""

    NO_DATA = "no_data", "无数据"
    UNCLEAR = "unclear", "样本小，尚不能说明变化"
    FEWER = "fewer", "减少"
    MORE = "more", "增加"


@dataclass(frozen=True)
class Share:
    """`part` affected of `whole` checked reports."""

    part: int
    whole: int

    @property
    def text(self) -> str:
        """`3/10（30.0%）`, 无数据 without a report."""
        return f"{self.part}/{self.whole}（{percent(self.part, self.whole)}）" if self.whole else NO_DATA

    @property
    def interval(self) -> Interval | None:
        return wilson(self.part, self.whole)

    @property
    def interval_text(self) -> str:
        """`11%–60%`, "" without a report."""
        return self.interval.label if self.interval else ""


@dataclass(frozen=True)
class MonthFacts:
    """One finished month: for each checked report the clauses under which something was found."""

    month: date
    cases: tuple[frozenset[str], ...]

    def share(self, clauses: Set[str]) -> Share:
        """Reports with a problem under any of `clauses`, of those checked."""
        return Share(sum(1 for found in self.cases if found & clauses), len(self.cases))

    @property
    def faulty(self) -> Share:
        """Reports with any problem."""
        return Share(sum(1 for found in self.cases if found), len(self.cases))


@dataclass(frozen=True)
class ClauseCount:
    """`faults` entries under a clause, in `reports` reports."""

    clause: str
    faults: int
    reports: int


@dataclass(frozen=True)
class Comparison:
    """Two rates side by side, their difference (after − before) and the conclusion that the sample allows."""

    before: Share
    after: Share
    difference: Interval | None
    trend: Trend

    @property
    def sentence(self) -> str:
        """One sentence for pages and records."""
        if self.trend is Trend.NO_DATA:
            side = "此前" if not self.before.whole else "此后"
            return f"{side}没有已完成的月度质控，无从比较。"
        rates = f"由 {self.before.text} 到 {self.after.text}"
        assert self.difference is not None
        low, high = f"{100 * self.difference.low:+.0f}", f"{100 * self.difference.high:+.0f}"
        return f"{rates}；差值的95%区间 {low} 至 {high} 个百分点：{self.trend.zh}。"


@dataclass(frozen=True)
class Effect:
    """The effect check of a measure: months before and after, one by one and pooled."""

    before_months: tuple[tuple[date, Share], ...]
    after_months: tuple[tuple[date, Share], ...]
    comparison: Comparison

    @property
    def has_after(self) -> bool:
        return bool(self.comparison.after.whole)


def refuse_summary(summary: str, *, checked: int, waiting: int, problems: int) -> str | None:
    """Why a month cannot be finished with this summary; None: it can.

    `checked` and `waiting` reports; `problems` found. "Nothing found" is a result of checking: it needs
    checked reports, and must not stand where problems are recorded.
    """
    if waiting:
        return f"还有{waiting}份报告未检查，不能完成。"
    if not checked:
        return "没有检查过任何报告，不能完成；本月没有报告的，请登记为“本月无报告”。"
    if not summary:
        return "请写明本月小结；没有发现问题也请写明。"
    if problems and _NOTHING_FOUND.search(summary):
        return f"小结写“未发现问题”，而本月已记{problems}项问题，请更正小结。"
    return None


def clause_key(number: str) -> tuple[tuple[int, int, str], ...]:
    """Order of clause numbers: 6.4.2 before 6.4.10, letters after figures."""
    parts = _PARTS.findall(number)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def clause_counts(cases: Iterable[Sequence[str]]) -> tuple[ClauseCount, ...]:
    """For each report the clauses of its faults → counts by clause, most affected reports first."""
    faults: Counter[str] = Counter()
    reports: Counter[str] = Counter()
    for clauses in cases:
        faults.update(clauses)
        reports.update(set(clauses))
    found = [ClauseCount(clause, faults[clause], reports[clause]) for clause in faults]
    return tuple(sorted(found, key=lambda row: (-row.reports, -row.faults, clause_key(row.clause))))


def pooled(shares: Iterable[Share]) -> Share:
    """Several months added up."""
    rows = list(shares)
    return Share(sum(row.part for row in rows), sum(row.whole for row in rows))


def compare(before: Share, after: Share) -> Comparison:
    """Newcombe's hybrid score interval (method 10) of after − before."""
    first, second = before.interval, after.interval
    if first is None or second is None:
        return Comparison(before, after, None, Trend.NO_DATA)
    was, now = before.part / before.whole, after.part / after.whole
    low = (now - was) - sqrt((now - second.low) ** 2 + (first.high - was) ** 2)
    high = (now - was) + sqrt((second.high - now) ** 2 + (was - first.low) ** 2)
    difference = Interval(max(low, -1.0), min(high, 1.0))
    trend = Trend.FEWER if high < 0 else Trend.MORE if low > 0 else Trend.UNCLEAR
    return Comparison(before, after, difference, trend)


def effect_of(
    clauses: Set[str], finished: Sequence[MonthFacts], *, first: date, last: date, done_on: date | None
) -> Effect:
    """A measure set after months `first`…`last` (the same one for a monthly measure).

    Before: those months. After: the finished months later than them, from the month on in which the measure
    was carried out; while it is not, every later month. `finished` may come in any order.
    """
    start = max(first_of_month(done_on), last) if done_on else last
    ordered = sorted(finished, key=lambda one: one.month)
    before = tuple((one.month, one.share(clauses)) for one in ordered if first <= one.month <= last)
    after = tuple(
        (one.month, one.share(clauses)) for one in ordered if one.month > last and one.month >= start
    )
    shares = [pooled(share for _, share in months) for months in (before, after)]
    return Effect(before, after, compare(*shares))
