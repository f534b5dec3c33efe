"""Registers with one form per person."""

from datetime import date

from staff.intake.register import read_register
from staff.intake.values import IncomingRecord
from tests.staff.registers import workbook

TYPES = {"电子签名证书": "electronic_signature"}


SCOPE = "医学影像和放射治疗专业"


_SCOPE = f"注册专业：{SCOPE}；变更过"


def read(sheets):
    return read_register(workbook(sheets), "register.xlsx", TYPES)


def people(found):
    return [(r.staff_number, r.full_name, r.kind) for r in found.rows]


def record(type_, **given):
    return IncomingRecord(type_, **given)


def form(name, number, post, title, *rest):
    return [
        ["专业技术人员档案卡"],
        ["姓名", name, "性别", "女", "照片"],
        ["工号", number, "职称", title],
        ["现岗位", post, "学历", "本科"],
        *rest,
        ["本人签字", None, None, "日期", None],
    ]


def test_form_per_person_is_read_label_by_label():
    physician = form(
        *("医甲", "D1", "影像诊断医师", "主治医师"),
        ["医师资格证书编号", "C1", "医师执业证书编号", "L1", "执业范围", SCOPE],
        ["第一阶段规培", "视同通过", "通过日期", "2019年12月20日", "视同通过依据", "高级职称"],
        ["放射防护培训日期", None, "考核结果", None, "主办单位", None],
    )
    technologist = form(
        *("技甲", "J1", "影像技师", "技师"),
        ["医师资格证书编号", None, "医师执业证书编号", None, "执业范围", None],
        ["放射防护培训日期", "2023年5月20日", "考核结果", "合格", "主办单位", "市疾控中心"],
        ["辐射安全考核日期（生态环境）", "2022-01-15", "结果", "合格"],
        ["设备操作培训", "DR、CT（2020年5月8日）；磁共振（2021年3月2日）"],
    )
    found = read({"甲": physician, "乙": technologist})
    assert (people(found), found.refusals) == (
        [("D1", "医甲", "physician"), ("J1", "技甲", "technologist")],
        (),
    )
    assert [r.title for r in found.rows] == ["主治医师", "技师"]
    assert found.rows[0].records == (
        record("physician_certificate", number="C1", result="passed"),
        record("practice_licence", number="L1", practice_scope=SCOPE, result="passed"),
        record("residency_stage_one", issued_on=date(2019, 12, 20), result="deemed", basis="高级职称"),
    )
    assert [(r.type, r.organiser, r.issued_on, r.modality) for r in found.rows[1].records] == [
        ("radiation_training", "health", date(2023, 5, 20), ""),
        ("radiation_training", "ecology", date(2022, 1, 15), ""),
        ("equipment_training", "", date(2020, 5, 8), "DR"),
        ("equipment_training", "", date(2020, 5, 8), "CT"),
        ("equipment_training", "", date(2021, 3, 2), "MRI"),
    ]


def test_forms_one_below_the_other_are_as_many_people():
    both = [*form("医甲", "D1", "诊断医师", "医师"), *form("技甲", "J1", "放射技师", "技师")]
    extra = [["放射防护培训日期", "2023-05-20", "考核结果", "合格"]]
    assert people(read({"全科": [*both, *extra]})) == [
        ("D1", "医甲", "physician"),
        ("J1", "技甲", "technologist"),
    ]


def test_form_without_a_staff_number_is_refused_and_not_guessed():
    found = read({"甲": [*form("医甲", None, "诊断医师", "医师"), ["医师资格证号", "C1"]]})
    assert (found.rows, [r.reason for r in found.refusals]) == (
        (),
        ["工作表“甲”第2行：没有工号，无法区分同名的人员。"],
    )


def test_form_with_label_and_value_in_one_cell():
    rows_ = [
        ["人员登记卡"],
        ["姓名：医甲", "性别：男", "工号：D1  职称：主治医师"],
        ["岗位：", "诊断医师"],
        ["医师资格证书编号：C1", "医师执业证书编号：", "L1"],
        [f"执业范围：{SCOPE}"],
    ]
    found = read({"甲": rows_})
    assert (people(found), found.refusals) == ([("D1", "医甲", "physician")], ())
    assert (found.rows[0].title, found.rows[0].records) == (
        "主治医师",
        (
            record("physician_certificate", number="C1", result="passed"),
            record("practice_licence", number="L1", practice_scope=SCOPE, result="passed"),
        ),
    )
