"""When a rule is trusted too little: in whole numbers, and only with enough judgements."""

from fractions import Fraction

import pytest

from reports.domain.precision import Precision, is_too_low


@pytest.mark.parametrize(
    ("confirmed", "judged", "expected"),
    [
        (0, 0, False),
        (0, 19, False),
        (15, 19, False),
        (15, 20, True),
        (16, 20, False),
        (79, 100, True),
        (80, 100, False),
        (799_999, 1_000_000, True),
    ],
)
def test_rule_below_the_bound_with_enough_judgements_is_too_low(confirmed, judged, expected):
    assert is_too_low(Precision(confirmed, judged)) is expected


def test_bound_and_number_of_judgements_can_be_set():
    assert is_too_low(Precision(9, 10), bound=Fraction(19, 20), enough=10)


@pytest.mark.parametrize(
    ("precision", "label"),
    [(Precision(), "无数据"), (Precision(14, 16), "87.5%（14/16，95%区间64%–97%）")],
)
def test_label_gives_share_counts_and_interval(precision, label):
    assert precision.label == label
