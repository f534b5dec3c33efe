"""The account of a statement: number, size, degree, enhancement and comparison told of a lesion."""

import re
from typing import Any, Final

from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.sizes import sizes_in
from reports.domain.textcheck.statements import Statement, statements

_COUNT: Final = re.compile(
    r"多发|单发|孤立|散在|弥漫|数[枚个处]|[一二两三四五六七八九十\d]{1,2}[枚个处]|一(?=结节|肿块|囊)"
)
_DEGREE: Final = re.compile(r"(?:明显|中度|稍|等|略|较)?[高低等](?:密度|信号)")
_ENHANCED: Final = re.compile(r"[^，。；\n]{0,6}强化")
_COMPARED: Final = re.compile(r"较前[^，。；\n]{0,8}|同前|与[^，。；\n]{0,24}(?:比较|相比|对比)")
_FIELDS: Final = ("findings", "impression")


def as_rows(report: CheckedReport) -> list[dict[str, Any]]:
    """Every statement of findings and conclusion as plain values, for `check_text --statements`."""
    return [_row(report, one) for field in _FIELDS for one in statements(report, field)]


def _row(report: CheckedReport, one: Statement) -> dict[str, Any]:
    plain = report.texts[one.field].plain
    clause = report.texts[one.field].clause(one.clause)
    told = plain[clause.start : max(one.until, clause.end)]
    return {
        "field": one.field,
        "structure": one.place.name,
        "part": one.place.part,
        "side": one.place.side,
        "levels": sorted(one.place.levels),
        "word": one.word,
        "family": one.family,
        "polarity": one.polarity,
        "count": _first(_COUNT, told),
        "sizes_mm": sizes_in(plain, one.end, one.until) if one.family else [],
        "degree": _first(_DEGREE, told),
        "enhancement": _first(_ENHANCED, told),
        "comparison": _first(_COMPARED, told),
        "points_back": one.points_back,
        "start": one.start,
        "end": one.end,
    }


def _first(pattern: re.Pattern[str], told: str) -> str:
    match = pattern.search(told)
    return match.group() if match else ""
