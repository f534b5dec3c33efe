"""6.3.1: the side of the requested examination against the report. The rule is listed in sides."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from reports.domain.textcheck.anatomy import OPPOSITE
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern

_COMPARED: Final = re.compile(r"比较|相比|对比|对照")
_WELL: Final = re.compile(r"正常|如常|对称|完整|均匀|未见|无")
_LESION_SIGNS: Final = pattern("lesion_signs")


@cache
def _requested() -> re.Pattern[str]:
    keys = any_of(group("requested_sides"))
    return re.compile(
        rf"(?P<a>左|右)侧?(?:全|单)?(?P<x>{keys})"
        rf"|(?P<y>{keys})(?:关节|骨|部|腺)?[（(]?(?P<b>左|右)(?!侧?位|[前后]?斜|侧?卧)"
    )


@cache
def _sided(key: str) -> re.Pattern[str]:
    words = any_of(group("requested_sides")[key])
    return re.compile(
        rf"(?P<side>左|右|双|两)侧?(?:人工|全|半){{0,2}}(?:[内外上中下远近前后]侧?)?(?:第?[0-9～~\-—、]{{1,12}})?(?:{words})"
    )


def laterality_vs_request(report: CheckedReport) -> Iterator[Hit]:
    """6.3.1: the examined part, named with a side, appears in the report only with the other side."""
    wanted = _wanted_sides(report)
    if not wanted:
        return
    for key, (side, source) in wanted.items():
        found = {
            field: tuple(_sided(key).finditer(report.texts[field].plain))
            for field in ("findings", "impression")
        }
        sides = {match["side"] for matches in found.values() for match in matches}
        if sides != {OPPOSITE[side]} or _only_compares(report.texts["findings"], found):
            continue
        for field, matches in found.items():
            if matches:
                first = matches[0]
                message = (
                    f"申请检查为“{source}”，报告写的却是“{first.group()}”，左右不一致，请核对申请单与图像。"
                )
                yield Hit(field, first.start(), first.end(), message)
        return


def _only_compares(findings: Text, found: dict[str, tuple[re.Match[str], ...]]) -> bool:
    """Is only the healthy side mentioned for comparison (右侧股骨头信号正常 for a left hip)?"""
    return not found["impression"] and all(_is_compared(findings, match) for match in found["findings"])


def _is_compared(text: Text, match: re.Match[str]) -> bool:
    part, clause = text.segment_at(match.start()), text.clause_at(match.start())
    if part.start == 0:
        return False  # a report begins with its subject
    if _COMPARED.search(text.plain, clause.start, clause.end):
        return True
    signs = _LESION_SIGNS.finditer(text.plain, match.end(), part.end)
    is_well = _WELL.search(text.plain, match.end(), part.end)
    return is_well is not None and all(text.is_negated(sign.start()) for sign in signs)


def _wanted_sides(report: CheckedReport) -> dict[str, tuple[str, str]]:
    """Requested structure → (side, text), from name, part and request; without bilateral ones."""
    request = report.request
    sources = (report.examination_name, report.body_part, request and request.requested_examination)
    wanted: dict[str, tuple[str, str]] = {}
    for source in sources:
        if (
            not source
            or ("左" not in source) == ("右" not in source)
            or pattern("both_sides_words").search(source)
        ):
            continue
        match = _requested().search(source)
        if match:
            key, side = match["x"] or match["y"], match["a"] or match["b"]
            wanted.setdefault(key, (side, source))
    return wanted
