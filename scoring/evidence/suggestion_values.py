"""Choice: one state of a row of section 1, as a form offers it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A state a section 1 row may be set to, and the points it leaves at this hospital's level."""

    state: str
    label: str
    points: int
    chosen: bool
