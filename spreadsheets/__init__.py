"""The doors in: tables from untrusted files as plain rows. Knows nothing of reports.

`sheets_of(data, file_name)` answers with the file's sheets or refuses the file with a Chinese sentence.
It opens nothing itself: `reader` is a process of its own with limits of memory and time. There `kinds` looks
what the file is; `text` reads CSV; for XLSX `package` says whether the zip is safe, `workbook` finds the
sheets, `worksheet` their cells, `decoding` and `formats` what a cell shows.
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
