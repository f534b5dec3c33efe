"""What a list or the register says of one person, and why a row becomes no account."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Line:
    """One person who is to have an account. `row`: in the file, or 0; `member`: id in the register, or None.

    `role` and `department` as they were typed: codes or Chinese names; "" is the usual one.
    """

    row: int
    full_name: str
    staff_number: str = ""
    username: str = ""
    role: str = ""
    department: str = ""
    email: str = ""
    expires_on: date | None = None
    aliases: tuple[str, ...] = ()
    member: int | None = None
    sheet: str = ""

    def packed(self) -> dict[str, Any]:
        """The line as JSON can hold it."""
        day = self.expires_on.isoformat() if self.expires_on else None
        return vars(self) | {"expires_on": day, "aliases": list(self.aliases)}


def unpacked(values: dict[str, Any]) -> Line:
    """The line that `packed` gave."""
    day = values["expires_on"]
    changed = {"expires_on": date.fromisoformat(day) if day else None, "aliases": tuple(values["aliases"])}
    return Line(**values | changed)


@dataclass(frozen=True)
class Refusal:
    """A row that becomes no account: where it lies, what was found there, what was expected."""

    row: int
    column: str
    found: str
    expected: str
    sheet: str = ""
    who: str = ""
