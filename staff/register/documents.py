"""The register as the workbook it is imported from: importing it again changes nothing.

    register_workbook(department, *, made_at) -> bytes

The first columns of each sheet are the usual ones in the usual order; other stored columns follow. Texts
are written by `exporting.xlsx` only, days as 2025-09-08.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from exporting.xlsx import HEAD, TEXT, Book
from staff.departments.models import Department
from staff.register.models import Member, Qualification
from staff.register.qualification_rules import qualification_rules

_PHYSICIANS = (
    "工号",
    "姓名",
    "职称",
    "专业组",
    "医师资格证书编号",
    "医师执业证书编号",
    "执业类别",
    "执业范围",
    *("第一阶段规培", "通过日期", "视同通过依据", "入职日期", "认定人", "离职日期"),
)
_TECHNOLOGISTS = ("工号", "姓名", "职称", "操作设备类别", "专业组", "入职日期", "离职日期")
_RADIATION = (
    "工号",
    "姓名",
    "培训类别",
    "主办系统",
    "培训日期",
    "天数",
    "考核结果",
    "培训名称",
    "证书编号",
    "发证机构",
)
_EQUIPMENT = (
    "工号",
    "姓名",
    "设备类别",
    "设备型号",
    "培训日期",
    "带教人",
    "考核结果",
    "证书编号",
    "发证机构",
)
_OTHERS = (
    "工号",
    "姓名",
    "资质类别",
    "证书编号",
    "发证机构",
    "取得日期",
    "有效期至",
    "结果",
    "设备类别",
    "设备型号",
)
_RESIDENCY = {"passed": "已通过", "deemed": "视同通过", "failed": "未通过", "": ""}
_RESULTS = {"passed": "合格", "deemed": "视同通过", "failed": "不合格", "": ""}
_ORGANISERS = {"health": "卫生健康", "ecology": "生态环境", "": ""}
_COURSES = {"initial": "上岗前", "refresher": "复训", "": ""}
_OWN_SHEETS = (
    *("physician_certificate", "practice_licence", "residency_stage_one"),
    *("radiation_training", "equipment_training"),
)

Line = Sequence[Any]


def register_workbook(department: Department, *, made_at: datetime) -> bytes:
    """Every member and every approved record of the department; two queries."""
    members = list(Member.objects.filter(department=department).select_related("group"))
    records: dict[int, list[Qualification]] = defaultdict(list)
    for record in Qualification.objects.approved().filter(member__in=members).order_by("issued_on", "id"):
        records[record.member_id].append(record)
    physicians = [m for m in members if m.kind == Member.Kind.PHYSICIAN]
    technologists = [m for m in members if m.kind == Member.Kind.TECHNOLOGIST]
    book = Book(title=f"{department}人员登记表", author="qcportal", created=made_at)
    _sheet(book, "医师", _PHYSICIANS, (_physician(m, records[m.pk]) for m in physicians))
    _sheet(book, "技师", _TECHNOLOGISTS, map(_technologist, technologists))
    _sheet(book, "放射防护培训", _RADIATION, _of_type(members, records, "radiation_training", _radiation))
    _sheet(book, "设备操作培训", _EQUIPMENT, _of_type(members, records, "equipment_training", _equipment))
    others = [_other(m, r) for m in members for r in records[m.pk] if r.type not in _OWN_SHEETS]
    if others:
        _sheet(book, "其他资质", _OTHERS, others)
    return book.to_bytes()


def _sheet(book: Book, name: str, heads: Sequence[str], lines: Iterable[Line]) -> None:
    rows = [[_text(value) for value in line] for line in lines]
    table = [list(heads), *rows]
    page = book.page(name, [min(40, 2 + max(_width(row[i]) for row in table)) for i in range(len(heads))])
    page.add(list(heads), HEAD)
    page.repeat_head(1, 1)
    for row in rows:
        page.add(row, TEXT)


def _of_type(
    members: Iterable[Member],
    records: dict[int, list[Qualification]],
    code: str,
    line: Callable[[Qualification], Line],
) -> Iterable[Line]:
    return ((m.staff_number, m.full_name, *line(r)) for m in members for r in records[m.pk] if r.type == code)


def _physician(member: Member, records: list[Qualification]) -> Line:
    # One line a person: of several certificates of a kind the last one.
    last = {record.type: record for record in records}
    certificate, licence = last.get("physician_certificate"), last.get("practice_licence")
    residency = last.get("residency_stage_one")
    return (
        member.staff_number,
        member.full_name,
        member.title,
        member.group and member.group.name,
        certificate and certificate.number,
        licence and licence.number,
        licence and licence.practice_category,
        licence and licence.practice_scope,
        residency and _RESIDENCY[residency.result],
        residency and residency.issued_on,
        residency and residency.basis,
        member.entered_on,
        residency and residency.basis_approver,
        member.left_on,
    )


def _technologist(member: Member) -> Line:
    group = member.group and member.group.name
    kinds = "、".join(member.modalities)
    return (
        *(member.staff_number, member.full_name, member.title, kinds),
        *(group, member.entered_on, member.left_on),
    )


def _radiation(record: Qualification) -> Line:
    return (
        # A course that is neither of the two is known by its own name, as it came.
        *(_COURSES[record.course] or record.course_name, _ORGANISERS[record.organiser]),
        *(record.issued_on, record.days, _RESULTS[record.result], record.course_name),
        *(record.number, record.issuer),
    )


def _equipment(record: Qualification) -> Line:
    return (
        *(record.modality, record.device_model, record.issued_on, record.trainer),
        *(_RESULTS[record.result], record.number, record.issuer),
    )


def _other(member: Member, record: Qualification) -> Line:
    name = qualification_rules().by_code[record.type].name_zh
    return (
        *(member.staff_number, member.full_name, name, record.number, record.issuer, record.issued_on),
        *(record.valid_until, _RESULTS[record.result], record.modality, record.device_model),
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0xFF else 1 for character in text)
