"""空白评分表: Table B.1 to be filled in; only possible points may be typed, total and verdict follow."""

import io
import json
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell

from scoring.packet.blank import render_blank_pdf, render_blank_xlsx
from scoring.sheets.domain.possible import possible_points
from standards.loader import current_edition
from tests.exports.reading import Sheets, pdf_boxes, pdf_text, words_beyond_margins
from trail.models import Event

ROWS = [f"G{row}" for row in range(7, 14)]
FULL = (2, 2, 2, 2, 2, 10, 10)


@pytest.fixture(scope="module")
def form():
    return render_blank_xlsx(current_edition())


def filled(form, points):
    sheets = Sheets(form)
    for place, value in zip(ROWS, points, strict=True):
        sheets.book["评分表"][place].value = value
    return [sheets.value("评分表", at) for at in ("G14", "H14", "G15", "G16")]


@pytest.mark.parametrize(
    ("row", "levels", "points"),
    [
        ("1.1", (), (2, 0)),
        ("1.3", (), (2, 1, 0)),
        ("1.5", ("tertiary",), (2, 0)),
        ("1.5", ("secondary",), (2,)),
        ("2.1", (), (10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)),
        ("2.2", (), (10, 9, 3, 2, 1, 0)),
    ],
)
def test_possible_points_are_those_some_ruling_gives(row, levels, points):
    sheet = current_edition().sheet
    assert possible_points(sheet.rows_by_id[row], sheet, levels) == points


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (FULL, [30, "合格", 10, 20]),
        ((2, 2, 1, 2, 2, 9, 3), [21, "合格", 9, 12]),
        ((2, 2, 1, 2, 2, 8, 3), [20, "不合格", 9, 11]),
        ((0, 0, 0, 0, 0, 0, 0), [0, "不合格", 0, 0]),
        ((2, None, 2, 2, 2, 10, 10), ["—", "尚有未评项目，不作判定", "未评", 20]),
        ((None,) * 7, ["—", "尚有未评项目，不作判定", "未评", "未评"]),
    ],
)
def test_form_total_and_verdict_follow_the_points(form, points, told):
    assert filled(form, points) == told


def test_form_keeps_the_results_its_formulas_give(form):
    sheets = Sheets(form)
    places = ("F14", "G14", "H14", "G15", "G16")
    assert [sheets.cached["评分表"][at].value for at in places] == [
        sheets.value("评分表", at) for at in places
    ]


def _is_open(cell) -> bool:
    return not isinstance(cell, MergedCell) and not cell.protection.locked


def test_form_opens_only_what_is_filled_in(form):
    page = load_workbook(io.BytesIO(form))["评分表"]
    found = {cell.coordinate for row in page.iter_rows() for cell in row if _is_open(cell)}
    facts = {f"{column}{row}" for column, row in product("BDF", (3, 4, 5))}
    assert found == facts | set(ROWS) | {place.replace("G", "H") for place in ROWS}
    assert page.protection.sheet
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules == {
        "F3": '"三级医院,二级医院,其他"',
        "D4": "0",
        "F4": "DATE(2000,1,1)",
        "G7": '"2,0"',
        "G8": '"2,0"',
        "G9": '"2,1,0"',
        "G10": '"2,0"',
        "G11": '"2,0"',
        "G12": '"10,9,8,7,6,5,4,3,2,1,0"',
        "G13": '"10,9,3,2,1,0"',
    }


def test_form_holds_the_words_of_table_b1(form):
    sheet = current_edition().sheet
    texts = {
        cell.value
        for row in load_workbook(io.BytesIO(form))["评分表"].iter_rows()
        for cell in row
        if cell.value
    }
    assert texts >= {word for row in sheet.rows for word in (row.content_zh, row.material_zh, row.method_zh)}


def test_form_is_one_sheet_of_paper_with_every_word():
    content = render_blank_pdf(current_edition())
    text = pdf_text(content)
    sheet = current_edition().sheet
    lacking = [
        row.id
        for row in sheet.rows
        for word in (row.content_zh, row.material_zh, row.method_zh)
        if "".join(word.split()) not in text
    ]
    assert ("第1页共1页" in text, lacking, pdf_boxes(content), words_beyond_margins(content)) == (
        True,
        [],
        0,
        [],
    )


def test_form_same_edition_gives_same_bytes(form):
    edition = current_edition()
    assert (render_blank_xlsx(edition), render_blank_pdf(edition)) == (form, render_blank_pdf(edition))


@pytest.mark.django_db
def test_command_writes_the_form_as_workbook_and_pdf(tmp_path, form, capsys):
    call_command("packet", "--blank", "--out", str(tmp_path))
    answer = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in answer["files"]] == ["xlsx", "pdf"]
    assert (tmp_path / "空白评分表_表B.1.xlsx").read_bytes() == form
    assert (tmp_path / "空白评分表_表B.1.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.django_db
@pytest.mark.parametrize("words", [[], ["1", "--blank"]])
def test_command_wants_a_sheet_or_the_form(tmp_path, words):
    with pytest.raises(CommandError) as refused:
        call_command("packet", *words, "--out", str(tmp_path))
    assert (refused.value.returncode, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.django_db
def test_page_offers_the_form_and_its_download_is_recorded(client, department, form):
    from tests import people

    client.force_login(people.officer(department))
    url = reverse("scoring:blank", args=["xlsx"])
    assert url in client.get(reverse("scoring:list")).content.decode()
    assert client.get(url).content == form
    assert Event.objects.get(action="scoring.download_blank").detail["kind"] == "xlsx"
