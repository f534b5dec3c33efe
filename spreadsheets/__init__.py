"""The doors in: tables from untrusted files as plain rows. Knows nothing of reports.

`sheets_of(data, file_name)` answers with the file's sheets or refuses the file with a Chinese sentence.
"""

from spreadsheets.placeholders import is_placeholder
from spreadsheets.reading import sheets_of
from spreadsheets.values import Cell, CellError, FileRefused, Row, Sheet

__all__ = ["Cell", "CellError", "FileRefused", "Row", "Sheet", "is_placeholder", "sheets_of"]
