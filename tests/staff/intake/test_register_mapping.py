"""A person's mapping of a register: headers nobody knows, codes, and what holds for every row."""

import pytest

from spreadsheets import FileRefused, sheets_of
from staff.intake.labels import LABELS, label_of
from staff.intake.mapping import RegisterMapping
from staff.intake.register import read_register, tables_in
from staff.intake.synonyms import SYNONYMS
from staff.intake.unknown import unknown_values, vocabulary
from tests.staff.registers import workbook

TYPES = {"放射防护培训": "radiation_training", "电子签名证书": "electronic_signature"}
CODED = {
    "名册": [
        ("甲", "乙", "丙", "丁", "戊"),
        ("D01", "周测衡", "01", "K1", "2020-01-02"),
        ("J11", "吕工测", "02", "K2", "2021-01-02"),
        ("H21", "护甲测", "09", "K3", "2022-01-02"),
        ("J12", "欧工测", "02", "K2", ""),
    ]
}
COLUMNS = {"甲": "staff_number", "乙": "full_name", "丙": "person_kind", "丁": "title", "戊": "entered_on"}
VALUES = {
    "person_kind": {"01": "医师", "02": "技师", "09": None},
    "title": {"K1": "主治医师", "K2": "技师"},
}


def read(sheets, *mapping):
    return read_register(workbook(sheets), "register.xlsx", TYPES, RegisterMapping(*mapping))


def tables(sheets, *mapping):
    found = sheets_of(workbook(sheets), "register.xlsx")
    return [table for sheet in found for table in tables_in(sheet, RegisterMapping(*mapping))]


def people(found):
    return [(row.staff_number, row.full_name, row.kind, row.title) for row in found.rows]


def test_unknown_headers_and_codes_are_read_as_a_person_explained_them():
    with pytest.raises(FileRefused):
        read(CODED)

    found = read(CODED, COLUMNS, VALUES)

    assert people(found) == [
        ("D01", "周测衡", "physician", "主治医师"),
        ("J11", "吕工测", "technologist", "技师"),
        ("J12", "欧工测", "technologist", "技师"),
    ]
    assert found.refusals == ()
    assert [one.row for one in found.ignored] == [4]


def test_header_left_out_by_a_person_carries_nothing():
    sheets = {"医师": [("工号", "姓名", "岗位", "职称"), ("D01", "周测衡", "医师", "03")]}

    assert people(read(sheets)) == [("D01", "周测衡", "physician", "03")]
    assert people(read(sheets, {"职称": None})) == [("D01", "周测衡", "physician", "")]
    assert read(sheets, {"职称": None}).unused == ("职称",)


def test_kind_of_all_people_is_a_constant():
    sheets = {"表": [("工号", "姓名", "备注"), ("J11", "吕工测", "甲")]}

    with pytest.raises(FileRefused):
        read(sheets)
    assert people(read(sheets, {}, {}, {"person_kind": "技师"})) == [("J11", "吕工测", "technologist", "")]


def test_second_header_of_one_name_and_one_of_another_sheet_are_named_apart():
    sheets = {
        "医师": [("编码", "姓名", "岗位", "编码"), ("D01", "周测衡", "医师", "Z1")],
        "技师": [("编码", "姓名", "岗位", "编码"), ("X9", "吕工测", "技师", "J11")],
    }
    columns = {
        "编码": "staff_number",
        "编码（第4列）": "licence_number",
        "编码（技师）": None,
        "编码（第4列）（技师）": "staff_number",
    }

    found = read(sheets, columns)

    assert [row.staff_number for row in found.rows] == ["D01", "J11"]
    assert [record.number for row in found.rows for record in row.records] == ["Z1"]


def test_values_that_no_rule_explains_are_listed_with_their_rows():
    found = unknown_values(tables(CODED, COLUMNS), TYPES, VALUES)

    assert [(one.field, one.text, one.count, one.rows) for one in found] == [
        ("person_kind", "02", 2, (3, 5)),
        ("person_kind", "01", 1, (2,)),
        ("person_kind", "09", 1, (4,)),
        ("title", "K2", 2, (3, 5)),
        ("title", "K1", 1, (2,)),
        ("title", "K3", 1, (4,)),
    ]


@pytest.mark.parametrize(
    ("header", "beside", "known", "unknown"),
    [
        (
            "资质类别",
            ("取得日期", "2024-01-02"),
            ("放射防护培训合格证", "电子签名证书", "护士执业证"),
            "乙类",
        ),
        ("状态", ("资质类别", "放射防护培训"), ("有效", "已过期", "合格"), "甲等"),
        ("岗位", ("入职日期", "2024-01-02"), ("诊断医师", "CT技师"), "三组"),
        ("职称", ("入职日期", "2024-01-02"), ("主任技师", "副教授"), "15级"),
        ("操作设备类别", ("入职日期", "2024-01-02"), ("CT", "DR、磁共振"), "三号机"),
    ],
)
def test_known_values_are_not_asked(header, beside, known, unknown):
    rows = [(f"J{i}", f"吕{i}测", value, beside[1]) for i, value in enumerate((*known, unknown))]
    sheets = {"技师": [("工号", "姓名", header, beside[0]), *rows]}
    kind = {"person_kind": "技师"} if header in ("职称", "操作设备类别") else {}

    found = unknown_values(tables(sheets, {}, {}, kind), TYPES)

    assert [(one.text, one.count, one.rows) for one in found] == [(unknown, 1, (len(rows) + 1,))]


def test_every_field_that_a_header_may_carry_has_a_label():
    assert set(SYNONYMS) <= set(LABELS)
    assert label_of("equipment_on:DR:CT") == "DR、CT操作培训日期"
    assert set(vocabulary(TYPES)) <= set(LABELS)
    assert vocabulary(TYPES)["record_type"] == tuple(TYPES)
