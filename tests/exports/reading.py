"""Reading documents back: PDF text, fonts and glyphs; workbook formulas worked out without a spreadsheet."""

import io
import math
import re
import shutil
import subprocess
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from pypdf import PdfReader
from pypdf.generic import ContentStream


def stream_ends(content: bytes) -> set[bytes]:
    """What follows each stream's data when it is as long as its dictionary says, up to "endstream"."""
    ends, place = set(), 0
    begin = re.compile(rb"/Length (\d+)>>\nstream\n")
    while found := begin.search(content, place):
        place = found.end() + int(found[1])
        ends.add(content[place : place + len("\r\nendstream")])
    return ends


def pdf_text(content: bytes) -> str:
    """All text, white space removed: lines break where the layout wants."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def pdf_fonts(content: bytes) -> set[tuple[str, bool]]:
    """(font name without subset tag, embedded) of every font on every page."""
    found = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            name = str(inner["/BaseFont"]).lstrip("/").split("+", 1)[-1]
            found.add((name, "/FontFile2" in inner["/FontDescriptor"].get_object()))
    return found


def pdf_boxes(content: bytes) -> int:
    """How many glyphs shown are none of the embedded font's: a reader draws them as boxes."""
    reader = PdfReader(io.BytesIO(content))
    count = 0
    for page in reader.pages:
        fonts, sizes, size = page["/Resources"].get("/Font", {}), {}, 0
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"Tf":
                name = operands[0]
                sizes.setdefault(name, _glyph_count(fonts[name].get_object()))
                size = sizes[name]
            elif operator in (b"Tj", b"TJ"):
                count += sum(not 0 < glyph < size for part in _strings(operands) for glyph in _glyphs(part))
    return count


def _glyph_count(font: Any) -> int:
    descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    return TTFont(io.BytesIO(descriptor["/FontFile2"].get_object().get_data()))["maxp"].numGlyphs


def _glyphs(codes: bytes) -> list[int]:
    return [int.from_bytes(codes[i : i + 2], "big") for i in range(0, len(codes), 2)]


def _strings(operands: Any) -> list[bytes]:
    parts = operands[0] if isinstance(operands[0], list) else [operands[0]]
    return [part.original_bytes for part in parts if hasattr(part, "original_bytes")]


def words_beyond_margins(content: bytes, margin: float = 15) -> list[str]:
    """Words whose box comes nearer to the paper's edge than `margin` points (poppler measures them)."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    run = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    found, width, height = [], 0.0, 0.0
    for line in run.stdout.decode().splitlines():
        if page := re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line):
            width, height = float(page[1]), float(page[2])
        elif word := re.search(
            r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)<', line
        ):
            left, top, right, bottom = (float(word[i]) for i in range(1, 5))
            if min(left, top) < margin or right > width - margin or bottom > height - margin:
                found.append(word[5])
    return found


class Sheets:
    """A workbook's cells; `value` works formulas out afresh, from the few functions we write."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(io.BytesIO(content))
        self.cached = load_workbook(io.BytesIO(content), data_only=True)

    def value(self, sheet: str, place: str) -> Any:
        cell = self.book[sheet][place]
        if cell.data_type != "f":
            return cell.value
        text = re.sub(r"(?<![<>=])=(?!=)", "==", cell.value[1:])
        text = re.sub(r"(?:'([^']+)'!)?(\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+)", self._range(sheet), text)
        text = re.sub(r"'([^']+)'!([A-Z]+\d+)", lambda m: f"there({m[1]!r}, {m[2]!r})", text)
        text = re.sub(r"(?<![\w'\"$:])([A-Z]+\d+)(?![\w'\"(])", lambda m: f"cell({m[1]!r})", text)
        names = {
            "IF": lambda asked, yes, no: yes if asked else no,
            "SUM": lambda values: sum(v for v in values if isinstance(v, int)),
            "COUNT": lambda values: sum(isinstance(v, int) for v in values),
            "MAX": max,
            "ISNUMBER": lambda v: isinstance(v, int),
            "COUNTIF": lambda values, word: values.count(word),
            "COUNTIFS": lambda first, one, second, two: list(zip(first, second, strict=True)).count(
                (one, two)
            ),
            "INT": math.floor,
            "MOD": lambda value, by: value % by,
            "CONCATENATE": lambda *parts: "".join(map(str, parts)),
            "there": self.value,
            "cells": self._cells,
            "cell": lambda at: _Comparable(v) if isinstance(v := self.value(sheet, at), str) else v,
        }
        return eval(text, {"__builtins__": {}}, names)  # noqa: S307  our own formula, in a test

    def _range(self, sheet: str):
        return lambda m: f"cells({(m[1] or sheet)!r}, {m[2].replace('$', '')!r})"

    def _cells(self, sheet: str, area: str) -> list[Any]:
        left, top, right, bottom = range_boundaries(area)
        rows = self.book[sheet].iter_rows(top, bottom, left, right)
        return [self.value(sheet, cell.coordinate) for row in rows for cell in row]


class _Comparable(str):
    """A text is greater than any number, as spreadsheets have it."""

    def __lt__(self, other: Any) -> bool:
        return False if isinstance(other, int) else str.__lt__(self, other)
