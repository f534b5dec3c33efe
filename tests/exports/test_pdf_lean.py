"""What is left out of a PDF leaves nothing wrong: structure, fonts and widths of a packet read back whole."""

import io
import struct

import pydyf
import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, IndirectObject

from exporting.pdf_lean import make_lean
from tests.exports.sealed import unsealed_packet


@pytest.fixture(scope="module")
def reader():
    return PdfReader(io.BytesIO(unsealed_packet()))


def elements(node, parent=None):
    """Every element of the structure tree, each after its parent."""
    kids = node.get("/K", ArrayObject())
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        if isinstance(kid, IndirectObject) and (found := kid.get_object()).get("/S"):
            yield kid, found
            yield from elements(found)


def parents(reader) -> dict[int, list[IndirectObject]]:
    """Page → the element of each of its pieces of text, as the parent tree has it."""
    numbers = reader.root_object["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return {key: list(value) for key, value in pairs if isinstance(value, ArrayObject)}


def fonts(reader):
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descendant = font["/DescendantFonts"][0]
        yield descendant, descendant["/FontDescriptor"]["/FontFile2"].get_data()


def test_each_piece_of_text_leads_to_the_element_that_holds_it(reader):
    places = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    known = parents(reader)
    held = [
        (places[found.raw_get("/Pg").idnum], int(kid), reference.idnum)
        for reference, found in elements(reader.root_object["/StructTreeRoot"])
        for kid in found.get("/K", ())
        if isinstance(kid, int)
    ]
    assert len(held) == len({(page, piece) for page, piece, _ in held})
    assert [entry for entry in held if known[entry[0]][entry[1]].idnum != entry[2]] == []
    assert len(held) > 1_000


def test_text_of_a_cell_or_paragraph_is_its_own(reader):
    """No element is left that only wraps the words of the paragraph around it."""
    found = [element for _, element in elements(reader.root_object["/StructTreeRoot"])]
    wrapped = [
        kid
        for element in found
        if element["/S"] in ("/P", "/TD", "/TH", "/H1", "/H2")
        for kid in element["/K"]
        if isinstance(kid, IndirectObject)
        and kid.get_object().get("/S") == "/Span"
        and len(kid.get_object()["/K"]) == 1
        and isinstance(kid.get_object()["/K"][0], int)
    ]
    assert wrapped == []
    assert {element["/S"] for element in found} >= {"/Document", "/Sect", "/H1", "/H2", "/P", "/Table", "/TR"}


def test_fonts_hold_what_a_pdf_needs_with_true_checksums(reader):
    found = [content for _, content in fonts(reader)]
    assert len(found) == 3
    for content in found:
        font = TTFont(io.BytesIO(content), checkChecksums=2)
        assert set(font.keys()) - {"GlyphOrder"} == {"glyf", "head", "hhea", "hmtx", "loca", "maxp"}
        assert font["glyf"].keys()
        padded = content + b"\0" * (-len(content) % 4)
        assert sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF == 0xB1B0AFBA


def test_widths_are_those_of_the_font_and_the_usual_one_is_not_listed(reader):
    for descendant, content in fonts(reader):
        assert descendant.get("/DW", 1000) == 1000
        font = TTFont(io.BytesIO(content))
        names, scale = font.getGlyphOrder(), 1000 / font["head"].unitsPerEm
        listed = dict(_widths(descendant["/W"]))
        assert 1000 not in listed.values()
        used = {int(code, 16) for code in _codes(reader) if int(code, 16) < len(names)}
        drawn = {n for n in used if n in listed or _has_outline(font, names[n])}
        told = {number: listed.get(number, 1000) for number in drawn}
        assert told == {number: pytest.approx(font["hmtx"][names[number]][0] * scale) for number in drawn}


def _has_outline(font, name: str) -> bool:
    return font["glyf"][name].numberOfContours != 0


def _widths(array):
    for first, run in zip(array[::2], array[1::2], strict=True):
        yield from ((int(first) + place, float(width)) for place, width in enumerate(run))


def _codes(reader):
    """The glyph numbers that the first pages show, as four hexadecimal digits."""
    for page in reader.pages[:4]:
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"TJ":
                for piece in operands[0]:
                    raw = getattr(piece, "original_bytes", b"")
                    yield from (raw[i : i + 2].hex() for i in range(0, len(raw), 2))


def test_meanings_of_glyphs_are_the_same_in_order_and_in_blocks_of_a_hundred():
    pdf = pydyf.PDF()
    lines = [b"<%04x> <%04x>" % (number * 7 % 251, 0x4E00 + number) for number in range(250)]
    blocks = [
        b"100 beginbfchar",
        *lines[:100],
        b"endbfchar",
        b"100 beginbfchar",
        *lines[100:200],
        b"endbfchar",
    ]
    blocks += [b"50 beginbfchar", *lines[200:], b"endbfchar"]
    table = pydyf.Stream([b"begincmap", *blocks, b"endcmap"])
    pdf.add_object(table)
    pdf.add_object(pydyf.Dictionary({"ToUnicode": table.reference}))
    make_lean(pdf)
    told = b"".join(table.stream).split(b"\n")
    assert told[0] == b"begincmap"
    assert told[-1] == b"endcmap"
    assert [line for line in told if line.startswith(b"<")] == sorted(lines)
    heads = [line for line in told if line.endswith(b" beginbfchar")]
    assert heads == [b"100 beginbfchar", b"100 beginbfchar", b"50 beginbfchar"]
