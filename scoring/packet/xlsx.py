"""The packet as a workbook: 评分表 with live formulas, 十份报告, 描述问题, 抽样, 佐证材料, 人员资质, 说明."""

from datetime import UTC, datetime

from openpyxl.utils import get_column_letter

from exporting.cell_text import literal
from exporting.xlsx import CENTRE, HEAD, MIDDLE, PLAIN, STRONG, TITLE, Book, Formula, Page, Value
from scoring.content.document import PacketDocument
from scoring.content.parts import TableRow
from scoring.content.unmasked_parts import MARK
from scoring.packet.draw_chains import printed_chains
from scoring.packet.xlsx_cases import (
    CASES,
    CONCLUSION_CASE,
    DESCRIPTION_CASE,
    JUDGED,
    add_cases,
    case_columns,
    column_of,
)
from scoring.packet.xlsx_draws import SHEET, WIDTHS, add_draws
from scoring.packet.xlsx_follow_ups import (
    FOLLOW_UP_WIDTHS,
    OUTCOME_WIDTHS,
    add_follow_ups,
    add_outcomes,
)
from scoring.packet.xlsx_lists import add_draw, add_evidence, add_faults, add_notes
from scoring.packet.xlsx_live import finish, is_live, open_scores
from scoring.packet.xlsx_records import (
    CONCORDANCE_WIDTHS,
    HISTORY_WIDTHS,
    MONTH_WIDTHS,
    add_concordance,
    add_history,
    add_months,
)
from scoring.packet.xlsx_staff import STAFF_REPORT_WIDTHS, add_staff_reports, add_staffing
from scoring.packet.xlsx_unmasked import add_unmasked, head_line

_FIRST_ROW = 5  # of the rows of Table B.1 on the sheet
_REASON_CUT = 2_000


def render_xlsx(document: PacketDocument) -> bytes:
    """The packet as XLSX; the same document gives the same bytes."""
    marks = f"{document.institution.name} {document.department} {document.period.label}"
    marks += "" if document.is_final else "　草稿"
    marks = head_line(document) if document.unmasked else marks
    book = Book(
        title=f"{document.words.title} {document.period.label}",
        author=f"{document.institution.name}{document.department}",
        created=_moment(document.dated_at),
    )
    widths = (9, 26, 40, 34, 30, 8, 8, 44)
    table = book.page("评分表", widths, marks=marks)
    cases = book.page(CASES, list(case_columns(document).values()), marks=marks, across=3)
    rows = add_cases(cases, document)
    _add_table(table, document, cases.next_row - 1)
    if is_live(document):
        page = book.page("符合率", CONCORDANCE_WIDTHS, marks=marks)
        add_concordance(page, document, CASES, column_of(JUDGED), rows)
    add_faults(book.page("描述问题", (8, 18, 12, 24, 12, 44, 50, 12, 16), marks=marks), document)
    add_draw(book.page("抽样", (24, 22, 18, 20, 20, 44), marks=marks), document)
    if (chains := printed_chains(document)) is not None:
        add_draws(book.page(SHEET, WIDTHS, marks=marks), chains)
    if document.evidence is None:
        add_evidence(book.page("佐证材料", (8, 46, 14, 44, 16), marks=marks, landscape=False), document)
    else:
        add_evidence(book.page("佐证材料", (8, 46, 26, 52, 18, 36, 40), marks=marks), document)
    if document.staffing is not None:
        add_staffing(book.page("人员资质", (20, 12, 20, 14, 18, 60, 14, 10), marks=marks), document.staffing)
    if document.staffing is not None and document.staffing.checked is not None:
        add_staff_reports(book.page("人员核对", STAFF_REPORT_WIDTHS, marks=marks), document.staffing.checked)
    if document.monthly is not None:
        add_months(book.page("月度质控", MONTH_WIDTHS, marks=marks), document.monthly)
    if document.follow_ups is not None:
        add_follow_ups(book.page("随访与反馈", FOLLOW_UP_WIDTHS, marks=marks), document.follow_ups)
        add_outcomes(book.page("结局来源", OUTCOME_WIDTHS, marks=marks), document)
    if document.history is not None:
        add_history(book.page("版次", HISTORY_WIDTHS, marks=marks), document)
    add_notes(book.page("说明", (16, 40, 70, 16), marks=marks), document)
    if document.unmasked is not None:
        add_unmasked(book.page(MARK, (16, 24, 20, 30, 40), marks=marks, landscape=False), document.unmasked)
    if is_live(document):
        finish(book)
    return book.to_bytes()


def _add_table(page: Page, document: PacketDocument, last_case: int) -> None:
    words, sheet = document.words, document.sheet
    draft = "" if document.is_final else "（草稿）"
    draft = f"（{MARK}，仅限{document.unmasked.receiver}）" if document.unmasked else draft
    page.heading(f"{words.title}{draft}", TITLE)
    hospital = f"{document.institution.name}（{document.institution.level_zh}）　{document.department}"
    page.heading(f"{words.table}　{hospital}", PLAIN)
    page.heading(
        f"{document.period.label}　抽样窗口 {document.period.window_start} 至 {document.period.window_end}"
        f"　第{sheet.number}版　{sheet.status_zh}　{document.edition.number}",
        PLAIN,
    )
    head = page.add([words.columns[0], "", *words.columns[1:]], HEAD)
    page.merge(head, 1, head, 2)
    for section in document.sections:
        _add_section(page, document, section.id, section.title, last_case)
    total = page.next_row
    page.put(_FIRST_ROW, 1, words.item, CENTRE)
    page.merge(_FIRST_ROW, 1, total - 1, 1)
    _add_totals(page, document, total)
    page.repeat_head(1, head)
    if is_live(document):
        open_scores(page, document, _FIRST_ROW, score=7, reason=8)


def _add_section(page: Page, document: PacketDocument, section: str, title: str, last_case: int) -> None:
    first = page.next_row
    for row in document.rows_of(section):
        cells: list[Value] = ["", "", row.content, row.material, row.method, row.points]
        page.add(
            [*cells, _score(row, last_case, document), _reason(row)], [MIDDLE] * 5 + [CENTRE, STRONG, MIDDLE]
        )
    page.put(first, 2, title, MIDDLE)
    page.merge(first, 2, page.next_row - 1, 2)


def _score(row: TableRow, last_case: int, document: PacketDocument) -> Value:
    if row.case_points is None:
        return row.score if row.score is not None else "未评"
    name = DESCRIPTION_CASE if row.rate_points is None else CONCLUSION_CASE
    column = get_column_letter(column_of(name))
    counted = f"'{CASES}'!${column}$3:${column}${max(last_case, 3)}"
    lost = f"{row.case_points}*SUM({counted})"
    if row.rate_points is not None:
        # In whole numbers, as D-01 asks: 90 % exactly is not below.
        below = f"100*(COUNT({counted})-SUM({counted}))<{row.rate_percent}*COUNT({counted})"
        lost += f"-IF({below},{row.rate_points},0)"
    expression = f'IF(COUNT({counted})<{document.words.sample_size},"未评",MAX(0,{row.points}-{lost}))'
    return Formula(expression, row.score if row.score is not None else "未评")


def _reason(row: TableRow) -> str:
    lines = [row.reason] if row.reason else []
    lines += [f"第{case.position}份 {case.accession_number}：{case.text}" for case in row.cases]
    text = "\n".join(lines)
    return text if len(text) <= _REASON_CUT else text[:_REASON_CUT] + "…（全文见“说明”）"


def _add_totals(page: Page, document: PacketDocument, total: int) -> None:
    words, result = document.words, document.result
    scores = f"G{_FIRST_ROW}:G{total - 1}"
    count = len(document.rows)
    looks = [STRONG] * 8
    whole = Formula(
        f'IF(COUNT({scores})<{count},"—",SUM({scores}))', result.total if result.total is not None else "—"
    )
    verdict = Formula(
        f'IF(ISNUMBER(G{total}),IF(G{total}<{words.pass_line},"不合格","合格"),{literal(_open_words(document))})',
        result.verdict_zh,
    )
    page.add([words.total, "", "", "", "", words.total_points, whole, verdict], looks)
    page.merge(total, 1, total, 5)
    row = _FIRST_ROW
    for section in document.sections:
        rows = len(document.rows_of(section.id))
        part = f"G{row}:G{row + rows - 1}"
        summed = Formula(
            f'IF(COUNT({part})<{rows},"未评",SUM({part}))',
            section.score if section.score is not None else "未评",
        )
        line = page.add(
            [f"第{section.id}部分得分", "", "", "", "", section.points, summed, ""],
            [MIDDLE] * 5 + [CENTRE] * 3,
        )
        page.merge(line, 1, line, 5)
        row += rows
    page.heading(words.verdict_rule, PLAIN)
    sheet = document.sheet
    submitted = f"提交：{sheet.submitted_by or '尚未提交'} {sheet.submitted_at}"
    signed = f"签发：{sheet.signed_by or '尚未签发'} {sheet.signed_at}"
    page.heading(f"{submitted.strip()}　{signed.strip()}", PLAIN)
    typed = "描述评定、结论判定" if is_live(document) else "计例"
    page.heading(f"得分、合计与判定为公式：改动“十份报告”的{typed}或第1部分的得分，结果随之变化。", PLAIN)


def _open_words(document: PacketDocument) -> str:
    return document.result.verdict_zh if document.result.total is None else "尚有未评项目，不作判定"


def _moment(text: str) -> datetime:
    """The stated time; a document without one gets a fixed time, never the clock's."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)
