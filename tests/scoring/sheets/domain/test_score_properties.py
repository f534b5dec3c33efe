"""Table B.1: what holds for every sheet."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scoring.sheets.domain.score import (
    Sample,
    SheetInput,
    score_sheet,
)
from scoring.sheets.domain.verdict import what_would_change
from standards.loader import load_edition

SHEET = load_edition("db11-draft").sheet


STATES = {row.id: [state.state for state in row.states] for row in SHEET.rows if row.states}


@st.composite
def inputs(draw, sizes, open_rows):
    samples = []
    for _ in range(2):
        size = draw(sizes)
        samples.append(Sample(size, draw(st.integers(0, size))))
    rows = {
        row: draw(st.sampled_from([*states, None] if open_rows else states)) for row, states in STATES.items()
    }
    return SheetInput(draw(st.sampled_from(SHEET.hospital_levels)), rows, *samples)


anything = inputs(sizes=st.integers(0, 10), open_rows=True)


complete = inputs(sizes=st.just(10), open_rows=False)


@given(complete)
def test_total_of_a_complete_sheet_is_the_sum_of_rows_within_bounds(given_input):
    score = score_sheet(given_input, SHEET)
    assert score.total == sum(score.row_scores.values()) == sum(score.section_scores.values())
    assert all(0 <= row.score <= row.points for row in score.rows)
    assert score.row_scores["2.2"] in {10, 9, 3, 2, 1, 0}
    assert score.verdict == ("fail" if score.total < 21 else "pass")
    assert score.bounds is None


@given(complete)
def test_lost_points_add_up_to_what_is_missing(given_input):
    score = score_sheet(given_input, SHEET)
    assert score.total + sum(part.points for part in score.deductions) == 30
    assert all(part.points > 0 and part.rule_zh for part in score.deductions)


@given(complete, st.sampled_from(["description_sample", "conclusion_sample"]))
def test_total_never_rises_with_one_more_failing_report(given_input, name):
    more = Sample(10, min(10, given_input.sample(name).failed + 1))
    samples = {
        "description_sample": given_input.description_sample,
        "conclusion_sample": given_input.conclusion_sample,
    }
    worse = SheetInput(given_input.hospital_level, given_input.rows, **{**samples, name: more})
    assert score_sheet(worse, SHEET).total <= score_sheet(given_input, SHEET).total


@given(anything, st.data())
def test_bounds_contain_every_completion_and_are_reached(given_input, data):
    score = score_sheet(given_input, SHEET)
    if score.bounds is None:
        return
    assert 0 <= score.bounds.lowest_total <= score.bounds.highest_total <= 30
    completion = data.draw(completions(given_input))
    total = score_sheet(completion, SHEET).total
    assert score.bounds.lowest_total <= total <= score.bounds.highest_total
    if score.bounds.foregone:
        assert score_sheet(completion, SHEET).verdict == score.bounds.foregone


@st.composite
def completions(draw, given_input):
    """Any way in which the open rows and the missing reports may turn out."""
    rows = {row: state or draw(st.sampled_from(STATES[row])) for row, state in given_input.rows.items()}
    samples = [
        Sample(10, sample.failed + draw(st.integers(0, 10 - sample.size)))
        for sample in (given_input.description_sample, given_input.conclusion_sample)
    ]
    return SheetInput(given_input.hospital_level, rows, *samples)


@given(complete)
def test_counted_further_failures_are_the_first_to_fail(given_input):
    change = what_would_change(given_input, SHEET)
    assert change.already_below == (score_sheet(given_input, SHEET).total < 21)
    if change.conclusion is None:
        return
    conclusion = given_input.conclusion_sample
    for further, verdict in ((change.conclusion - 1, "pass"), (change.conclusion, "fail")):
        then = Sample(10, conclusion.failed + further)
        turned = replace(given_input, conclusion_sample=then)
        assert score_sheet(turned, SHEET).verdict == verdict
