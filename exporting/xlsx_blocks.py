"""Merged blocks of cells with their border drawn all round, in a fraction of openpyxl's time.

openpyxl works the border out a cell and a side at a time. Blocks alike in look and shape have the same: it is
asked for the first of them, the others are dressed like that one, cell by cell. The bytes are the same.
"""

from copy import copy

from openpyxl.cell.cell import MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

Edges = tuple[bool, bool, bool, bool]  # does a cell lie at the top, left, bottom, right of its block?
# The corner's style, and how many rows and columns: three are like four.
Kind = tuple[tuple[int, ...], int, int]


class Blocks:
    """The kinds of blocks of one workbook."""

    def __init__(self) -> None:
        self._known: dict[Kind, dict[Edges, StyleArray]] = {}

    def merge(self, sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
        """Merge cells, `bottom` and `right` included; all of them look like the corner, up to its border."""
        corner, cells = sheet.cell(top, left), sheet._cells
        rows, columns = range(top, bottom + 1), range(left, right + 1)
        edges = {
            (row, column): (row == top, column == left, row == bottom, column == right)
            for row in rows
            for column in columns
        }
        kind = (tuple(corner._style), min(len(rows), 3), min(len(columns), 3))
        known = self._known.get(kind)
        if known is None:
            for place in edges:
                sheet.cell(*place)._style = copy(corner._style)
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
            self._known[kind] = {edge: copy(cells[place]._style) for place, edge in edges.items()}
            return
        for place, edge in edges.items():
            if place != (top, left):
                cells[place] = MergedCell(sheet, *place)
            cells[place]._style = copy(known[edge])
        sheet.merged_cells.ranges.add(CellRange(None, left, top, right, bottom))
