"""The writer of PDF files: read back by another library, streams as long as they say, the same each time."""

import io

import pydyf
import pytest
from pypdf import PdfReader

from exporting.pdf_file import write_file
from tests.exports.reading import stream_ends

# Numbers are written as the library writes them (2.0 as 2).
CONTENTS = [[b"q", 2.0, b"y" * number, b"Q"] for number in range(600)]


def document(title: str = "质控"):
    pdf = pydyf.PDF()
    for content in CONTENTS:
        pdf.add_object(pydyf.Stream(list(content), compress=True))
    pdf.add_object(pydyf.Stream([b"<x/>"], {"Type": "/Metadata"}, compress=True))
    pdf.add_object(pydyf.Dictionary({"Deep": pydyf.Array([1, b"3 0 R"])}))
    pdf.add_page(pydyf.Dictionary({"Type": "/Page", "Parent": pdf.pages.reference}))
    pdf.info["Title"] = pydyf.String(title)
    return pdf


def written(pdf) -> bytes:
    out = io.BytesIO()
    write_file(pdf, out, "1.7", b"one(of)ours")
    return out.getvalue()


@pytest.fixture(scope="module")
def content():
    return written(document())


def test_file_is_read_back_whole(content):
    reader = PdfReader(io.BytesIO(content), strict=True)
    streams = [reader.get_object(number).get_data() for number in range(3, 3 + len(CONTENTS))]
    assert streams == [b"q\n2\n" + b"y" * number + b"\nQ" for number in range(600)]
    assert reader.metadata == {"/Title": "质控"}
    assert reader.get_object(3 + len(CONTENTS) + 1)["/Deep"][0] == 1
    assert len(reader.pages) == 1
    assert reader.trailer["/ID"][0] == "one(of)ours"


def test_packed_data_ending_like_a_line_is_still_as_long_as_it_says(content):
    """0x0D before a lone line feed reads as one line end, and the stream as a byte shorter."""
    assert b"\r\r\nendstream" in content
    assert stream_ends(content) == {b"\r\nendstream"}


def test_metadata_is_not_packed(content):
    assert b"\nstream\n<x/>\r\nendstream" in content


def test_file_is_the_same_each_time_and_differs_with_its_content(content):
    assert written(document()) == content
    assert written(document("别的")) != content
