"""What is in the way of submitting a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass

from audits.sampling.models import Audit
from scoring.sheets.queries.scored import ScoredSheet


@dataclass(frozen=True)
class Obstacle:
    """Why a sheet may not be submitted yet; `row` is where to look ("" for none)."""

    row: str
    text: str


def obstacles(scored: ScoredSheet) -> tuple[Obstacle, ...]:
    """Everything that prevents submission, in the order of the form; empty: it may be submitted.

    D-07: fewer than ten reports do not prevent it once every drawn one is judged: the sheet then goes out
    without a verdict, with the bounds. A drawn report that nobody judged is one: it is to be judged or
    replaced, else a bad case could be left open to escape the verdict.
    """
    if scored.sheet.audit.status == Audit.Status.CANCELLED:
        return (Obstacle("", "这次抽样已作废，评分表不能再提交。"),)
    return (*_of_rows(scored), *_of_cases(scored))


def _of_rows(scored: ScoredSheet) -> Iterator[Obstacle]:
    for row, state in scored.given.rows.items():
        if state is None:
            yield Obstacle(row, f"第{row}行尚未评定。")
    for scored_row in scored.rows:
        if scored_row.score.deductions and not scored_row.reason:
            row = scored_row.definition.id
            yield Obstacle(row, f"第{row}行有扣分，须写明扣分理由。")
    for row, setting in scored.settings.items():
        if setting.departs_unexplained:
            yield Obstacle(row, f"第{row}行的评定与建议不同，须写明理由。")
    for row in rows_suggested_anew(scored):
        yield Obstacle(row, f"第{row}行评定之后记录有变化，建议已不同，请重新评定。")


def rows_suggested_anew(scored: ScoredSheet) -> list[str]:
    """Rows for which the records suggest another state now than when the row was set."""
    return [
        row
        for row, setting in sorted(scored.settings.items())
        if setting.suggested_state and scored.suggestions[row].state != setting.suggested_state
    ]


def _of_cases(scored: ScoredSheet) -> Iterator[Obstacle]:
    if not scored.results.cases:
        yield Obstacle("2.1", "这次抽样没有在评的病例。")
    for text in scored.results.waiting:
        yield Obstacle("2.1", text)
