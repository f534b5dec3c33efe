"""4.5 and 4.6 as text checks: codes and places; the rules of signing themselves are tested with signature."""

from datetime import datetime

import pytest

from reports.domain.textcheck.report import moment_of
from reports.domain.textcheck.rules.signing import RULES
from tests.reports.textcheck.said_kit import messages, said

SIGNED = {
    "signed_by": "何测霖",
    "signature_method": "CA电子签名",
    "signed_at": moment_of("2025-05-06 11:02:13"),
}


def told(**fields):
    times = {
        name: moment_of(value)
        for name, value in fields.items()
        if name.endswith("_at") and isinstance(value, str)
    }
    return said(RULES, **{**fields, **times})


@pytest.mark.parametrize("method", ["", "打印姓名", "图片签名"])
def test_method_that_is_no_signature_is_not_signed(method):
    found = told(**{**SIGNED, "signature_method": method})
    assert found == [("4.5/not-signed", method)]


def test_report_without_signer_is_not_signed():
    assert told(signed_by="", reported_at="2025-05-06 11:00") == [("4.5/not-signed", "")]


def test_report_without_signer_is_marked_at_the_signer_and_not_at_the_method():
    unnamed = told(signed_by=" ", signature_method="CA电子签名", reported_at="2025-05-06 11:00")
    assert unnamed == [("4.5/not-signed", " ")]


def test_columns_an_export_does_not_have_say_nothing():
    assert told() == []
    assert told(signed_by="何测霖") == []


def test_unfinished_report_needs_no_signature_yet():
    assert told(signed_by="", signature_method="", report_status="待审核", reported_at="") == []


def test_last_editor_other_than_the_signer_is_told():
    found = told(
        **SIGNED,
        reported_at="2025-05-06 11:00:00",
        last_modified_by="蒋测夏",
        last_modified_at="2025-05-06 11:01:00",
        modification_kind="内容修改",
    )
    assert found == [("4.5/signer-not-last-editor", "蒋测夏")]


def test_change_after_the_signature_is_told():
    found = told(
        **SIGNED,
        reported_at="2025-05-06 11:00:00",
        last_modified_by="何测霖",
        last_modified_at="2025-05-06 14:30:00",
        modification_kind="内容修改",
    )
    assert found == [("4.5/signed-before-last-edit", "2025-05-06 11:02:13")]


def test_administrative_correction_after_the_signature_is_silent():
    found = told(
        **SIGNED,
        reported_at="2025-05-06 11:00:00",
        last_modified_by="系统管理员",
        last_modified_at="2025-05-06 14:30:00",
        modification_kind="行政更正",
    )
    assert found == []


@pytest.mark.parametrize("shown", ["", "2025-05-06", "2025年5月6日", "05-06 11:02"])
def test_report_time_without_day_or_minute_is_missing(shown):
    assert told(reported_at=shown) == [("4.6/time-missing", shown)]


@pytest.mark.parametrize(
    "shown", ["2025-05-06 11:02:13", "2025-05-06 11:02", "2025年5月6日 11时02分", "20250506110213"]
)
def test_report_time_to_the_minute_is_complete(shown):
    assert told(reported_at=shown) == []


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ({"examined_at": "2025-05-06 12:00", "reported_at": "2025-05-06 11:00"}, ["2025-05-06 11:00"]),
        ({"reported_at": "2025-05-06 11:00:00", "signed_at": "2025-05-06 10:47:00"}, ["2025-05-06 10:47:00"]),
        ({"examined_at": "2025-05-07", "reported_at": "2025-05-06 11:00"}, ["2025-05-06 11:00"]),
        ({"examined_at": "2025-05-06 11:00:00", "reported_at": "2025-05-06 11:00:00"}, []),
        ({"examined_at": "2025-05-06 11:00:50", "reported_at": "2025-05-06 11:00"}, []),
        ({"reported_at": "2025-05-06 11:00:40", "signed_at": "2025-05-06 11:00"}, []),
        ({"reported_at": "2025-05-06 11:00:40", "signed_at": "2025-05-06 10:59:50"}, []),
        ({"examined_at": "2025-05-06", "reported_at": "2025-05-06 11:00"}, []),
        ({"examined_at": "2025-05-06 23:50", "reported_at": "2025-05-07 00:10"}, []),
        ({"examined_at": "", "reported_at": "2025-05-06 11:00", "signed_at": ""}, []),
    ],
)
def test_times_are_in_order_at_the_coarser_of_their_grains(times, found):
    assert told(**times) == [("4.6/time-implausible", excerpt) for excerpt in found]


def test_report_of_the_future_is_implausible():
    now = datetime(2025, 5, 6, 10, 0)
    assert told(reported_at="2025-05-06 10:01", now=now) == []
    assert told(reported_at="2025-05-06 11:00", now=now) == [("4.6/time-implausible", "2025-05-06 11:00")]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"reported_at": " "}, "报告没有完成时间，应由RIS系统自动生成日期及时间。"),
        (
            {"reported_at": "2025年5月6日上午十一点零二分报告完成并已上传系统"},
            "报告时间“2025年5月6日上午十一点零二分报告完成并已上”没有完整的日期和时分，应由RIS系统自动生成。",
        ),
        (
            {"examined_at": "2025-05-06 12:00", "reported_at": "2025-05-06 11:00"},
            "报告时间2025-05-06 11:00早于检查时间2025-05-06 12:00，次序颠倒。",
        ),
        (
            {"reported_at": "2025-05-06 11:00", "signed_at": "2025-05-06 10:47"},
            "签名时间2025-05-06 10:47早于报告时间2025-05-06 11:00，次序颠倒。",
        ),
    ],
)
def test_time_that_is_wrong_is_told_with_what_is_shown(times, message):
    assert messages(RULES, **{name: moment_of(shown) for name, shown in times.items()}) == [message]
