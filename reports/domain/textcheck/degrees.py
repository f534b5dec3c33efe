"""Degrees of density and signal in the findings, for the rules of 6.4.3.2-3.

A degree is `listed` (one of the seven steps of 6.4.3.3), `offlist` (another degree word before 高/低),
`changed` (密度减低, 信号不高: a degree word after 密度/信号) or `bare` (低密度影, no degree at all).
"""

import re
from itertools import islice
from operator import attrgetter
from typing import Final, Literal

from reports.domain.textcheck.clauses import Clause
from reports.domain.textcheck.report import CheckedReport, once_per_report
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, pattern, terms

AT_MOST: Final = 300  # per text: more than any report has, a bound on the cost

_OFF: Final = any_of(terms("degree_offlist_before"))
_JOIN: Final = r"[、或及和至到/~～\-—–]"
_LEVEL: Final = re.compile(
    rf"[低高等](?:{_JOIN}{{1,2}}(?:明显|中度|稍|{_OFF})?[低高等]){{0,3}}(?:混杂|不均匀|欠均匀)?(?:密度|信号)"
)
_OFF_INSIDE: Final = re.compile(rf"(?:{_OFF})[低高]")
_LISTED_INSIDE: Final = re.compile(r"(?:明显|中度|稍)[低高]|等(?![低高])")
_ADVERB: Final = re.compile(rf"(?:(?P<listed>明显|中度|稍)|(?P<off>{_OFF}))$")
_AFTER: Final = any_of(terms("degree_offlist_after"))
_CHANGED: Final = re.compile(
    rf"(?:密度|信号)(?:(?P<adverb>{_AFTER})(?:减低|增高|降低|升高|低|高)|减低|增高|降低|升高)"
)
# Osteopenia and a misty mesentery are diagnoses.
_NAMED: Final = re.compile(r"(?:骨(?:质|矿|矿物|矿物质)?|[系网筋]膜(?:区|间|根部)?)$")
# 肝、脾等密度均匀: 等 ends a list here. As a degree it follows a verb, a sequence or a shape.
_STEP_BEFORE: Final = re.compile(r"[呈为以示见均是或一枚个状形性样类A-Za-z上像期区内似（(，、；。\s]$")
_LIST_AFTER: Final = re.compile(
    r"(?:的)?(?:均匀|均|未|无|正常|对称|不|欠|尚|如常|大致|异常|良好|改变不|分布|信号|密度|形态|大小)"
)
_ODD_MARKS: Final = ",;!?！？"
_start = attrgetter("start")
_NOT_BARE_BEFORE: Final = "稍度显、或及至偏略较极很微等高低更最"
Kind = Literal["listed", "offlist", "changed", "bare"]


class Degree:
    """One expression of high, low or equal. `adverb`: the off-list term, if any."""

    __slots__ = ("adverb", "end", "kind", "start")

    def __init__(self, start: int, end: int, kind: Kind, adverb: str = "") -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.adverb = adverb


@once_per_report
def degrees(report: CheckedReport) -> tuple[Degree, ...]:
    """The degrees in the findings, in order, without negated ones."""
    return tuple(_read(report.texts["findings"]))


def _read(text: Text) -> list[Degree]:
    found: list[Degree] = []
    start = 0
    for clause in text.parts:
        for degree in _degrees_in(clause):
            # After one of these marks 等 is not a degree.
            if degree.start or clause.plain[0] != "等" or text.plain[max(0, start - 1)] not in _ODD_MARKS:
                found.append(Degree(start + degree.start, start + degree.end, degree.kind, degree.adverb))
        start += clause.size
    return found[:AT_MOST]


def _degrees_in(clause: Clause) -> list[Degree]:
    """The degrees of one clause; the context that defines a degree is always in the same clause."""
    plain = clause.plain
    before = [_level(plain, match) for match in islice(_LEVEL.finditer(plain), AT_MOST)]
    after = [_change(plain, match) for match in islice(_CHANGED.finditer(plain), AT_MOST)]
    return sorted(
        (degree for degree in (*before, *after) if degree and not clause.is_negated(degree.start)),
        key=_start,
    )


def _level(plain: str, match: re.Match[str]) -> Degree | None:
    start, end = match.span()
    first = plain[start]
    head = plain[max(0, start - 4) : start]
    if first == "等":
        if not _is_step(head, plain, end):
            return None
        off = _OFF_INSIDE.search(plain, start, end)
        return Degree(start, end, "offlist", off.group()[:-1]) if off else Degree(start, end, "listed")
    adverb = None if head.endswith("比较") else _ADVERB.search(head)
    if adverb:
        begin = start - len(adverb.group())
        off = _OFF_INSIDE.search(plain, begin, end)
        if off:
            return Degree(begin, end, "offlist", off.group()[:-1])
        return Degree(begin, end, "listed")
    off = _OFF_INSIDE.search(plain, start, end)
    if off:
        return Degree(start, end, "offlist", off.group()[:-1])
    if _LISTED_INSIDE.search(plain, start + 1, end):
        return Degree(start, end, "listed")
    if head and head[-1] in _NOT_BARE_BEFORE:
        return None
    return Degree(start, end, "bare")


def _is_step(head: str, plain: str, end: int) -> bool:
    """Is 等 the degree of 等密度, rather than "etc." after a list?"""
    if head.endswith(("呈", "为", "以")):
        return True
    if head and not _STEP_BEFORE.search(head):
        return False
    return _LIST_AFTER.match(plain, end) is None


def _change(plain: str, match: re.Match[str]) -> Degree | None:
    if _NAMED.search(plain[max(0, match.start() - 4) : match.start()]):
        return None  # 骨质密度减低, 肠系膜密度增高
    return Degree(match.start(), match.end(), "changed", match.group("adverb") or "")


UNDERSTOOD: Final = pattern("understood_density")
UNDERSTOOD_BARE: Final = pattern("understood_density", "understood_bare")
