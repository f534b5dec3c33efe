"""Left and right in conclusion and findings (6.5.3). The rule on the request (6.3.1) is listed here too."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from reports.domain.textcheck.anatomy import OPPOSITE
from reports.domain.textcheck.concepts import GENERIC, is_akin
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.joins import lesions_of
from reports.domain.textcheck.levels import differ, shown_end
from reports.domain.textcheck.neighbours import may_support, same_structure
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules.request_sides import laterality_vs_request
from reports.domain.textcheck.statements import Statement
from reports.domain.textcheck.text import Text

_DISC: Final = re.compile(
    r"(?P<upper>[CTLctl]\d{1,2}) {0,2}[/\-～~—] {0,2}[CTLSctls]?(?P<lower>\d{1,2})[^，。；、\n\d]{0,6}?间盘"
    r"[^，。；\n左右]{0,8}(?P<side>左|右)(?:后|侧|旁|前|外)(?![^，。；\n]{0,2}右)"
)
# 对侧亦见…, 另一侧可见…; "信号较对侧低" only compares.
_ELSEWHERE: Final = re.compile(
    r"(?<![较与比同])(?:对侧|另一侧|另侧|健侧|余侧)[^，。；\n]{0,8}?(?:亦|也|(?<!未)见)"
)


def laterality_conflict(report: CheckedReport) -> Iterator[Hit]:
    """6.5.3: the findings describe such a lesion there on the other side, and none on this side."""
    impression, findings = report.texts["impression"], report.texts["findings"]
    if "左" not in impression.plain and "右" not in impression.plain:
        return
    yield from _disc_conflicts(impression, findings)
    if _ELSEWHERE.search(findings.plain):
        return
    lesions = lesions_of(report, "findings")
    reported: set[tuple[str, str]] = set()
    for claim in _claims(report):
        place = claim.place
        other = _only_opposite(claim, lesions)
        if other is None or (place.name, place.side) in reported:
            continue
        reported.add((place.name, place.side))
        end = shown_end(impression.plain, place)
        there = findings.plain[other.place.start : shown_end(findings.plain, other.place)]
        here = impression.plain[place.start : end]
        message = f"结论写“{here}”，而描述中的异常只见于“{there}”，左右不一致，请对照图像核对。"
        yield Hit("impression", place.start, end, message)


def _claims(report: CheckedReport) -> Iterator[Statement]:
    """The sided lesions of the conclusion, each place and kind once."""
    for one in lesions_of(report, "impression"):
        if one.place.side in OPPOSITE and not one.place.is_inherited:
            yield one


def _only_opposite(claim: Statement, lesions: Sequence[Statement]) -> Statement | None:
    """The first such lesion on the other side, if nothing supports this side."""
    opposite: Statement | None = None
    weak = False  # is the claim's side supported by a neighbour or a kin lesion only?
    side = OPPOSITE[claim.place.side]
    for one in lesions:
        if not may_support(claim.place, one.place) or not is_akin(claim.family, one.family):
            continue
        same = same_structure(claim.place, one.place)
        if same and differ(claim.place.levels, one.place.levels):
            continue
        if one.place.side == side:
            if same and (opposite is None or one.family == claim.family):
                opposite = one
        elif same and _is_exact(claim, one):
            return None
        else:
            weak = True
    if weak and opposite and opposite.family not in (claim.family, GENERIC):
        return None
    return opposite


def _is_exact(claim: Statement, one: Statement) -> bool:
    """Does it state the claim's kind of lesion, or one on the claim's side of the structure itself?"""
    if one.family in (claim.family, GENERIC):
        return True
    return bool(one.place.name) and one.place.side == claim.place.side


def _disc_conflicts(impression: Text, findings: Text) -> Iterator[Hit]:
    """A disc protrudes to one side, but in the findings only to the other: L4/5椎间盘向左后突出."""
    if "间盘" not in impression.plain:
        return
    described: dict[str, set[str]] = {}
    for match in _DISC.finditer(findings.plain):
        described.setdefault(_level(match), set()).add(match["side"])
    for match in _DISC.finditer(impression.plain):
        if described.get(_level(match)) == {OPPOSITE[match["side"]]}:
            message = f"结论写“{match.group()}”，描述中该椎间盘却偏向{OPPOSITE[match['side']]}侧，请核对。"
            yield Hit("impression", match.start(), match.end(), message)


def _level(match: re.Match[str]) -> str:
    """The normalised level: L4/5 and L4-L5 are equal."""
    return f"{match['upper'].upper()}/{match['lower']}"


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.3.1/laterality-vs-request", laterality_vs_request, reads=("findings", "impression")),
    Rule("6.5.3/laterality-conflict", laterality_conflict, reads=("findings", "impression")),
)
