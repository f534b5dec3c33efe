"""Small-sample honesty: published intervals, exact chances, bounds (docs/quality.md S1)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.judging.domain.statistics import (
    QuarterCount,
    at_least_once,
    below_ninety,
    concordant_until_ninety,
    penalty_chance,
    percent,
    pooled,
    what_if,
    wilson,
)

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (9, 10, 0.5958, 0.9821),  # DOMAIN 2
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_published_values(successes, n, low, high):
    found = wilson(successes, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_label_of_nine_in_ten():
    assert wilson(9, 10).label == "60%–98%"


def test_wilson_without_a_case_is_none():
    assert wilson(0, 0) is None


@given(counts)
def test_wilson_holds_the_rate_and_mirrors(pair):
    successes, n = pair
    found = wilson(successes, n)
    if n:
        assert 0 <= found.low <= successes / n <= found.high <= 1
        mirrored = wilson(n - successes, n)
        assert mirrored.low == pytest.approx(1 - found.high)
        assert mirrored.high == pytest.approx(1 - found.low)


@pytest.mark.parametrize(("true_rate", "chance"), [("0.95", "9%"), ("0.9", "26%"), (Decimal("0.95"), "9%")])
def test_penalty_chance_nine_and_twenty_six_percent(true_rate, chance):
    assert f"{float(penalty_chance(true_rate)):.0%}" == chance


def test_penalty_chance_is_exact():
    p = Fraction(95, 100)
    assert penalty_chance("0.95") == 1 - p**10 - 10 * p**9 * (1 - p)


@pytest.mark.parametrize(("true_rate", "chance"), [(1, 0), (0, 1)])
def test_penalty_chance_of_certainty(true_rate, chance):
    assert penalty_chance(true_rate) == chance


def test_penalty_chance_float_is_refused():
    with pytest.raises(TypeError, match="float"):
        penalty_chance(0.95)


@pytest.mark.parametrize("rate", ["1.1", "-0.1"])
def test_penalty_chance_outside_is_refused(rate):
    with pytest.raises(ValueError, match="0与1之间"):
        penalty_chance(rate)


def test_at_least_once_in_four_quarters():
    assert at_least_once(Fraction(1, 2), 4) == Fraction(15, 16)


@pytest.mark.parametrize(
    ("concordant", "n", "below"), [(9, 10, False), (8, 10, True), (8, 9, True), (0, 0, None)]
)
def test_below_ninety_whole_numbers_only(concordant, n, below):
    assert below_ninety(concordant, n) is below


@given(counts)
def test_below_ninety_agrees_with_fractions(pair):
    concordant, n = pair
    assert below_ninety(concordant, n) == (None if n == 0 else Fraction(concordant, n) < Fraction(9, 10))


@given(counts)
def test_concordant_until_ninety_is_the_fewest(pair):
    concordant, n = pair
    more = concordant_until_ninety(concordant, n)
    assert not below_ninety(concordant + more, n + more)
    if more:
        assert below_ninety(concordant + more - 1, n + more - 1)


@pytest.mark.parametrize(
    ("judged", "discordant", "best", "worst", "until"),
    [
        (0, 0, (10, 10), (0, 10), 2),
        (5, 0, (10, 10), (5, 10), 2),
        (9, 0, (10, 10), (9, 10), None),
        (9, 1, (9, 10), (8, 10), 1),
        (10, 1, (9, 10), (9, 10), None),
        (5, 2, (8, 10), (3, 10), 0),
        (10, 3, (7, 10), (7, 10), 0),
    ],
)
def test_what_if_bounds_and_distance_to_the_penalty(judged, discordant, best, worst, until):
    found = what_if(judged, discordant)
    assert (found.best, found.worst, found.until_penalty) == (best, worst, until)


@pytest.mark.parametrize(("judged", "discordant"), [(11, 0), (5, 6), (5, -1)])
def test_what_if_impossible_counts_are_refused(judged, discordant):
    with pytest.raises(ValueError, match=r"请核对|不合理"):
        what_if(judged, discordant)


def quarter(n: int, good: int = 9, judged: int = 10, **more) -> QuarterCount:
    """The n-th quarter of a row of them, signed unless `more` says other."""
    year, part = 2025 + (n - 1) // 4, (n - 1) % 4
    days = {"window_start": f"{year}-{3 * part + 1:02}-01", "window_end": f"{year}-{3 * part + 3:02}-28"}
    return QuarterCount(f"第{n}期", good, judged, **{"edition": "e1"} | days | more)


@pytest.mark.parametrize(
    ("quarters", "counted", "names", "missing"),
    [
        ([quarter(3), quarter(2), quarter(1)], (3, 27, 30), "第3期、第2期、第1期", ""),
        # The newest four, and no fifth.
        ([quarter(n) for n in (5, 4, 3, 2, 1)], (4, 36, 40), "第5期、第4期、第3期、第2期", ""),
        ([quarter(2, 10), quarter(1, 0, 0)], (1, 10, 10), "第2期", ""),
        # Judged and not signed: counted, and said.
        ([quarter(2, signed=False), quarter(1)], (2, 18, 20), "第2期（未签发）、第1期", ""),
        # Unfinished: left out whatever of it is judged, and said; an older one takes its place.
        (
            [quarter(5, 2, 6, finished=False, signed=False), *(quarter(n) for n in (4, 3, 2, 1))],
            (4, 36, 40),
            "第4期、第3期、第2期、第1期",
            "第5期（评审未完成）",
        ),
        (
            [quarter(3), quarter(2, finished=False), quarter(1, signed=False)],
            (2, 18, 20),
            "第3期、第1期（未签发）",
            "第2期（评审未完成）",
        ),
        ([quarter(2), quarter(1, edition="e0")], (1, 9, 10), "第2期", "第1期（标准版本不同）"),
        (
            [quarter(2, window_start="2025-03-28"), quarter(1)],
            (1, 9, 10),
            "第2期",
            "第1期（抽样窗口重叠）",
        ),
        # Windows that share one day overlap, whichever of them comes first.
        (
            [quarter(1), quarter(2, window_start="2025-03-28")],
            (1, 9, 10),
            "第1期",
            "第2期（抽样窗口重叠）",
        ),
        # What is unfinished does not set the edition, nor stand in the way of a window.
        (
            [quarter(3, edition="e2", finished=False), quarter(2), quarter(1)],
            (2, 18, 20),
            "第2期、第1期",
            "第3期（评审未完成）",
        ),
        ([], (0, 0, 0), "", ""),
    ],
)
def test_pooled_quarters_are_named_and_so_is_what_was_left_out(quarters, counted, names, missing):
    found = pooled(quarters)
    assert (found.quarters, found.numerator, found.denominator) == counted
    assert (found.names, found.missing) == (names, missing)
    assert found.interval == wilson(*counted[1:])


def test_pooled_nothing_has_no_interval():
    assert pooled([quarter(1, 0, 0)]).interval is None


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (9, 10, "90.0%"),
        (8, 9, "88.9%"),
        (2, 3, "66.7%"),
        (8999, 10000, "89.9%"),
        (9999, 10000, "99.9%"),
        (10, 10, "100.0%"),
        (0, 0, "无数据"),
    ],
)
def test_percent_rounds_as_the_sheet_and_never_over_a_line(part, whole, text):
    assert percent(part, whole) == text
