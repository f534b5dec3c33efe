"""3个月内: month ends, quarters, extended windows (DOMAIN 2, D-07, D-19)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.sampling.domain.window import (
    Window,
    audit_window,
    extended_window,
    quarter_of,
    quarter_window,
    repeats,
)


@pytest.mark.parametrize(
    ("end", "start"),
    [
        ("2025-06-30", "2025-03-31"),
        ("2025-05-31", "2025-03-01"),
        ("2024-05-31", "2024-03-01"),
        ("2025-12-31", "2025-10-01"),
        ("2025-03-31", "2025-01-01"),
        ("2025-01-15", "2024-10-16"),
        ("2024-02-29", "2023-11-30"),
    ],
)
def test_audit_window_of_day_starts_as_the_study_says(end, start):
    assert audit_window(date.fromisoformat(end)) == Window(date.fromisoformat(start), date.fromisoformat(end))


@given(st.dates(date(1, 4, 2), date(9999, 12, 31)))
def test_audit_window_any_day_is_about_three_months_and_ends_there(end):
    window = audit_window(end)
    assert window.end == end
    assert 88 <= (window.end - window.start).days <= 91
    assert end in window
    assert window.start - timedelta(1) not in window


@given(st.dates(date(1900, 1, 1), date(9000, 1, 1)))
def test_audit_window_later_day_never_starts_earlier(end):
    assert audit_window(end).start <= audit_window(end + timedelta(1)).start


def test_audit_window_before_the_calendar_begins_is_refused():
    with pytest.raises(ValueError, match="过早"):
        audit_window(date(1, 3, 1))


@pytest.mark.parametrize(
    ("quarter", "days"),
    [
        (1, ("2025-01-01", "2025-03-31")),
        (2, ("2025-04-01", "2025-06-30")),
        (3, ("2025-07-01", "2025-09-30")),
        (4, ("2025-10-01", "2025-12-31")),
    ],
)
def test_quarter_window_of_each_quarter(quarter, days):
    assert quarter_window(2025, quarter) == Window(*map(date.fromisoformat, days))


@pytest.mark.parametrize("quarter", [0, 5, -1])
def test_quarter_window_unknown_quarter_is_refused(quarter):
    with pytest.raises(ValueError, match="1至4"):
        quarter_window(2025, quarter)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_quarter_of_any_day_lies_in_its_quarter(day):
    assert day in quarter_window(*quarter_of(day))


def test_window_last_day_before_first_is_refused():
    with pytest.raises(ValueError, match="早于首日"):
        Window(date(2025, 2, 1), date(2025, 1, 31))


def test_window_of_one_day_is_a_window():
    assert date(2025, 2, 1) in Window(date(2025, 2, 1), date(2025, 2, 1))


@pytest.mark.parametrize(
    ("one", "other", "again"),
    [
        (("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30"), False),
        # Quarters in a row may share the last day of a month, and no other day.
        (("2025-01-01", "2025-03-31"), ("2025-03-31", "2025-06-30"), False),
        (("2025-01-01", "2025-03-31"), ("2025-03-31", "2025-06-29"), True),
        (("2024-12-16", "2025-03-15"), ("2025-03-15", "2025-06-30"), True),
        (("2025-01-01", "2025-03-31"), ("2025-03-30", "2025-06-30"), True),
        (("2025-01-01", "2025-03-31"), ("2025-01-01", "2025-03-31"), True),
    ],
)
def test_window_repeats_another_when_they_share_more_than_the_last_day_of_a_month(one, other, again):
    first, second = (Window(*map(date.fromisoformat, days)) for days in (one, other))
    assert (repeats(first, second), repeats(second, first)) == (again, again)


def test_window_both_days_belong_to_it():
    window = quarter_window(2025, 2)
    days = [date(2025, 3, 31), date(2025, 4, 1), date(2025, 6, 30), date(2025, 7, 1)]
    assert [day in window for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("window", "label"),
    [
        (quarter_window(2025, 2), "2025年第2季度"),
        (audit_window(date(2025, 12, 31)), "2025年第4季度"),
        (audit_window(date(2025, 6, 30)), "2025-03-31 至 2025-06-30"),
        (Window(date(2025, 1, 1), date(2025, 3, 31), "不足"), "延长抽样窗口（2025-01-01 至 2025-03-31）"),
    ],
)
def test_window_label_says_quarter_dates_or_extension(window, label):
    assert window.label == label


def test_extended_window_earlier_start_with_reason():
    extended = extended_window(quarter_window(2025, 2), date(2025, 1, 1), " 结局不足 ")
    assert extended == Window(date(2025, 1, 1), date(2025, 6, 30), "结局不足")
    assert (extended.is_extended, quarter_window(2025, 2).is_extended) == (True, False)


@pytest.mark.parametrize(
    ("start", "reason", "sentence"),
    [
        (date(2025, 1, 1), " ", "理由"),
        (date(2025, 4, 1), "不足", "早于原首日"),
        (date(2025, 5, 1), "不足", "早于"),
    ],
)
def test_extended_window_unfit_is_refused(start, reason, sentence):
    with pytest.raises(ValueError, match=sentence):
        extended_window(quarter_window(2025, 2), start, reason)
