"""6.1.1, 6.2.1, 6.2.2, 6.3.1: elements, placeholders, plausibility, the time of examination, identity."""

from datetime import date, datetime

import pytest

from reports.domain.textcheck.report import CheckedReport, Request, moment_of
from reports.domain.textcheck.rules.header import RULES
from reports.domain.textcheck.rules.placeholders import placeholder
from tests.reports.textcheck.said_kit import messages, said

MISSING = "6.1.1/component-missing"
FIELD, IMPLAUSIBLE = "6.2.1/field-missing", "6.2.1/implausible"
TIME, IDENTITY = "6.2.2/incomplete-exam-time", "6.3.1/identity-mismatch"


def codes(**fields):
    return [code for code, _ in said(RULES, **fields)]


@pytest.mark.parametrize(
    "field",
    ["examination_name", "technique", "findings", "impression", "reporting_physician", "reviewing_physician"],
)
@pytest.mark.parametrize("value", ["", "  ", "\n", "——", "XXX", "待补充", "（ ）", "无", "/"])
def test_element_of_appendix_a_that_says_nothing_is_missing(field, value):
    assert said(RULES, **{field: value}) == [(MISSING, value if value.strip() else "")]


@pytest.mark.parametrize(
    "field",
    ["patient_name", "sex", "age", "requesting_department", "accession_number", "clinical_diagnosis"],
)
@pytest.mark.parametrize("value", ["", "--", "XX", "待补充", "null"])
def test_patient_data_that_say_nothing_are_missing_by_both_clauses(field, value):
    assert codes(**{field: value}) == [MISSING, FIELD]


def test_times_known_to_be_empty_are_missing():
    assert codes(examined_at=moment_of("")) == [MISSING, FIELD]
    assert codes(reported_at=moment_of("")) == [MISSING]


def test_columns_an_export_does_not_have_are_not_missing():
    assert said(RULES) == []
    assert said(RULES, findings="双肺纹理清晰。", impression="未见明显异常。") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"reviewing_physician": "", "one_step_reporting": True},
        {"requesting_department": "", "clinical_diagnosis": "体检"},
        {"requesting_department": "", "patient_class": "健康体检"},
        {"clinical_diagnosis": "腹痛待查"},
        {"clinical_diagnosis": "待查"},
        {"patient_name": "无名氏"},
        {"institution_name": ""},
        {"institution_name": "", "report_title": "示例医院放射影像检查报告"},
    ],
)
def test_element_that_may_be_empty_or_stands_elsewhere_is_not_missing(fields):
    assert said(RULES, **fields) == []


def test_title_and_institution_both_empty_are_one_missing_element():
    assert codes(institution_name="", report_title="") == [MISSING]


@pytest.mark.parametrize("age", ["172岁", "236", "131 岁", "1800月", "abc", "-5", "男", "19890101"])
def test_age_that_cannot_be_is_implausible(age):
    assert said(RULES, age=age) == [(IMPLAUSIBLE, age)]


@pytest.mark.parametrize(
    "age",
    [
        "72岁", "72 岁", "72", "１２岁", "036Y", "0岁", "3岁2月",
        "3岁2个月", "1岁半", "5月", "5个月", "5月3天", "28周", "12天",
        "7小时", "6M12D", "1.5岁", "3月余", "60+", "三十六岁", "新生儿",
        "成人", "不详", "102岁", "130岁", "25周岁", "约50岁",
        "60余岁", "40多岁", "<1岁", "＜1天", "出生1小时", "生后3天", "3日龄", "早产儿 3天", "未满月",
    ],
)  # fmt: skip
def test_age_in_any_usual_form_is_plausible(age):
    assert said(RULES, age=age) == []


@pytest.mark.parametrize(
    ("sex", "found"),
    [
        (sex, [])
        for sex in ("男", "女", "M", "F", "男性", "女性", "未知", "未说明", "未说明的性别", "不详", "O", "1")
    ]
    + [("unknown", [])]
    + [(sex, [(IMPLAUSIBLE, sex)]) for sex in ("张", "72岁", "南")],
)
def test_sex_is_male_female_or_not_said(sex, found):
    assert said(RULES, sex=sex) == found


def test_examination_after_now_is_implausible_beyond_the_clocks_difference():
    now = datetime(2025, 6, 1, 10, 0)
    assert codes(examined_at=moment_of("2025-06-01 10:01"), now=now) == []
    assert codes(examined_at=moment_of("2025-06-01 10:02"), now=now) == [IMPLAUSIBLE]
    assert codes(examined_at=moment_of("2026-06-01 10:00")) == []


@pytest.mark.parametrize(
    "shown",
    [
        "2024-09-08",
        "2024年9月8日",
        "09月08日 10:24",
        "上午10:24",
        "10:24",
        "2024-09",
        "2024-13-01 10:24",
        "昨日上午",
    ],
)
def test_examination_time_without_all_five_parts_is_incomplete(shown):
    assert said(RULES, examined_at=moment_of(shown)) == [(TIME, shown)]


@pytest.mark.parametrize(
    "shown",
    [
        "2024 年 09 月 08 日 10:24:22", "2024-09-08 10:24", "2024/9/8 10:24:22",
        "2024.09.08 10:24", "2024年9月8日10时24分",
        "2024-09-08T10:24:22+08:00", "24-09-08 10:24", "20240908102412",
        "20240908 1024", "2024-09-08 下午2:24", "20240908 10:24", "2024-09-08,10:24", "2024-09-08（10:24）",
        "2024-09-08 星期日 10:24", "2024-09-08 AM 10:24",
    ],
)  # fmt: skip
def test_examination_time_with_all_five_parts_is_complete(shown):
    assert said(RULES, examined_at=moment_of(shown)) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ({"sex": "男"}, {"sex": "女"}, ["男"]),
        ({"sex": "M"}, {"sex": "女"}, ["M"]),
        ({"patient_name": "张试三"}, {"patient_name": "李试三"}, ["张试三"]),
        ({"age": "96岁"}, {"age": "36岁"}, ["96岁"]),
        ({"age": "44岁"}, {"age": "35岁"}, ["44岁"]),
        ({"age": "5月"}, {"age": "5岁"}, ["5月"]),
        ({"patient_id": "S2025P0001"}, {"patient_id": "S2025P0002"}, ["S2025P0001"]),
        ({"accession_number": "CT001"}, {"accession_number": "CT010"}, ["CT001"]),
        ({"birth_on": date(1950, 1, 1)}, {"birth_on": date(1980, 1, 1)}, [""]),
    ],
)
def test_person_of_the_request_differs_from_the_reports(mine, theirs, found):
    assert said(RULES, **mine, request=Request(**theirs)) == [(IDENTITY, excerpt) for excerpt in found]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"sex": "M"}, {"sex": "男"}),
        ({"sex": "未知"}, {"sex": "男"}),
        ({"sex": "男"}, {"sex": ""}),
        ({"patient_name": "张 试三"}, {"patient_name": "张试三"}),
        ({"patient_name": "ZHANG^SHISAN"}, {"patient_name": "Zhang Shisan"}),
        ({"patient_name": "张试三"}, {"patient_name": "ZHANG SHISAN"}),
        ({"patient_name": "张**"}, {"patient_name": "张试三"}),
        ({"patient_name": "无名氏"}, {"patient_name": "张试三"}),
        ({"patient_name": "张试三（急诊）"}, {"patient_name": "张试三"}),
        ({"age": "72岁"}, {"age": "73"}),
        ({"age": "12月"}, {"age": "1岁"}),
        ({"age": "不详"}, {"age": "30岁"}),
        ({"patient_id": "000123"}, {"patient_id": "123"}),
        ({"patient_id": "Ａ12"}, {"patient_id": "a12"}),
        ({"birth_on": date(1950, 1, 1)}, {"birth_on": date(1950, 7, 1)}),
        ({}, {"patient_name": "张试三", "sex": "男", "age": "3岁"}),
    ],
)
def test_other_way_of_writing_the_same_person_is_no_difference(mine, theirs):
    assert said(RULES, **mine, request=Request(**theirs)) == []


@pytest.mark.parametrize("field", ["technique", "findings", "impression"])
@pytest.mark.parametrize(
    ("text", "lost", "message"),
    [
        (
            "未见实\ufffd\ufffd。",
            "\ufffd\ufffd",
            "“未见实\ufffd\ufffd。”中有无法显示的字符，原文字已丢失，报告文字不完整。",
        ),
        ("未见锟斤拷。", "锟斤拷", "“未见锟斤拷。”中有乱码（文字被按另一种编码读取），报告文字不完整。"),
        ("1、肺炎。<br>2、结节。", "<br>", "“1、肺炎。<br>2、结节”中有网页标记，报告文字不完整。"),
    ],
)
def test_damaged_text_is_told_with_the_place_that_is_lost(field, text, lost, message):
    found = placeholder(CheckedReport(**{field: text}))
    assert [(hit.field, text[hit.start : hit.end], hit.message) for hit in found] == [(field, lost, message)]


def test_question_marks_within_a_text_are_suspected_and_doubt_is_not():
    (found,) = placeholder(CheckedReport(findings="双肺??清晰"))
    assert (found.start, found.end, found.severity) == (2, 4, "suspect")
    assert list(placeholder(CheckedReport(findings="双肺清晰。", impression="肺癌??"))) == []


@pytest.mark.parametrize("sign", ["—", "X"])
def test_placeholder_of_up_to_twelve_characters_is_a_missing_element(sign):
    assert said(RULES, findings=sign * 12) == [(MISSING, sign * 12)]
    assert said(RULES, patient_name=sign * 13) == []
    assert said(RULES, findings=" " * 13) == [(MISSING, "")]


LONG_AGE = "出生后约123天约123小时约123分钟"


def test_age_is_read_up_to_twenty_characters():
    assert len(LONG_AGE) == 20
    assert said(RULES, age=LONG_AGE) == []
    assert said(RULES, age=f"{LONG_AGE}余") == [(IMPLAUSIBLE, f"{LONG_AGE}余")]


def test_examination_day_after_now_is_implausible_beyond_the_next_day():
    now = datetime(2025, 6, 1, 10, 0)
    assert codes(examined_at=moment_of("2025-06-02"), now=now) == [TIME]
    assert codes(examined_at=moment_of("2025-06-03"), now=now) == [IMPLAUSIBLE, TIME]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"findings": ""}, "附录A的“影像描述”（A-11）为空，每份报告都应具备。"),
        (
            {"findings": "——"},
            "附录A的“影像描述”（A-11）只写了占位内容“——”，每份报告都应具备实际内容。",
        ),
        ({"sex": "未知的性别" * 3}, "性别写作“未知的性别未知的性别未知”，不是男、女或未说明。"),
        ({"age": "甲乙丙丁戊己庚辛壬癸子丑寅卯"}, "年龄写作“甲乙丙丁戊己庚辛壬癸子丑”，读不出岁数。"),
        ({"age": " 131 岁"}, "年龄“131 岁”超过130岁，不可能属实。"),
        (
            {"examined_at": moment_of("2024年9月8日上午十点左右检查完成并已上传系统的")},
            "检查时间显示为“2024年9月8日上午十点左右检查完成并已上传系”，应显示年、月、日、时、分。",
        ),
        (
            {"patient_name": "张三", "request": Request(patient_name="李四")},
            "姓名与申请单不一致：报告为“张三”，申请单为“李四”。",
        ),
    ],
)
def test_fault_of_the_header_is_told_with_what_is_written(fields, message):
    assert messages(RULES, **fields) == [message]
