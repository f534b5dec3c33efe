"""The packet's PDF read back: text, fonts, glyphs, pages, bookmarks, and what it must not hold."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from exporting import pdf as pdf_door
from scoring.content import parts
from scoring.packet.json import render_json
from scoring.packet.pdf import case_page, render_html, render_pdf
from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import pdf_boxes, pdf_fonts, pdf_text, stream_ends, words_beyond_margins
from tests.exports.sample import sample_document, with_report
from tests.exports.sample_texts import TEXTS

# The last for the ideographs of the extensions B to F: a patient of the sample is called 𠮷田.
OWN_FONTS = {
    *(("Noto-Serif-SC", True), ("Noto-Sans-SC", True), ("Noto-Sans-SC-Bold", True)),
    ("HanaMinB-Medium", True),
}


def one_case():
    """The sample cut to its first report: quicker to lay out."""
    document = sample_document()
    return replace(document, cases=document.cases[:1])


@pytest.fixture(scope="module")
def signed():
    return render_pdf(sample_document())


@pytest.fixture(scope="module")
def draft():
    return render_pdf(sample_document(status="draft", judged=6))


def test_pdf_holds_cover_rows_reports_draw_and_readings(signed):
    document, text = sample_document(), pdf_text(signed)
    wanted = [
        "附录B评分：合格",
        "合计得分26分（满分30分）",
        document.content_hash(),
        document.anchor.hash,
        document.draw.seed,
        document.draw.list_hash,
        "任主任1001",
        *(row.content for row in document.rows),
        *(row.method for row in document.rows),
        *(case.report.accession_number for case in document.cases),
        *(case.report.impression for case in document.cases),
        *(case.outcomes[0].text for case in document.cases),
        *(item.title for row in document.rows for item in row.evidence),
        *(reading.shown for reading in document.readings),
        *document.statistics.sentences,
        document.statistics.bias,
    ]
    assert [words for words in wanted if _squeezed(words) not in text] == []


def _squeezed(words: str) -> str:
    return "".join(pdf_door.printable(words).split())


def test_pdf_fonts_are_the_projects_and_embedded(signed):
    assert pdf_fonts(signed) == OWN_FONTS


def test_pdf_shows_no_box(signed):
    assert pdf_boxes(signed) == 0


def test_pdf_unknown_characters_print_their_code_and_are_named():
    content = render_pdf(with_report(one_case(), 1, findings="𠮷田\U00030000与\U0001f600与䶮㛃堃喆昇珺玥"))
    text = pdf_text(content)
    assert "𠮷田〓(U+30000)与〓(U+1F600)与䶮㛃堃喆昇珺玥" in text
    assert "本文件所用字库缺2个字" in text
    assert (pdf_boxes(content), pdf_fonts(content)) == (0, OWN_FONTS)


def test_pdf_same_document_gives_same_bytes(signed):
    assert render_pdf(sample_document()) == signed


def test_pdf_pages_are_numbered_and_bookmarked(signed):
    reader = PdfReader(io.BytesIO(signed))
    pages = len(reader.pages)
    assert 9 <= pages <= 12
    assert f"第{pages}页共{pages}页" in "".join(reader.pages[-1].extract_text().split())
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == [
        "目　录",
        "一、放射影像检查报告质控评分表",
        "二、扣分明细",
        "三、抽查报告与评定",
        "四、抽样",
        "五、佐证材料清单",
        "六、统计与读法",
        "附录　核对方法（供信息技术人员）",
    ]


def test_pdf_signed_carries_its_workbook_and_json(signed):
    document, files = sample_document(), PdfReader(io.BytesIO(signed)).attachments
    assert files == {"packet.json": [render_json(document)], "packet.xlsx": [render_xlsx(document)]}


def test_pdf_draft_carries_no_files(draft):
    assert PdfReader(io.BytesIO(draft)).attachments == {}


def test_pdf_says_it_is_pdf_a_3u_and_every_stream_is_as_long_as_it_says(signed, draft):
    for content in (signed, draft):
        assert b'pdfaid:part="3"' in content
        assert b'pdfaid:conformance="U"' in content
        assert stream_ends(content) == {b"\r\nendstream"}


def test_pdf_dates_come_from_the_document(signed):
    meta = PdfReader(io.BytesIO(signed)).metadata
    assert (meta["/CreationDate"], meta["/Author"]) == ("D:20251020160500+08'00", "示例市第一人民医院放射科")


def test_pdf_draft_is_marked_on_every_page_and_gives_no_verdict(draft):
    reader = PdfReader(io.BytesIO(draft))
    assert all("草稿" in "".join(page.extract_text().split()) for page in reader.pages)
    text = pdf_text(draft)
    assert "附录B评分：样本不足，不作判定" in text
    assert "可能的总分14至27分" in text
    assert "评分：合格，" not in text


def test_pdf_signed_is_not_marked_draft(signed):
    assert "草稿" not in pdf_text(signed)


def test_pdf_patient_identity_is_in_no_byte(signed):
    text = pdf_text(signed)
    identities = [part for made_up in TEXTS for part in made_up.patient[:2]]
    assert [
        i for i in identities if i in text or i.encode() in signed or i.encode("utf-16-be") in signed
    ] == []


def test_pdf_hostile_texts_are_printed_and_nothing_is_fetched(monkeypatch):
    asked = []
    fetcher = pdf_door._fetcher()
    fetch = fetcher.fetch
    monkeypatch.setattr(
        fetcher, "fetch", lambda self, url, headers=None: (asked.append(url), fetch(self, url))[1]
    )
    hostile = (
        '<img src="file:///etc/passwd"><script>alert(1)</script><link rel="attachment" href="http://x.test/a">'
        '<style>@import url("http://x.test/b")</style>&lt;b&gt; {{ packet }} {% now %} =cmd|x'
    )
    content = render_pdf(with_report(one_case(), 1, findings=hostile, title=hostile))
    assert asked == ["project:/css/print.css"]
    assert "".join(hostile.split()) in pdf_text(content)
    assert b"root:" not in content
    assert set(PdfReader(io.BytesIO(content)).attachments) == {"packet.json", "packet.xlsx"}


def test_pdf_long_texts_split_over_pages_without_loss_or_overflow():
    lines = [f"段{i:03d}肝右叶见一类圆形低密度影，大小约{i}.2cm×1.0cm，边界清楚。" for i in range(150)]
    document = sample_document()
    faults = tuple(
        parts.FaultMark(
            "6.4.3.2", "参照组织", "findings", at, at + 30, "", "未指定参照组织。" * 9, "评一", True
        )
        for at in range(0, 2_400, 300)
    )
    case = replace(
        document.cases[0],
        report=replace(document.cases[0].report, findings="".join(lines), technique="T" * 600),
        description=replace(document.cases[0].description, faulty=True, faults=faults),
    )
    content = render_pdf(replace(document, cases=(case,)))
    text = pdf_text(content)
    assert [line[:4] for line in lines if line[:4] not in text] == []
    assert text.count("T" * 20) >= 1
    assert words_beyond_margins(content) == []


def test_case_page_marks_and_notes_carry_the_same_sign():
    case = next(c for c in sample_document().cases if c.report.accession_number == "CT2507150087")
    page = case_page(case)
    assert "".join(piece.text for piece in page.findings) == case.report.findings
    assert [(piece.text, piece.sign, piece.hard) for piece in page.findings if piece.sign] == [
        ("增强后未见明显强化的坏死区", "①", True)
    ]
    assert [(note.sign, note.fault.clause) for note in page.notes] == [("①", "6.4.3.4")]


def test_case_page_overlapping_marks_lose_no_text():
    case = sample_document().cases[0]
    marks = [(0, 10), (5, 8), (5, 20), (900, 999), (None, None)]
    faults = tuple(parts.FaultMark("6.4.3.7", "", "findings", a, b, "", "x", "y", True) for a, b in marks)
    page = case_page(replace(case, description=replace(case.description, faults=faults)))
    assert "".join(piece.text for piece in page.findings) == case.report.findings
    assert [piece.sign for piece in page.findings if piece.sign] == ["①", "②", "③"]
    assert [note.sign for note in page.unplaced] == ["④", "⑤"]


def test_html_empty_draft_says_no_data():
    document = replace(sample_document(status="draft", judged=0), cases=(), draw=None, replaced=())
    html = render_html(document)
    assert html.count("无数据：尚未抽取报告。") == 2
