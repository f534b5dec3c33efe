"""How a reader says that a row is refused. Each is an answer to the user, not a fault of the program."""

from reports.intake.cells import Unreadable
from spreadsheets import Cell


class RowRefused(Exception):  # noqa: N818  (an answer, not an error)
    """column, found, expected, reason (the sentence), code."""

    def __init__(self, column: str, found: str, expected: str, reason: str, code: str) -> None:
        super().__init__(column, found, expected, reason, code)


class CellRefused(Exception):  # noqa: N818  (an answer, not an error)
    """For one cell: its header, the cell, what the cell's reader said."""

    def __init__(self, label: str, cell: Cell, error: Unreadable) -> None:
        super().__init__(label, cell, error)
