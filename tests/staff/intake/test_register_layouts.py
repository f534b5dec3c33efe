"""Registers in the layouts of other hospitals: a wide table, a row per certificate, a form per person."""

from datetime import date

import pytest

from staff.intake.register import read_register
from staff.intake.values import IncomingRecord
from tests.spreadsheets.packages import number, package, rows
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


def test_wide_table_has_the_columns_of_each_certificate_side_by_side():
    head = ["序号", "工作证号", "人员", "从事岗位", "资格证号", "规培合格证号", "发证时间"]
    head += ["射线防护培训证号", "培训时间", "考核成绩", "有效期", "放射工作人员证号", "发证时间"]
    head += ["辐射安全与防护考核时间", "成绩", "CT上机考核", "磁共振操作培训日期"]
    radiographer = [2, "J1", "技甲", "CT技师", None, None, None, "FH1", "2024.5.6", "合格", "2年"]
    found = read(
        {
            "总表": [
                head,
                [1, "D1", "医甲", "诊断岗医师", "C1", "G1", "2019年7月1日"],
                [*radiographer, "G9", "2010-01-01", "2023/3/1", "92", "2020-05-08", None],
                [3, "J2", "技乙", "放射技士", *[None] * 12, "不合格", None],
                [4, "N1", "护甲", "护士"],
            ]
        }
    )
    assert people(found) == [("D1", "医甲", "physician")]
    assert found.rows[0].records == (
        record("physician_certificate", number="C1", result="passed"),
        record("residency_stage_one", number="G1", issued_on=date(2019, 7, 1), result="passed"),
    )
    assert [(r.row, r.column, r.reason.partition("：")[2]) for r in found.refusals] == [
        (3, "成绩", "“成绩”为“92”：应为合格或不合格（规培：已通过、视同通过或未通过）。"),
        (4, "磁共振操作培训日期", "“磁共振操作培训日期”为“不合格”：每项培训应各有一个日期，例如2025-09-08。"),
        (5, "从事岗位", "人员类别为“护士”，应为医师或技师。"),
    ]
    assert found.unused == ("放射工作人员证号", "发证时间")


def test_wide_table_of_technologists_gives_each_training_its_own_record():
    found = read(
        {
            "技师": [
                ["放射科技师一览"],
                [
                    *("序号", "职工号", "姓名", "职称", "防护合格证号", "合格日期", "组织单位"),
                    *("生态环境部门考核日期", "DR操作培训", "CT操作培训"),
                ],
                [1, "J1", "技甲", "主管技师", "F1", "2023.5.20", "市疾控中心", None, "2020.5.8", "2021.5.8"],
                [2, "J2", "技乙", "技师", "F2", "2023.5.21", "市生态环境局", "2024-01-15", None, None],
            ]
        }
    )
    assert (people(found), found.refusals) == (
        [("J1", "技甲", "technologist"), ("J2", "技乙", "technologist")],
        (),
    )
    assert found.rows[0].records == (
        record(
            "radiation_training",
            number="F1",
            issuer="市疾控中心",
            issued_on=date(2023, 5, 20),
            result="passed",
            organiser="health",
        ),
        record("equipment_training", issued_on=date(2020, 5, 8), modality="DR"),
        record("equipment_training", issued_on=date(2021, 5, 8), modality="CT"),
    )
    assert [(r.organiser, r.issued_on, r.result) for r in found.rows[1].records] == [
        ("ecology", date(2023, 5, 21), "passed"),
        ("ecology", date(2024, 1, 15), ""),
    ]


def test_certificates_of_a_row_each_enter_their_person_once():
    found = read(
        {
            "证照": [
                ["工号", "持证人", "岗位", "证照名称", "证照编号", "发证日期", "有效期", "状态", "备注"],
                ["D1", "医甲", "诊断", "医师资格证书", "C1", None, "长期", "有效", None],
                [
                    "D1",
                    "医甲",
                    "诊断",
                    "医师执业证书",
                    "L1",
                    None,
                    None,
                    "正常",
                    f"注册专业：{SCOPE}；变更过",
                ],
                [
                    "D1",
                    "医甲",
                    "诊断",
                    "住院医师规范化培训",
                    "视同通过",
                    "2019-12-20",
                    None,
                    "视同",
                    "高级职称",
                ],
                ["J1", "技甲", "CT技师", "放射防护培训合格证", "F1", "2023-05-20", "两年", "有效", None],
                ["J1", "技甲", "CT技师", "CT、DR设备操作培训证明", None, "2020-05-08", "长期", "有效", None],
                ["J1", "技甲", "CT技师", "放射防护培训", None, "2021-05-20", None, "不合格", "补考"],
                ["J1", "技甲", "CT技师", "CT技师上岗证", "S1", "2010-05-08", "长期", "有效", None],
                ["J1", "技甲", "CT技师", "驾驶证", "S2", "2010-05-08", "长期", "有效", None],
                ["J1", "技甲", "CT技师", "放射防护培训合格证", "F0", None, None, "有效", None],
                ["J1", "技甲", "CT技师", "设备操作培训证明", None, "2020-05-08", None, "有效", None],
                ["D1", "医甲", "诊断", "医师执业证书", "L0", None, None, "已过期", None],
            ]
        }
    )
    assert people(found) == [
        ("D1", "医甲", "physician"),
        *[("D1", "医甲", "")] * 2,
        ("J1", "技甲", "technologist"),
        *[("J1", "技甲", "")] * 2,
    ]
    assert [r.records for r in found.rows] == [
        (record("physician_certificate", number="C1", result="passed"),),
        (record("practice_licence", number="L1", practice_scope=SCOPE, result="passed"),),
        (record("residency_stage_one", issued_on=date(2019, 12, 20), result="deemed", basis="高级职称"),),
        (
            record(
                "radiation_training",
                number="F1",
                issued_on=date(2023, 5, 20),
                valid_until=date(2025, 5, 20),
                result="passed",
                course_name="放射防护培训合格证",
            ),
        ),
        tuple(
            record("equipment_training", issued_on=date(2020, 5, 8), modality=modality, result="passed")
            for modality in ("DR", "CT")
        ),
        (
            record(
                "radiation_training",
                issued_on=date(2021, 5, 20),
                result="failed",
                course_name="放射防护培训",
            ),
        ),
    ]
    assert [(i.row, i.reason) for i in found.ignored] == [
        (8, "工作表“证照”第8行：“CT技师上岗证”不是4.3、4.4要求的资质或培训记录，未导入。")
    ]
    assert [(r.row, r.column) for r in found.refusals] == [
        (9, "证照名称"),
        (10, "发证日期"),
        (11, "设备类别"),
        (12, "状态"),
    ]


def test_list_of_people_enters_them_and_their_certificates_follow():
    found = read(
        {
            "证照": [
                ["工号", "姓名", "岗位", "证书名称", "证书编号", "发证日期"],
                ["J1", "技甲", "技师", "放射防护培训合格证", "F1", "2023-05-20"],
            ],
            "技师": [["工号", "姓名", "职称", "操作设备"], ["J1", "技甲", "技师", "CT"]],
        }
    )
    assert people(found) == [("J1", "技甲", "technologist"), ("J1", "技甲", "")]


def test_counter_of_rows_is_no_staff_number():
    found = read(
        {"医师": [["编号", "姓名", "医师资格证号"], [1, "甲", "C1"], [2, "乙", "C2"], [3, "丙", "C3"]]}
    )
    assert (people(found), {r.reason.partition("：")[2] for r in found.refusals}) == (
        [],
        {"没有工号，无法区分同名的人员。"},
    )
    found = read(
        {"医师": [["编号", "工号", "姓名", "医师资格证号"], [1, "D7", "甲", "C1"], [2, "D8", "乙", "C2"]]}
    )
    assert [number for number, *_ in people(found)] == ["D7", "D8"]
    head = ["编号", "姓名", "医师资格证号"]
    found = read({"医师": [head, ["0071", "甲", "C1"], ["0083", "乙", "C2"]]})
    assert [number for number, *_ in people(found)] == ["0071", "0083"]


def test_title_tells_a_technologist_among_physicians_and_a_nurse_from_both():
    found = read(
        {
            "人员": [
                ["工号", "姓名", "职称", "医师资格证号", "CT操作培训"],
                ["D1", "医甲", "主治医师", "C1", None],
                ["J1", "技甲", "主管技师", None, "2020-05-08"],
                ["N1", "护甲", "主管护师", None, None],
            ]
        }
    )
    assert people(found) == [("D1", "医甲", "physician"), ("J1", "技甲", "technologist")]
    assert [(r.row, r.column) for r in found.refusals] == [(4, "职称")]


def test_sheet_of_other_people_is_passed_over_and_named():
    found = read(
        {
            "医师": [["工号", "姓名", "医师资格证号"], ["D1", "医甲", "C1"]],
            "护理": [["工号", "姓名", "护士执业证号"], ["N1", "护甲", "H1"]],
        }
    )
    assert (people(found), [i.reason for i in found.ignored]) == (
        [("D1", "医甲", "physician")],
        ["工作表“护理”未读取：其中没有医师、技师或其资质的表头。"],
    )


@pytest.mark.parametrize(
    ("post", "title", "kind"),
    [
        ("诊断", "住院医师", "physician"),
        ("影像技术", "", "technologist"),
        ("科主任", "主任医师", "physician"),
        ("CT室", "主管技师", "technologist"),
        ("医技人员", "技师", "technologist"),
        ("护士长", "主管护师", ""),
        ("医学工程", "工程师", ""),
        ("组长", "", ""),
    ],
)
def test_post_decides_who_is_physician_or_technologist(post, title, kind):
    found = read(
        {"人员": [["工号", "姓名", "岗位", "职称", "医师资格证号"], ["A1", "甲", post, title, None]]}
    )
    assert [r.kind for r in found.rows] == ([kind] if kind else [])
    assert [r.column for r in found.refusals] == ([] if kind else ["岗位"])


def test_word_in_place_of_a_number_is_none():
    found = read({"医师": [["工号", "姓名", "医师资格证书", "医师执业证书"], ["D1", "甲", "有", "√"]]})
    assert (people(found), found.rows[0].records) == ([("D1", "甲", "physician")], ())


@pytest.mark.parametrize(("properties", "serial"), [("", 45066), ('<workbookPr date1904="1"/>', 43604)])
def test_day_without_a_format_counts_from_the_workbooks_own_first_one(properties, serial):
    head = ["工号", "姓名", "放射防护培训日期", "考核结果"]
    data = package(rows(head, ["J1", "技甲", number(serial), "合格"]), properties=properties)
    found = read_register(data, "register.xlsx", TYPES)
    assert [r.records[0].issued_on for r in found.rows] == [date(2023, 5, 20)]


def test_head_of_two_rows_groups_the_columns_below_it():
    groups = [
        "工号",
        "姓名",
        "岗位",
        "医师资格证书",
        "规培",
        None,
        "放射防护培训",
        None,
        None,
        "设备操作培训",
    ]
    below = ["编号", "证书号", "通过时间", "日期", "证号", "结果", "DR", "CT", "MRI"]
    head = [groups, [None, None, None, *below]]
    found = read(
        {
            "总表": [
                ["样本医院放射科人员资质总表"],
                *head,
                ["D1", "医甲", "诊断", "C1", "G1", "2019-07-01"],
                [
                    "J1",
                    "技甲",
                    "技师",
                    *[None] * 3,
                    "2024-05-06",
                    "F1",
                    "合格",
                    "2020-05-08",
                    None,
                    "2021-05-08",
                ],
                *head,
                ["J2", "技乙", "技师", *[None] * 3, "2024-05-07", None, "不合格"],
            ]
        }
    )
    assert (people(found), found.refusals, found.unused) == (
        [
            ("D1", "医甲", "physician"),
            ("J1", "技甲", "technologist"),
            ("J2", "技乙", "technologist"),
        ],
        (),
        (),
    )
    assert [
        [(r.type, r.number, str(r.issued_on), r.result, r.modality) for r in x.records] for x in found.rows
    ] == [
        [
            ("physician_certificate", "C1", "None", "passed", ""),
            ("residency_stage_one", "G1", "2019-07-01", "passed", ""),
        ],
        [
            ("radiation_training", "F1", "2024-05-06", "passed", ""),
            ("equipment_training", "", "2020-05-08", "", "DR"),
            ("equipment_training", "", "2021-05-08", "", "MRI"),
        ],
        [("radiation_training", "", "2024-05-07", "failed", "")],
    ]


def test_sheet_of_one_kind_of_certificate_is_told_by_its_name_or_title():
    found = read(
        {
            "医师": [["工号", "姓名", "职称", "执业范围"], ["D1", "医甲", "医师", SCOPE]],
            "资格证": [
                ["医师资格证书登记"],
                ["工号", "姓名", "证书编号", "发证日期"],
                ["D1", "医甲", "C1", "2015-07-01"],
            ],
            "规培（第一阶段）": [
                ["工号", "姓名", "证书编号", "取得日期"],
                ["D1", "医甲", "G1", "2019-07-01"],
            ],
            "杂项": [["工号", "姓名", "证书编号", "取得日期"], ["D1", "医甲", "X1", "2019-07-01"]],
        }
    )
    assert [[(r.type, r.number, str(r.issued_on)) for r in row.records] for row in found.rows] == [
        [("practice_licence", "", "None")],
        [("physician_certificate", "C1", "2015-07-01")],
        [("residency_stage_one", "G1", "2019-07-01")],
    ]
    assert [i.reason for i in found.ignored] == ["工作表“杂项”未读取：其中没有医师、技师或其资质的表头。"]


def test_header_in_two_languages_or_english_is_read():
    head = ["NO", "Name 姓名", "Staff ID", "Post 岗位", "Title", "执业医师资格证号", "CT培训日期"]
    found = read({"Staff": [head, [1, "技甲", "J1", "技师", "主管技师", None, "2020-05-08"]]})
    assert (people(found), found.rows[0].title, found.unused) == (
        [("J1", "技甲", "technologist")],
        "主管技师",
        (),
    )
    assert found.rows[0].records == (record("equipment_training", issued_on=date(2020, 5, 8), modality="CT"),)


def test_number_of_a_certificate_may_stand_under_its_name_alone():
    found = read({"医师": [["工号", "姓名", "职称", "规培合格证"], ["D1", "甲", "医师", "GP10310"]]})
    assert found.rows[0].records == (record("residency_stage_one", number="GP10310", result="passed"),)


def test_scope_may_stand_in_the_name_of_the_licence():
    head = ["工号", "姓名", "岗位", "证书名称", "证书编号"]
    found = read({"证": [head, ["D1", "甲", "医师", "医师执业证书（执业范围：外科专业）", "L1"]]})
    assert [r.practice_scope for r in found.rows[0].records] == ["外科专业"]


def test_header_merged_over_columns_belongs_to_the_one_that_holds_cells():
    sheets = {
        "技师": [
            ("人员情况", "", "", "", "放射防护培训", "", "", ""),
            ("工号", "", "姓名", "职称", "日期", "", "证号", ""),
            ("", "J11", "吕工测", "技师", "", "2025-03-04", "", "F77"),
            ("", "J12", "欧工测", "技师", "", "2025-03-05", "", "F78"),
        ]
    }
    found = read(sheets)

    assert people(found) == [("J11", "吕工测", "technologist"), ("J12", "欧工测", "technologist")]
    assert [(one.issued_on, one.number) for row in found.rows for one in row.records] == [
        (date(2025, 3, 4), "F77"),
        (date(2025, 3, 5), "F78"),
    ]
    assert found.unused == ()


def test_header_with_cells_of_its_own_stays_beside_an_unnamed_column():
    rows = [("J11", "X1", "吕工测", "技师"), ("J12", "", "欧工测", "技师")]
    sheets = {"技师": [("工号", "", "姓名", "岗位"), *rows]}

    assert [row.staff_number for row in read(sheets).rows] == ["J11", "J12"]
