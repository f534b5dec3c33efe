"""Exceptions with which a reader refuses a row. Each is a message to the user, not a program error."""

from reports.intake.cells import Unreadable
from spreadsheets import Cell


class RowRefused(Exception):  # noqa: N818  (an answer, not an error)
    """Refusal of a row: column, found, expected, reason (a sentence), code."""

    def __init__(self, column: str, found: str, expected: str, reason: str, code: str) -> None:
        super().__init__(column, found, expected, reason, code)


class CellRefused(Exception):  # noqa: N818  (an answer, not an error)
    """Refusal because of one cell: its header, the cell, the error of its reader."""

    def __init__(self, label: str, cell: Cell, error: Unreadable) -> None:
        super().__init__(label, cell, error)
