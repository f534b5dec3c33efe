"""A proportion's percent and its interval, for counts that can be."""

import pytest

from reports.domain.proportions import Interval, percent, wilson


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (9, 10, "90.0%"),
        (1, 16, "6.3%"),  # 6.25 is rounded half up
        (8999, 10000, "89.9%"),  # no rounding over 90 %
        (9000, 10000, "90.0%"),
        (9999, 10000, "99.9%"),
        (1, 10000, "0.0%"),
        (0, 0, "无数据"),
    ],
)
def test_percent_is_rounded_half_up_and_over_no_line(part, whole, text):
    assert percent(part, whole) == text


@pytest.mark.parametrize(("part", "whole"), [(-1, 10), (11, 10), (1, 0)])
def test_counts_that_cannot_be_are_refused(part, whole):
    for of_counts in (percent, wilson):
        with pytest.raises(ValueError, match=f"份数不合理：{whole}份中有{part}份；应为0至{whole}。"):
            of_counts(part, whole)


def test_interval_of_none_or_all_ends_exactly_at_the_bounds():
    assert (wilson(0, 10).low, wilson(10, 10).high, wilson(0, 0)) == (0.0, 1.0, None)
    assert wilson(9, 10).label == Interval(0.5958, 0.9821).label == "60%–98%"
