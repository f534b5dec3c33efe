"""The calendar file: escaped, folded by bytes, the last valid day as an all-day event."""

from datetime import UTC, date, datetime

import pytest

from staff.register.domain.calendar import Deadline, calendar, escaped, folded

MADE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_calendar_of_one_deadline_is_an_all_day_event_with_a_reminder():
    found = calendar(
        [Deadline("RAD-1@x", date(2026, 12, 31), "到期", "当日有效")], name="资质", made_at=MADE, warn_days=30
    )
    assert unfolded(found) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//qcportal//staff qualifications//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:资质",
        "BEGIN:VEVENT",
        "UID:RAD-1@x",
        "DTSTAMP:20261124T083000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:到期",
        "DESCRIPTION:当日有效",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:到期",
        "TRIGGER:-P30D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("一\r\n二\n三\u2028四", "一\\n二\\n三\\n四"),
        ("x\x00\x07\x7fy", "xy"),
        ("SUMMARY:x\r\nEND:VCALENDAR", "SUMMARY:x\\nEND:VCALENDAR"),
        ("", ""),
        ("a b", "a b"),
    ],
)
def test_text_is_escaped_so_that_it_ends_no_line(text, written):
    assert escaped(text) == written


@pytest.mark.parametrize("text", ["证" * 100, "a" * 200, "𠮷" * 60, "短"])
def test_long_lines_are_folded_between_characters_at_75_bytes(text):
    lines = folded(f"SUMMARY:{text}").split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert lines[0] + "".join(line[1:] for line in lines[1:]) == f"SUMMARY:{text}"
    assert {line[0] for line in lines[1:]} <= {" "}


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("a" * 75, ["a" * 75]),
        ("a" * 76, ["a" * 75, "a"]),
        ("a" * 150, ["a" * 75, "a" * 74, "a"]),
        ("证" * 26, ["证" * 25, "证"]),
        ("a" + "证" * 50, ["a" + "证" * 24, "证" * 24, "证" * 2]),
        ("", [""]),
    ],
)
def test_line_is_folded_only_where_the_next_character_has_no_room(line, pieces):
    assert folded(line).split("\r\n ") == pieces
