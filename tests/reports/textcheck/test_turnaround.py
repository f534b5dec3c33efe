"""6.1.2/turnaround: silent as delivered; with limits of the hospital, over them only."""

import pytest

from reports.domain.textcheck.report import CheckedReport, moment_of
from reports.domain.textcheck.rules.turnaround import LIMITS, limits_of, over_limit, turnaround


def report(examined: str, reported: str, patient_class: str | None = "急诊") -> CheckedReport:
    return CheckedReport(
        examined_at=moment_of(examined), reported_at=moment_of(reported), patient_class=patient_class
    )


def test_as_delivered_no_limit_is_set_and_nothing_is_said():
    assert LIMITS == {}
    assert list(turnaround(report("2025-05-06 08:00", "2025-05-06 17:00"))) == []


def test_emergency_report_over_the_limit_is_named_with_hours():
    hits = list(over_limit(report("2025-05-06 08:00", "2025-05-06 17:05"), {"急诊": 2}))
    assert [(h.field, h.start, h.end, h.message) for h in hits] == [
        ("reported_at", 0, 0, "急诊检查至报告用时9小时5分，超过本机构规定的2小时。")
    ]


@pytest.mark.parametrize(
    ("examined", "reported", "patient_class"),
    [
        ("2025-05-06 08:00", "2025-05-06 10:00", "急诊"),
        ("2025-05-06 08:00", "2025-05-06 17:00", "门诊"),
        ("2025-05-06", "2025-05-06 17:00", "急诊"),
        ("2025-05-06 08:00", "2025-05-06", "急诊"),
        ("2025-05-06 08:00", "2025-05-06 17:00", None),
        ("", "2025-05-06 17:00", "急诊"),
        ("2025-05-06 08:00", "待补", "急诊"),
    ],
)
def test_within_the_limit_other_class_or_inexact_time_is_silent(examined, reported, patient_class):
    assert list(over_limit(report(examined, reported, patient_class), {"急诊": 2})) == []


def test_report_a_minute_over_the_limit_is_named():
    assert list(over_limit(report("2025-05-06 08:00", "2025-05-06 10:00:59"), {"急诊": 2})) == []
    (hit,) = over_limit(report("2025-05-06 08:00", "2025-05-06 10:01"), {"门诊": 1, "急诊": 2})
    assert hit.message == "急诊检查至报告用时2小时1分，超过本机构规定的2小时。"


@pytest.mark.parametrize("hours", [("2h",), ("1", "2"), ()])
def test_limit_is_one_whole_number(hours):
    assert limits_of({"急诊": ("2",), "门诊": ("24",)}) == {"急诊": 2, "门诊": 24}
    with pytest.raises(ValueError, match="expected one whole number"):
        limits_of({"急诊": hours})


def test_limit_that_is_no_whole_number_is_refused():
    with pytest.raises(ValueError, match="turnaround_hours: 急诊"):
        limits_of({"急诊": ("2h",)})


def test_report_without_either_time_is_silent():
    for known in (
        {"examined_at": moment_of("2025-05-06 08:00")},
        {"reported_at": moment_of("2025-05-06 17:00")},
    ):
        assert list(over_limit(CheckedReport(patient_class="急诊", **known), {"急诊": 2})) == []
