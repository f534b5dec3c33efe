"""The packet as a workbook: 评分表 with live formulas, 十份报告, 描述问题, 抽样, 佐证材料, 人员资质, 说明."""

from datetime import UTC, datetime

from openpyxl.utils import get_column_letter

from exporting.cell_text import literal
from exporting.xlsx import CENTRE, HEAD, LONG, MIDDLE, PLAIN, STRONG, TITLE, Book, Formula, Page, Value
from scoring.packet.document import PacketDocument
from scoring.packet.parts import Case, TableRow
from scoring.packet.xlsx_lists import add_draw, add_evidence, add_faults, add_notes
from scoring.packet.xlsx_staff import add_staffing

_DESCRIPTION_CASE, _CONCLUSION_CASE = "2.1计例", "2.2计例"
_CASE_COLUMNS = {
    "序号": 6, "系统": 14, "检查种类": 8, "检查号": 16, "姓名": 9, "性别": 6, "年龄": 8, "科别": 12,
    "临床诊断": 20, "检查名称": 20, "检查时间": 17, "技术参数": 34, "影像描述": 60, "诊断结论": 44,
    "报告医师": 10, "审核医师": 10, "报告时间": 17, "手术／随访结局": 40,
    "描述评定": 10, _DESCRIPTION_CASE: 8,
    "结论判定": 10, "定位": 10, "定性": 16, "差错": 8, "结论理由": 30, _CONCLUSION_CASE: 8,
    "评审医师": 24,
}  # fmt: skip
_CASES = "十份报告"
_APPEALS = "申诉"
_FIRST_ROW = 5  # of the rows of Table B.1 on the sheet
_REASON_CUT = 2_000


def render_xlsx(document: PacketDocument) -> bytes:
    """The packet as XLSX; the same document gives the same bytes."""
    marks = f"{document.institution.name} {document.department} {document.period.label}"
    marks += "" if document.is_final else "　草稿"
    book = Book(
        title=f"{document.words.title} {document.period.label}",
        author=f"{document.institution.name}{document.department}",
        created=_moment(document.generated.at),
    )
    widths = (9, 26, 40, 34, 30, 8, 8, 44)
    table = book.page("评分表", widths, marks=marks)
    cases = book.page(_CASES, list(_case_columns(document).values()), marks=marks, across=3)
    last = _add_cases(cases, document)
    _add_table(table, document, last)
    add_faults(book.page("描述问题", (8, 18, 12, 24, 12, 44, 50, 12, 16), marks=marks), document)
    add_draw(book.page("抽样", (24, 22, 18, 20, 20, 44), marks=marks), document)
    if document.evidence is None:
        add_evidence(book.page("佐证材料", (8, 46, 14, 44, 16), marks=marks, landscape=False), document)
    else:
        add_evidence(book.page("佐证材料", (8, 46, 26, 52, 18, 36, 40), marks=marks), document)
    if document.staffing is not None:
        add_staffing(book.page("人员资质", (20, 12, 20, 14, 18, 60, 14, 10), marks=marks), document.staffing)
    add_notes(book.page("说明", (16, 40, 70, 16), marks=marks), document)
    return book.to_bytes()


def _add_table(page: Page, document: PacketDocument, last_case: int) -> None:
    words, sheet = document.words, document.sheet
    draft = "" if document.is_final else "（草稿）"
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
    name = _DESCRIPTION_CASE if row.rate_points is None else _CONCLUSION_CASE
    column = get_column_letter(list(_CASE_COLUMNS).index(name) + 1)
    counted = f"'{_CASES}'!${column}$3:${column}${max(last_case, 3)}"
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
    page.heading("得分、合计与判定为公式：改动“十份报告”的计例或第1部分的得分，结果随之变化。", PLAIN)


def _open_words(document: PacketDocument) -> str:
    return document.result.verdict_zh if document.result.total is None else "尚有未评项目，不作判定"


def _add_cases(page: Page, document: PacketDocument) -> int:
    page.heading(f"抽查报告与评定　{document.period.label}", TITLE)
    columns = _case_columns(document)
    page.add(list(columns), HEAD)
    page.repeat_head(1, 2)
    for case in document.cases:
        told = [_appeals(case)] if _APPEALS in columns else []
        page.add([*_case_cells(case), *told], LONG)
    return page.next_row - 1


def _case_columns(document: PacketDocument) -> dict[str, int]:
    """With a column of appeals where there are any: workbooks of before stay as they were signed."""
    return _CASE_COLUMNS | ({_APPEALS: 50} if any(case.appeals for case in document.cases) else {})


def _appeals(case: Case) -> str:
    return "\n".join(line.sentence for line in case.appeals or ())


def _case_cells(case: Case) -> list[Value]:
    report, description, conclusion = case.report, case.description, case.conclusion
    outcomes = "\n".join(f"{o.kind} {o.observed_on} {o.text}" for o in case.outcomes)
    return [
        case.position,
        case.system_zh,
        case.modality,
        report.accession_number,
        report.patient_name,
        report.sex,
        report.age,
        report.requesting_department,
        report.clinical_diagnosis,
        report.examination_name,
        report.examined_at,
        report.technique,
        report.findings,
        report.impression,
        report.reporting_physician,
        report.reviewing_physician,
        report.reported_at,
        outcomes,
        description.zh,
        _counted(description.faulty),
        conclusion.judgement_zh,
        conclusion.localisation_zh,
        conclusion.characterisation_zh,
        conclusion.error_kind_zh,
        conclusion.reason,
        _counted(conclusion.discordant),
        "\n".join(f"{line.reader_zh} {line.assessor}" for line in case.assessors),
    ]


def _counted(lost: bool | None) -> Value:
    return "未评" if lost is None else int(lost)


def _moment(text: str) -> datetime:
    """The stated time; a document without one gets a fixed time, never the clock's."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)
