"""Counts of findings by rule, physician or month: one query over a limited number of rows."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from exporting.listing import CAP
from reports.findings.models import Finding
from reports.findings.rule_texts import rule_cards, title_of

BY = {"code": "按规则", "physician": "按医师", "month": "按月"}
SEVERITIES = tuple(Finding.Severity)
Link = Callable[..., str]
People = Callable[[list[str]], Mapping[str, dict[str, str]]]


@dataclass(frozen=True)
class Cell:
    """A count and the query that lists its rows; "" where there is nothing to list."""

    count: int
    query: str = ""


@dataclass(frozen=True)
class Line:
    """One rule, physician or month."""

    label: str
    note: str
    total: Cell
    severities: tuple[Cell, ...]
    open: Cell


@dataclass(frozen=True)
class Counted:
    """`capped`: only the newest CAP rows were counted."""

    head: str
    lines: tuple[Line, ...]
    total: int
    capped: bool


def counted(
    rows: QuerySet[Finding], by: str, query: Mapping[str, str], link: Link, people: People
) -> Counted:
    """The filtered `rows` by `by` (a key of BY); `link(query, **changes)` is the query of a cell.

    `people(names)` gives the change of the filter that asks for each physician.
    """
    column = {"code": "code", "physician": "reporting_physician", "month": "reported_at"}[by]
    newest = rows.order_by("-reported_at", "-id").values_list(column, "severity", "state")
    key: Callable[[Any], Any] = _month if by == "month" else str
    tally = Counter((key(value or ""), severity, state) for value, severity, state in newest[: CAP + 1])
    sums: Counter[str] = Counter()
    for (name, _, _), n in tally.items():
        sums[name] += n
    names = sorted(sums, reverse=True) if by == "month" else sorted(sums, key=lambda n: (-sums[n], n))
    asked = people([name for name in names if name]) if by == "physician" else {}
    narrowed = {name: asked.get(name) or _narrowed(by, name, query) for name in names}
    lines = tuple(_line(by, name, tally, partial(link, query, **narrowed[name])) for name in names)
    return Counted(BY[by][1:], lines, min(sum(sums.values()), CAP), sum(sums.values()) > CAP)


def _month(value: datetime | str) -> str:
    return timezone.localtime(value).strftime("%Y-%m") if isinstance(value, datetime) else ""


def _line(by: str, name: str, tally: Mapping[Any, int], link: Link) -> Line:
    def cell(count: int, **changes: str) -> Cell:
        return Cell(count, link(**changes) if name and count else "")

    mine = {(severity, state): n for (given, severity, state), n in tally.items() if given == name}
    by_severity = Counter[str]()
    for (severity, _), n in mine.items():
        by_severity[severity] += n
    return Line(
        *_label(by, name),
        total=cell(sum(mine.values())),
        severities=tuple(cell(by_severity[s.value], severity=s.value) for s in SEVERITIES),
        open=cell(sum(n for (_, state), n in mine.items() if state == "open"), state="open"),
    )


def _label(by: str, name: str) -> tuple[str, str]:
    if by == "code":
        card = rule_cards().get(name)
        return title_of(name), card.clause.number if card else ""
    return name or ("无报告医师" if by == "physician" else "无报告时间"), ""


def _narrowed(by: str, name: str, query: Mapping[str, str]) -> dict[str, str]:
    """The filter of one line; {} where it cannot be filtered (no time)."""
    if not name:
        return {}
    if by != "month":
        return {by: name}
    year, month = int(name[:4]), int(name[5:])
    first, last = f"{name}-01", f"{name}-{monthrange(year, month)[1]:02}"
    # The filter's period applies too: the month may begin before it or end after it.
    since, until = query.get("since", ""), query.get("until", "")
    return {"since": max(first, since), "until": min(last, until) if until else last}
