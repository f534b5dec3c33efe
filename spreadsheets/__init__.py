"""Read tables from untrusted files as plain rows; independent of reports.

`sheets_of(data, file_name)` returns the file's sheets or refuses the file with a Chinese sentence.
It opens nothing itself: `reader` is a separate process with limits of memory and time. There `kinds` detects
the file type from the content: `text` reads CSV, `web_page` HTML, `xml_table` XML Spreadsheet 2003,
`old_workbook` XLS. `package` checks that a zip is safe; inside it `workbook` and `worksheet` read XLSX,
`binary_workbook` XLSB, `open_document` ODS. `decoding` and `formats` compute what a cell shows,
`grid` bounds the sheets and fills merged cells.
"""

from spreadsheets.damage import Damage, damage, whole
from spreadsheets.placeholders import is_placeholder
from spreadsheets.reading import sheets_of
from spreadsheets.values import Cell, CellError, FileRefused, Loss, Row, Sheet
from spreadsheets.width import half_width

__all__ = [
    "Cell",
    "CellError",
    "Damage",
    "FileRefused",
    "Loss",
    "Row",
    "Sheet",
    "damage",
    "half_width",
    "is_placeholder",
    "sheets_of",
    "whole",
]
