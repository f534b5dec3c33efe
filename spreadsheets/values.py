"""Rows of cells as they stand in a file, and the refusal of a whole file."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


class FileRefused(ValueError):  # noqa: N818  (an answer, not an error)
    """A file that cannot be read at all: what was found, what is expected, what to do, in Chinese."""


class CellError(str):
    """A spreadsheet's error value such as #N/A: there was content, and it is lost."""

    __slots__ = ()


Cell = str | int | float | bool | datetime | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` counts from 1 as the spreadsheet program shows it (CSV: records, head included)."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        """No cell holds anything but white space."""
        return not any(not isinstance(c, str) or c.strip() for c in self.cells)


@dataclass(frozen=True)
class Sheet:
    """One table. `counts_fields`: each row says how many fields it has (CSV); a wrong number is a fault."""

    name: str
    rows: tuple[Row, ...]
    encoding: str
    counts_fields: bool = False
