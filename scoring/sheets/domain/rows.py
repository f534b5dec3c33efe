"""One row of Table B.1 → its points, what was lost and by which printed rule."""

from dataclasses import dataclass
from typing import Literal

from scoring.sheets.domain.sheet_input import Sample, SheetInput
from standards.scoresheet import HospitalLevel, RateDeduction, ScoreSheetDefinition, SheetRow


@dataclass(frozen=True)
class Deduction:
    """扣分: points lost on a row by one printed rule; the start of a 扣分理由.

    `cases` is the number of reports behind it (0 for a section 1 row); `readings` are ids such as D-02.
    """

    row: str
    points: int
    kind: Literal["state", "case", "rate"]
    rule_zh: str
    readings: tuple[str, ...]
    cases: int = 0


@dataclass(frozen=True)
class RowScore:
    """得分 of a row out of `points`; None is 未评. The deductions add up to what is missing."""

    row: str
    points: int
    score: int | None
    deductions: tuple[Deduction, ...] = ()
    flags: tuple[str, ...] = ()


def score_row(row: SheetRow, given: SheetInput, sheet: ScoreSheetDefinition) -> RowScore:
    """The row's points; None while it is not judged, or its sample is smaller than ten (D-07)."""
    if row.states:
        return score_state(row, given.rows[row.id], given.hospital_level)
    sample = given.sample(row.sample)
    if sample.size < sheet.sample_size:
        return RowScore(row.id, row.points, None)
    return _score_sample(row, sample)


def score_state(row: SheetRow, name: str | None, level: HospitalLevel) -> RowScore:
    """The points a section 1 row has in a state; None for 未评."""
    if name is None:
        return RowScore(row.id, row.points, None)
    state = row.state(name)
    if state.only_levels and level not in state.only_levels:
        return RowScore(row.id, row.points, row.points, flags=(state.otherwise_flag,))
    lost = row.points - state.points
    deduction = Deduction(row.id, lost, "state", state.rule_zh, state.decisions)
    return RowScore(row.id, row.points, state.points, (deduction,) if lost else ())


def _score_sample(row: SheetRow, sample: Sample) -> RowScore:
    deductions = _case_deductions(row, sample)
    left = row.points - sum(part.points for part in deductions)
    if row.rate and is_below(sample, row.rate):
        # D-02: beside the cases, not instead of them; but a row never goes below 0.
        lost = min(left, row.rate.points)
        left -= lost
        rate = Deduction(row.id, lost, "rate", row.rate.rule_zh, row.rate.decisions, sample.failed)
        deductions += (rate,) if lost else ()
    return RowScore(row.id, row.points, left, deductions, _rate_flags(row.rate, sample))


def _case_deductions(row: SheetRow, sample: Sample) -> tuple[Deduction, ...]:
    if row.case is None or not sample.failed:
        return ()
    lost = min(row.points, row.case.points * sample.failed)
    return (Deduction(row.id, lost, "case", row.case.rule_zh, row.case.decisions, sample.failed),)


def _rate_flags(rate: RateDeduction | None, sample: Sample) -> tuple[str, ...]:
    if rate is None:
        return ()
    if is_below(sample, rate):
        return (rate.below_flag,)
    return (rate.exact_flag,) if _good_hundredfold(sample) == rate.percent * sample.size else ()


def is_below(sample: Sample, rate: RateDeduction) -> bool:
    """Whether the concordance rate is below the printed percentage, in whole numbers (D-01)."""
    return _good_hundredfold(sample) < rate.percent * sample.size


def _good_hundredfold(sample: Sample) -> int:
    return 100 * (sample.size - sample.failed)
