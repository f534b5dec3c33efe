"""Registers as other hospitals write them: other words, orders, titles, dates and signs."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from spreadsheets import FileRefused
from staff.intake import cells, words
from staff.intake.cells import Unreadable
from staff.intake.register import read_register
from staff.intake.values import IncomingRecord
from tests.staff.registers import workbook

TYPES = {"电子签名证书": "electronic_signature", "影像质量与伪影识别考核": "image_quality_appraisal"}
SCOPE = "医学影像和放射治疗专业"


def read(sheets):
    return read_register(workbook(sheets), "register.xlsx", TYPES)


def test_register_of_other_words_and_order_reads_the_same():
    found = read(
        {
            "诊断医生": [
                ["XX医院放射科医师登记表", None, None, None, None, None, None],
                [],
                [
                    "序号",
                    "规培",
                    "医生姓名",
                    "规培合格日期",
                    "工作证号",
                    "资格证号",
                    "执业证号",
                    "执业专业",
                    "备注",
                ],
                [1, "合格", "王 测", "2017年8月12日", "0012", "C1", "L1", SCOPE, "x"],
                [None, None, None, None, None, None, None, None, None],
                [
                    "序号",
                    "规培",
                    "医生姓名",
                    "规培合格日期",
                    "工作证号",
                    "资格证号",
                    "执业证号",
                    "执业专业",
                    "备注",
                ],
                [2, "视同", "李测", None, "0013", "C2", "L2", SCOPE, None],
                ["合计", 2, None, None, None, None, None, None, None],
            ]
        }
    )
    assert found.refusals == ()
    assert [(r.row, r.staff_number, r.full_name, r.kind) for r in found.rows] == [
        (4, "0012", "王测", "physician"),
        (7, "0013", "李测", "physician"),
    ]
    assert found.rows[0].records == (
        IncomingRecord("physician_certificate", number="C1", result="passed"),
        IncomingRecord("practice_licence", number="L1", practice_scope=SCOPE, result="passed"),
        IncomingRecord("residency_stage_one", issued_on=date(2017, 8, 12), result="passed"),
    )
    assert found.rows[1].records[-1] == IncomingRecord("residency_stage_one", result="deemed")


def test_register_trainings_are_told_by_their_columns_members_come_first():
    found = read(
        {
            "表3": [
                ["培训班名称", "主办单位", "人员编号", "受训人", "合格日期", "考核结论", "培训天数"],
                ["放射工作人员复训", "市疾控中心", "J1", "技甲", "2025.1.6-1.7", "通过", "2天"],
                ["辐射安全与防护考核", "市生态环境局", "J1", "技甲", 45658, "合格", 1],
            ],
            "表4": [
                ["机型", "设备", "员工号", "姓名", "培训时间", "带教老师"],
                ["3.0T", "核磁", "J1", "技甲", datetime(2020, 5, 1), "带教甲"],
                ["CT-64/DR-A", "", "J1", "技甲", "20200601", None],
            ],
            "表2": [["职工号", "姓名", "岗位设备", "技术职称"], ["J1", "技甲", "CT/MR；普放", "技师"]],
        }
    )
    assert found.refusals == ()
    member, refresher, ecology, mri, both = found.rows
    assert (member.kind, member.modalities, member.title) == ("technologist", ("DR", "CT", "MRI"), "技师")
    assert refresher.records == (
        IncomingRecord(
            "radiation_training",
            issued_on=date(2025, 1, 7),
            result="passed",
            organiser="health",
            course="refresher",
            course_name="放射工作人员复训",
            days=Decimal("2.0"),
            issuer="市疾控中心",
        ),
    )
    assert (ecology.records[0].organiser, ecology.records[0].issued_on) == ("ecology", date(2025, 1, 1))
    assert [(r.modality, r.device_model, r.trainer) for r in mri.records] == [("MRI", "3.0T", "带教甲")]
    assert [r.modality for r in both.records] == ["DR", "CT"]


def test_register_refusals_name_sheet_row_column_and_what_is_expected():
    found = read(
        {
            "医师": [
                ["工号", "姓名", "医师资格证书编号", "通过日期"],
                ["", "甲", "C1", None],
                ["D2", None, "C2", None],
                ["D3", "丙", "C3", "2019-07"],
                ["D4", "丁", "C4", "2019-02-30"],
            ],
            "设备操作培训": [
                ["工号", "姓名", "设备类别", "培训日期"],
                ["J1", "戊", "DSA", "2020-01-01"],
                ["J1", "戊", "CT", None],
            ],
        }
    )
    assert found.rows == ()
    assert [(r.row, r.column, r.reason) for r in found.refusals] == [
        (2, "工号", "工作表“医师”第2行：没有工号，无法区分同名的人员。"),
        (3, "姓名", "工作表“医师”第3行：没有姓名。"),
        (4, "通过日期", "工作表“医师”第4行：“通过日期”为“2019-07”：只有年月，应为日期，例如2025-09-08。"),
        (5, "通过日期", "工作表“医师”第5行：“通过日期”为“2019-02-30”：没有这一天。"),
        (2, "设备类别", "工作表“设备操作培训”第2行：设备类别为“DSA”，应为DR、CT或MRI。"),
        (3, "培训日期", "工作表“设备操作培训”第3行：没有培训日期，无法判断检查当日是否已受训。"),
    ]


@pytest.mark.parametrize("nobody", ["无", "--", "000", "N/A", "待补", "？"])
def test_register_placeholder_is_no_staff_number(nobody):
    found = read({"医师": [["工号", "姓名", "医师资格证书编号"], [nobody, "甲", "C1"], ["0001", "乙", "C2"]]})
    assert [row.staff_number for row in found.rows] == ["0001"]
    assert [(r.row, r.column, r.reason) for r in found.refusals] == [
        (2, "工号", "工作表“医师”第2行：没有工号，无法区分同名的人员。")
    ]


def test_register_without_any_table_of_people_is_refused_whole():
    with pytest.raises(FileRefused, match="没有人员登记表"):
        read({"Sheet1": [["检查号", "影像描述"], ["A1", "……"]]})


def test_register_other_records_are_read_under_their_kind():
    found = read(
        {
            "其他资质": [
                ["工号", "姓名", "资质类别", "证书编号", "取得日期", "有效期至"],
                ["D1", "甲", "电子签名证书", "K1", "2025-01-01", "2027-12-31"],
                ["D1", "甲", "驾驶证", "K2", None, "长期"],
            ]
        }
    )
    assert found.rows[0].records == (
        IncomingRecord(
            "electronic_signature",
            number="K1",
            issued_on=date(2025, 1, 1),
            valid_until=date(2027, 12, 31),
            result="passed",
        ),
    )
    assert [r.column for r in found.refusals] == ["资质类别"]


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2025-9-8", date(2025, 9, 8)),
        ("2025/09/08 00:00:00", date(2025, 9, 8)),
        ("2025.9.8", date(2025, 9, 8)),
        ("２０２５年９月８日", date(2025, 9, 8)),
        ("20250908", date(2025, 9, 8)),
        (45908, date(2025, 9, 8)),
        (datetime(2025, 9, 8), date(2025, 9, 8)),
        ("2024-03-18至2024-03-19", date(2024, 3, 19)),
        ("2024年3月18日-19日", date(2024, 3, 19)),
        ("长期", None),
        ("—", None),
    ],
)
def test_day_many_writings_one_day(given, day):
    assert cells.day(given) == day


@pytest.mark.parametrize("given", ["8/9/2025", "2025-13-01", "2025", "去年", "2024-03-19至2024-03-18", True])
def test_day_of_two_readings_or_none_is_unreadable(given):
    with pytest.raises(Unreadable):
        cells.day(given)


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ("CT、DR", ("DR", "CT")),
        ("磁共振1.5T", ("MRI",)),
        ("核磁，螺旋CT", ("CT", "MRI")),
        ("DR（含乳腺）", ("DR",)),
        ("X线摄影/CR", ("DR",)),
        ("mr", ("MRI",)),
        ("PET-CT", ()),
    ],
)
def test_modalities_words_of_equipment(given, kinds):
    assert words.modalities(given)[0] == kinds


@pytest.mark.parametrize(
    ("given", "result"),
    [
        *(("合格", "passed"), ("已通过", "passed"), ("√", "passed"), ("是", "passed")),
        *(("不合格", "failed"), ("未通过", "failed"), ("否", "failed"), ("在培", "failed")),
        *(("视同通过", "deemed"), ("", "")),
    ],
)
def test_result_words(given, result):
    assert words.result(given) == result


def test_result_of_no_known_word_is_unreadable():
    with pytest.raises(Unreadable):
        words.result("85分")


def test_register_one_sheet_for_everybody_with_the_trainings_beside():
    found = read(
        {
            "人员": [
                [
                    "工号",
                    "姓名",
                    "人员类别",
                    "资格证号",
                    "设备类别",
                    "放射防护培训日期",
                    "放射防护考核结果",
                    "设备操作培训日期",
                ],
                ["D1", "医甲", "诊断医师", "C1", None, None, None, None],
                ["J1", "技甲", "影像技师", None, "CT、DR", "2025-01-06", "合格", "2020-05-01"],
                ["N1", "护甲", "护士", None, None, None, None, None],
            ]
        }
    )
    assert [(r.staff_number, r.kind, r.modalities) for r in found.rows] == [
        ("D1", "physician", ()),
        ("J1", "technologist", ("DR", "CT")),
    ]
    assert found.rows[1].records == (
        IncomingRecord("radiation_training", issued_on=date(2025, 1, 6), result="passed"),
        IncomingRecord("equipment_training", issued_on=date(2020, 5, 1), modality="DR"),
        IncomingRecord("equipment_training", issued_on=date(2020, 5, 1), modality="CT"),
    )
    assert [(r.row, r.reason) for r in found.refusals] == [
        (4, "工作表“人员”第4行：人员类别为“护士”，应为医师或技师。")
    ]


def test_register_technologists_with_their_last_training_are_people_not_courses():
    found = read(
        {
            "Sheet1": [
                ["姓名", "工号", "职称", "设备类别", "防护培训日期", "考核结果"],
                ["技甲", "J1", "技师", "CT", "2025-01-06", "合格"],
            ],
            "Sheet2": [
                ["姓名", "工号", "放射防护培训日期", "考核结果"],
                ["技甲", "J1", "2023-01-06", "合格"],
            ],
        }
    )
    assert [(r.sheet, r.kind, [str(x.issued_on) for x in r.records]) for r in found.rows] == [
        ("Sheet1", "technologist", ["2025-01-06"]),
        ("Sheet2", "", ["2023-01-06"]),
    ]
