"""What a heading, a cell of trainings and a post say of certificates."""

from datetime import date

import pytest

from staff.intake.cells import Unreadable
from staff.intake.certificates import Subject, aspect, is_property_alone, proves_nothing, subject
from staff.intake.trainings import Training, trainings


@pytest.mark.parametrize(
    ("phrase", "about", "property_"),
    [
        ("执业医师资格证编码", Subject("physician_certificate"), "number"),
        ("医师执业证注册编号", Subject("practice_licence"), "number"),
        ("注册执业范围", Subject("practice_licence"), "scope"),
        ("住院医师规培（一阶段）结业日期", Subject("residency_stage_one"), "day"),
        ("放射卫生法规及防护知识培训时间", Subject("radiation_training"), "day"),
        ("射线防护合格证号", Subject("radiation_training"), "number"),
        ("核技术利用辐射安全与防护考核成绩单", Subject("ecology_training"), ""),
        ("磁共振上机考核日期", Subject("equipment_training", ("MRI",)), "day"),
        ("CT/DR操作培训合格证号", Subject("equipment_training", ("DR", "CT")), "number"),
        ("设备操作培训", Subject("equipment_training"), ""),
        ("放射工作人员放射防护培训合格证", Subject("radiation_training"), ""),
        ("放射工作人员证号", None, "number"),
        ("大型医用设备上岗合格证（CT技师）", None, ""),
        ("护士执业证书", None, ""),
        ("个人剂量计编号", None, "number"),
        ("防护用品发放日期", None, "day"),
        ("专科医师规范化培训", None, ""),
        ("姓名", None, ""),
    ],
)
def test_phrase_of_a_certificate(phrase, about, property_):
    assert (subject(phrase), aspect(phrase)) == (about, property_)


@pytest.mark.parametrize(
    ("phrase", "alone", "nothing"),
    [
        ("结业时间", True, False),
        ("证书编号", True, False),
        ("考核结果", True, False),
        ("组织单位", True, False),
        ("视同认定依据", True, False),
        ("个人剂量计编号", False, True),
        ("放射工作人员职业健康检查", False, True),
        ("放射工作人员证", False, True),
        ("CT技师上岗证", False, True),
        ("医师资格证书", False, False),
        ("放射工作人员防护培训合格证", False, False),
    ],
)
def test_phrase_that_names_a_property_alone_or_proves_nothing(phrase, alone, nothing):
    assert (is_property_alone(phrase), proves_nothing(phrase)) == (alone, nothing)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2023.5.20", (Training(date(2023, 5, 20), "", ()),)),
        ("2023.5.20 合格", (Training(date(2023, 5, 20), "passed", ()),)),
        ("2023年5月20日（不合格）", (Training(date(2023, 5, 20), "failed", ()),)),
        (
            "DR 2020-05-08\nCT 2021-03-02",
            (Training(date(2020, 5, 8), "", ("DR",)), Training(date(2021, 3, 2), "", ("CT",))),
        ),
        (
            "DR（2020-05-08）、磁共振（2021-03-02）",
            (Training(date(2020, 5, 8), "", ("DR",)), Training(date(2021, 3, 2), "", ("MRI",))),
        ),
        ("2024-03-18至2024-03-19", (Training(date(2024, 3, 19), "", ()),)),
        ("无", ()),
        ("", ()),
    ],
)
def test_trainings_of_one_cell(cell, expected):
    assert trainings(cell) == expected


@pytest.mark.parametrize("cell", ["DR、CT", "√", "DR2020-05-08 2021-03-02；CT", "2023年5月", True, 5])
def test_trainings_without_a_day_each_are_unreadable(cell):
    with pytest.raises(Unreadable):
        trainings(cell)
