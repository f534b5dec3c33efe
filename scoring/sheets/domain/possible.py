"""Which points a row of Table B.1 can have at all: what a form offers, and nothing between."""

from collections.abc import Iterable

from scoring.sheets.domain.rows import score_row
from scoring.sheets.domain.sheet_input import Sample, SheetInput
from standards.scoresheet import HospitalLevel, ScoreSheetDefinition, SheetRow


def possible_points(
    row: SheetRow, sheet: ScoreSheetDefinition, levels: Iterable[HospitalLevel] = ()
) -> tuple[int, ...]:
    """Most first; for hospitals of `levels`, of every level when none is named.

    Found by scoring each state, and each number of failed reports of a full sample: the arithmetic of the
    sheet has one home.
    """
    found: set[int] = set()
    for level in levels or sheet.hospital_levels:
        for given in _inputs(row, sheet, level):
            score = score_row(row, given, sheet).score
            found |= {score} if score is not None else set()
    return tuple(sorted(found, reverse=True))


def _inputs(row: SheetRow, sheet: ScoreSheetDefinition, level: HospitalLevel) -> Iterable[SheetInput]:
    size = sheet.sample_size
    if row.states:
        return (SheetInput(level, {row.id: state.state}, Sample(0, 0), Sample(0, 0)) for state in row.states)
    samples = (Sample(size, failed) for failed in range(size + 1))
    return (SheetInput(level, {}, sample, sample) for sample in samples)
