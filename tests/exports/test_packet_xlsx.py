"""The packet's workbook read back: values, live sums worked out afresh, and what it must not hold."""

import csv
import io
import re
import shutil
import subprocess
import zipfile

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from scoring.packet.xlsx import render_xlsx
from tests.exports.reading import Sheets
from tests.exports.sample import sample_document, with_report
from tests.exports.sample_texts import TEXTS

NUMBERS = tuple(text.number for text in TEXTS)
ROWS = [f"G{row}" for row in range(5, 12)]
TOTAL, VERDICT, SECTIONS = "G12", "H12", ("G13", "G14")


@pytest.fixture(scope="module")
def signed():
    return render_xlsx(sample_document())


def test_workbook_has_the_six_sheets_in_order(signed):
    names = ["评分表", "十份报告", "描述问题", "抽样", "佐证材料", "说明"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(signed)).sheet_names == names


@pytest.mark.parametrize(
    ("faulty", "discordant"), [(0, 0), (1, 1), (3, 2), (2, 2), (9, 3), (10, 4), (0, 5), (10, 10)]
)
def test_formulas_worked_out_give_the_documents_points(faulty, discordant):
    document = sample_document(faulty=NUMBERS[:faulty], discordant=NUMBERS[:discordant])
    sheets = Sheets(render_xlsx(document))
    assert [sheets.value("评分表", at) for at in ROWS] == [row.score for row in document.rows]
    assert [sheets.value("评分表", at) for at in SECTIONS] == [s.score for s in document.sections]
    assert sheets.value("评分表", TOTAL) == document.result.total
    assert sheets.value("评分表", VERDICT) == document.result.verdict_zh


@pytest.mark.parametrize(
    ("judged", "states"), [(10, {}), (9, {}), (0, {}), (10, {"1.2": None}), (10, {"1.1": "absent"})]
)
def test_formula_results_kept_in_the_file_are_those_worked_out(judged, states):
    document = sample_document(status="draft", judged=judged, states=states)
    sheets = Sheets(render_xlsx(document))
    places = [*ROWS, TOTAL, VERDICT, *SECTIONS]
    kept = [sheets.cached["评分表"][at].value for at in places]
    assert kept == [sheets.value("评分表", at) for at in places]


def test_formulas_follow_when_a_ruling_is_changed_by_hand(signed):
    sheets = Sheets(signed)
    sheets.book["十份报告"]["Z3"].value = 1
    assert [sheets.value("评分表", at) for at in ("G11", TOTAL, VERDICT)] == [3, 20, "不合格"]


def test_values_read_back_are_the_documents(signed):
    document = sample_document()
    book = load_workbook(io.BytesIO(signed))
    cases = book["十份报告"]
    found = [(row[0].value, row[3].value, row[12].value, row[13].value) for row in cases.iter_rows(3, 12)]
    assert found == [
        (c.position, c.report.accession_number, c.report.findings, c.report.impression)
        for c in document.cases
    ]
    listed = {cell.value for cell in book["抽样"]["A"]}
    assert listed >= {entry["accession_number"] for entry in document.draw.document["list"]}
    assert [row[1].value for row in book["佐证材料"].iter_rows(3)] == [
        item.title for row in document.rows for item in row.evidence
    ]
    faults = [(row[2].value, row[6].value) for row in book["描述问题"].iter_rows(3)]
    assert faults == [(f.clause, f.reason) for c in document.cases for f in c.description.faults]


def test_hostile_texts_stay_text():
    hostile = "=cmd|'/c calc'!A1"
    content = render_xlsx(
        with_report(sample_document(), 1, findings=hostile, impression="@SUM(1)", technique="-1分")
    )
    cells = [cell for row in load_workbook(io.BytesIO(content))["十份报告"].iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    found = {cell.value: (cell.data_type, cell.quotePrefix) for cell in cells}
    assert [found[text] for text in (hostile, "@SUM(1)", "-1分")] == [("s", True)] * 3


def test_long_text_goes_on_in_the_next_row():
    text = "肝脏形态正常。" * 9_000
    content = render_xlsx(with_report(sample_document(), 1, findings=text))
    rows = list(load_workbook(io.BytesIO(content))["十份报告"].iter_rows(3, values_only=True))
    assert (rows[0][0], rows[1][0], rows[2][0]) == (1, "（续上行）", 2)
    assert rows[0][12] + rows[1][12] == text
    sheets = Sheets(content)
    assert sheets.value("评分表", TOTAL) == 26


def test_workbook_same_document_gives_same_bytes(signed):
    assert render_xlsx(sample_document()) == signed


def test_workbook_patient_identity_is_in_no_byte(signed):
    with zipfile.ZipFile(io.BytesIO(signed)) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist())
    identities = [part for made_up in TEXTS for part in made_up.patient[:2]]
    assert [identity for identity in identities if identity in text] == []


def test_workbook_draft_is_marked_and_gives_no_verdict():
    sheets = Sheets(render_xlsx(sample_document(status="draft", judged=6)))
    assert sheets.book["评分表"]["A1"].value == "放射影像检查报告质控评分表（草稿）"
    assert (sheets.value("评分表", TOTAL), sheets.value("评分表", VERDICT)) == ("—", "样本不足，不作判定")


def test_workbook_prints_on_a4_with_page_numbers(signed):
    for sheet in load_workbook(io.BytesIO(signed)).worksheets:
        across = 3 if sheet.title == "十份报告" else 1
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, across)
        assert sheet.oddFooter.right.text == "第 &P 页　共 &N 页"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="soffice is not installed")
@pytest.mark.parametrize(
    ("discordant", "judged", "total", "verdict"),
    [(1, 10, "26", "合格"), (2, 10, "20", "不合格"), (0, 9, "—", "样本不足，不作判定")],
)
def test_libreoffice_works_out_the_documents_total(tmp_path, discordant, judged, total, verdict):
    document = sample_document(status="draft", judged=judged, discordant=NUMBERS[:discordant])
    (tmp_path / "packet.xlsx").write_bytes(_without_results(render_xlsx(document)))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to"]
    command += ["csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", tmp_path, tmp_path / "packet.xlsx"]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    rows = list(csv.reader((tmp_path / "packet.csv").open(encoding="utf-8")))
    line = next(row for row in rows if row and row[0] == "合计得分")
    assert line[6:8] == [total, verdict]


def _without_results(content: bytes) -> bytes:
    """The workbook without the results kept beside its formulas: whoever opens it must work them out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", source.read(name)))
    return out.getvalue()
