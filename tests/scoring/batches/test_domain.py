"""Periods of packets as they are written and read."""

from datetime import date

import pytest

from scoring.batches.domain.packet_period import PacketPeriod, parse_period, quarter_of_day, split_department


@pytest.mark.parametrize(
    ("text", "period", "label", "first", "last"),
    [
        ("2026Q3", PacketPeriod(2026, 3), "2026年第3季度", date(2026, 7, 1), date(2026, 9, 30)),
        (" 2026q1 ", PacketPeriod(2026, 1), "2026年第1季度", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q3", PacketPeriod(2026, 3), "2026年第3季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026 q3", PacketPeriod(2026, 3), "2026年第3季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026年第3季度", PacketPeriod(2026, 3), "2026年第3季度", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026年4季度", PacketPeriod(2026, 4), "2026年第4季度", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024年", PacketPeriod(2024), "2024年", date(2024, 1, 1), date(2024, 12, 31)),
        ("2000", PacketPeriod(2000), "2000年", date(2000, 1, 1), date(2000, 12, 31)),
        ("2024", PacketPeriod(2024), "2024年", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_period_written_is_read_with_its_days(text, period, label, first, last):
    found = parse_period(text)
    assert (found, found.label, found.first, found.last) == (period, label, first, last)
    assert parse_period(found.code) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026Q5", "2026Q0", "26Q1", "2026Q3x", "1999", "２０２６Q1", "2026-09"),
        *(
            "2026-3",
            "2026--Q3",
            "2026年第5季度",
            "2026年第3",
            "2026第3季度",
            "2026Q",
            "DEMO/2026Q3",
            "2026/Q3",
        ),
    ],
)
def test_period_that_does_not_fit_is_refused(text):
    with pytest.raises(ValueError, match="期间应写作 2026Q3"):
        parse_period(text)


def test_period_that_does_not_fit_is_repeated_no_further_than_twenty_characters():
    with pytest.raises(ValueError, match=r"收到“x{20}”。$"):
        parse_period("x" * 21)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("DEMO/2026Q2", ("DEMO", "2026Q2")),
        (" DEMO / 2026年第2季度 ", ("DEMO", "2026年第2季度")),
        ("A/B/2026Q2", ("A/B", "2026Q2")),
        ("2026Q2", ("", "2026Q2")),
        ("", ("", "")),
    ],
)
def test_department_is_split_from_the_period(text, parts):
    assert split_department(text) == parts


def test_year_is_made_of_its_quarters_and_a_day_lies_in_one():
    assert [q.code for q in parse_period("2026").quarters] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert parse_period("2026Q2").quarters == (PacketPeriod(2026, 2),)
    assert quarter_of_day(date(2026, 9, 30)) == PacketPeriod(2026, 3)
