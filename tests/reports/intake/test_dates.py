"""Ages keep their unit; dates are judged against the row and today; times of standards; numbers as given."""

from datetime import date, datetime, time, timedelta

import pytest

from reports.intake import cells, kinds, moments
from reports.intake.alerts import read_alerts
from reports.intake.cells import Unreadable
from reports.intake.outcomes import read_outcomes
from reports.intake.reports import read_reports
from reports.intake.requests import read_requests
from staff.intake import cells as staff_cells
from tests.reports.intake.test_layouts import csv_of

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("20分钟", ("20分钟", 0)),
        ("20 min", ("20分钟", 0)),
        ("3小时", ("3小时", 0)),
        ("3小时20分", ("3小时20分钟", 0)),
        ("36H", ("36小时", 1)),
        ("2天12小时", ("2天12小时", 2)),
        ("5天", ("5天", 5)),
        ("12D", ("12天", 12)),
        ("2周", ("2周", 14)),
        ("8W", ("8周", 56)),
        ("3周龄", ("3周", 21)),
        ("6月", ("6月", 183)),
        ("3M", ("3月", 91)),
        ("1岁3月", ("1岁3月", 457)),
        ("020Y", ("20岁", 7305)),
        ("新生儿", ("新生儿", None)),
        ("生后20分钟", ("生后20分钟", None)),
        ("1岁半", ("1岁半", None)),
        ("3个半月", ("3个半月", None)),
        ("40多岁", ("40多岁", None)),
        ("3-5岁", ("3-5岁", None)),
    ],
)
def test_age_keeps_its_unit_and_counts_whole_days(given, expected):
    assert kinds.age(given) == expected


@pytest.mark.parametrize(
    ("given", "unit"), [("45Q", ""), ("5刻", ""), ("1岁3Q", ""), ("45", "Q"), ("45", "1")]
)
def test_age_in_a_unit_nobody_knows_is_unreadable(given, unit):
    with pytest.raises(Unreadable) as refused:
        kinds.age(given, unit)
    named = unit or given[-1]
    assert (refused.value.code, refused.value.why) == (
        "unknown_unit",
        f"“{given}”的年龄单位“{named}”不认识，不能当作岁。请改为如45岁、3月、12天、5小时的写法。",
    )


@pytest.mark.parametrize(
    "given", [datetime(2026, 3, 1), date(2026, 3, 1), time(0, 20), timedelta(minutes=20), True]
)
def test_age_that_a_spreadsheet_made_a_date_is_unreadable(given):
    with pytest.raises(Unreadable) as refused:
        kinds.age(given)
    assert refused.value.code == "number_mangled"


HEAD = ["检查号", "设备", "年龄", "出生日期", "检查时间", "报告时间", "签名时间", "影像描述", "诊断结论"]
ROW = [
    "A1",
    "CT",
    "85岁",
    "1941-05-05",
    "2026-09-01 10:20:30",
    "2026-09-01 11:30",
    "2026-09-01 11:40",
    "甲",
    "乙",
]


def read(today=TODAY, **changed):
    row = [changed.get(name, value) for name, value in zip(HEAD, ROW, strict=True)]
    return read_reports(csv_of([HEAD, row]), "x.csv", today=today)


@pytest.mark.parametrize(
    ("changed", "born"),
    [
        ({"出生日期": "05-MAY-41"}, date(1941, 5, 5)),
        ({"出生日期": "05-5月 -41"}, date(1941, 5, 5)),
        ({"出生日期": "05-MAY-81", "年龄": "45岁"}, date(1981, 5, 5)),
        ({"出生日期": "05-MAY-20", "年龄": "6岁"}, date(2020, 5, 5)),
        ({"出生日期": "05-MAY-20", "年龄": "106岁"}, date(1920, 5, 5)),
        ({"出生日期": "05-OCT-26", "年龄": ""}, date(1926, 10, 5)),
        ({"出生日期": "01-SEP-26", "年龄": "20分钟"}, date(2026, 9, 1)),
        ({"出生日期": "2026-09-01", "年龄": "20分钟"}, date(2026, 9, 1)),
        ({"出生日期": ""}, None),
    ],
)
def test_birth_with_a_year_of_two_digits_is_of_the_century_that_fits_the_row(changed, born):
    (report,) = read(**changed).reports
    assert report.birth_on == born


def refusal(result):
    (found,) = result.refusals
    return found.column, found.code, found.reason


def test_birth_after_the_examination_is_refused():
    assert refusal(read(出生日期="2026-09-02")) == (
        "出生日期",
        "future_birth",
        "“出生日期”为2026-09-02，晚于检查、报告或今天（2026-09-01），不可能。请核对后重新导出。",
    )


@pytest.mark.parametrize("column", ["检查时间", "报告时间", "签名时间"])
@pytest.mark.parametrize("given", ["2062-09-01 11:00", "2026-12-01", "2026-12-01 00:00:01"])
def test_time_after_today_is_refused(column, given):
    found = refusal(read(**{"检查时间": "2026-08-01", "报告时间": "2026-08-01", column: given}))
    at = moments.moment(given)[0]
    assert found == (
        column,
        "future_date",
        f"“{column}”为{at}，晚于今天（2026-11-30），不可能。请核对后重新导出。",
    )


def test_time_until_the_end_of_today_is_taken_and_without_today_none_is_judged():
    ahead = {"报告时间": "2026-11-30 23:59"}
    assert [r.accession_number for r in read(**ahead).reports] == ["A1"]
    assert [r.accession_number for r in read(today=None, 报告时间="2062-09-01 11:00").reports] == ["A1"]


@pytest.mark.parametrize(
    ("reader", "rows", "column"),
    [
        (
            read_outcomes,
            [["检查号", "结局来源", "结局日期", "结局内容"], ["A1", "病理", "2027-01-01", "癌"]],
            "结局日期",
        ),
        (read_requests, [["检查号", "检查目的", "申请时间"], ["A1", "排除", "2027-01-01 08:00"]], "申请时间"),
        (read_alerts, [["检查号", "危急值内容", "通知时间"], ["A1", "气胸", "2027-01-01 08:00"]], "通知时间"),
    ],
)
def test_other_kinds_are_refused_after_today_too(reader, rows, column):
    result = reader(csv_of(rows), "x.csv", today=TODAY)
    assert [(r.column, r.code) for r in result.refusals] == [(column, "future_date")]


@pytest.mark.parametrize("given", ["102030.000", "102030.123456", "102030.5"])
def test_dicom_time_with_a_fraction_is_a_time_of_day(given):
    assert moments.time_of_day(given) == (timedelta(hours=10, minutes=20, seconds=30), "second")


@pytest.mark.parametrize(
    "given",
    [
        "20250506102030.000+0800",
        "20250506022030.000000+0000",
        "20250506102030.5+08",
        "2025-05-06T02:20:30Z",
        "2025-05-06T02:20:30.123Z",
        "2025-05-06T10:20:30.1234567+08:00",
        "2025-05-06T10:20:30+08",
        "20250506T022030Z",
        "20250506 102030.000",
    ],
)
def test_moment_with_fraction_and_offset_is_beijing_time(given):
    assert moments.moment(given) == (datetime(2025, 5, 6, 10, 20, 30), "second")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("3E0", "3E0"),
        ("12E3", "12E3"),
        ("1E5", "1E5"),
        ("①②", "①②"),
        ("A²", "A²"),
        ("℡1", "℡1"),
        ("Ａ１２－３", "A12-3"),
    ],
)
def test_number_is_not_turned_into_another(given, expected):
    assert (cells.identifier(given), staff_cells.number(given)) == (expected, expected)


@pytest.mark.parametrize("given", ["9.92025E+11", "1.5E10", "1E+11"])
def test_number_in_scientific_notation_is_unreadable(given):
    with pytest.raises(Unreadable) as refused:
        cells.identifier(given)
    assert refused.value.code == "number_mangled"
