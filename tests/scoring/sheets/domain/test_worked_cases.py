"""What-if and pooled quarters, worked by hand from Table B.1 (30 points, 21 pass; DOMAIN 1.1).

Row 2.1 is 10 - d; row 2.2 for k = 0…5 is 10, 9, 3, 2, 1, 0. Nothing here is computed: the table is.
"""

import pytest

from audits.judging.domain.statistics import QuarterCount, pooled
from scoring.sheets.domain.score import score_sheet
from scoring.sheets.domain.sheet_input import Sample, SheetInput
from scoring.sheets.domain.verdict import WhatWouldPass, change_sentences, what_would_change
from standards.loader import CURRENT, load_edition

SHEET = load_edition(CURRENT).sheet
ABSENT = {
    10: (),
    8: ("1.2",),
    6: ("1.1", "1.2"),
    4: ("1.1", "1.2", "1.4"),
    0: ("1.1", "1.2", "1.3", "1.4", "1.5"),
}
ROWS = ("1.1", "1.2", "1.3", "1.4", "1.5")


def sheet(section_1: int, n: int, d: int, k: int) -> SheetInput:
    rows = {row: "absent" if row in ABSENT[section_1] else "met" for row in ROWS}
    return SheetInput("tertiary", rows, Sample(n, d), Sample(n, k))


def suggested(given: SheetInput) -> tuple[SheetInput, dict[str, str]]:
    """The same while nobody decided section 1: what was decided is what the records suggest."""
    return SheetInput("tertiary", dict.fromkeys(ROWS), *samples(given)), dict(given.rows)


def samples(given: SheetInput) -> tuple[Sample, Sample]:
    return given.description_sample, given.conclusion_sample


# section 1, judged, d, k · total · further discordant, further faulty, (both) until the total is below 21
FAILING = [
    (10, 10, 0, 0, 30, 5, 10, (2, 3)),  # 10+10+0 = 20 · 10+0+10 = 20 · 10+7+3 = 20
    (10, 10, 0, 1, 29, 4, 9, (1, 3)),  # 10+10+0 = 20 · 10+1+9 = 20 · 10+7+3 = 20
    (10, 10, 1, 1, 28, 3, 8, (1, 2)),  # 10+9+1 = 20 · 10+1+9 = 20 · 10+7+3 = 20
    (10, 10, 2, 1, 27, 2, 7, (1, 1)),  # 10+8+2 = 20 · 10+1+9 = 20 · 10+7+3 = 20
    (10, 10, 0, 2, 23, 3, 3, (1, 2)),  # 10+10+0 = 20 · 10+7+3 = 20 · 10+8+2 = 20
    (10, 10, 2, 2, 21, 1, 1, None),  # 10+8+2 = 20 · 10+7+3 = 20: one alone does it
    (8, 10, 0, 0, 28, 3, 8, (2, 1)),  # 8+10+2 = 20 · 8+2+10 = 20 · 8+9+3 = 20
    (6, 10, 0, 0, 26, 2, 6, None),  # 6+10+3 = 19 · 6+4+10 = 20: 1 and 5 are more than 2
    (8, 6, 1, 1, 26, 1, None, None),  # 8+9+3 = 20 · four left: 8+5+9 = 22
]
# the same · total · fewer discordant, fewer faulty, (both), points of section 1 that lift the total to 21
PASSING = [
    (0, 10, 0, 0, 20, None, None, None, 1),  # only section 1 has points to give: 1+10+10
    (10, 10, 3, 2, 20, 1, 1, None, None),  # 10+7+9 = 26 · 10+8+3 = 21 · section 1 is full
    (10, 10, 0, 5, 20, 1, None, None, None),  # 10+10+1 = 21
    (10, 10, 6, 4, 15, 3, 6, None, None),  # 10+4+9 = 23 · 10+10+1 = 21 · 3 and 1 are more than 3
    (4, 10, 4, 2, 13, None, None, (1, 2), None),  # 4+6+10 = 20 · 4+10+3 = 17 · 4+8+9 = 21
    (4, 5, 1, 2, 16, 1, None, None, 5),  # 4+9+9 = 22 · 4+10+3 = 17 · 9+9+3 = 21
]


@pytest.mark.parametrize(
    ("section_1", "n", "d", "k", "total", "discordant", "faulty", "mixed"), FAILING, ids=str
)
def test_what_if_before_failing_is_as_worked_by_hand(section_1, n, d, k, total, discordant, faulty, mixed):
    given = sheet(section_1, n, d, k)
    change = what_would_change(given, SHEET)
    assert (change.conclusion, change.description, change.mixed) == (discordant, faulty, mixed)
    assert (change.already_below, change.passing) == (False, None)
    assert highest(given) == total
    undecided = what_would_change(suggested(given)[0], SHEET, suggested(given)[1])
    assert (undecided.conclusion, undecided.description, undecided.mixed) == (discordant, faulty, mixed)


@pytest.mark.parametrize(
    ("section_1", "n", "d", "k", "total", "discordant", "faulty", "mixed", "points"), PASSING, ids=str
)
def test_what_if_to_pass_is_as_worked_by_hand(section_1, n, d, k, total, discordant, faulty, mixed, points):
    given = sheet(section_1, n, d, k)
    change = what_would_change(given, SHEET)
    assert change.passing == WhatWouldPass(faulty, discordant, mixed, points)
    assert (change.conclusion, change.description, change.mixed) == (None, None, None)
    assert highest(given) == total
    assert what_would_change(suggested(given)[0], SHEET, suggested(given)[1]).passing == change.passing


def highest(given: SheetInput) -> int | None:
    """The total, the reports not yet judged taken as good."""
    score = score_sheet(given, SHEET)
    return score.bounds.highest_total if score.bounds else score.total


def test_what_if_in_both_directions_is_said_in_reports_of_both_kinds():
    assert change_sentences(what_would_change(sheet(10, 10, 1, 1), SHEET))[-1] == (
        "再有1例不符合和2例描述不规范或错误将低于21分"
    )
    assert change_sentences(what_would_change(sheet(4, 10, 4, 2), SHEET))[-1] == (
        "若少1例不符合和2例描述不规范或错误，即达到21分"
    )
    assert change_sentences(what_would_change(sheet(0, 10, 5, 5), SHEET))[-1] == (
        "单靠评审结果或第1部分都不能达到21分"
    )


def quarter(number: int, good: int, judged: int = 10, edition: str = "a", **more) -> QuarterCount:
    days = f"2026-{3 * number - 2:02d}-01", f"2026-{3 * number:02d}-28"
    return QuarterCount(f"{number}季度", good, judged, *days, edition, **more)


# newest first · good of judged · which · left out
POOLED = [
    (
        [quarter(4, 10), quarter(3, 9), quarter(2, 8), quarter(1, 10)],
        (37, 40),
        "4季度、3季度、2季度、1季度",
        "",
    ),
    (  # six judged without a fault would have made 33/36
        [quarter(4, 6, 6, finished=False), quarter(3, 9), quarter(2, 8), quarter(1, 10)],
        (27, 30),
        "3季度、2季度、1季度",
        "4季度（评审未完成）",
    ),
    ([quarter(4, 9, signed=False), quarter(3, 9)], (18, 20), "4季度（未签发）、3季度", ""),
    ([quarter(4, 10), quarter(3, 5, edition="b")], (10, 10), "4季度", "3季度（标准版本不同）"),
    ([quarter(4, 10), quarter(4, 7), quarter(3, 9)], (19, 20), "4季度、3季度", "4季度（抽样窗口重叠）"),
]


@pytest.mark.parametrize(("quarters", "counted", "names", "missing"), POOLED)
def test_pooled_quarters_are_as_added_up_by_hand(quarters, counted, names, missing):
    found = pooled(quarters)
    assert ((found.numerator, found.denominator), found.names, found.missing) == (counted, names, missing)
