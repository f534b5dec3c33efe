"""A pydyf document → the bytes of a file: each object put into words once, each stream packed once.

The library's own writer packs everything twice (again for the file's identifier), and fonts at zlib's slowest
level: an eighth of the time a packet takes.

Every stream ends with CR LF before "endstream". With LF alone, as the library has it, packed data whose last
byte happens to be 0x0D (one stream in 256) would read as one byte shorter, which PDF/A forbids.
"""

import hashlib
import re
import zlib
from typing import IO, Any

import pydyf

_LEVEL, _FONT_LEVEL = 9, 8  # outlines take half as long again at 9, for a thousandth of their size
_HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_UP = 2  # the PNG filter that takes away the row above
_FREE, _PLAIN, _PACKED = range(3)  # the kinds of entries of a cross-reference stream
_FIRST = (_FREE, 0, 0xFFFF)  # the entry of number 0, which no object has
# A reference to an object, or a text: pydyf escapes brackets in texts.
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|\b(\d+) 0 R\b", re.DOTALL)
# Places to a thousandth of a pixel, from 100 on to a hundredth. Texts are hexadecimal and hold no point.
# It begins with the point: the search skips all else at once.
_FINE = re.compile(rb"(\.(?:(?<=\d\d\d\.)\d\d|\d\d\d))\d+")


def write_file(pdf: Any, output: IO[bytes], _version: str, identifier: bytes, compress: bool = True) -> None:
    """In place of pydyf's `PDF.write`. Objects that may be go into one object stream, packed like others.

    Objects that were freed leave no number behind: the rest are numbered anew, those of the stream first.
    """
    if pdf.info:
        pdf.add_object(pdf.info)
    live = sorted((part for part in pdf.objects[1:] if part.free != "f"), key=lambda p: not p.compressible)
    numbers = {part.number: number for number, part in enumerate(live, 1)}
    holder = len(live) + 1  # the number the object stream gets
    out, entries, inside = bytearray(_HEAD), [_FIRST], []
    for number, part in enumerate(live, 1):
        if part.compressible:
            entries.append((_PACKED, holder, len(inside)))
            inside.append((number, _numbered(part.data, numbers)))
        else:
            entries.append((_PLAIN, len(out), 0))
            out += _object(number, _stream(part, numbers) if isinstance(part, pydyf.Stream) else part.data)
    entries.append((_PLAIN, len(out), 0))
    out += _object(holder, _stream(_object_stream(inside), {}))
    entries.append((_PLAIN, len(out), 0))
    place = len(out)
    table = _cross_references(pdf, entries, identifier, bytes(out))
    out += _object(holder + 1, _stream(table, numbers))
    output.write(out + f"startxref\n{place}\n%%EOF\n".encode())


def _numbered(body: bytes, numbers: dict[int, int]) -> bytes:
    """An object's words with the new numbers of those it refers to; what texts say is left alone."""

    def renumbered(found: re.Match[bytes]) -> bytes:
        return b"%d 0 R" % numbers[int(found[1])] if found[1] else found[0]

    return _REFERENCE.sub(renumbered, body)


def _object(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def _stream(part: Any, numbers: dict[int, int]) -> bytes:
    extra = dict(part.extra)
    # Metadata is to be found by programs that know nothing of PDF: PDF/A validators want it unpacked.
    pack = part.compress and extra.get("Type") != "/Metadata"
    plain = b"\n".join(map(pydyf._to_bytes, part.stream))
    if not extra:  # what is drawn on a page
        plain = _FINE.sub(rb"\1", plain)
    content = zlib.compress(plain, _FONT_LEVEL if "Length1" in extra else _LEVEL) if pack else plain
    if pack:
        extra["Filter"] = "/FlateDecode"
    extra["Length"] = len(content)
    head = _numbered(pydyf.Dictionary(extra).data, numbers)
    return b"%b\nstream\n%b\r\nendstream" % (head, content)


def _object_stream(inside: list[tuple[int, bytes]]) -> Any:
    places, position = [], 0
    for number, body in inside:
        places.append(f"{number} {position}")
        position += len(body) + 1
    table = " ".join(places).encode()
    extra = {"Type": "/ObjStm", "N": len(inside), "First": len(table) + 1}
    return pydyf.Stream([table, *(body for _, body in inside)], extra, compress=True)


def _cross_references(pdf: Any, entries: list[tuple[int, int, int]], identifier: bytes, before: bytes) -> Any:
    widths = (1, (len(before).bit_length() + 7) // 8, 2 if len(entries) <= 0x10000 else 3)
    rows = [
        b"".join(value.to_bytes(width, "big") for value, width in zip(entry, widths, strict=True))
        for entry in entries
    ]
    digest = hashlib.md5(before, usedforsecurity=False).hexdigest().encode()
    extra = {
        "Type": "/XRef",
        "W": pydyf.Array(widths),
        "Size": len(entries),
        "DecodeParms": pydyf.Dictionary({"Predictor": _UP + 10, "Columns": sum(widths)}),
        "Root": pdf.catalog.reference,
        "ID": pydyf.Array((pydyf.String(identifier).data, pydyf.String(digest).data)),
    }
    if pdf.info:
        extra["Info"] = pdf.info.reference
    return pydyf.Stream([_differences(rows)], extra, compress=True)


def _differences(rows: list[bytes]) -> bytes:
    """Each row as what it adds to the one above it: hardly anything."""
    above = [bytes(len(rows[0])), *rows]
    pairs = zip(rows, above, strict=False)
    return b"".join(bytes([_UP, *((a - b) & 0xFF for a, b in zip(*pair, strict=True))]) for pair in pairs)
