"""The doors in: tables from untrusted files as plain rows. Knows nothing of reports.

`sheets_of(data, file_name)` answers with the file's sheets or refuses the file with a Chinese sentence.
It opens nothing itself: `reader` is a process of its own with limits of memory and time. There `kinds` looks
what the file is, by its content: `text` reads CSV, `web_page` HTML, `xml_table` XML Spreadsheet 2003,
`old_workbook` XLS. `package` says whether a zip is safe; in it `workbook` and `worksheet` read XLSX,
`binary_workbook` XLSB, `open_document` ODS. `decoding` and `formats` say what a cell shows, `grid` bounds the
sheets and fills merged cells.
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
