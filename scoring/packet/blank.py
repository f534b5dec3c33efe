"""空白评分表: Table B.1 to be filled in by hand or on the screen, straight from the edition; names nobody.

The workbook works out total and verdict as points are typed; 未评 rows leave both open, as on the sheet page.
"""

from datetime import UTC, datetime

from django.template.loader import render_to_string

from exporting.pdf import html_to_pdf, printable
from exporting.xlsx import CENTRE, HEAD, MIDDLE, PLAIN, STRONG, TITLE, Book, Formula, Look, Page, Value
from exporting.xlsx_typing import lock, open_cell, open_choices, open_day, open_whole, print_whole
from scoring.packet.agreement import sheet_words
from scoring.sheets.domain.possible import possible_points
from standards.edition import Edition
from standards.scoresheet import SheetSection

_WIDTHS = (9, 26, 40, 34, 30, 8, 8, 44)
_MADE = datetime(
    1980, 1, 1, tzinfo=UTC
)  # a form has no moment of its own; the clock's would change its bytes
_LEVELS = ("三级医院", "二级医院", "其他")
_HEAD_ROW, _FIRST_ROW = 6, 7
_SCORE, _REASON = 7, 8
_TO_FILL = "＿" * 8
_INPUT = Look(across="center", down="center", fill="FFFFFBE6")
_INPUT_SCORE = Look(face="黑体", size=12, bold=True, across="center", down="center", fill="FFFFFBE6")
_INPUT_TEXT = Look(down="center", fill="FFFFFBE6")


def render_blank_xlsx(edition: Edition) -> bytes:
    """The form as XLSX; the same edition gives the same bytes."""
    words = sheet_words(edition)
    book = Book(title=f"{words.title}（空白）", author=edition.number_zh, created=_MADE)
    page = book.page("评分表", _WIDTHS, marks=f"{edition.number_zh}　{words.table}")
    page.heading(words.title, TITLE)
    page.heading(f"{words.table}　{edition.number_zh}《{edition.title_zh}》", PLAIN)
    _add_facts(page)
    page.add([words.columns[0], "", *words.columns[1:]], HEAD)
    page.merge(_HEAD_ROW, 1, _HEAD_ROW, 2)
    page.repeat_head(1, _HEAD_ROW)
    for section in edition.sheet.sections:
        _add_section(page, edition, section)
    total = page.next_row
    page.put(_FIRST_ROW, 1, words.item, CENTRE)
    page.merge(_FIRST_ROW, 1, total - 1, 1)
    _add_totals(page, edition, total)
    _open_scores(page, edition)
    print_whole(page)
    lock(page)
    return book.to_bytes()


def _add_facts(page: Page) -> None:
    """Whose sheet it is: three lines of a name and an open cell."""
    looks = [CENTRE, _INPUT, CENTRE, _INPUT, CENTRE, _INPUT, _INPUT, _INPUT]
    page.add(["机构", "", "科室", "", "机构级别", "", "", ""], looks)
    page.add(["期间", "", "抽查份数", "", "检查日期", "", "", ""], looks)
    page.add(["检查专家", "", "科主任", "", "备注", "", "", ""], looks)
    for row in (3, 4, 5):
        page.merge(row, 6, row, 8)
        for column in (2, 4, 6):
            open_cell(page, row, column)
    open_choices(page, [(3, 6)], _LEVELS, f"机构级别只能是：{'、'.join(_LEVELS)}。")
    open_whole(page, [(4, 4)], 0, 10_000, "抽查份数为整数。")
    open_day(page, (4, 6), "检查日期请写成 2026-09-30。")


def _add_section(page: Page, edition: Edition, section: SheetSection) -> None:
    first = page.next_row
    for row in edition.sheet.section_rows(section.id):
        cells: list[Value] = ["", "", row.content_zh, row.material_zh, row.method_zh, row.points, "", ""]
        page.add(cells, [MIDDLE] * 5 + [CENTRE, _INPUT_SCORE, _INPUT_TEXT])
    page.put(first, 2, section.title_zh, MIDDLE)
    page.merge(first, 2, page.next_row - 1, 2)


def _add_totals(page: Page, edition: Edition, total: int) -> None:
    words, rows = sheet_words(edition), len(edition.sheet.rows)
    scores = f"G{_FIRST_ROW}:G{total - 1}"
    whole = Formula(f'IF(COUNT({scores})<{rows},"—",SUM({scores}))', "—")
    verdict = Formula(
        f'IF(ISNUMBER(G{total}),IF(G{total}<{words.pass_line},"不合格","合格"),"尚有未评项目，不作判定")',
        "尚有未评项目，不作判定",
    )
    points = Formula(f"SUM(F{_FIRST_ROW}:F{total - 1})", words.total_points)
    page.add([words.total, "", "", "", "", points, whole, verdict], STRONG)
    page.merge(total, 1, total, 5)
    row = _FIRST_ROW
    for section in edition.sheet.sections:
        last = row + len(edition.sheet.section_rows(section.id)) - 1
        part = f"G{row}:G{last}"
        summed = Formula(f'IF(COUNT({part})<{last - row + 1},"未评",SUM({part}))', "未评")
        line = page.add(
            [f"第{section.id}部分得分", "", "", "", "", section.points, summed, ""],
            [MIDDLE] * 5 + [CENTRE] * 3,
        )
        page.merge(line, 1, line, 5)
        row = last + 1
    page.heading(words.verdict_rule, PLAIN)
    page.heading("只有浅黄色的格可以填写；得分从下拉列表中选择，合计与判定自动算出。", PLAIN)


def _open_scores(page: Page, edition: Edition) -> None:
    for at, row in enumerate(edition.sheet.rows, start=_FIRST_ROW):
        choices = possible_points(row, edition.sheet)
        listed = "、".join(map(str, choices))
        open_choices(page, [(at, _SCORE)], choices, f"{row.id}行的得分只能是：{listed}。")
        open_cell(page, at, _REASON)


def render_blank_pdf(edition: Edition) -> bytes:
    """The form as PDF, one landscape sheet; the same edition gives the same bytes."""
    sheet = edition.sheet
    sections = tuple(
        (section, row, place == 0, len(sheet.section_rows(section.id)))
        for section in sheet.sections
        for place, row in enumerate(sheet.section_rows(section.id))
    )
    context = {"edition": edition, "words": sheet_words(edition), "rows": sections, "fill": _TO_FILL}
    html = printable(render_to_string("scoring/pdf/blank.html", context))
    return html_to_pdf(html, identifier=f"blank-{edition.id}", tagged=True)
