"""Members and records made the short way, and a register as a workbook."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl

from staff.departments.models import Department
from staff.register.actions.memberships import record_memberships
from staff.register.actions.qualifications import add_record
from staff.register.models import Member, Qualification, SubspecialtyGroup

SCOPE = "医学影像和放射治疗专业"
SHEETS: dict[str, list[Sequence[Any]]] = {
    "医师": [
        ("工号", "姓名", "职称", "专业组", "医师资格证书编号", "医师执业证书编号", "执业范围",
         "第一阶段规培", "通过日期"),
        ("D01", "周测衡", "副主任医师", "神经", "S1", "Z1", SCOPE, "已通过", date(2009, 7, 20)),
    ],
    "技师": [("工号", "姓名", "职称", "操作设备类别"), ("J11", "吕工测", "技师", "CT、DR")],
    "放射防护培训": [
        ("工号", "姓名", "培训类别", "主办系统", "培训日期", "天数", "考核结果"),
        ("J11", "吕工测", "复训", "卫生健康", date(2026, 5, 13), 2, "合格"),
        ("J77", "无此人", "复训", "卫生健康", date(2026, 5, 13), 2, "合格"),
    ],
}  # fmt: skip


def register_file(sheets: dict[str, list[Sequence[Any]]] | None = None) -> bytes:
    """The workbook of SHEETS: one physician, one technologist, one row that is refused."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in (sheets or SHEETS).items():
        page = book.create_sheet(name)
        for line in lines:
            page.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_group(department: Department, name: str = "神经") -> SubspecialtyGroup:
    """A group without a leader."""
    return SubspecialtyGroup.objects.create(department=department, name=name)


def make_member(
    department: Department,
    number: str = "J01",
    name: str = "技师丙",
    kind: str = "technologist",
    **fields: Any,
) -> Member:
    """An entry of the register without records; in its group since the entry, or for ever."""
    member = Member.objects.create(
        department=department, staff_number=number, full_name=name, kind=kind, **fields
    )
    record_memberships([member])
    return member


def make_record(member: Member, type_: str, issued_on: date | None = None, **fields: Any) -> Qualification:
    """An approved record; what its kind needs is filled in unless the test says otherwise."""
    filled = {
        "physician_certificate": {"number": f"S-{member.staff_number}"},
        "practice_licence": {"number": f"Z-{member.staff_number}", "practice_scope": SCOPE},
        "radiation_training": {"organiser": "health"},
        "equipment_training": {"modality": "CT"},
    }.get(type_, {})
    values = {"type": type_, "issued_on": issued_on} | filled | fields
    return add_record(member, values, by=None)


def qualified_physician(department: Department, number: str = "D01", name: str = "审核乙") -> Member:
    """Somebody who may sign since 2010."""
    member = make_member(department, number, name, "physician", title="主治医师")
    for type_ in ("physician_certificate", "practice_licence", "residency_stage_one"):
        make_record(member, type_, date(2010, 7, 20))
    return member


def qualified_technologist(
    department: Department, number: str = "J01", name: str = "技师丙", *, trained_on: date = date(2026, 3, 18)
) -> Member:
    """Somebody who may operate CT, radiation training of that day."""
    member = make_member(department, number, name, modalities=["CT"], title="技师")
    make_record(member, "radiation_training", trained_on)
    make_record(member, "equipment_training", date(2016, 5, 9))
    make_record(member, "image_quality_appraisal", date(2016, 5, 9))
    return member
