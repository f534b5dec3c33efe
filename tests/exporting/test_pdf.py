"""exporting.pdf: printable text, project fonts only, nothing fetched."""

import io
import zlib
from datetime import UTC, datetime
from itertools import count

import page
import pytest
from pypdf import PdfReader

from exporting import pdf
from exporting.sealing import SealField
from tests.exports.reading import pdf_boxes, pdf_fonts, pdf_text, stream_ends


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张三，CT 1.2cm×3.4cm", "张三，CT 1.2cm×3.4cm"),
        ("𠮷田𬭎", "𠮷田𬭎"),
        ("\U00030000田", "〓(U+30000)田"),
        ("\U0001f600\ue000", "〓(U+1F600)〓(U+E000)"),
        ("a\u202eb\x07c\u200bd\ufe0f", "abcd"),
        ("行一\n行二\t三", "行一\n行二\t三"),
        ("䶮㛃堃喆昇珺玥①Ⅲ±°≤μ", "䶮㛃堃喆昇珺玥①Ⅲ±°≤μ"),
        ("龥鿰", "龥〓(U+9FF0)"),
        ("\ud800", "〓(U+D800)"),
    ],
)
def test_printable_text_has_a_glyph_for_every_character(text, shown):
    assert pdf.printable(text) == shown


def test_missing_glyphs_are_named_once_in_order():
    missing = pdf.missing_glyphs("\U00030000与𠮷与\U0001f600与\U00030000")
    assert missing == ("\U00030000", "\U0001f600")
    assert pdf.missing_sentence(missing) == (
        "本文件所用字库缺2个字，正文以“〓(U+XXXX)”印出其编码：U+30000、U+1F600。"
    )
    assert pdf.missing_sentence(()) == ""


def test_common_ideographs_are_all_in_the_fonts():
    common = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    assert pdf.missing_glyphs("".join(common)) == ()


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<link rel="stylesheet" href="project:/../qcportal/settings.py">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<style>@font-face { font-family: x; src: url("file:///etc/passwd") } p { font-family: x }</style>',
        '<object data="file:///etc/passwd"></object><embed src="data:text/plain,x">',
        '<svg><image href="file:///etc/passwd"/></svg>',
    ],
)
def test_markup_asking_for_anything_gets_nothing(markup, monkeypatch):
    opened = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda *a, **k: opened.append(a))
    content = pdf.html_to_pdf(f"<html><body><p>文{markup}字</p></body></html>", identifier="x")
    assert opened == []
    assert b"root:" not in content
    assert pdf_text(content) == "文字"


def test_any_font_family_still_prints_with_the_projects_fonts():
    lines = '<p style="font-family: sans-serif">宋体Arial</p><p style="font: bold 9pt serif">黑</p>'
    content = pdf.html_to_pdf(f"<html><body>{lines}</body></html>", identifier="x")
    assert {name.split("-")[0] for name, embedded in pdf_fonts(content) if embedded} == {"Noto"}
    assert all("SC" in name for name, _ in pdf_fonts(content))
    assert pdf_boxes(content) == 0


def test_boxes_are_seen_when_there_are_any():
    """The reader must be able to fail: a character put past `printable` shows as a box."""
    content = pdf.html_to_pdf("<html><body><p>a\U0001f600</p></body></html>", identifier="x")
    assert pdf_boxes(content) == 1


def test_packed_data_ending_like_a_line_is_still_as_long_as_it_says():
    """0x0D before a lone line feed reads as one line end, and the stream as a byte shorter."""
    texts = (b"%d" % number for number in count())
    ending_so = next(text for text in texts if zlib.compress(text, 9).endswith(b"\r"))
    file = pdf.Attached("a.txt", ending_so, "text", datetime(2026, 1, 1, tzinfo=UTC))
    html = '<html lang="zh"><head><title>题</title></head><body><p>文</p></body></html>'
    content = pdf.html_to_pdf(html, identifier="x", attached=(file,), tagged=True)
    assert b"\r\r\nendstream" in content
    assert stream_ends(content) == {b"\r\nendstream"}
    assert [failure.message for failure in page.validate_pdf_bytes(content).failures] == []


def test_tagged_links_are_plain_heads_have_their_scope_and_the_seal_is_in_the_structure():
    html = (
        '<html lang="zh"><head><title>题</title><style>a::after { content: "页" }</style></head><body>'
        '<p><a href="#b">往</a></p><table><thead><tr><th>列</th></tr></thead>'
        '<tbody id="b"><tr><th>行</th></tr></tbody></table></body></html>'
    )
    seal = SealField("某院签章", "完整", datetime(2026, 1, 1, tzinfo=UTC))
    content = pdf.html_to_pdf(html, identifier="x", tagged=True, seal=seal)
    found: list[tuple[str, ...]] = []
    _walk(PdfReader(io.BytesIO(content)).root_object["/StructTreeRoot"]["/K"], (), found)
    kinds = [path[-1] for path in found]
    assert (kinds.count("/Link"), kinds.count("/Form")) == (1, 1)
    assert [path[-2:] for path in found if path[-1] in ("/Column", "/Row")] == [
        ("/TH", "/Column"),
        ("/TH", "/Row"),
    ]


def _walk(node, above: tuple[str, ...], found: list[tuple[str, ...]]) -> None:
    """The path of kinds down to every element, and to the scope of a head cell as one more step."""
    node = node.get_object()
    if isinstance(node, list):
        for part in node:
            _walk(part, above, found)
    elif isinstance(node, dict) and "/S" in node:
        path = (*above, node["/S"])
        found.append(path)
        if node["/S"] == "/TH":
            found.append((*path, node["/A"].get("/Scope", "")))
        if "/K" in node:
            _walk(node["/K"], path, found)
