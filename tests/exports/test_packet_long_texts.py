"""Texts far longer than usual: nothing is cut off, lines stay lines, and Table B.1 keeps to one sheet."""

import io
from dataclasses import replace

from pypdf import PdfReader

from scoring.content import parts
from scoring.packet.pdf import case_page, render_pdf, table_lines
from tests.exports.reading import pdf_text, words_beyond_margins
from tests.exports.sample import sample_document, with_report
from tests.exports.sample_unmasked import unmasked_document
from tests.exports.sealed import sealed_document


def with_reasons(text: str):
    document = sample_document()
    return replace(document, rows=tuple(replace(row, reason=text) for row in document.rows))


def test_clinical_diagnosis_of_many_lines_is_printed_whole_line_by_line():
    lines = [f"{number}、高血压病{number}级（极高危），2型糖尿病伴周围血管病变；" for number in range(1, 81)]
    content = render_pdf(with_report(sample_document(), 3, clinical_diagnosis="\n".join(lines)))
    text = pdf_text(content)
    assert [line for line in lines if line not in text] == []
    assert words_beyond_margins(content) == []
    printed = [
        line for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().split("\n")
    ]
    assert sum("型糖尿病伴周围血管病变；" in line for line in printed) == len(lines)


def test_clinical_diagnosis_of_one_line_stays_beside_the_department():
    assert [case_page(case).diagnosis_is_long for case in sample_document().cases] == [False] * 10


def test_table_b1_with_long_reasons_keeps_to_one_sheet():
    content = render_pdf(with_reasons("三级医院未设亚专业组，人员名册与制度不一致，已列入整改。" * 12))
    wide = [
        page for page in PdfReader(io.BytesIO(content)).pages if page.mediabox.width > page.mediabox.height
    ]
    assert len(wide) == 1


def test_reasons_that_fit_the_sheet_are_printed_whole():
    assert not any(line.cut for line in table_lines(sample_document()))


def test_longest_names_of_hospital_and_department_stay_on_the_paper_of_every_page():
    document = sample_document()
    longest = {"institution": replace(document.institution, name="W" * 100), "department": "放射" * 30}
    assert words_beyond_margins(render_pdf(replace(document, **longest))) == []
    unmasked = unmasked_document(replace(sealed_document(), **longest))
    assert words_beyond_margins(render_pdf(unmasked)) == []


def test_rulings_run_over_a_page_only_when_their_text_is_long():
    case = sample_document().cases[0]
    outcome = parts.OutcomeFact("手术病理", "2025-10-01", "胆囊壁慢性炎，局灶肌层增厚。" * 100, "测一鸣 1007")
    assert case_page(case).tall_rows == frozenset()
    assert case_page(replace(case, outcomes=(outcome,))).tall_rows == {"outcomes"}
