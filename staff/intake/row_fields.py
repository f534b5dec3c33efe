"""The cells of one row of a register by the field of their column, and why a row is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from spreadsheets import Cell, Row, whole
from staff.intake import cells, words
from staff.intake.cells import Unreadable
from staff.intake.headers import Table, shown

_T = TypeVar("_T")
NO_DAY = "没有培训日期，无法判断检查当日是否已受训。"


class RowRefused(Exception):  # noqa: N818  (an answer, not an error)
    """column, sentence."""


class RowIgnored(Exception):  # noqa: N818  (an answer, not an error)
    """column, sentence: a valid row without content for the register."""


@dataclass(frozen=True)
class RowFields:
    """One row of one table. `types`: Chinese name → code of every kind of record."""

    table: Table
    row: Row
    types: Mapping[str, str]

    def take(self, field: str, reader: Callable[[Any], _T]) -> _T | None:
        """The cell under `field`, read; None where the table has no such column or the row ends before it."""
        place = self.table.columns.get(field)
        if place is None or place >= len(self.row.cells):
            return None
        cell = self._translated(field, self.row.cells[place])
        try:
            return reader(cell)
        except Unreadable as unreadable:
            found = whole(str(cell))[:60]
            raise RowRefused(
                field, f"“{self.table.labels[place]}”为“{found}”：{unreadable}。"
            ) from unreadable

    def text(self, field: str) -> str:
        """The cell as one line of text."""
        return self.take(field, cells.text) or self.table.mapping.constants.get(field, "")

    def result(self, field: str) -> str:
        """passed, failed or deemed; "" where nothing is given."""
        return self.take(field, lambda cell: words.result(cells.text(cell))) or ""

    def until(self, field: str, on: date | None) -> date | None:
        """The last day of validity of what began on a day."""
        return self.take(field, lambda cell: cells.until(cell, on))

    def _translated(self, field: str, cell: Cell) -> Cell:
        """The cell as a person's mapping of values explains it. Raises RowIgnored where it excludes it."""
        said = self.table.mapping.values.get(field)
        value = said.get(shown(cell), cell) if said else cell
        if value is None:
            raise RowIgnored(field, f"“{shown(cell)}”按列对应不导入。")
        return value

    def labels(self) -> tuple[tuple[str, str], ...]:
        """(field, header) of each column that carries a field."""
        return tuple((field, self.table.labels[place]) for field, place in self.table.columns.items())


def digits(cell: Cell) -> str:
    """A certificate's number; "" for text such as 有 or 视同通过."""
    given = cells.number(cell)
    return given if re.search(r"\d", given) else ""
