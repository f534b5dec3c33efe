"""Institutions and departments."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from staff.conflicts.versions import RefusedError, expect_shown
from staff.departments.models import Department, Institution
from trail.chain import record


@dataclass(frozen=True)
class DepartmentValues:
    """What a department is: its code, its name, its institution and that institution's level."""

    code: str
    name: str
    institution: str
    level: str
    one_step_reporting: bool = False


@transaction.atomic
def add_department(values: DepartmentValues, *, by: Any) -> tuple[Department, bool]:
    """The department, and whether it is new: asked for again with the same values nothing changes.

    ValueError with a sentence for an unknown level, a code taken by another department, and an
    institution stored with another level (row 1.5 of Table B.1 depends on it, D-06).
    """
    _check(values)
    found = Department.objects.select_related("institution").filter(code__iexact=values.code).first()
    if found is not None:
        if values_of(found) == values:
            return found, False
        raise RefusedError(
            f"科室代码“{found.code}”已用于{found}（{found.institution.get_level_display()}）。"
            "请换一个代码；要修改该科室，请在“设置—科室”页进行。"
        )
    institution = _institution(values.institution, values.level, by)
    department = Department(institution=institution, code=values.code, name=values.name)
    department.one_step_reporting = values.one_step_reporting
    _clean(department)
    department.save()
    detail = {
        "code": values.code,
        "name": values.name,
        "institution": values.institution,
        "level": values.level,
    }
    record("staff.department_create", by=by, target=department, department=department, detail=detail)
    return department, True


@transaction.atomic
def change_department(
    department: Department, values: DepartmentValues, *, by: Any, version: str | None = None
) -> Department:
    """New values of a department; a new level holds for the whole institution. ValueError, ConflictError."""
    _check(values)
    department = Department.objects.select_related("institution").select_for_update().get(pk=department.pk)
    before = values_of(department)
    if before == values:
        return department
    expect_shown(department, vars(before), version)
    if Department.objects.exclude(pk=department.pk).filter(code__iexact=values.code).exists():
        raise RefusedError(f"科室代码“{values.code}”已用于另一个科室，请换一个代码。")
    if values.institution == before.institution:
        institution = department.institution
        if values.level != institution.level:
            institution.level = values.level
            institution.save()
    else:
        institution = _institution(values.institution, values.level, by)
    department.institution = institution
    for name in ("code", "name", "one_step_reporting"):
        setattr(department, name, getattr(values, name))
    _clean(department)
    department.save()
    pairs = {name: (getattr(before, name), getattr(values, name)) for name in before.__dataclass_fields__}
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    record(
        "staff.department_change",
        by=by,
        target=department,
        department=department,
        detail={"changed": changed},
    )
    return department


def values_of(department: Department) -> DepartmentValues:
    """A stored department as a value."""
    return DepartmentValues(
        code=department.code,
        name=department.name,
        institution=department.institution.name,
        level=department.institution.level,
        one_step_reporting=department.one_step_reporting,
    )


def _institution(name: str, level: str, by: Any) -> Institution:
    found = Institution.objects.filter(name=name).first()
    if found is None:
        found = Institution(name=name, level=level)
        _clean(found)
        found.save()
        record("staff.institution_create", by=by, target=found, detail={"name": name, "level": level})
    elif found.level != level:
        raise RefusedError(
            f"机构“{name}”已登记为{found.get_level_display()}，与所填的{Institution.Level(level).label}不一致。"
            "请核对级别；确需更改时，在“设置—科室”页修改该机构已有的科室。"
        )
    return found


def _check(values: DepartmentValues) -> None:
    if values.level not in Institution.Level.values:
        known = "、".join(f"{code}（{label}）" for code, label in Institution.Level.choices)
        raise RefusedError(f"机构级别“{values.level}”不认识，应为以下之一：{known}。")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", values.code):
        raise RefusedError(f"科室代码“{values.code}”只能用字母、数字、- 和 _，长度1至32个字符，例如 RAD。")
    blank = [
        label
        for label, text in (("科室名称", values.name), ("机构名称", values.institution))
        if not text.strip()
    ]
    if blank:
        raise RefusedError(f"{'、'.join(blank)}不能为空，请填写。")


def _clean(row: Department | Institution) -> None:
    """The model's own rules as one sentence."""
    try:
        row.clean_fields()
    except ValidationError as error:
        words = [
            f"{field.verbose_name}：{''.join(error.message_dict[field.name])}"
            for field in row._meta.fields
            if field.name in error.message_dict
        ]
        raise RefusedError("；".join(words)) from error
