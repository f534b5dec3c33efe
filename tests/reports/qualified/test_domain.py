"""Stretches of days with one answer are exactly what asking every day gives."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.qualified.domain.windows import Window, failing_windows

DAY = date(2026, 1, 1)


def test_failing_windows_joins_neighbours_of_the_same_codes():
    turning = {DAY + timedelta(days=3), DAY + timedelta(days=5)}
    codes = {0: ("a",), 3: ("a",), 5: ()}
    found = failing_windows(DAY, DAY + timedelta(days=9), turning, lambda day: codes[(day - DAY).days])
    assert found == (Window(DAY, DAY + timedelta(days=4), ("a",)),)


def test_failing_windows_join_the_last_one_and_never_over_a_day_without_codes():
    turning = {DAY + timedelta(days=n): code for n, code in enumerate("aabb_b")}
    codes = {day: () if code == "_" else (code,) for day, code in turning.items()}
    found = failing_windows(DAY, DAY + timedelta(days=5), turning, codes.__getitem__)
    days = [((w.first - DAY).days, (w.last - DAY).days, *w.codes) for w in found]
    assert days == [(0, 1, "a"), (2, 3, "b"), (5, 5, "b")]


@given(st.dictionaries(st.integers(-5, 30), st.sampled_from([(), ("a",), ("b",)])), st.integers(0, 25))
def test_failing_windows_any_turns_agree_with_every_single_day(turns, length):
    def codes_on(day):
        place = (day - DAY).days
        return next((turns[t] for t in sorted(turns, reverse=True) if t <= place), ())

    last = DAY + timedelta(days=length)
    found = failing_windows(DAY, last, {DAY + timedelta(days=t) for t in turns}, codes_on)
    days = [DAY + timedelta(days=i) for i in range(length + 1)]
    told = {day: next((w.codes for w in found if w.first <= day <= w.last), ()) for day in days}
    assert told == {day: codes_on(day) for day in days}
