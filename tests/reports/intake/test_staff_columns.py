"""People of the department's register as evidence for what a column holds."""

import pytest

from reports.domain.people import registered
from reports.intake.layout import understand
from tests.reports.intake.test_layout import DOCTORS, sheet, table

OPERATORS = ("单例技", "欧例拍", "费例照")
REGISTER = registered(
    [
        *((name, f"D00{i}", "physician") for i, name in enumerate(DOCTORS, 1)),
        *((name, f"J10{i}", "technologist") for i, name in enumerate(OPERATORS, 1)),
    ]
)
OTHERS = registered([("甲例乙", "9001", "physician"), ("丙例丁", "9002", "technologist")])
HEADS = "检查号|受检者|设备|检查时间|影像描述|诊断结论|报告时间"
FIELDS = "acc name mod exam find concl report"


def with_column(header, values, heads=HEADS, fields=FIELDS):
    """A table with one more column, whose values come round again."""
    rows = table(heads, fields)
    column = [header, *(values[i % len(values)] for i in range(len(rows) - 1))]
    return [[*row, cell] for row, cell in zip(rows, column, strict=True)]


def head_of(rows, people=REGISTER, kind="reports"):
    return understand([sheet(*rows)], kind, None, people).head


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("检查医生", DOCTORS, "reporting_physician"),
        ("医生", [f"D00{i}-{name}" for i, name in enumerate(DOCTORS, 1)], "reporting_physician"),
        ("人员", [f"{name} 主治医师" for name in DOCTORS], "reporting_physician"),
        ("YS", [f"{DOCTORS[0]}/{DOCTORS[1]}", DOCTORS[2]], "reporting_physician"),
        ("检查医生", OPERATORS, "operator"),
        ("列8", [f"{name}(J10{i})" for i, name in enumerate(OPERATORS, 1)], "operator"),
        ("人员编号", ["J101", "J102", "j103"], "operator"),
    ],
)
def test_open_header_over_registered_people_is_settled_by_their_post(header, values, field):
    rows = with_column(header, values)

    assert head_of(rows).mapping.get(header) == field
    assert header not in head_of(rows, OTHERS).mapping
    assert header not in head_of(rows, None).mapping


@pytest.mark.parametrize("header", ["打印人", "登记人", "申请医生", "召集者"])
def test_header_with_another_word_is_asked_and_not_mapped(header):
    head = head_of(with_column(header, DOCTORS))

    assert header not in head.mapping
    assert head.doubts[header] == "内容多是本科室医师，请指定是哪一类人员"
    assert header not in head_of(with_column(header, DOCTORS), OTHERS).doubts


def test_second_column_of_physicians_is_asked():
    rows = with_column("医生", DOCTORS, f"{HEADS}|报告医师", f"{FIELDS} write")

    assert "医生" not in head_of(rows).mapping
    assert "医生" in head_of(rows).doubts


def test_name_of_the_patient_over_people_of_the_department_is_asked():
    rows = with_column("姓名", DOCTORS, HEADS.replace("|受检者", ""), FIELDS.replace(" name", ""))

    assert "姓名" not in head_of(rows).mapping
    assert head_of(rows).doubts["姓名"] == "列名像“姓名”，内容却多是本科室医师"
    assert head_of(rows, OTHERS).mapping["姓名"] == "patient_name"


def test_name_column_with_a_few_people_of_the_department_is_the_patients():
    names = ["试一拟", "试二拟", "试三拟", DOCTORS[0]]
    rows = with_column("姓名", names, HEADS.replace("|受检者", ""), FIELDS.replace(" name", ""))

    assert head_of(rows).mapping["姓名"] == "patient_name"


def test_physicians_column_over_technologists_is_asked():
    head = head_of(with_column("报告医师", OPERATORS))

    assert "报告医师" not in head.mapping
    assert head.doubts["报告医师"] == "列名像“报告医师”，内容却多是本科室技师"
    assert head_of(with_column("报告医师", DOCTORS)).mapping["报告医师"] == "reporting_physician"


def test_column_of_operators_may_name_physicians():
    assert head_of(with_column("操作技师", DOCTORS)).mapping["操作技师"] == "operator"


@pytest.mark.parametrize("kind", ["outcomes", "requests", "alerts"])
def test_name_of_the_patient_is_checked_in_every_kind_of_file(kind):
    heads = "检查号|危急值内容|检查目的|随访结果|随访日期"
    rows = with_column("姓名", DOCTORS, heads, "acc concl diag concl exam")

    assert "姓名" not in head_of(rows, REGISTER, kind).mapping
    assert head_of(rows, OTHERS, kind).mapping["姓名"] == "patient_name"
