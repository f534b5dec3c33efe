"""Days on which something ends, as an iCalendar file (RFC 5545): all-day events with a reminder.

Texts are escaped and lines folded at 75 bytes without cutting a character: a calendar program that meets a
half character or a bare line break drops the whole file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # bytes of UTF-8 in a line, the leading space of a continued line counted


@dataclass(frozen=True)
class Deadline:
    """Something that ends: `uid` stays the same for the same thing, so that a second import renews it."""

    uid: str
    on: date
    title: str
    note: str = ""


def calendar(deadlines: Iterable[Deadline], *, name: str, made_at: datetime, warn_days: int) -> bytes:
    """The file. Each event is on the last valid day and reminds `warn_days` before it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//qcportal//staff qualifications//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for deadline in deadlines:
        lines += _event(deadline, made_at, warn_days)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def _event(deadline: Deadline, made_at: datetime, warn_days: int) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(deadline.uid)}",
        f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{deadline.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{deadline.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(deadline.title)}",
        f"DESCRIPTION:{escaped(deadline.note)}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{escaped(deadline.title)}",
        f"TRIGGER:-P{warn_days}D",
        "END:VALARM",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    r"""A text value: backslash, comma, semicolon and line breaks escaped, control characters gone.

    >>> escaped("a,b;c\nd")
    'a\\,b\\;c\\nd'
    """
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, written)
    text = "\\n".join(text.splitlines())
    return "".join(char for char in text if char >= " " and char != "\x7f")


def folded(line: str) -> str:
    """The line in pieces of at most 75 bytes, cut between characters, each further one begun by a space."""
    pieces, size = [""], 0
    for char in line:
        room = _LONGEST if len(pieces) == 1 else _LONGEST - 1
        width = len(char.encode())
        if size + width > room:
            pieces.append("")
            size = 0
        pieces[-1] += char
        size += width
    return "\r\n ".join(pieces)
