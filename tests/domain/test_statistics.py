"""Small-sample honesty: published intervals, exact chances, bounds (PRODUCT 4)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.statistics import (
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


def test_pooled_quarters_add_up_and_empty_ones_do_not_count():
    found = pooled([(9, 10), (0, 0), (10, 10), (8, 10)])
    assert (found.quarters, found.numerator, found.denominator) == (3, 27, 30)
    assert found.interval == wilson(27, 30)


def test_pooled_nothing_has_no_interval():
    assert pooled([(0, 0)]).interval is None


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
