"""What components show, as values: the look of an alert, a verdict's words, a bar's widths, Table A.1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()


@dataclass(frozen=True)
class Look:
    """A component's class, its icon, and its label or its role for screen readers."""

    kind: str
    icon: str
    word: str


_INFO = Look("info", "info", "status")
# The kinds of a tag, and the levels of Django's messages.
_ALERTS = {
    "pass": Look("pass", "pass", "status"),
    "fail": Look("fail", "fail", "alert"),
    "due": Look("due", "warn", "status"),
    "open": Look("open", "info", "status"),
}
_LEVELS = {"success": "pass", "error": "fail", "warning": "due"}
_UNJUDGED = Look("open", "open", "未评")
_VERDICTS = {
    "pass": Look("pass", "pass", "合格"),
    "fail": Look("fail", "fail", "不合格"),
    "differs": Look("fail", "fail", "与签发时不符"),
    "insufficient_sample": Look("open", "open", "样本不足，不作判定"),
    "unjudged_rows": Look("open", "open", "尚有未评项目，不作判定"),
}


@register.filter
def alert_look(kind: str) -> Look:
    """An alert of the kind; only a refusal interrupts a screen reader."""
    return _ALERTS.get(_LEVELS.get(kind, kind), _INFO)


@register.filter
def verdict_look(verdict: str | None) -> Look:
    """A verdict's colour, icon and words; 未评 for none."""
    return _VERDICTS.get(verdict or "", _UNJUDGED)


@dataclass(frozen=True)
class ScoreBar:
    """A bar of points: its sentence for screen readers, and its parts as percentages of the maximum."""

    label: str
    score_percent: int
    high_percent: int | None
    line_percent: int | None


@register.simple_tag
def score_bar(score: Any, high: Any, line: Any, maximum: int, label: str) -> ScoreBar:
    """The bar; `score` None or "" is 未评, `high` an upper bound, `line` the pass line."""
    said = "未评" if _absent(score) else score
    upper = "" if _absent(high) else f"至{high}"
    passed = f"，及格线{line}" if line else ""
    return ScoreBar(
        label=f"{label or '得分'} {said}{upper}，满分{maximum}{passed}",
        score_percent=_percent(score, maximum),
        high_percent=None if _absent(high) else _percent(high, maximum),
        line_percent=_percent(line, maximum) if line else None,
    )


def _absent(value: Any) -> bool:
    return value is None or value == ""


def _percent(value: Any, maximum: int) -> int:
    return round((value or 0) / maximum * 100)


@dataclass(frozen=True)
class Element:
    """An element of Table A.1; `field` is set for a text whose words may be marked."""

    label: str
    value: Any
    notes: Any
    field: str = ""
    segments: Any = ()
    span: int = 0
    hidden: bool = False


@dataclass(frozen=True)
class ReportForm:
    """Table A.1 of a report: rows of the head, the two texts, the last line."""

    rows: tuple[tuple[Element, ...], ...]
    findings: Element
    impression: Element
    foot: tuple[Element, ...]


@register.simple_tag
def report_form(report: Any, marks: Any, flags: Any, blind: Any) -> ReportForm:
    """The report's elements with their marked segments and numbered notes, names hidden when `blind`."""
    marks, flags = marks or {}, flags or {}

    def plain(label: str, name: str, *, span: int = 0, hidden: bool = False) -> Element:
        value, notes = _read(report, name), flags.get(name.removesuffix("_text"))
        return Element(label, value, notes, span=span, hidden=bool(blind) and hidden)

    def text(label: str, name: str, *, span: int = 0) -> Element:
        return Element(label, _read(report, name), flags.get(name), name, marks.get(name) or (), span)

    return ReportForm(
        rows=(
            (
                plain("检查号", "accession_number"),
                plain("姓名", "patient_name", hidden=True),
                plain("性别", "sex"),
                plain("年龄", "age"),
            ),
            (plain("科别", "requesting_department"), text("临床诊断", "clinical_diagnosis", span=5)),
            (text("检查名称", "examination_name", span=3), plain("检查时间", "examined_at_text", span=3)),
            (text("技术参数", "technique", span=7),),
        ),
        findings=text("影像描述：", "findings"),
        impression=text("诊断结论：", "impression"),
        foot=(
            plain("报告医师：", "reporting_physician", hidden=True),
            plain("审核医师：", "reviewing_physician", hidden=True),
            plain("报告时间：", "reported_at_text"),
        ),
    )


def _read(report: Any, name: str) -> Any:
    return report.get(name) if isinstance(report, Mapping) else getattr(report, name, None)
