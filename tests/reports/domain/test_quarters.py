"""The calendar quarter around a day, and the one before it."""

from datetime import date

import pytest

from reports.domain.quarters import quarter_around, quarter_before

FIRST, SECOND = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30))
THIRD, FOURTH = (date(2026, 7, 1), date(2026, 9, 30)), (date(2026, 10, 1), date(2026, 12, 31))
LAST_OF_2025 = (date(2025, 10, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("quarter", "before"), [(FIRST, LAST_OF_2025), (SECOND, FIRST), (THIRD, SECOND), (FOURTH, THIRD)]
)
def test_quarter_of_its_first_and_last_day_and_the_one_before(quarter, before):
    for day in quarter:
        assert quarter_around(day) == quarter
        assert quarter_before(day) == before
