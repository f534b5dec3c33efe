"""Workbooks of binary records, put together record by record: BIFF 8 (.xls) and BIFF 12 (.xlsb)."""

import io
import struct
import zipfile

from tests.spreadsheets.packages import OFFICE, relationships

STYLES = (164, 165, 166, 167)  # formats of the styles 1, 2, … in the order they are given


def xls(*sheets, formats=(), is_1904=False):
    """A BIFF 8 stream without the OLE file around it; a sheet is (name, hidden, records)."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    body = _record(0x42, struct.pack("<H", 1200)) + _record(0x22, struct.pack("<H", is_1904))
    body += _record(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\x05\x00Arial")
    for key, code in zip(STYLES, formats, strict=False):
        body += _record(0x41E, struct.pack("<H", key) + _text8(code))
    for key in (0, *STYLES[: len(formats)]):
        body += _record(0xE0, struct.pack("<HHH14x", 0, key, 0))
    listed = [
        struct.pack("<BBBB", hidden, 0, len(name), 1) + name.encode("utf-16-le") for name, hidden, _ in sheets
    ]
    at = len(start) + len(body) + sum(8 + len(entry) for entry in listed) + 4
    inside = b""
    for entry, (_, _, records) in zip(listed, sheets, strict=True):
        body += _record(0x85, struct.pack("<I", at + len(inside)) + entry)
        inside += _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + b"".join(records)
        inside += _record(0x0A)
    return start + body + _record(0x0A) + inside


def label(row, column, text, style=0):
    return _record(0x204, struct.pack("<HHH", row, column, style) + _text8(text))


def number(row, column, value, style=0):
    return _record(0x203, struct.pack("<HHHd", row, column, style, value))


def error(row, column, code=42):
    return _record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))


def formula(row, column, result, *, asked=0, inside=b"\x44\0\0\0\0"):
    """A formula with its eight bytes of result; `asked`: 2 when it is to be worked out on opening."""
    given = struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", asked, 0, len(inside)) + inside
    return _record(0x06, given)


def merged(top, bottom, left, right):
    return _record(0xE5, struct.pack("<HHHHH", 1, top, bottom, left, right))


def _record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def _text8(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def xlsb(*sheets, strings=(), formats=(), is_1904=False):
    """A BIFF 12 package; a sheet is (name, hidden, records)."""
    links = [(f"r{i}", "worksheet", f"worksheets/sheet{i}.bin") for i in range(1, len(sheets) + 1)]
    links += [("t", "sharedStrings", "sharedStrings.bin"), ("f", "styles", "styles.bin")]
    book = record12(153, struct.pack("<I", is_1904) + b"\0" * 8)
    for i, (name, hidden, _) in enumerate(sheets, 1):
        book += record12(156, struct.pack("<II", hidden, i) + text12(f"r{i}") + text12(name))
    styles = b"".join(
        record12(44, struct.pack("<H", k) + text12(c)) for k, c in zip(STYLES, formats, strict=False)
    )
    cells = b"".join(record12(47, struct.pack("<HH12x", 0, k)) for k in (0, *STYLES[: len(formats)]))
    styles += record12(626) + record12(47, b"\0" * 16) + record12(627) + record12(617) + cells + record12(618)
    parts = {
        "_rels/.rels": relationships(OFFICE, [("r", "officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relationships(OFFICE, links),
        "xl/sharedStrings.bin": b"".join(record12(19, b"\0" + text12(s)) for s in strings),
        "xl/styles.bin": styles,
    }
    for i, (_, _, records) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.bin"] = b"".join(records)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def row12(number):
    return record12(0, struct.pack("<I", number) + b"\0" * 13)


def cell12(kind, column, content, style=0):
    return record12(kind, struct.pack("<II", column, style) + content)


def text12(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le", "surrogatepass")


def record12(kind, content=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return head + length + content
