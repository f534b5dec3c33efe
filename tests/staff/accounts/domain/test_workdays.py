"""Working days: weekends and the entered holidays are passed over, worked weekends are not."""

from datetime import date, datetime

import pytest

from staff.accounts.domain.workdays import Holidays, parse_holidays, working_days_later

FRIDAY = datetime(2026, 9, 25, 16, 30)
# Invented: a Thursday and Friday off, the Saturday after worked.
OFF = [date(2026, 10, 1), date(2026, 10, 2)]
ENTERED = Holidays(off=frozenset(OFF), worked=frozenset({date(2026, 10, 10)}))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (datetime(2026, 9, 23, 8), 1, datetime(2026, 9, 24, 8)),
        (FRIDAY, 1, datetime(2026, 9, 28, 16, 30)),
        (FRIDAY, 3, datetime(2026, 9, 30, 16, 30)),
        (FRIDAY, 4, datetime(2026, 10, 5, 16, 30)),  # the two days off and a weekend
        (datetime(2026, 10, 9, 9), 1, datetime(2026, 10, 10, 9)),  # the worked Saturday
        (datetime(2026, 9, 26, 9), 1, datetime(2026, 9, 28, 9)),  # given on a Saturday
    ],
)
def test_working_days_later_passes_over_days_off(start, days, end):
    assert working_days_later(start, days, ENTERED) == end


def test_parse_holidays_reads_days():
    raw = {"days_off": OFF, "days_worked": [date(2026, 10, 10)]}
    assert parse_holidays(raw, source="file") == ENTERED


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {"days_off": []},
        {"days_off": [], "days_worked": [], "more": []},
        {"days_off": "2026-10-01", "days_worked": []},
        {"days_off": ["国庆节"], "days_worked": []},
        {"days_off": [datetime(2026, 10, 1, 8)], "days_worked": []},
        {"days_off": [date(2026, 10, 1)], "days_worked": [date(2026, 10, 1)]},
    ],
)
def test_parse_holidays_refuses_what_it_does_not_know(raw):
    with pytest.raises(ValueError, match="file: "):
        parse_holidays(raw, source="file")
