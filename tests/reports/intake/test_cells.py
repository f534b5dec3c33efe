"""Single cells: what notations are read, and what is refused rather than guessed."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.intake import cells, kinds, moments
from reports.intake.cells import Unreadable
from spreadsheets import CellError

FIVE_PAST_TWO = datetime(2026, 3, 5, 14, 5)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026/3/5 14:05", (FIVE_PAST_TWO, "minute")),
        ("2026-03-05 14:05:00", (FIVE_PAST_TWO, "second")),
        ("2026-03-05T14:05:09", (datetime(2026, 3, 5, 14, 5, 9), "second")),
        ("2026-03-05T06:05:00Z", (FIVE_PAST_TWO, "second")),
        ("2026-03-05 14:05:00.123", (FIVE_PAST_TWO, "second")),
        ("20260305140500", (FIVE_PAST_TWO, "second")),
        ("202603051405", (FIVE_PAST_TWO, "minute")),
        ("20260305 14:05", (FIVE_PAST_TWO, "minute")),
        ("20260305", (datetime(2026, 3, 5), "day")),
        (20260305, (datetime(2026, 3, 5), "day")),
        (20260305140500.0, (FIVE_PAST_TWO, "second")),
        ("2026年3月5日", (datetime(2026, 3, 5), "day")),
        ("2026年03月05日 14:05:09", (datetime(2026, 3, 5, 14, 5, 9), "second")),
        ("2026年3月5日14时5分", (FIVE_PAST_TWO, "minute")),
        ("2026年3月5日 下午2:05", (FIVE_PAST_TWO, "minute")),
        ("2026-03-05 2:05 PM", (FIVE_PAST_TWO, "minute")),
        ("2026-03-05 上午 12:05", (datetime(2026, 3, 5, 0, 5), "minute")),
        ("2026-03-05 星期四 14:05", (FIVE_PAST_TWO, "minute")),
        ("２０２６／３／５　１４：０５", (FIVE_PAST_TWO, "minute")),
        ("2026.3.5", (datetime(2026, 3, 5), "day")),
        ("05-Mar-2026 14:05", (FIVE_PAST_TWO, "minute")),
        ("Mar  5 2026  2:05PM", (FIVE_PAST_TWO, "minute")),
        ("Thu Mar 05 14:05:09 CST 2026", (datetime(2026, 3, 5, 14, 5, 9), "second")),
        ("05-MAR-26 02.05.00 PM", (FIVE_PAST_TWO, "second")),
        ("05-3月 -26 02.05.00.000000 下午", (FIVE_PAST_TWO, "second")),
        ("05-3月 -26", (datetime(2026, 3, 5), "day")),
        ("2026-03-05 早上8:05", (datetime(2026, 3, 5, 8, 5), "minute")),
        (46086.5868055556, (FIVE_PAST_TWO, "minute")),
        ("46086.5868055556", (FIVE_PAST_TWO, "minute")),
        (46086, (datetime(2026, 3, 5), "day")),
        (date(2026, 3, 5), (datetime(2026, 3, 5), "day")),
        (datetime(2026, 3, 5, 14, 5, 9), (datetime(2026, 3, 5, 14, 5, 9), "second")),
        ("", None),
        ("-", None),
        ("NULL", None),
        ("0000-00-00 00:00:00", None),
        ("1900-01-01 00:00:00.000", None),
        ("0001-01-01T00:00:00", None),
        ("1899年12月30日", None),
        ("99991231235959", None),
        (datetime(1900, 1, 1), None),
        (date(1899, 12, 31), None),
    ],
)
def test_moment_notation_gives_time_and_precision(given, expected):
    assert moments.moment(given) == expected


@pytest.mark.parametrize(
    "given", ["1900-01-01", "0", "保密", "*", "1981", 1981, "1981年5月", "1981-**-**", "19810000"]
)
def test_birth_without_its_day_is_not_given(given):
    assert moments.births(given) == ()


@pytest.mark.parametrize(
    "given", ["1981-05-05", "19810505", "29711", 29711, "1981年5月5日", date(1981, 5, 5)]
)
def test_birth_with_its_day_is_that_day(given):
    assert moments.births(given) == (date(1981, 5, 5),)


@pytest.mark.parametrize("given", ["1981-13-01", "81-05-05", "1981-05-32", "约1981年", "1900-01-02", 12])
def test_birth_that_is_no_day_is_unreadable(given):
    with pytest.raises(Unreadable):
        moments.births(given)


@pytest.mark.parametrize(
    "given",
    [
        "2025-02-30 10:15",
        "上周三下午",
        "2025年10月2日以后",
        "09/08/2025",
        "25/9/8",
        "2026/3/1214:05",
        "14:05",
        "2026-13-01",
        "2026-03-05 24:30",
        "1899-01-01",
        12,
        True,
        "2026-03",
        "约2026-03-05",
        "2026-03-05 晚上12:30",
    ],
)
def test_moment_that_is_no_day_or_could_be_two_is_unreadable(given):
    with pytest.raises(Unreadable) as error:
        moments.moment(given)
    assert error.value.code == "invalid_date"


@given(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(microsecond=0)))
def test_moment_survives_every_notation(at):
    for pattern in (
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y%m%d%H%M%S",
        "%Y年%m月%d日%H时%M分%S秒",
        "%Y.%m.%d %H:%M:%S",
    ):
        assert moments.moment(at.strftime(pattern)) == (at, "second")
    assert moments.moment((at - datetime(1899, 12, 30)) / timedelta(days=1))[0] == at


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("14:05", (timedelta(hours=14, minutes=5), "minute")),
        (time(14, 5, 9), (timedelta(hours=14, minutes=5, seconds=9), "second")),
        (0.5, (timedelta(hours=12), "minute")),
        ("140509", (timedelta(hours=14, minutes=5, seconds=9), "second")),
        ("1405", (timedelta(hours=14, minutes=5), "minute")),
        ("2026-03-05", None),
    ],
)
def test_time_of_day_is_told_from_a_day(given, expected):
    assert moments.time_of_day(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("72岁", ("72岁", 26298)),
        ("045Y", ("45岁", 16436)),
        (45, ("45岁", 16436)),
        (45.0, ("45岁", 16436)),
        ("７２岁", ("72岁", 26298)),
        ("72 岁", ("72岁", 26298)),
        ("3月", ("3月", 91)),
        ("3个月", ("3月", 91)),
        ("003M", ("3月", 91)),
        ("10天", ("10天", 10)),
        ("010D", ("10天", 10)),
        ("002W", ("2周", 14)),
        ("1岁6月", ("1岁6月", 548)),
        ("1岁零6个月", ("1岁6月", 548)),
        ("3月5天", ("3月5天", 96)),
        ("236岁", ("236岁", 86199)),
        ("", ("", None)),
        ("成人", ("成人", None)),
        ("72.5岁", ("72.5岁", None)),
    ],
)
def test_age_in_any_notation_is_told_in_words_and_days(given, expected):
    assert kinds.age(given) == expected


def test_age_takes_the_unit_of_its_column():
    assert kinds.age("6", "月") == ("6月", 183)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("M", "男"),
        ("F", "女"),
        ("1", "男"),
        (2.0, "女"),
        ("男性", "男"),
        ("female", "女"),
        ("Ｆ", "女"),
        ("O", "未知"),
        ("", ""),
        ("双性", "双性"),
    ],
)
def test_sex_in_any_notation_is_one_word(given, expected):
    assert kinds.sex(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("CT", "CT"),
        ("64排CT", "CT"),
        ("CT-1", "CT"),
        ("MR", "MRI"),
        ("MRI", "MRI"),
        ("核磁共振", "MRI"),
        ("MR-1.5T", "MRI"),
        ("DR", "DR"),
        ("DX", "DR"),
        ("CR", "DR"),
        ("MG", "DR"),
        ("RF", "DR"),
        ("X线", "DR"),
        ("Ｘ光", "DR"),
        ("普放", "DR"),
        ("数字胃肠", "DR"),
        ("X线计算机体层摄影", "CT"),
        ("计算机X线断层摄影", "CT"),
        ("CT血管造影术", "CT"),
        ("磁共振血管造影术", "MRI"),
        ("脑血管造影术", None),
        ("计算机断层扫描、胸片", None),
        ("磁共振、平片", None),
        ("钼靶", "DR"),
        ("胸部CT平扫", "CT"),
        ("头颅MRI平扫+增强", "MRI"),
        ("双下肢动脉CTA", "CT"),
        ("MRCP", "MRI"),
        ("胸部正侧位片", "DR"),
        ("US", None),
        ("腹部超声", None),
        ("PET/CT", None),
        ("XA", None),
        ("CT、MRI", None),
        ("门诊", None),
        ("", None),
    ],
)
def test_kind_of_examination_is_named_by_device_or_examination(given, expected):
    assert kinds.kind_of(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (99202507250013.0, "99202507250013"),
        (" Ｓ２０２５ ", "S2025"),
        ("99202507250013.0", "99202507250013"),
        ("'0012", "0012"),
        ('="0012"', "0012"),
        ("S2025 0108", "S20250108"),
        ("", ""),
        ("1E+2", "100"),
    ],
)
def test_identifier_is_kept_digit_by_digit(given, expected):
    if given == "1E+2":
        with pytest.raises(Unreadable):
            cells.identifier(given)
    else:
        assert cells.identifier(given) == expected


@pytest.mark.parametrize(
    "given",
    [1e15, 12.5, datetime(2025, 1, 1), True, "9.92E+13", "1.0E+15", CellError("#N/A"), "#REF!", "########"],
)
def test_identifier_that_lost_digits_is_unreadable(given):
    with pytest.raises(Unreadable):
        cells.identifier(given)


def test_text_loses_control_characters_and_keeps_lines():
    assert cells.text("\ufeff 甲\x00乙\r\n丙\u200b\r丁\x0b ") == "甲乙\n丙\n丁"


def test_name_loses_the_spaces_that_stretch_it():
    assert [cells.name(n) for n in ("张　三", "张 三", "John  Smith", "/", "-")] == [
        "张三",
        "张三",
        "John Smith",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("手术病理", "surgical_pathology"),
        ("术后病理", "surgical_pathology"),
        ("手术所见", "surgical_finding"),
        ("术中所见", "surgical_finding"),
        ("穿刺活检病理", "biopsy"),
        ("内镜", "endoscopy"),
        ("胃镜活检病理", "endoscopy"),
        ("细胞学", "cytology"),
        ("实验室", "laboratory"),
        ("病原学检验", "laboratory"),
        ("影像随访", "imaging_follow_up"),
        ("CT复查", "imaging_follow_up"),
        ("临床随访结局", "clinical_follow_up"),
        ("出院诊断", "clinical_follow_up"),
        ("病例讨论", "case_discussion"),
        ("MDT", "case_discussion"),
        ("尸检", "autopsy"),
        ("其他", None),
        ("surgical_pathology", "surgical_pathology"),
        ("case_discussion", "case_discussion"),
        ("imaging_follow_up", "imaging_follow_up"),
    ],
)
def test_outcome_kind_follows_the_more_specific_word(given, expected):
    assert kinds.outcome_kind(given) == expected
