"""Table B.1: the worked cases, and what is refused."""

import json
import math
from dataclasses import replace

import pytest

from scoring.sheets.domain.score import (
    Bounds,
    ConcordanceRate,
    Deduction,
    InvalidSheet,
    Sample,
    SheetInput,
    as_answer,
    concordance_rate,
    flag_rows,
    read_case,
    score_sheet,
)
from scoring.sheets.domain.verdict import VERDICT_ZH, WhatWouldChange, change_sentences, what_would_change
from standards.loader import load_edition
from tests.paths import DATA

SHEET = load_edition("db11-draft").sheet
COPY = DATA / "standard" / "score_vectors.json"
VECTORS = json.loads(COPY.read_text(encoding="utf-8"))["vectors"]
MET = dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.5"), "met")


def sheet_input(d=0, k=0, *, n=10, level="tertiary", states=None):
    return SheetInput(level, {**MET, **(states or {})}, Sample(n, d), Sample(n, k))


def case(**changes):
    return {
        "hospital_level": "tertiary",
        "rows": MET,
        "description_sample": {"size": 10, "failed": 0},
        "conclusion_sample": {"size": 10, "failed": 0},
        **changes,
    }


# --- the worked cases ---------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_worked_case_gives_the_expected_answer(vector):
    try:
        answer = as_answer(score_sheet(read_case(vector["input"], SHEET), SHEET))
    except InvalidSheet as invalid:
        answer = {"error": "invalid_input", "detail": invalid.detail}
    assert answer == vector["expected"]


def test_row_2_2_takes_only_the_printed_values():
    scores = [score_sheet(sheet_input(k=k), SHEET).row_scores["2.2"] for k in range(11)]
    assert scores == [10, 9, 3, 2, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("k", "most"), [(0, 9), (1, 8), (2, 2), (3, 1), (4, 0)])
def test_greatest_number_of_description_cases_that_still_passes(k, most):
    assert score_sheet(sheet_input(d=most, k=k), SHEET).verdict == "pass"
    assert score_sheet(sheet_input(d=most + 1, k=k), SHEET).verdict == "fail"


def test_short_conclusion_sample_at_90_percent_raises_no_rate_flag():
    given_input = SheetInput("tertiary", MET, Sample(10, 0), Sample(9, 1))
    assert score_sheet(given_input, SHEET).flags == ("sample_smaller_than_10",)


def test_short_description_sample_keeps_the_rate_flag_of_the_full_one():
    given_input = SheetInput("tertiary", {**MET, "1.3": "absent"}, Sample(9, 0), Sample(10, 2))
    assert score_sheet(given_input, SHEET).flags == (
        "sample_smaller_than_10",
        "rate_below_90_percent",
        "followup_system_absent_but_followed_up_cases_supplied",
    )


def test_absent_follow_up_without_ten_reports_is_no_contradiction():
    given_input = sheet_input(n=9, states={"1.3": "absent"})
    assert score_sheet(given_input, SHEET).flags == ("sample_smaller_than_10",)


@pytest.mark.parametrize(
    ("good", "size", "percent"),
    [(1, 8, "12.5"), (2, 3, "66.7"), (1, 3, "33.3"), (8, 9, "88.9"), (1, 16, "6.3"), (0, 7, "0.0")],
)
def test_concordance_rate_is_rounded_half_up_without_floats(good, size, percent):
    assert concordance_rate(Sample(size, size - good)) == ConcordanceRate(good, size, percent)


# --- what was lost ------------------------------------------------------------------------------


def test_lost_points_name_their_printed_rule_and_readings():
    score = score_sheet(sheet_input(d=2, k=2, states={"1.3": "incomplete", "1.5": "absent"}), SHEET)
    assert score.deductions == (
        Deduction("1.3", 1, "state", "记录不完整-1分", ("D-05",), 0),
        Deduction("1.5", 2, "state", "三级医院未设亚专业组不得分", ("D-06",)),
        Deduction("2.1", 2, "case", "描述不规范或错误，每例-1分", ("D-09", "D-12", "D-14"), 2),
        Deduction("2.2", 2, "case", "如果不符合，诊断错误或漏诊，每例 -1分", ("D-09", "D-14", "D-18"), 2),
        Deduction("2.2", 5, "rate", "诊断符合率小于90%，-5分", ("D-01", "D-02"), 2),
    )


@pytest.mark.parametrize(
    ("k", "lost"),
    [(1, [("case", 1)]), (6, [("case", 6), ("rate", 4)]), (10, [("case", 10)])],
)
def test_lost_points_of_a_row_stop_at_its_points(k, lost):
    assert [(part.kind, part.points) for part in score_sheet(sheet_input(k=k), SHEET).deductions] == lost


def test_secondary_hospital_without_groups_loses_nothing():
    score = score_sheet(sheet_input(level="secondary", states={"1.5": "absent"}), SHEET)
    assert (score.total, score.deductions, score.flags) == (30, (), ("subspecialty_groups_not_required",))


# --- open rows and what would change ------------------------------------------------------------


def test_unjudged_row_leaves_no_total_but_bounds():
    score = score_sheet(sheet_input(d=1, states={"1.2": None}), SHEET)
    assert (score.row_scores["1.2"], score.section_scores, score.total) == (None, {"1": None, "2": 19}, None)
    assert (score.verdict, score.bounds) == ("unjudged_rows", Bounds(27, 29, "pass"))


def test_short_sample_outweighs_an_unjudged_row():
    assert score_sheet(sheet_input(n=6, states={"1.2": None}), SHEET).verdict == "insufficient_sample"


def test_unjudged_groups_of_a_secondary_hospital_cannot_lose_points():
    assert score_sheet(sheet_input(level="secondary", states={"1.5": None}), SHEET).bounds == Bounds(
        30, 30, "pass"
    )


def test_unjudged_row_with_a_partial_state_is_bounded_by_its_worst():
    assert score_sheet(sheet_input(states={"1.3": None}), SHEET).bounds == Bounds(28, 30, "pass")


def test_nothing_open_changes_by_one_kind_or_both_and_has_no_basis():
    assert what_would_change(sheet_input(), SHEET) == WhatWouldChange(21, False, 10, 5, (2, 3), "")


def test_what_would_change_of_a_sheet_that_cannot_be_scored_is_refused():
    with pytest.raises(InvalidSheet):
        what_would_change(sheet_input(k=11), SHEET)


def test_verdicts_are_written_as_the_table_writes_them():
    assert (VERDICT_ZH["pass"], VERDICT_ZH["fail"]) == ("合格", "不合格")


@pytest.mark.parametrize(
    ("given_input", "sentences"),
    [
        (
            sheet_input(),
            (
                "再有5例不符合将低于21分",
                "再有10例描述不规范或错误将低于21分",
                "再有2例不符合和3例描述不规范或错误将低于21分",
            ),
        ),
        (sheet_input(d=2, k=2), ("再有1例不符合将低于21分", "再有1例描述不规范或错误将低于21分")),
        (sheet_input(d=9), ("再有1例不符合将低于21分", "再有1例描述不规范或错误将低于21分")),
        (
            sheet_input(d=3, k=2),
            (
                "其余项目即使全部符合，总分也将低于21分",
                "若少1例不符合，即达到21分",
                "若少1例描述不规范或错误，即达到21分",
            ),
        ),
        # 30 - 1 - 2 - 5 is 22 with one more; two more reach 21, three more 20.
        (
            sheet_input(d=1, k=1, n=6),
            ("再有3例不符合将低于21分", "再有1例不符合和2例描述不规范或错误将低于21分"),
        ),
        (sheet_input(n=9), ("其余报告即使全部不符合，总分也不会低于21分",)),
        (
            sheet_input(states={"1.1": None}),
            (
                "第1部分尚未评定的行按满分计，共10分",
                "再有5例不符合将低于21分",
                "再有10例描述不规范或错误将低于21分",
                "再有2例不符合和3例描述不规范或错误将低于21分",
            ),
        ),
    ],
)
def test_what_would_change_counts_further_failing_reports(given_input, sentences):
    assert change_sentences(what_would_change(given_input, SHEET)) == sentences


NOBODY = dict.fromkeys(MET)
SUGGESTED = "第1部分尚未评定的行按建议计，共{}分"
DISCORDANT, FAULTY = "再有{}例不符合将低于21分", "再有{}例描述不规范或错误将低于21分"
MIXED = "再有{}例不符合和{}例描述不规范或错误将低于21分"


@pytest.mark.parametrize(
    ("given_input", "suggested", "sentences"),
    [
        # 8 as suggested: 28 - 1 - 2 - 5 is 20, where full marks would take four more (30 - 5 - 5).
        (
            sheet_input(states=NOBODY, k=1),
            MET | {"1.2": "absent"},
            (SUGGESTED.format(8), DISCORDANT.format(2), FAULTY.format(7), MIXED.format(1, 1)),
        ),
        (
            sheet_input(states=NOBODY),
            MET | {"1.2": "absent"},
            (SUGGESTED.format(8), DISCORDANT.format(3), FAULTY.format(8), MIXED.format(2, 1)),
        ),
        # All as suggested are met: the same as full marks, and called suggested.
        (
            sheet_input(states=NOBODY),
            MET,
            (SUGGESTED.format(10), DISCORDANT.format(5), FAULTY.format(10), MIXED.format(2, 3)),
        ),
        # What was decided outweighs what is suggested; rows without a suggestion are at their best.
        (
            sheet_input(states={"1.1": "absent", "1.2": None, "1.3": None}),
            {"1.1": "met", "1.2": "absent"},
            (
                "第1部分尚未评定的行按建议（没有建议的按满分）计，共6分",
                DISCORDANT.format(2),
                FAULTY.format(6),
            ),
        ),
        # Everything decided: no basis to name, and suggestions say nothing.
        (
            sheet_input(states={"1.2": "absent"}, k=1),
            MET | {"1.1": "absent"},
            (DISCORDANT.format(2), FAULTY.format(7), MIXED.format(1, 1)),
        ),
        # Six judged: what is left is four, and not enough of descriptions.
        (
            sheet_input(states=NOBODY, n=6, k=1),
            MET | {"1.2": "absent"},
            (SUGGESTED.format(8), DISCORDANT.format(2), MIXED.format(1, 1)),
        ),
        (
            sheet_input(states={"1.2": "absent"}, n=6, d=1, k=1),
            {},
            (DISCORDANT.format(1),),
        ),
        (
            sheet_input(states=NOBODY, d=1, k=2),
            dict.fromkeys(MET, "absent"),
            (
                SUGGESTED.format(0),
                "其余项目即使全部符合，总分也将低于21分",
                "第1部分若多得9分，即达到21分",
            ),
        ),
        # The groups of a secondary hospital cannot lose points, suggested as absent or not.
        (
            sheet_input(level="secondary", states=NOBODY, n=8),
            MET | {"1.5": "absent"},
            (SUGGESTED.format(10), "其余报告即使全部不符合，总分也不会低于21分"),
        ),
    ],
)
def test_what_would_change_takes_open_rows_as_suggested(given_input, suggested, sentences):
    assert change_sentences(what_would_change(given_input, SHEET, suggested)) == sentences


def test_every_pair_of_further_failures_that_is_said_turns_the_verdict_and_none_less_does():
    given_input = sheet_input(states=NOBODY, n=6, k=1)
    suggested = MET | {"1.2": "absent"}
    discordant, faulty = what_would_change(given_input, SHEET, suggested).mixed

    def total(more_discordant: int, more_faulty: int) -> int:
        then = Sample(10, 1 + more_discordant)
        done = replace(
            given_input,
            rows=suggested,
            description_sample=Sample(10, more_faulty),
            conclusion_sample=then,
        )
        return score_sheet(done, SHEET).total

    assert total(discordant, faulty) < 21 <= min(total(discordant - 1, faulty), total(discordant, faulty - 1))


# --- refusals -----------------------------------------------------------------------------------

LEVELS = "['other', 'secondary', 'tertiary']"
WHOLE = "conclusion_sample: counts must be whole numbers"

REFUSED = [
    (None, "case: must be an object"),
    ([], "case: must be an object"),
    ({}, "case: missing keys ['conclusion_sample', 'description_sample', 'hospital_level', 'rows']"),
    (case(bonus=1), "case: unknown keys ['bonus']"),
    (case(hospital_level="三级"), f"hospital_level: '三级' not in {LEVELS}"),
    (case(hospital_level=None), f"hospital_level: None not in {LEVELS}"),
    (
        case(hospital_level=["tertiary"]),
        f"hospital_level: ['tertiary'] not in {LEVELS}",
    ),
    (case(rows=[]), "rows: must be an object"),
    (case(rows={}), "rows: missing keys ['1.1', '1.2', '1.3', '1.4', '1.5']"),
    (case(rows={**MET, "2.1": "met"}), "rows: unknown keys ['2.1']"),
    (case(rows={**MET, "1.1": "incomplete"}), "1.1: 'incomplete' not in ['absent', 'met']"),
    (case(rows={**MET, "1.3": True}), "1.3: True not in ['absent', 'incomplete', 'met']"),
    (case(rows={**MET, "1.4": None}), "1.4: None not in ['absent', 'met']"),
    (case(rows={**MET, "1.5": {}}), "1.5: {} not in ['absent', 'met']"),
    (case(description_sample=None), "description_sample: must be an object"),
    (case(description_sample={"size": 10}), "description_sample: missing keys ['failed']"),
    (case(description_sample={"size": 10, "failed": 0, "x": 1}), "description_sample: unknown keys ['x']"),
    (
        case(description_sample={"size": 10, "failed": 0, "issues_per_case": [0] * 10}),
        "description_sample: unknown keys ['failed', 'size']",
    ),
    (case(description_sample={"issues_per_case": 3}), "description_sample: issues_per_case must be a list"),
    (case(description_sample={"issues_per_case": [0.5]}), "description_sample: counts must be whole numbers"),
    (
        case(description_sample={"issues_per_case": [-1]}),
        "description_sample: issues_per_case must not be negative",
    ),
    (
        case(description_sample={"issues_per_case": [0] * 11}),
        "description_sample: sample larger than 10; draw exactly 10",
    ),
    (
        case(conclusion_sample={"size": 10, "failed": -1}),
        "conclusion_sample: failed must lie between 0 and size",
    ),
    (case(conclusion_sample={"size": -1, "failed": 0}), "conclusion_sample: size must not be negative"),
    *(
        (
            case(conclusion_sample={"size": 10, "failed": odd}),
            "conclusion_sample: counts must be whole numbers",
        )
        for odd in (True, "1", None, 1.0, math.nan, math.inf, [1])
    ),
]


@pytest.mark.parametrize(("raw", "detail"), REFUSED)
def test_case_that_cannot_be_scored_is_refused_with_its_reason(raw, detail):
    with pytest.raises(InvalidSheet) as refused:
        read_case(raw, SHEET)
    assert refused.value.detail == detail


def test_case_with_two_faults_is_refused_for_the_first_from_the_top():
    with pytest.raises(InvalidSheet) as refused:
        read_case(case(hospital_level="三级", rows={}, description_sample=None), SHEET)
    assert refused.value.detail == f"hospital_level: '三级' not in {LEVELS}"


def test_flag_of_a_row_is_shown_at_that_row_and_no_other_flag_is_placed():
    assert flag_rows(SHEET) == {
        "followup_system_absent_but_followed_up_cases_supplied": "1.3",
        "subspecialty_groups_not_required": "1.5",
        "rate_below_90_percent": "2.2",
        "rate_exactly_90_percent_requirement_not_met_but_no_deduction": "2.2",
    }


def test_value_built_in_code_is_checked_as_well():
    with pytest.raises(InvalidSheet) as refused:
        score_sheet(sheet_input(k=11), SHEET)
    assert refused.value.detail == "conclusion_sample: failed must lie between 0 and size"
