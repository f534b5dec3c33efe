"""What stands under a header decides what its bare word means; columns that go nowhere are named."""

import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from reports.intake.alerts import read_alerts
from reports.intake.kinds import OUTCOME_KINDS, outcome_kind, outcome_word
from reports.intake.reports import read_reports
from reports.intake.requests import read_requests
from staff.intake.register import read_register
from tests.reports.intake.test_layouts import GOOD, HEAD, csv_of

FOUND, TOLD = datetime(2025, 4, 1, 9, 20), datetime(2025, 4, 1, 9, 25)


@pytest.mark.parametrize(
    ("found", "told"),
    [("检出", "告知"), ("发现", "通知"), ("确认", "电话通知"), ("识别", "上报"), ("Detected", "Notified")],
)
def test_bare_word_over_times_is_their_time(found, told):
    rows = [
        ["检查号", "危急值描述", found, told],
        ["Z1", "急性脑出血", "2025-04-01 09:20", "2025-04-01 09:25"],
    ]
    (alert,) = read_alerts(csv_of(rows), "x.csv").alerts
    assert (alert.found_at, alert.notified_at) == (FOUND, TOLD)


def test_bare_word_over_anything_else_is_no_time_and_is_named_as_unused():
    rows = [["检查号", "危急值描述", "检出", "告知", "回执"], ["Z1", "急性脑出血", "李四", "已告知", "是"]]
    result = read_alerts(csv_of(rows), "x.csv")
    (alert,) = result.alerts
    assert (alert.found_at_precision, alert.notified_at_precision) == (None, None)
    assert result.unused == ("检出", "告知", "回执")


def test_column_of_its_own_name_wins_over_a_bare_word():
    rows = [
        ["检查号", "危急值描述", "检出", "发现时间"],
        ["Z1", "脑疝", "2025-04-02 09:20", "2025-04-01 09:20"],
    ]
    result = read_alerts(csv_of(rows), "x.csv")
    assert ([a.found_at for a in result.alerts], result.unused) == ([FOUND], ("检出",))


def test_months_on_several_sheets_may_leave_a_bare_column_empty():
    book = Workbook()
    for sheet, row in (
        (book.active, ["Z1", "脑疝", FOUND, "甲"]),
        (book.create_sheet(), ["Z2", "气胸", None, "乙"]),
    ):
        sheet.append(["检查号", "危急值描述", "检出", "告知人"])
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert [(a.accession_number, a.found_at) for a in read_alerts(out.getvalue(), "x.xlsx").alerts] == [
        ("Z1", FOUND),
        ("Z2", None),
    ]


def test_what_a_person_left_out_of_the_mapping_stays_out_and_is_named():
    rows = [["检查号", "危急值描述", "检出", "告知人"], ["Z1", "急性脑出血", "2025-04-01 09:20", "乙"]]
    mapping = {"检查号": "accession_number", "危急值描述": "content"}
    result = read_alerts(csv_of(rows), "x.csv", mapping=mapping)
    assert ([a.found_at for a in result.alerts], result.unused) == ([None], ("检出", "告知人"))


def test_unused_columns_of_requests_and_reports_are_named_but_not_empty_ones_and_counters():
    rows = [["序号", "检查号", "检查目的", "加急", "空"], ["1", "A1", "排除", "是", ""]]
    assert read_requests(csv_of(rows), "x.csv").unused == ("加急",)
    rows = [[*HEAD, "备注", "身份证号", ""], [*GOOD, "急", "110101195301020011", ""]]
    assert read_reports(csv_of(rows), "x.csv").unused == ("备注", "身份证号")


def test_unused_columns_of_a_register_are_named():
    text = "序号,工号,姓名,职称,执业证书编号,籍贯,备注\n1,7,甲一,主治,11,北京,\n"
    assert read_register(text.encode(), "x.csv", {}).unused == ("籍贯",)


def test_word_of_each_kind_of_outcome_is_read_as_that_kind():
    words = OUTCOME_KINDS.split("、")
    assert [outcome_word(outcome_kind(word)) for word in words] == words
    assert outcome_word("unknown") == ""
