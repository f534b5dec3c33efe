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
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"] - 2)]
    streams = [o.get_data() for o in objects if hasattr(o, "get_data") and "/Type" not in o]
    assert streams == [b"q\n2\n" + b"y" * number + b"\nQ" for number in range(600)]
    assert [o["/Deep"][0] for o in objects if "/Deep" in o] == [1]
    assert reader.metadata == {"/Title": "质控"}
    assert len(reader.pages) == 1
    assert reader.trailer["/ID"][0] == "one(of)ours"


def test_freed_objects_leave_no_number_and_references_follow():
    pdf = pydyf.PDF()
    gone = pydyf.Dictionary({"Gone": 1})
    pdf.add_object(gone)
    kept = pydyf.Dictionary({"Kept": pydyf.String("see 3 0 R (and 4 0 R)")})
    pdf.add_object(kept)
    drawn = pydyf.Stream([b"q 1.5 2 m Q"])
    pdf.add_object(drawn)
    pdf.add_object(pydyf.Dictionary({"To": pydyf.Array([drawn.reference, kept.reference, b"null"])}))
    pdf.add_page(
        pydyf.Dictionary({"Type": "/Page", "Parent": pdf.pages.reference, "Contents": drawn.reference})
    )
    gone.free = "f"
    reader = PdfReader(io.BytesIO(written(pdf)), strict=True)
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"] - 2)]
    (pointing,) = [o for o in objects if "/To" in o]
    assert not any("/Gone" in o for o in objects)
    assert pointing["/To"][0].get_object().get_data() == b"q 1.5 2 m Q"
    assert pointing["/To"][1].get_object()["/Kept"] == "see 3 0 R (and 4 0 R)"
    assert reader.pages[0].get_contents().get_data().strip() == b"q 1.5 2 m Q"


def test_reference_to_a_freed_object_is_an_error():
    pdf = pydyf.PDF()
    gone = pydyf.Dictionary({"Gone": 1})
    pdf.add_object(gone)
    pdf.add_object(pydyf.Dictionary({"To": gone.reference}))
    gone.free = "f"
    with pytest.raises(KeyError):
        written(pdf)


def test_places_on_a_page_are_fine_enough_and_no_finer():
    pdf = pydyf.PDF()
    drawn = pydyf.Stream(
        [b"1 0 0 -1 0 595.275591 cm", b"13.333333 0 0 -13.333333 56.692913 -9.5 Tm [<00125.6>] TJ"]
    )
    data = pydyf.Stream([b"0.123456789"], {"Type": "/EmbeddedFile"})
    pdf.add_object(drawn)
    pdf.add_object(data)
    reader = PdfReader(io.BytesIO(written(pdf)), strict=True)
    streams = [o.get_data() for n in range(1, 5) if hasattr(o := reader.get_object(n), "get_data")]
    assert b"1 0 0 -1 0 595.27 cm\n13.333 0 0 -13.333 56.692 -9.5 Tm [<00125.6>] TJ" in streams
    assert b"0.123456789" in streams


def test_packed_data_ending_like_a_line_is_still_as_long_as_it_says(content):
    """0x0D before a lone line feed reads as one line end, and the stream as a byte shorter."""
    assert b"\r\r\nendstream" in content
    assert stream_ends(content) == {b"\r\nendstream"}


def test_metadata_is_not_packed(content):
    assert b"\nstream\n<x/>\r\nendstream" in content


def test_file_is_the_same_each_time_and_differs_with_its_content(content):
    assert written(document()) == content
    assert written(document("别的")) != content
