"""合格 or 不合格, or, while something is open, what the total can still become."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from scoring.sheets.domain.rows import score_row
from scoring.sheets.domain.sheet_input import SAMPLES, Sample, SheetInput, check_input
from standards.scoresheet import ScoreSheetDefinition, SheetRow

Verdict = Literal["pass", "fail", "insufficient_sample", "unjudged_rows"]

VERDICT_ZH: Mapping[Verdict, str] = MappingProxyType(
    {
        "pass": "合格",
        "fail": "不合格",
        "insufficient_sample": "样本不足，不作判定",
        "unjudged_rows": "尚有未评项目，不作判定",
    }
)


@dataclass(frozen=True)
class Bounds:
    """The lowest and highest total still reachable; `foregone`: their verdict when it is the same."""

    lowest_total: int
    highest_total: int
    foregone: Literal["pass", "fail"] | None


@dataclass(frozen=True)
class WhatWouldPass:
    """How many failing reports fewer, each kind alone or `mixed`, lift a total below the line to it.

    None: not even all of them do. `points`: what section 1 lacks, None where it cannot make up for it.
    """

    description: int | None
    conclusion: int | None
    mixed: tuple[int, int] | None = None
    points: int | None = None


@dataclass(frozen=True)
class WhatWouldChange:
    """How many further failing reports bring the total below the pass line, all else staying good.

    None: not even all that are left do. `already_below`: no open report can save the total any more;
    `passing` is set exactly then. `mixed`: (discordant, faulty) reports together, fewest of all pairs; None
    where fewer of one kind do it alone. `basis`: the assumption about open rows; "" without an open row.
    """

    pass_line: int
    already_below: bool
    description: int | None
    conclusion: int | None
    mixed: tuple[int, int] | None = None
    basis: str = ""
    passing: WhatWouldPass | None = None


def passes(total: int, sheet: ScoreSheetDefinition) -> Literal["pass", "fail"]:
    """总分＜21分 fails; 21 passes."""
    return "fail" if total < sheet.pass_line else "pass"


def verdict_of(total: int | None, given: SheetInput, sheet: ScoreSheetDefinition) -> Verdict:
    """The verdict on a total; without a total, why there is none. A short sample outweighs an open row."""
    if total is not None:
        return passes(total, sheet)
    short = any(given.sample(name).size < sheet.sample_size for name in SAMPLES)
    return "insufficient_sample" if short else "unjudged_rows"


def bounds(given: SheetInput, sheet: ScoreSheetDefinition) -> Bounds:
    """Every open row and missing report at its worst, and at its best, on samples of ten (D-07)."""
    lowest = _total(_completed(given, sheet, worst=True), sheet)
    highest = _total(_completed(given, sheet, worst=False), sheet)
    low, high = passes(lowest, sheet), passes(highest, sheet)
    return Bounds(lowest, highest, low if low == high else None)


def what_would_change(
    given: SheetInput, sheet: ScoreSheetDefinition, suggested: Mapping[str, str] = MappingProxyType({})
) -> WhatWouldChange:
    """What would turn the verdict; missing reports are taken at their best.

    Open rows are taken as the records suggest (`suggested`: row → state), those without a suggestion at their
    best. Once ten are judged, "further" counts among the reports now judged good. Raises InvalidSheet.
    """
    check_input(given, sheet)
    known = {row: state or suggested.get(row) or None for row, state in given.rows.items()}
    best = _completed(replace(given, rows=known), sheet, worst=False)
    basis = _basis(given, known, best, sheet)
    described = _points_by_failures(best, "description_sample", _left(given.description_sample, sheet), sheet)
    concluded = _points_by_failures(best, "conclusion_sample", _left(given.conclusion_sample, sheet), sheet)
    section_1 = sum(score_row(row, best, sheet).score or 0 for row in sheet.rows if row.states)
    if section_1 + described[0] + concluded[0] < sheet.pass_line:
        return WhatWouldChange(
            sheet.pass_line, True, None, None, basis=basis, passing=_what_would_pass(best, section_1, sheet)
        )
    failing = [
        (discordant, faulty)
        for discordant in range(len(concluded))
        for faulty in range(len(described))
        if section_1 + concluded[discordant] + described[faulty] < sheet.pass_line
    ]
    conclusion, description, mixed = _fewest(failing)
    return WhatWouldChange(sheet.pass_line, False, description, conclusion, mixed, basis)


def _what_would_pass(best: SheetInput, section_1: int, sheet: ScoreSheetDefinition) -> WhatWouldPass:
    """`best` totals less than the pass line with `section_1` points in its first section."""
    described = _points_by_failures(best, "description_sample", -best.description_sample.failed, sheet)
    concluded = _points_by_failures(best, "conclusion_sample", -best.conclusion_sample.failed, sheet)
    passing = [
        (concordant, sound)
        for concordant in range(len(concluded))
        for sound in range(len(described))
        if section_1 + concluded[concordant] + described[sound] >= sheet.pass_line
    ]
    conclusion, description, mixed = _fewest(passing)
    lacking = sheet.pass_line - (section_1 + described[0] + concluded[0])
    met = _completed(replace(best, rows=dict.fromkeys(best.rows)), sheet, worst=False)
    most = sum(score_row(row, met, sheet).score or 0 for row in sheet.rows if row.states)
    points = lacking if section_1 + lacking <= most else None
    return WhatWouldPass(description, conclusion, mixed, points)


def _fewest(pairs: list[tuple[int, int]]) -> tuple[int | None, int | None, tuple[int, int] | None]:
    """Of (conclusion, description) counts the fewest of each alone, and of both where no kind needs fewer."""
    conclusion = min((c for c, d in pairs if not d), default=None)
    description = min((d for c, d in pairs if not c), default=None)
    pair = min((both for both in pairs if all(both)), key=lambda both: (sum(both), both), default=None)
    alone = [count for count in (conclusion, description) if count is not None]
    mixed = pair if pair and all(sum(pair) <= count for count in alone) else None
    return conclusion, description, mixed


def change_sentences(change: WhatWouldChange) -> tuple[str, ...]:
    """Sentences for the sheet page on what would change the verdict; first the assumption about open rows."""
    line, basis = change.pass_line, (change.basis,) if change.basis else ()
    if change.passing:
        below = f"其余项目即使全部符合，总分也将低于{line}分"
        return (*basis, below, *_pass_sentences(change.passing, line))
    sentences = [
        f"再有{count}例{fault}将低于{line}分"
        for count, fault in ((change.conclusion, "不符合"), (change.description, "描述不规范或错误"))
        if count is not None
    ]
    if change.mixed:
        discordant, faulty = change.mixed
        sentences.append(f"再有{discordant}例不符合和{faulty}例描述不规范或错误将低于{line}分")
    return (*basis, *(sentences or (f"其余报告即使全部不符合，总分也不会低于{line}分",)))


def _pass_sentences(passing: WhatWouldPass, line: int) -> tuple[str, ...]:
    sentences = [
        f"若少{count}例{fault}，即达到{line}分"
        for count, fault in ((passing.conclusion, "不符合"), (passing.description, "描述不规范或错误"))
        if count is not None
    ]
    if passing.mixed:
        discordant, faulty = passing.mixed
        sentences.append(f"若少{discordant}例不符合和{faulty}例描述不规范或错误，即达到{line}分")
    if passing.points is not None:
        sentences.append(f"第1部分若多得{passing.points}分，即达到{line}分")
    return tuple(sentences or (f"单靠评审结果或第1部分都不能达到{line}分",))


def _basis(
    given: SheetInput, known: Mapping[str, str | None], best: SheetInput, sheet: ScoreSheetDefinition
) -> str:
    """The assumption about unjudged rows of section 1, with the points it leads to; "" without such a row."""
    open_rows = [row for row, state in given.rows.items() if state is None]
    if not open_rows:
        return ""
    points = sum(score_row(row, best, sheet).score or 0 for row in sheet.rows if row.states)
    suggested = [row for row in open_rows if known[row]]
    how = "按建议（没有建议的按满分）" if suggested else "按满分"
    how = "按建议" if len(suggested) == len(open_rows) else how
    return f"第1部分尚未评定的行{how}计，共{points}分"


def _left(judged: Sample, sheet: ScoreSheetDefinition) -> int:
    """Reports that may still turn out as failing: those not judged, else those judged good."""
    return sheet.sample_size - judged.size or judged.size - judged.failed


def _points_by_failures(
    best: SheetInput, name: str, left: int, sheet: ScoreSheetDefinition
) -> tuple[int, ...]:
    """Points of the rows scored from one sample with 0, 1, … `left` further failing reports; negative: fewer.

    A row depends on its own sample alone, so the two samples need not be combined.
    """
    rows = [row for row in sheet.rows if row.sample == name]
    sample = best.sample(name)
    step = 1 if left >= 0 else -1
    turned = [
        _with_sample(best, name, Sample(sample.size, sample.failed + step * n)) for n in range(abs(left) + 1)
    ]
    return tuple(sum(score_row(row, given, sheet).score or 0 for row in rows) for given in turned)


def _completed(given: SheetInput, sheet: ScoreSheetDefinition, *, worst: bool) -> SheetInput:
    filled = replace(
        given,
        rows={
            row_id: _extreme_state(sheet.rows_by_id[row_id], given, sheet, worst) if state is None else state
            for row_id, state in given.rows.items()
        },
    )
    for name in SAMPLES:
        sample = given.sample(name)
        missing = sheet.sample_size - sample.size
        failed = sample.failed + (missing if worst else 0)
        filled = _with_sample(filled, name, Sample(sheet.sample_size, failed))
    return filled


def _extreme_state(row: SheetRow, given: SheetInput, sheet: ScoreSheetDefinition, worst: bool) -> str:
    """The state with the fewest (or most) points at this hospital's level."""
    names = [state.state for state in row.states]

    def points(name: str) -> int:
        return score_row(row, replace(given, rows={**given.rows, row.id: name}), sheet).score or 0

    return min(names, key=points) if worst else max(names, key=points)


def _with_sample(given: SheetInput, name: str, sample: Sample) -> SheetInput:
    if name == "description_sample":
        return replace(given, description_sample=sample)
    return replace(given, conclusion_sample=sample)


def _total(complete: SheetInput, sheet: ScoreSheetDefinition) -> int:
    return sum(score_row(row, complete, sheet).score or 0 for row in sheet.rows)
