"""Which rows with a known number are of the same patient and examination, and which are not."""

from datetime import date, datetime

import pytest

from reports.domain.identity import contradictions, says_less

KNOWN = {
    "patient_id": "P1001",
    "patient_name": "张三",
    "sex": "男",
    "birth_on": date(1981, 5, 6),
    "age": "45岁",
    "modality": "CT",
    "examination_name": "胸部CT平扫",
    "body_part": "胸部",
    "examined_at": datetime(2026, 9, 1, 10, 20, 30),
    "examined_at_precision": "second",
}
LATER = datetime(2026, 9, 1, 12, 0, 0)
DAY = {"examined_at": datetime(2026, 9, 1), "examined_at_precision": "day"}
TEXT = {"findings": "双肺纹理清晰，未见实变。", "reported_at": datetime(2026, 9, 1, 13, 0, 5)}
AMENDED = TEXT | {"reported_at": datetime(2026, 9, 1, 15, 0, 0)}
MODIFIED = TEXT | {"last_modified_at": datetime(2026, 9, 1, 15, 0, 0)}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"patient_id": "P1002"}, ("patient_id", "受检者ID", "P1001", "P1002")),
        ({"patient_name": "李四"}, ("patient_name", "姓名", "张三", "李四")),
        ({"patient_name": "张三丰"}, ("patient_name", "姓名", "张三", "张三丰")),
        ({"patient_name": "李*"}, ("patient_name", "姓名", "张三", "李*")),
        ({"patient_name": "ZHANG^SI=张^四"}, ("patient_name", "姓名", "张三", "ZHANG^SI=张^四")),
        ({"sex": "女"}, ("sex", "性别", "男", "女")),
        ({"birth_on": date(1981, 6, 5)}, ("birth_on", "出生日期", "1981-05-06", "1981-06-05")),
        ({"modality": "MRI"}, ("modality", "检查种类", "CT", "MRI")),
        (
            {"examined_at": datetime(2026, 9, 2, 10, 20)},
            ("examined_at", "检查日期", "2026-09-01", "2026-09-02"),
        ),
        ({"examination_name": "头颅CT平扫"}, ("examination_name", "检查名称", "胸部CT平扫", "头颅CT平扫")),
        ({"examination_name": "胸部CT增强"}, ("examination_name", "检查名称", "胸部CT平扫", "胸部CT增强")),
        (
            {"examination_name": "肺部CT平扫", "examined_at": LATER},
            ("examination_name", "检查名称", "胸部CT平扫", "肺部CT平扫"),
        ),
        (
            {"examination_name": "肺部CT平扫", **DAY},
            ("examination_name", "检查名称", "胸部CT平扫", "肺部CT平扫"),
        ),
        ({"body_part": "腹部"}, ("body_part", "检查部位", "胸部", "腹部")),
        ({"body_part": "左膝"}, ("body_part", "检查部位", "胸部", "左膝")),
    ],
)
def test_row_of_another_patient_or_examination_says_what_differs(row, expected):
    assert contradictions(KNOWN, KNOWN | row) == (expected,)


@pytest.mark.parametrize(
    "row",
    [
        {},
        dict.fromkeys(KNOWN),
        dict.fromkeys(KNOWN, ""),
        {"patient_id": "ｐ1001"},
        {"patient_id": "无"},
        {"patient_id": "P1**1"},
        {"patient_name": "张 三"},
        {"patient_name": "张*"},
        {"patient_name": "张某"},
        {"patient_name": "张ＸＸ"},
        {"patient_name": "张三（急诊）"},
        {"patient_name": "张三先生"},
        {"patient_name": "张三【急】"},
        {"patient_name": "张?"},
        {"patient_name": "ZHANG^SAN=张^三"},
        {"patient_name": "Zhang San"},
        {"patient_name": "无名氏"},
        {"sex": "M"},
        {"sex": "未知"},
        {"age": "46岁"},
        {"examined_at": datetime(2026, 9, 1), "examined_at_precision": "day"},
        {"examined_at": LATER},
        {"examination_name": "胸部ＣＴ 平扫"},
        {"examination_name": "胸部平扫"},
        {"examination_name": "胸部CT平扫+增强"},
        {"examination_name": "肺部CT平扫"},
        {"examination_name": "CHEST CT"},
        {"body_part": "胸"},
        {"body_part": "胸部、腹部"},
        {"body_part": "CHEST"},
    ],
)
def test_another_writing_or_an_unknown_field_contradicts_nothing(row):
    assert contradictions(KNOWN, KNOWN | row) == contradictions(KNOWN | row, KNOWN) == ()


@pytest.mark.parametrize("later", [AMENDED, MODIFIED])
@pytest.mark.parametrize("name", ["胸部CT增强", "胸部HRCT", "肺部CT", "CT增强（胸部）"])
def test_name_corrected_later_over_the_same_description_contradicts_nothing(name, later):
    assert contradictions(KNOWN | TEXT, KNOWN | later | {"examination_name": name}) == ()


@pytest.mark.parametrize(
    "row",
    [
        {"examination_name": "胸部CT增强", **TEXT},
        {"examination_name": "胸部CT增强", "reported_at": None},
        {"examination_name": "胸部CT增强", "examined_at": LATER},
        {"examination_name": "胸部CT增强", **DAY},
        {"examination_name": "胸部CT增强", "findings": "双肺见结节。"},
        {"examination_name": "腹部CT增强"},
        {"examination_name": "CT增强"},
    ],
)
def test_another_name_without_the_same_description_or_region_contradicts(row):
    assert [name for name, *_ in contradictions(KNOWN | TEXT, KNOWN | AMENDED | row)] == [next(iter(row))]


@pytest.mark.parametrize(("one", "other"), [("左膝关节MRI", "右膝关节MRI"), ("左膝", "右膝")])
def test_other_side_is_another_examination(one, other):
    row = {"examination_name": one, "body_part": one}
    differing = contradictions(KNOWN | row, KNOWN | {"examination_name": other, "body_part": other})
    assert [name for name, *_ in differing] == ["examination_name", "body_part"]


@pytest.mark.parametrize(
    ("field", "less", "more"),
    [
        ("patient_name", "张*", "张三"),
        ("patient_name", "未知", "张*"),
        ("patient_name", "", "张三"),
        ("patient_id", "无", "P1"),
        ("patient_id", "P1**1", "P1001"),
        ("sex", "未知", "男"),
    ],
)
def test_masked_and_unknown_say_less(field, less, more):
    assert (says_less(field, less, more), says_less(field, more, less), says_less(field, more, more)) == (
        True,
        False,
        False,
    )
