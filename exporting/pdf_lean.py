"""Leaves out of a PDF what says nothing: a twelfth of a packet's bytes, half of its objects.

- Tags: the layout makes an element of its own for every run of text. Where that is a bare Span, the text
  belongs to the paragraph, heading or cell around it: the same words in the same order, read in fewer steps.
- Fonts: tables that serve typesetting. A font inside a PDF is asked for outlines and widths by glyph number
  alone.
- Meanings of glyphs: in their order they pack better.
- Widths: a Chinese character is 1000 wide, which is what a PDF takes for granted.
"""

import re
import struct
from typing import Any

import pydyf

_PLAIN = frozenset({"/Span", "/NonStruct"})  # say of a text no more than that it is there
_HOLDERS = _PLAIN | {f"/{name}" for name in ("P", "H1", "H2", "H3", "TD", "TH", "Lbl", "LBody", "Caption")}
_BARE = frozenset({"Type", "S", "K", "Pg", "P"})
_NEEDED_TABLES = frozenset({b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"prep"})
_USUAL_WIDTH = 1000
_MEANING = re.compile(rb"^<[0-9a-f]{4}> <[0-9a-f]+>$", re.MULTILINE)
_BLOCKS = re.compile(rb"\d+ beginbfchar")
_A_BLOCK = 100  # lines: no more are allowed in one
_CHECKSUM_MAGIC = 0xB1B0AFBA
_ADJUSTMENT = slice(8, 12)  # of the table head


def make_lean(pdf: Any) -> None:
    """Change a pydyf document in place. Objects that are nothing any more are marked free."""
    _merge_spans(pdf)
    for part in pdf.objects:
        if not isinstance(part, pydyf.Dictionary):
            continue
        if part.get("Type") == "/StructElem":
            del part["Type"]  # may be left out; thousands say it
        elif part.get("Subtype") == "/CIDFontType2":
            part["W"] = _unusual(part["W"])
        elif "FontFile2" in part:
            program = _referred(pdf, part["FontFile2"])
            program.stream = [_lean_font(b"".join(program.stream))]
            program.extra["Length1"] = len(program.stream[0])
        elif "ToUnicode" in part:
            meaning = _referred(pdf, part["ToUnicode"])
            meaning.stream = [_in_order(b"\n".join(map(pydyf._to_bytes, meaning.stream)))]


def _in_order(table: bytes) -> bytes:
    """What glyphs mean, by their numbers: neighbours pack better."""
    lines = _MEANING.findall(table)
    if not lines:
        return table
    lines.sort()
    blocks = [lines[start : start + _A_BLOCK] for start in range(0, len(lines), _A_BLOCK)]
    told = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return table[: _BLOCKS.search(table).start()] + told + table[table.rindex(b"endbfchar") + 9 :]


def _referred(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _merge_spans(pdf: Any) -> None:
    merged: dict[bytes, bytes] = {}
    # Children come after their parents: from the end, what stands inside a span is merged into it first.
    for part in reversed(pdf.objects):
        if isinstance(part, pydyf.Dictionary) and part.get("S") in _HOLDERS:
            kids = part["K"]
            for place, kid in enumerate(kids):
                if isinstance(kid, bytes) and _is_text_of(part, child := _referred(pdf, kid)):
                    kids[place] = child["K"][0]
                    merged[kid] = part.reference
                    child.free = "f"
    if merged:
        _point_to_holders(pdf, merged)


def _is_text_of(holder: Any, child: Any) -> bool:
    """An element that is nothing but one run of text on its holder's page."""
    return (
        child.get("S") in _PLAIN
        and len(child["K"]) == 1
        and isinstance(child["K"][0], int)
        and child["Pg"] == holder["Pg"]
        and child["P"] == holder.reference
        and child.keys() <= _BARE
    )


def _point_to_holders(pdf: Any, merged: dict[bytes, bytes]) -> None:
    """The table that leads from each run of text to its element."""
    root = _referred(pdf, pdf.catalog["StructTreeRoot"])
    for value in _referred(pdf, root["ParentTree"])["Nums"]:
        if isinstance(value, pydyf.Array):
            value[:] = [_last(merged, reference) for reference in value]


def _last(merged: dict[bytes, bytes], reference: bytes) -> bytes:
    while reference in merged:
        reference = merged[reference]
    return reference


def _unusual(widths: Any) -> Any:
    """[first, [w, w, …], first, [w, …], …] without those every reader assumes."""
    kept = pydyf.Array()
    for first, run in zip(widths[::2], widths[1::2], strict=True):
        before = None
        for place, width in enumerate(run):
            if width == _USUAL_WIDTH:
                continue
            if before is None or before != place - 1:
                kept.extend([first + place, pydyf.Array()])
            kept[-1].append(width)
            before = place
    return kept


def _lean_font(font: bytes) -> bytes:
    """The TrueType file with the tables a PDF needs, its checksums in order."""
    count = struct.unpack_from(">H", font, 4)[0]
    records = [struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(count)]
    records = [record for record in records if record[0] in _NEEDED_TABLES]
    power = len(records).bit_length() - 1
    search = 16 << power
    directory = struct.pack(">4sHHHH", font[:4], len(records), search, power, 16 * len(records) - search)
    place, tables = 12 + 16 * len(records), []
    head = 0
    for name, checksum, offset, length in records:
        padded = font[offset : offset + length] + b"\0" * (-length % 4)
        head = place if name == b"head" else head
        directory += struct.pack(">4sIII", name, checksum, place, length)
        tables.append(padded)
        place += len(padded)
    total = sum(struct.unpack(f">{len(directory) // 4}I", directory)) + sum(record[1] for record in records)
    lean = bytearray(directory + b"".join(tables))
    adjustment = (_CHECKSUM_MAGIC - total) & 0xFFFFFFFF
    lean[head + _ADJUSTMENT.start : head + _ADJUSTMENT.stop] = struct.pack(">I", adjustment)
    return bytes(lean)
