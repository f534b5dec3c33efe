"""6.5.3: levels, lobes and segments of the conclusion against those of the findings."""

from collections.abc import Iterator, Sequence
from typing import Final

from reports.domain.textcheck.concepts import is_akin
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.joins import lesions_of
from reports.domain.textcheck.levels import differ, share_axis, shown_end
from reports.domain.textcheck.neighbours import sides_meet
from reports.domain.textcheck.places import Place
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import Statement


def level_conflict(report: CheckedReport) -> Iterator[Hit]:
    """The lesion is described at other levels only: L4/5 against L5/S1, 上叶 against 下叶."""
    text = report.texts["impression"]
    lesions = lesions_of(report, "findings")
    for claim in lesions_of(report, "impression"):
        if not claim.place.levels:
            continue
        other = _elsewhere(claim, lesions)
        if other is None:
            continue
        end = shown_end(text.plain, claim.place)
        here = text.plain[claim.place.start : claim.end]
        findings = report.texts["findings"].plain
        there = findings[other.place.start : other.end]
        message = f"结论写“{here[:40]}”，描述中的病变位于“{there[:40]}”，部位（节段）不一致，请对照图像核对。"
        yield Hit("impression", claim.place.start, max(end, claim.end), message)
        return


def _elsewhere(claim: Statement, lesions: Sequence[Statement]) -> Statement | None:
    """Such a lesion at another level, if none may be at the claim's."""
    found: Statement | None = None
    for one in lesions:
        if not _is_comparable(claim.place, one.place) or not is_akin(claim.family, one.family):
            continue
        if not differ(claim.place.levels, one.place.levels):
            return None
        found = found or one
    return found


def _is_comparable(claim: Place, found: Place) -> bool:
    """Are both of one structure or organ, on sides that meet?"""
    if claim.organ != found.organ or not sides_meet(claim.side, found.side):
        return False
    if claim.part and found.part and claim.part != found.part and not share_axis(claim.levels, found.levels):
        return False
    return claim.name == found.name or share_axis(claim.levels, found.levels)


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.5.3/level-conflict", level_conflict, reads=("findings", "impression")),
)
