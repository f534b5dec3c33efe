"""An empty workbook for each kind of import: its columns in order, lists for coded fields, an example, notes.

    template_workbook(kind) -> bytes

The importer reads it without questions. The number in the example row is a placeholder, so that an example
left in the file is refused by name and never becomes a report.
"""

from datetime import datetime

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from exporting.xlsx import HEAD, TEXT, Book, Page
from reports.imports.domain.vocabulary import VOCABULARY
from reports.imports.models import ImportSource
from reports.imports.page.columns import labels as labels_of
from reports.intake.labels import LABELS_OF, NEEDED
from staff.intake import unknown as register

_MADE = datetime(2025, 9, 8)  # fixed: the same template is the same file
_LAST_ROW = 2000
_LONG = ("findings", "impression", "text", "content", "clinical_question")
# In the order of Table A.1, then what the standard asks for beside it.
_FIELDS = {
    "reports": (
        *("accession_number", "patient_id", "patient_name", "sex", "age", "birth_on", "patient_class"),
        *("requesting_department", "clinical_diagnosis", "surgical_history", "examination_name", "modality"),
        *("body_part", "examined_at", "technique", "findings", "impression", "reporting_physician"),
        *("reviewing_physician", "reported_at", "signed_by", "signature_method", "signed_at"),
        *("last_modified_by", "last_modified_at", "modification_kind", "operator", "report_status"),
    ),
    "outcomes": tuple(LABELS_OF["outcomes"]),
    "requests": tuple(name for name in LABELS_OF["requests"] if name != "age_unit"),
    "alerts": (
        *("accession_number", "content", "found_at", "notified_at", "notified_by"),
        *("receiving_department", "received_by"),
    ),
    # One row a certificate; a person's first row says who it is.
    "staff": (
        *("staff_number", "full_name", "person_kind", "title", "group", "entered_on", "left_on"),
        *("record_type", "number", "trained_on", "valid_until", "result", "practice_scope", "organiser"),
        *("modalities", "device_model", "remark"),
    ),
}
_NEEDED = NEEDED | {"staff": (("staff_number",), ("full_name",))}
_OFFERED = {**VOCABULARY, **register.VOCABULARY}
_EXAMPLE = {
    "accession_number": "示例",
    "request_number": "示例",
    "patient_id": "示例",
    "patient_name": "张某",
    "sex": "男",
    "age": "45岁",
    "birth_on": "1980-03-05",
    "patient_class": "门诊",
    "requesting_department": "呼吸科",
    "clinical_diagnosis": "咳嗽待查",
    "surgical_history": "无手术史",
    "examination_name": "胸部CT平扫",
    "modality": "CT",
    "body_part": "胸部",
    "examined_at": "2025-09-08 09:30",
    "technique": "层厚5 mm，平扫",
    "findings": "双肺纹理清晰，未见实变影。",
    "impression": "胸部CT平扫未见异常。",
    "reporting_physician": "李某",
    "reviewing_physician": "王某",
    "reported_at": "2025-09-08 10:24",
    "signed_by": "王某",
    "signature_method": "电子签名",
    "signed_at": "2025-09-08 10:30",
    "last_modified_by": "王某",
    "last_modified_at": "2025-09-08 10:20",
    "modification_kind": "内容修改",
    "operator": "赵某",
    "report_status": "已审核",
    "examined_on": "2025-09-08",
    "kind": "手术病理",
    "observed_on": "2025-09-20",
    "text": "待病理结果",  # means that the outcome is pending: the example row is refused
    "recorded_by": "钱某",
    "clinical_question": "排除肺炎",
    "requested_examination": "胸部CT平扫",
    "requested_at": "2025-09-08 08:50",
    "content": "右侧张力性气胸",
    "found_at": "2025-09-08 09:40",
    "notified_at": "2025-09-08 09:45",
    "notified_by": "李某",
    "receiving_department": "急诊科",
    "received_by": "孙某",
    "staff_number": "示例",  # no number: the example row is refused
    "full_name": "张某",
    "person_kind": "医师",
    "group": "胸部组",
    "entered_on": "2015-07-01",
    "left_on": "",
    "record_type": "医师执业证书",
    "number": "110110000012345",
    "trained_on": "2015-08-01",
    "valid_until": "",
    "result": "合格",
    "practice_scope": "医学影像和放射治疗专业",
    "organiser": "",
    "modalities": "CT",
    "device_model": "",
    "remark": "",
    "title": "主治医师",
}


def template_workbook(kind: str) -> bytes:
    """The template of a kind of import as an XLSX file."""
    fields, labels = _FIELDS[kind], labels_of(kind)
    title = ImportSource.Kind(kind).label
    book = Book(title=f"{title}导入模板", author="放射影像检查报告质控平台", created=_MADE)
    page = book.page(title, [32 if name in _LONG else 16 for name in fields])
    page.add([labels[name] for name in fields], HEAD)
    page.add([_EXAMPLE[name] for name in fields], TEXT)
    for place, name in enumerate(fields, start=1):
        # As text, so that leading zeros and the last digits of long numbers are preserved.
        page.sheet.column_dimensions[get_column_letter(place)].number_format = "@"
        if _OFFERED.get(name):
            _offer(page, place, _OFFERED[name])
    _notes(book, kind)
    return book.to_bytes()


def _offer(page: Page, place: int, words: tuple[str, ...]) -> None:
    column = get_column_letter(place)
    rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    rule.error, rule.showErrorMessage = "请从列表中选择。", True
    rule.add(f"{column}2:{column}{_LAST_ROW}")
    page.sheet.add_data_validation(rule)


def _notes(book: Book, kind: str) -> None:
    """One sentence a column, in one cell and without a colon: no reader takes it for a table or a form."""
    page = book.page("说明", (110,))
    page.add(["填写说明"], HEAD)
    for name in _FIELDS[kind]:
        offered = _OFFERED.get(name)
        words = f"从“{'、'.join(offered)}”中选择" if offered else "填文字"
        example = f"，例如“{_EXAMPLE[name]}”" if _EXAMPLE[name] else ""
        page.add([f"“{labels_of(kind)[name]}”一列{_need(name, kind)}，{words}{example}。"], TEXT)
    page.add(["第2行是示例，导入前请删除；未删除时这一行会被拒收。"], TEXT)


def _need(name: str, kind: str) -> str:
    group = next((g for g in _NEEDED[kind] if name in g), ())
    if len(group) == 1 or name in ("findings", "impression"):
        return "必填"
    return "至少填一项" if group else "选填"
