"""When a document holds: both bounding days do; and whether documents in a row leave a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evidence.domain.facts import calendar_months
from scoring.evidence.domain.validity import Validity, coverage

D = date


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (D(2026, 1, 31), False),
        (D(2026, 2, 1), True),
        (D(2026, 6, 30), True),
        (D(2026, 7, 1), False),
    ],
)
def test_validity_on_its_bounding_days(day, holds):
    assert Validity(D(2026, 2, 1), D(2026, 6, 30)).on(day) is holds


def test_validity_without_end_holds_for_ever_and_a_withdrawn_one_never():
    assert Validity(D(2026, 2, 1), None).on(D(2099, 1, 1))
    assert not Validity(None, None).on(D(2026, 2, 1))


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ((), "none"),
        ((Validity(None, None),), "none"),
        ((Validity(D(2025, 1, 1), None),), "whole"),
        ((Validity(D(2026, 1, 1), D(2026, 3, 31)),), "whole"),
        ((Validity(D(2026, 1, 2), D(2026, 3, 31)),), "part"),
        ((Validity(D(2026, 1, 1), D(2026, 3, 30)),), "part"),
        ((Validity(D(2025, 1, 1), D(2026, 2, 14)), Validity(D(2026, 2, 15), None)), "whole"),
        ((Validity(D(2025, 1, 1), D(2026, 2, 14)), Validity(D(2026, 2, 16), None)), "part"),
        ((Validity(D(2026, 4, 1), None),), "none"),
        ((Validity(D(2026, 2, 1), D(2026, 2, 1)),), "part"),
        ((Validity(D(2026, 2, 2), D(2026, 2, 1)),), "none"),
        ((Validity(D(2026, 3, 31), None),), "part"),
        ((Validity(D(2025, 1, 1), D(2026, 1, 1)),), "part"),
        ((Validity(D(2025, 1, 1), D(2025, 12, 31)),), "none"),
    ],
)
def test_coverage_of_a_quarter(held, expected):
    assert coverage(held, D(2026, 1, 1), D(2026, 3, 31)) == expected


DAYS = st.dates(D(2025, 12, 1), D(2026, 4, 30))


@given(st.lists(st.tuples(DAYS, DAYS.filter(bool) | st.none()), max_size=5))
def test_coverage_says_the_same_as_asking_every_day(pairs):
    held = tuple(Validity(first, last) for first, last in pairs)
    first, last = D(2026, 1, 1), D(2026, 3, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    covered = [any(validity.on(day) for validity in held) for day in days]
    expected = "whole" if all(covered) else "part" if any(covered) else "none"
    assert coverage(held, first, last) == expected


def test_calendar_months_counts_a_month_touched_by_one_day():
    assert list(calendar_months(D(2025, 3, 31), D(2025, 6, 30))) == [
        D(2025, 3, 1),
        D(2025, 4, 1),
        D(2025, 5, 1),
        D(2025, 6, 1),
    ]
