"""Blocks merged by ours are, byte by byte, those that openpyxl merges."""

import io
import zipfile
from copy import copy

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Protection, Side

from exporting.xlsx_blocks import Blocks

THIN = Side(style="thin", color="FF808080")
LOOKS = (
    {"border": Border(left=THIN, right=THIN, top=THIN, bottom=THIN), "font": Font(bold=True)},
    {"border": Border(top=THIN), "alignment": Alignment(wrap_text=True)},
    {"font": Font(size=16), "protection": Protection(locked=False)},
)
# Rows and columns of blocks; those alike come again, in another order of looks.
SHAPES = ((1, 2), (1, 3), (1, 8), (2, 1), (3, 1), (9, 1), (2, 2), (3, 3), (4, 5), (2, 7), (6, 2))


def files_of(merge):
    """Every file of a workbook with blocks of every look and shape, twice."""
    book = Workbook()
    sheet = book.active
    row = 1
    for looks in (LOOKS, LOOKS[::-1]):
        for look in looks:
            for rows, columns in SHAPES:
                corner = sheet.cell(row, 2, "文")
                for name, value in look.items():
                    setattr(corner, name, value)
                sheet.cell(row + rows - 1, columns + 1).value = "盖住"
                corner.value = "文"
                merge(sheet, row, 2, row + rows - 1, columns + 1)
                row += rows + 1
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


def by_openpyxl(sheet, top, left, bottom, right):
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            sheet.cell(row, column)._style = copy(sheet.cell(top, left)._style)
    sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def test_blocks_are_merged_as_openpyxl_merges_them():
    ours, theirs = files_of(Blocks().merge), files_of(by_openpyxl)
    assert ours == theirs
    assert ours["xl/worksheets/sheet1.xml"].count(b"<mergeCell ") == 2 * len(LOOKS) * len(SHAPES)
