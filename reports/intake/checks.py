"""What a report row must not be, whatever each of its cells says: contradictory, empty, or shifted."""

from datetime import datetime
from typing import Any

from reports.intake.headers import Head
from reports.intake.refusing import RowRefused
from reports.intake.values import LIMITS


def check(values: dict[str, Any], head: Head) -> None:
    """Raises RowRefused for a report earlier than its examination, without text, or with a text too long."""
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


def check_lengths(values: dict[str, Any], head: Head) -> None:
    """Raises RowRefused for a text longer than its field takes: it is never cut."""
    for name, limit in LIMITS.items():
        value = values.get(name)
        if value and len(value) > limit:
            label = _label(head, name)
            reason = f"“{label}”有{len(value)}个字，上限为{limit}个，多半是列已错位。请核对后重新导出。"
            raise RowRefused(label, value[:40], f"不超过{limit}个字", reason, "too_long")


def _label(head: Head, name: str) -> str:
    return next((head.labels[i] for i in head.columns(name)), name)


def _before(values: dict[str, Any]) -> bool:
    """Is the report earlier than the examination, at the coarser precision of the two?"""
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
