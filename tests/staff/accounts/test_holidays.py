"""The file of public holidays: read once, refused at the start when it is wrong."""

from datetime import date

import pytest

from staff.accounts.domain.workdays import Holidays
from staff.accounts.holidays import holidays
from staff.checks import holidays_are_sound


@pytest.fixture
def file(tmp_path, settings):
    """The holidays file of this installation."""
    settings.QC_HOLIDAYS_FILE = tmp_path / "holidays.yaml"
    holidays.cache_clear()
    yield settings.QC_HOLIDAYS_FILE
    holidays.cache_clear()


def test_shipped_file_names_no_day_and_is_sound():
    holidays.cache_clear()
    assert holidays() == Holidays()
    assert holidays_are_sound(None) == []


def test_entered_days_are_read(file):
    file.write_text("days_off:\n- 2026-10-01\ndays_worked: [2026-10-10]\n")
    assert holidays() == Holidays(frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 10)}))


@pytest.mark.parametrize("content", [None, "days_off: [国庆节]\ndays_worked: []\n", "days_off: [", ""])
def test_wrong_file_stops_the_start_by_name(file, content):
    if content is not None:
        file.write_text(content)
    (error,) = holidays_are_sound(None)
    assert error.id == "staff.E003"
    assert "holidays file unusable" in error.msg
