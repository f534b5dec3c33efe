"""Which packets a workbook names: the content hashes in its sheets, read without opening it as a workbook."""

import io
import re
import zipfile
import zlib

_MOST_UNPACKED = 20_000_000  # of all parts read; ten times those of a packet
_PART = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml")
_HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def archive_kind(content: bytes) -> str:
    """Kind of a ZIP file: "xlsx", "zip" for other contents, "" where it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as found:
            return "xlsx" if "[Content_Types].xml" in found.NameToInfo else "zip"
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""


def named_hashes(content: bytes) -> frozenset[str]:
    """Every SHA-256 written in a sheet; none where the file cannot be read. Never raises."""
    found: set[str] = set()
    room = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.infolist():
                if _PART.fullmatch(part.filename) and room > 0:
                    with book.open(part) as stream:
                        raw = stream.read(room)
                    room -= len(raw)
                    found |= {digits.decode() for digits in _HASH.findall(raw)}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError):
        return frozenset()
    return frozenset(found)
