"""Sheets for data entry: unlocked cells with validation, all others locked; filters and print areas.

The lock has no password: it protects formulas from mistakes, not the file from people. What a workbook states
is proved by the packet's seal, not by sheet protection.
"""

from collections.abc import Sequence
from copy import copy

from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from exporting.xlsx import Page

_LONGEST_LIST = 255  # characters: Excel's own limit for a list written into the sheet


def lock(page: Page) -> None:
    """Lock all cells but the unlocked ones; columns may still be resized, lists filtered and sorted."""
    protection = page.sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = False
    protection.autoFilter = protection.sort = False


def open_cell(page: Page, row: int, column: int) -> None:
    """Unlock a cell for any text."""
    cell = page.sheet.cell(row, column)
    # Cells of one style share a style object: without a copy all of them would be unlocked.
    cell._style = copy(cell._style)
    cell.protection = Protection(locked=False)


def open_choices(
    page: Page, places: Sequence[tuple[int, int]], choices: Sequence[str | int], hint: str
) -> None:
    """Unlock cells for one of `choices`, offered as a list; `hint` is shown for any other value."""
    listed = ",".join(map(str, choices))
    if len(listed) > _LONGEST_LIST or any("," in str(choice) or '"' in str(choice) for choice in choices):
        raise ValueError("a list in a sheet holds 255 characters, and no commas or quotes in its values")
    _open(page, places, DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True), hint)


def open_whole(page: Page, places: Sequence[tuple[int, int]], lowest: int, highest: int, hint: str) -> None:
    """Unlock cells for a whole number from `lowest` to `highest`."""
    rule = DataValidation(
        type="whole", operator="between", formula1=str(lowest), formula2=str(highest), allow_blank=True
    )
    _open(page, places, rule, hint)


def open_day(page: Page, place: tuple[int, int], hint: str) -> None:
    """Unlock a cell for a date."""
    rule = DataValidation(type="date", operator="greaterThan", formula1="DATE(2000,1,1)", allow_blank=True)
    _open(page, (place,), rule, hint)
    page.sheet.cell(*place).number_format = "yyyy-mm-dd"


def _open(page: Page, places: Sequence[tuple[int, int]], rule: DataValidation, hint: str) -> None:
    if not places:
        return
    rule.errorStyle, rule.showErrorMessage = "stop", True
    rule.errorTitle, rule.error = "不能填入", hint
    for row, column in places:
        rule.add(f"{get_column_letter(column)}{row}")
        open_cell(page, row, column)
    page.sheet.add_data_validation(rule)


def filter_rows(page: Page, head: int, columns: int) -> None:
    """Add filter buttons to the header for the rows written so far."""
    last = max(page.next_row - 1, head)
    page.sheet.auto_filter.ref = f"A{head}:{get_column_letter(columns)}{last}"


def print_whole(page: Page) -> None:
    """Set the print area to what was written so far."""
    columns = get_column_letter(page.sheet.max_column)
    page.sheet.print_area = f"A1:{columns}{max(page.next_row - 1, 1)}"
