"""6.1.2: sizes that differ between findings and conclusion, and sizes that cannot be."""

from collections.abc import Iterator
from typing import Final

from reports.domain.textcheck.concepts import GENERIC, is_akin
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.joins import lesions_of
from reports.domain.textcheck.neighbours import is_near, sides_meet
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.sizes import sizes_in
from reports.domain.textcheck.statements import Statement
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import group, tree

_TREE: Final = tree()
_LARGEST: Final = {word: float(limit[0]) for word, limit in group("largest_mm").items()}
_SMALLEST: Final = {word: float(limit[0]) for word, limit in group("smallest_mm").items()}
_LARGEST_OF_ALL: Final = 450
_FINE_MM: Final = 3
_MOST: Final = 40  # sized statements: a bound on the cost
_CLOSE: Final = 0.12  # rounding and 大者约 within one report
_MILLIMETRE: Final = 1.0


def _sized(report: CheckedReport, field: str) -> list[tuple[Statement, list[tuple[float, ...]]]]:
    """The lesions of a field with the sizes of their account."""
    text = report.texts[field]
    found = []
    for one in lesions_of(report, field)[:_MOST]:
        if one.points_back and one.family == GENERIC:
            continue
        if text.plain.find("m", one.place.start, one.until) >= 0 or "米" in text.plain:
            clause = text.clause(one.clause)
            sizes = sizes_in(text.plain, one.end, one.until) or sizes_in(text.plain, clause.start, one.end)
            if sizes:
                found.append((one, sizes))
    return found


def size_differs(report: CheckedReport) -> Iterator[Hit]:
    """The conclusion gives a lesion a size that the findings give to no such lesion of the place."""
    text = report.texts["impression"]
    if "m" not in text.plain and "米" not in text.plain and "M" not in text.plain:
        return
    described = _sized(report, "findings")
    for claim, sizes in _sized(report, "impression"):
        near = [
            size[0]
            for one, given in described
            if is_near(claim.place, one.place)
            and is_akin(claim.family, one.family)
            and sides_meet(claim.place.side, one.place.side)
            for size in given
        ]
        stated = sizes[0][0]
        if near and not any(_is_close(stated, each) for each in near):
            start, end = claim.place.start, claim.until
            yield Hit(
                "impression",
                min(start, claim.start),
                max(end, claim.end),
                f"结论中病灶大小为{stated:g}mm，描述中相应病灶为{near[0]:g}mm，请核对数值和单位。",
            )
            return


def _is_close(one: float, other: float) -> bool:
    return abs(one - other) <= max(_MILLIMETRE, _CLOSE * max(one, other))


def implausible_size(report: CheckedReport) -> Iterator[Hit]:
    """A size beyond what the structure or the word for the lesion allows: mostly a slip of the unit."""
    for field in ("findings", "impression"):
        text = report.texts[field]
        for one, sizes in _sized(report, field):
            longest = max(size[0] for size in sizes)
            least = min(size[0] for size in sizes)
            if _is_too_long(one, longest) or _is_too_short(one, least) or any(map(_is_too_fine, sizes)):
                start, end = one.start, _end_of_size(text, one)
                shown = f"{longest:g}" if _is_too_long(one, longest) else f"{least:g}"
                message = f"“{one.word}”的大小写为{shown}mm，超出常理，请核对数值和单位。"
                yield Hit(field, start, end, message)
                return


def _end_of_size(text: Text, one: Statement) -> int:
    return max(one.end, min(one.until, len(text.plain)))


def _is_too_long(one: Statement, longest: float) -> bool:
    limits = [limit for word, limit in _LARGEST.items() if word in one.word]
    if not limits:
        known = _TREE.get(one.place.name)
        limits = [known.largest_mm] if known and known.largest_mm else []
    return longest > min((*limits, _LARGEST_OF_ALL))


def _is_too_fine(size: tuple[float, ...]) -> bool:
    """2.1mm×1.9mm: both axes of a lesion under 3 mm, to a tenth of a millimetre?"""
    return len(size) > 1 and size[0] < _FINE_MM and any(value % 1 for value in size)


def _is_too_short(one: Statement, least: float) -> bool:
    return any(word in one.word and least < limit for word, limit in _SMALLEST.items())


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.1.2/size-differs", size_differs, reads=("findings", "impression")),
    Rule("6.1.2/implausible-size", implausible_size),
)
