"""A pydyf document → the bytes of a file: each object put into words once, each stream packed once.

The library's own writer packs everything twice (again for the file's identifier), and fonts at zlib's slowest
level: an eighth of the time a packet takes.

Every stream ends with CR LF before "endstream". With LF alone, as the library has it, packed data whose last
byte happens to be 0x0D (one stream in 256) would read as one byte shorter, which PDF/A forbids.
"""

import hashlib
import zlib
from typing import IO, Any

import pydyf

_LEVEL, _FONT_LEVEL = 9, 6  # outlines take three times as long at 9, for a two hundredth of their size
_HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_FREE, _PLAIN, _PACKED = range(3)  # the kinds of entries of a cross-reference stream
_GONE = (_FREE, 0, 0xFFFF)  # never to be used again


def write_file(pdf: Any, output: IO[bytes], _version: str, identifier: bytes, compress: bool = True) -> None:
    """In place of pydyf's `PDF.write`. Objects that may be go into one object stream, packed like others."""
    if pdf.info:
        pdf.add_object(pdf.info)
    out = bytearray(_HEAD)
    entries = [_GONE]
    holder = len(pdf.objects)  # the number the object stream gets
    inside: list[Any] = []
    for part in pdf.objects[1:]:
        if part.free == "f":
            entries.append(_GONE)
        elif part.compressible:
            entries.append((_PACKED, holder, len(inside)))
            inside.append(part)
        else:
            entries.append((_PLAIN, len(out), 0))
            body = _stream(part) if isinstance(part, pydyf.Stream) else part.data
            out += _object(part.number, body)
    entries.append((_PLAIN, len(out), 0))
    out += _object(holder, _stream(_object_stream(inside)))
    entries.append((_PLAIN, len(out), 0))
    place = len(out)
    out += _object(holder + 1, _stream(_cross_references(pdf, entries, identifier, bytes(out))))
    output.write(out + f"startxref\n{place}\n%%EOF\n".encode())


def _object(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def _stream(part: Any) -> bytes:
    extra = dict(part.extra)
    # Metadata is to be found by programs that know nothing of PDF: PDF/A validators want it unpacked.
    pack = part.compress and extra.get("Type") != "/Metadata"
    plain = b"\n".join(map(pydyf._to_bytes, part.stream))
    content = zlib.compress(plain, _FONT_LEVEL if "Length1" in extra else _LEVEL) if pack else plain
    if pack:
        extra["Filter"] = "/FlateDecode"
    extra["Length"] = len(content)
    return b"%b\nstream\n%b\r\nendstream" % (pydyf.Dictionary(extra).data, content)


def _object_stream(inside: list[Any]) -> Any:
    bodies = [part.data for part in inside]
    places, position = [], 0
    for part, body in zip(inside, bodies, strict=True):
        places.append(f"{part.number} {position}")
        position += len(body) + 1
    table = " ".join(places).encode()
    extra = {"Type": "/ObjStm", "N": len(inside), "First": len(table) + 1}
    return pydyf.Stream([table, *bodies], extra, compress=True)


def _cross_references(pdf: Any, entries: list[tuple[int, int, int]], identifier: bytes, before: bytes) -> Any:
    widths = (1, (len(before).bit_length() + 7) // 8, 2 if len(entries) <= 0x10000 else 3)
    table = b"".join(
        value.to_bytes(width, "big") for entry in entries for value, width in zip(entry, widths, strict=True)
    )
    digest = hashlib.md5(before, usedforsecurity=False).hexdigest().encode()
    extra = {
        "Type": "/XRef",
        "W": pydyf.Array(widths),
        "Size": len(entries),
        "Root": pdf.catalog.reference,
        "ID": pydyf.Array((pydyf.String(identifier).data, pydyf.String(digest).data)),
    }
    if pdf.info:
        extra["Info"] = pdf.info.reference
    return pydyf.Stream([table], extra, compress=True)
