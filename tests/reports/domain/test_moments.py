"""Times of two exports compared, each as exactly as it was given."""

from datetime import datetime

import pytest

from reports.domain.moments import compare, is_finer, same_moment


def at(clock, precision=None):
    content = {"reported_at": datetime.fromisoformat(f"2026-09-01 {clock}")}
    return content | ({"reported_at_precision": precision} if precision else {})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (at("10:24:31"), at("10:24"), True),  # cut to the minute
        (at("10:24:31"), at("10:25"), True),  # or rounded up
        (at("10:24:30"), at("10:25"), True),
        (at("10:24:29"), at("10:25"), False),
        (at("10:25:30"), at("10:25"), True),
        (at("10:24"), at("10:25"), False),  # two of minutes
        (at("10:24:31"), at("10:24:32"), False),
        (at("10:24:31"), at("00:00"), True),  # midnight may stand for the day
        (at("10:24:00", "second"), at("10:24:31"), True),  # zeros may fill up what is not known
    ],
)
def test_times_are_the_same_at_the_coarser_of_the_two(one, other, same):
    assert same_moment("reported_at", one, other) is same
    assert same_moment("reported_at", other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "finer"),
    [
        (at("10:24:31"), at("10:24"), True),
        (at("10:24"), at("10:24:31"), False),
        (at("10:24:31"), at("10:24:32"), False),
        (at("00:00"), at("10:24"), False),
        (at("10:24", "second"), at("10:24", "minute"), True),
    ],
)
def test_time_given_more_exactly_is_finer(one, other, finer):
    assert is_finer("reported_at", one, other) is finer


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        (at("10:24:31"), at("10:24:32"), -1),
        (at("10:24:32"), at("10:24:31"), 1),
        (at("10:24:31"), at("10:24"), 0),  # the other says no seconds
        (at("10:25"), at("10:24:59"), 1),
        (at("10:24", "day"), at("23:00"), 0),
        (at("10:24"), {}, 0),
    ],
)
def test_times_compare_as_far_as_both_are_given(one, other, order):
    assert compare("reported_at", one, "reported_at", other) == order
