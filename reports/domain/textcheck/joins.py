"""Which statements speak of the same thing: places that meet, sides that agree, lesions of one family."""

from typing import Final

from reports.domain.textcheck.concepts import is_akin
from reports.domain.textcheck.levels import differ
from reports.domain.textcheck.neighbours import is_near, same_structure, sides_meet
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import Statement, statements

_MOST: Final = 60  # lesions compared: a bound on the cost
_SEEN: Final = frozenset(("present", "uncertain", "prior"))


def is_lesion(one: Statement) -> bool:
    """Does it state a lesion, certain or not?"""
    return bool(one.family) and one.polarity in _SEEN


def lesions_of(report: CheckedReport, field: str) -> tuple[Statement, ...]:
    """The lesions of a field, each place and family once, in order; cached with the text."""
    shared = report.texts[field].shared
    found: tuple[Statement, ...] | None = shared.get("lesions")
    if found is None:
        first: dict[tuple[object, ...], Statement] = {}
        for one in statements(report, field):
            if is_lesion(one) and len(first) < _MOST:
                place = one.place
                key = (place.name, place.part, place.side, place.levels, one.family, one.points_back)
                first.setdefault(key, one)
        found = shared["lesions"] = tuple(first.values())
    return found


def is_evidence(claim: Statement, found: Statement) -> bool:
    """May the statement of the findings be what the claim of the conclusion rests on?"""
    return (
        is_lesion(found)
        and is_akin(claim.family, found.family)
        and sides_meet(claim.place.side, found.place.side)
        and is_near(claim.place, found.place)
        and not (same_structure(claim.place, found.place) and differ(claim.place.levels, found.place.levels))
    )
