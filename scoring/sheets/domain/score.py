"""The 30 points of Table B.1, from the edition's own score sheet. Whole numbers only (D-01, D-24)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from scoring.sheets.domain.rows import Deduction, RowScore, score_row
from scoring.sheets.domain.sheet_input import (
    SAMPLES,
    InvalidSheet,
    Sample,
    SheetInput,
    check_input,
    read_case,
)
from scoring.sheets.domain.verdict import Bounds, Verdict, bounds, verdict_of
from standards.scoresheet import ScoreSheetDefinition

__all__ = [
    "Bounds",
    "ConcordanceRate",
    "Deduction",
    "InvalidSheet",
    "RowScore",
    "Sample",
    "SheetInput",
    "SheetScore",
    "as_answer",
    "concordance_rate",
    "flag_rows",
    "read_case",
    "score_row",
    "score_sheet",
]


@dataclass(frozen=True)
class ConcordanceRate:
    """诊断符合率: concordant reports of judged reports; `percent` has one decimal, rounded half up."""

    numerator: int
    denominator: int
    percent: str


@dataclass(frozen=True)
class SheetScore:
    """A scored Table B.1. `total` is None while anything is open; `bounds` is set exactly then."""

    rows: tuple[RowScore, ...]
    flags: tuple[str, ...]
    concordance_rate: ConcordanceRate | None
    section_scores: Mapping[str, int | None]
    total: int | None
    verdict: Verdict
    bounds: Bounds | None

    @property
    def row_scores(self) -> Mapping[str, int | None]:
        """得分 by row id."""
        return MappingProxyType({row.row: row.score for row in self.rows})

    @property
    def deductions(self) -> tuple[Deduction, ...]:
        """Every lost point with its rule, in printed order."""
        return tuple(deduction for row in self.rows for deduction in row.deductions)


def score_sheet(given: SheetInput, sheet: ScoreSheetDefinition) -> SheetScore:
    """Score Table B.1; InvalidSheet when the input cannot be scored. A row in 未评 leaves no total."""
    check_input(given, sheet)
    rows = tuple(score_row(row, given, sheet) for row in sheet.rows)
    total = _sum(row.score for row in rows)
    return SheetScore(
        rows=rows,
        flags=_flags(rows, given, sheet),
        concordance_rate=concordance_rate(given.conclusion_sample),
        section_scores=_section_scores(rows, sheet),
        total=total,
        verdict=verdict_of(total, given, sheet),
        bounds=bounds(given, sheet) if total is None else None,
    )


def concordance_rate(sample: Sample) -> ConcordanceRate | None:
    """The rate of a sample; None for an empty one: 无数据 is not 0 %."""
    if not sample.size:
        return None
    good = sample.size - sample.failed
    tenths = (2000 * good + sample.size) // (2 * sample.size)
    return ConcordanceRate(good, sample.size, f"{tenths // 10}.{tenths % 10}")


def as_answer(score: SheetScore) -> dict[str, Any]:
    """The score as JSON values, in the shape of `expected` of the worked cases."""
    answer: dict[str, Any] = {
        "row_scores": dict(score.row_scores),
        "flags": list(score.flags),
        "concordance_rate": asdict(score.concordance_rate) if score.concordance_rate else None,
        "section_scores": dict(score.section_scores),
        "total": score.total,
        "verdict": score.verdict,
    }
    if score.bounds:
        answer["bounds"] = asdict(score.bounds)
    return answer


def flag_rows(definition: ScoreSheetDefinition) -> dict[str, str]:
    """Flag code → the row it is shown at; flags not named here concern the sheet as a whole."""
    found: dict[str, str] = {}
    for row in definition.rows:
        found |= {state.otherwise_flag: row.id for state in row.states if state.otherwise_flag}
        if row.contradicted_by_samples:
            found[row.contradicted_by_samples.flag] = row.id
        if row.rate:
            found |= {row.rate.below_flag: row.id, row.rate.exact_flag: row.id}
    return found


def _flags(rows: tuple[RowScore, ...], given: SheetInput, sheet: ScoreSheetDefinition) -> tuple[str, ...]:
    in_section_1 = [flag for row in rows if sheet.rows_by_id[row.row].states for flag in row.flags]
    in_section_2 = [flag for row in rows if sheet.rows_by_id[row.row].sample for flag in row.flags]
    sizes = [given.sample(name).size for name in SAMPLES]
    short = [sheet.sample_short_flag] if min(sizes) < sheet.sample_size else []
    contradicted = [
        row.contradicted_by_samples.flag
        for row in sheet.rows
        if row.contradicted_by_samples
        and given.rows[row.id] == row.contradicted_by_samples.state
        and max(sizes) == sheet.sample_size  # D-26 requires ten reports supplied
    ]
    return (*in_section_1, *short, *in_section_2, *contradicted)


def _section_scores(rows: tuple[RowScore, ...], sheet: ScoreSheetDefinition) -> Mapping[str, int | None]:
    scores = {row.row: row.score for row in rows}
    return MappingProxyType(
        {
            section.id: _sum(scores[row.id] for row in sheet.section_rows(section.id))
            for section in sheet.sections
        }
    )


def _sum(scores: Iterable[int | None]) -> int | None:
    """The sum, or None when any part is 未评: an open row is neither 0 nor full."""
    total = 0
    for score in scores:
        if score is None:
            return None
        total += score
    return total
