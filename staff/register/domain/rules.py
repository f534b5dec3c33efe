"""What kinds of qualification there are and how long they hold, as values (the data: qualifications.yaml)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from staff.intake.years import years_after

Kind = Literal["physician", "technologist"]


@dataclass(frozen=True)
class QualificationType:
    """One kind of record: which clause asks for it, of whom, its term, and where the term comes from."""

    code: str
    name_zh: str
    short_zh: str
    clause: str
    kinds: tuple[Kind, ...]
    required: bool
    cycle_years: int | None
    source_zh: str
    per_modality: bool = False


@dataclass(frozen=True)
class QualificationRules:
    """Every kind of record, and what is read the same way for all of them."""

    note_zh: str
    warning_days: tuple[int, ...]
    practice_scopes: tuple[str, ...]
    types: tuple[QualificationType, ...]

    @cached_property
    def by_code(self) -> dict[str, QualificationType]:
        return {kind.code: kind for kind in self.types}

    def ends_on(self, code: str, issued_on: date, valid_until: date | None = None) -> date | None:
        """The last day a record holds; None: it has no end. Where a law sets a cycle the cycle decides."""
        years = self.by_code[code].cycle_years if code in self.by_code else None
        return valid_until if years is None else years_after(issued_on, years)


def days_left(last: date, on: date) -> int:
    """Days from `on` to the last valid day: 0 on that day itself, negative after it."""
    return (last - on) // timedelta(days=1)
