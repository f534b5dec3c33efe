"""Row-level checks: refuse a row that is contradictory, empty or shifted, even if each cell is valid."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from reports.intake.heads import Head
from reports.intake.refusing import RowRefused
from reports.intake.values import LIMITS

# Times of past events, which cannot be after today; appointments and expiry dates are excluded.
_HAPPENED = (
    *("examined_at", "reported_at", "signed_at", "last_modified_at", "requested_at"),
    *("found_at", "notified_at", "examined_on", "observed_on"),
)


def check(values: dict[str, Any], head: Head) -> None:
    """Raise RowRefused for a report dated before its examination, without text, or with a text too long."""
    examined, reported = values.get("examined_at"), values.get("reported_at")
    if examined and reported and _before(values):
        reason = (
            f"报告时间{reported:%Y-%m-%d %H:%M:%S}早于检查时间{examined:%Y-%m-%d %H:%M:%S}，不可能。"
            "请在RIS中核对后重新导出。"
        )
        raise RowRefused(
            _label(head, "reported_at"), f"{reported}", f"不早于{examined}", reason, "report_before_exam"
        )
    if values.get("findings") == "" and values.get("impression") == "":
        reason = "影像描述与诊断结论都为空，没有报告内容。请确认报告已书写后重新导出。"
        raise RowRefused(_label(head, "findings"), "", "报告文字", reason, "no_text")
    check_lengths(values, head)


def check_not_ahead(values: Mapping[str, Any], head: Head, today: date | None) -> None:
    """Raise RowRefused for a date after today: recorded events have already happened."""
    for name in _HAPPENED:
        value = values.get(name)
        if today and value and _day_of(value) > today:
            label = _label(head, name)
            reason = f"“{label}”为{value}，晚于今天（{today}），不可能。请核对后重新导出。"
            raise RowRefused(label, f"{value}", f"不晚于{today}", reason, "future_date")


def birth_of(values: Mapping[str, Any], head: Head, today: date | None) -> date | None:
    """Choose the birth date from its candidates, using the row's other dates, its age and today.

    Raises RowRefused for a birth after the examination, or after today.
    """
    given = values.get("birth_on") or ()
    known = [_day_of(values[name]) for name in _HAPPENED if values.get(name)]
    latest = min((*known, *([today] if today else [])), default=None)
    possible = [birth for birth in given if latest is None or birth <= latest]
    if given and not possible:
        label = _label(head, "birth_on")
        reason = f"“{label}”为{given[-1]}，晚于检查、报告或今天（{latest}），不可能。请核对后重新导出。"
        raise RowRefused(label, f"{given[-1]}", f"不晚于{latest}", reason, "future_birth")
    age, of = values.get("age_days"), max(known, default=today)
    if age is not None and of is not None:
        return min(possible, key=lambda birth: abs((of - birth).days - age), default=None)
    return possible[0] if possible else None


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def check_lengths(values: dict[str, Any], head: Head) -> None:
    """Raise RowRefused for a text longer than its field allows; texts are never truncated."""
    for name, limit in LIMITS.items():
        value = values.get(name)
        if value and len(value) > limit:
            label = _label(head, name)
            reason = f"“{label}”有{len(value)}个字，上限为{limit}个，多半是列已错位。请核对后重新导出。"
            raise RowRefused(label, value[:40], f"不超过{limit}个字", reason, "too_long")


def _label(head: Head, name: str) -> str:
    return next((head.labels[i] for i in head.columns(name)), name)


def _before(values: dict[str, Any]) -> bool:
    """True if the report is earlier than the examination, at the coarser precision of the two."""
    given = {values["examined_at_precision"], values["reported_at_precision"]}
    cut = (
        {"hour": 0, "minute": 0, "second": 0}
        if "day" in given
        else {"second": 0}
        if "minute" in given
        else {}
    )
    reported: datetime = values["reported_at"].replace(**cut)
    return bool(reported < values["examined_at"].replace(**cut))
