"""符合率对照: case by case the outcome it was held against, its judgement, the kind of error; the rates."""

from collections import Counter
from dataclasses import dataclass

from audits.judging.domain.concordance import ErrorKind, Judgement, Rate
from reports.domain.proportions import percent, wilson
from scoring.content.document import PacketDocument
from scoring.content.parts import Case

_OPEN, _SEVERAL, _NONE = "未评", "、", "无数据"
COLUMNS = (*(judgement.zh for judgement in Judgement), _OPEN)
_WORDS = {str(judgement.value): judgement.zh for judgement in Judgement}


@dataclass(frozen=True)
class ConcordanceLine:
    """One case: `source` the outcomes by kind and day, "无数据" without one."""

    case: Case
    source: str

    @property
    def kinds(self) -> str:
        """手术病理、影像随访: the kinds of outcome alone."""
        return _kinds(self.case)

    @property
    def column(self) -> str:
        """The judgement as it is counted: one of COLUMNS."""
        return _WORDS.get(self.case.conclusion.judgement, _OPEN)


@dataclass(frozen=True)
class SourceCount:
    """Judgements of the cases held against one kind of outcome, in the order of COLUMNS."""

    source: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class RateLine:
    """A rate: `part` of `whole` judged cases."""

    name: str
    counted: str
    part: int
    whole: int

    @property
    def percent(self) -> str:
        return percent(self.part, self.whole)

    @property
    def interval(self) -> str:
        found = wilson(self.part, self.whole)
        return found.label if found else _NONE


@dataclass(frozen=True)
class ConcordanceTable:
    """`by_source` in order of first appearance; `errors`: how often each kind of error was found."""

    lines: tuple[ConcordanceLine, ...]
    columns: tuple[str, ...]
    by_source: tuple[SourceCount, ...]
    errors: tuple[tuple[str, int], ...]
    rates: tuple[RateLine, ...]


def concordance_table(document: PacketDocument) -> ConcordanceTable:
    """From the cases alone, so that it cannot say other than they do."""
    lines = tuple(ConcordanceLine(case, _source(case)) for case in document.cases)
    counted = Counter(line.column for line in lines)
    rate = Rate(*(counted[column] for column in COLUMNS))
    loose = f"{Judgement.CONCORDANT.zh}＋{Judgement.PARTLY.zh}"
    return ConcordanceTable(
        lines,
        COLUMNS,
        _by_source(lines),
        _errors(document),
        (
            RateLine("诊断符合率（宽，评分用）", loose, rate.numerator, rate.denominator),
            RateLine("严格符合率", Judgement.CONCORDANT.zh, rate.strict_numerator, rate.denominator),
        ),
    )


def _source(case: Case) -> str:
    return _SEVERAL.join(f"{found.kind} {found.observed_on}" for found in case.outcomes) or _NONE


def _kinds(case: Case) -> str:
    return _SEVERAL.join(dict.fromkeys(found.kind for found in case.outcomes)) or _NONE


def _by_source(lines: tuple[ConcordanceLine, ...]) -> tuple[SourceCount, ...]:
    found: dict[str, Counter[str]] = {}
    for line in lines:
        found.setdefault(_kinds(line.case), Counter())[line.column] += 1
    return tuple(
        SourceCount(kind, tuple(counts[column] for column in COLUMNS)) for kind, counts in found.items()
    )


def _errors(document: PacketDocument) -> tuple[tuple[str, int], ...]:
    kinds = (kind for case in document.cases for kind in case.conclusion.error_kind_zh.split(_SEVERAL))
    return tuple(Counter(kind for kind in kinds if kind not in ("", ErrorKind.NONE.zh)).items())
