"""The packet's sheet 十份报告: a case a row, its report and rulings, and what of them costs a point."""

from exporting.xlsx import HEAD, LONG, TITLE, Page, Value
from exporting.xlsx_typing import filter_rows
from scoring.content.document import PacketDocument
from scoring.content.parts import Case
from scoring.packet.case_pages import assessor_line
from scoring.packet.xlsx_live import conclusion_count, description_count, is_live, open_rulings

DESCRIPTION_CASE, CONCLUSION_CASE = "2.1计例", "2.2计例"
_CASE_COLUMNS = {
    "序号": 6, "系统": 14, "检查种类": 8, "检查号": 16, "姓名": 9, "性别": 6, "年龄": 8, "科别": 12,
    "临床诊断": 20, "检查名称": 20, "检查时间": 17, "技术参数": 34, "影像描述": 60, "诊断结论": 44,
    "报告医师": 10, "审核医师": 10, "报告时间": 17, "手术／随访结局": 40,
    "描述评定": 10, DESCRIPTION_CASE: 8,
    "结论判定": 10, "定位": 10, "定性": 16, "差错": 8, "结论理由": 30, CONCLUSION_CASE: 8,
    "评审医师": 24,
}  # fmt: skip
CASES = "十份报告"
_APPEALS, _OPINIONS = "申诉", "评审意见"
_DESCRIBED, JUDGED = "描述评定", "结论判定"


def column_of(name: str) -> int:
    """The number of a column that every packet has."""
    return list(_CASE_COLUMNS).index(name) + 1


def add_cases(page: Page, document: PacketDocument) -> list[int]:
    """The row of each case."""
    page.heading(f"抽查报告与评定　{document.period.label}", TITLE)
    columns = case_columns(document)
    page.add(list(columns), HEAD)
    page.repeat_head(1, 2)
    rows = []
    for case in document.cases:
        cells = _case_cells(case)
        if is_live(document):
            _make_live(cells, page.next_row, case)
        extra = [_opinions(case)] if _OPINIONS in columns else []
        extra += [_appeals(case)] if _APPEALS in columns else []
        rows.append(page.add([*cells, *extra], LONG))
    if is_live(document):
        open_rulings(page, rows, column_of(_DESCRIBED), column_of(JUDGED))
        filter_rows(page, 2, len(columns))
    return rows


def _make_live(cells: list[Value], row: int, case: Case) -> None:
    """What costs a point follows the rulings beside it."""
    cells[column_of(DESCRIPTION_CASE) - 1] = description_count(column_of(_DESCRIBED), row, case)
    cells[column_of(CONCLUSION_CASE) - 1] = conclusion_count(column_of(JUDGED), row, case)


def case_columns(document: PacketDocument) -> dict[str, int]:
    """Columns including those of later schemas; older workbooks stay as they were signed."""
    extra = {_OPINIONS: 60} if is_live(document) else {}
    return _CASE_COLUMNS | extra | ({_APPEALS: 50} if any(case.appeals for case in document.cases) else {})


def _opinions(case: Case) -> str:
    return "\n".join(assessor_line(line) for line in case.assessors)


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
