"""Registers of people as workbooks made in a test: sheet → rows."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The sheets as an XLSX file."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()
