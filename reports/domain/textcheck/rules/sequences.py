"""6.3.6: the sequence line of MRI examinations, one rule per code of fault."""

from collections.abc import Callable, Iterable
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport, once_per_report
from reports.domain.textcheck.sequence_faults import Fault, faults
from reports.domain.textcheck.sequence_grammar import ORIENTATIONS, names_sequence
from reports.domain.textcheck.vocabulary import has_any, term_set

_OUT_OF_SCOPE: Final = term_set("other_examinations")


@once_per_report
def _faults(report: CheckedReport) -> tuple[Fault, ...]:
    """The faults of the report's sequence line; none for other kinds of examination."""
    return faults(report.texts["technique"].plain) if _is_mri(report) else ()


def _is_mri(report: CheckedReport) -> bool:
    kind = facts.kind(report)
    if kind != "MRI":
        # Unknown kind: only an MRI examination has a line with orientations and sequences.
        text = report.texts["technique"].plain
        return kind == "" and any(word in text for word in ORIENTATIONS) and names_sequence(text)
    return not _is_out_of_scope(facts.named(report))


def _is_out_of_scope(named: str) -> bool:
    return has_any(named, _OUT_OF_SCOPE)


def _hits_for(code: str) -> Callable[[CheckedReport], Iterable[Hit]]:
    """The rule function of one code: its faults as hits."""

    def find(report: CheckedReport) -> Iterable[Hit]:
        for fault in _faults(report):
            if fault.code == code:
                yield Hit("technique", fault.start, fault.end, fault.message)

    find.__name__ = code.replace("-", "_")
    return find


CODES: Final = (
    "no-sequence-line",
    "missing-orientation",
    "missing-group-separator",
    "wrong-sequence-separator",
    "halfwidth-separator",
    "duplicate-orientation-label",
    "empty-sequence",
    "orientations-joined",
    "unknown-sequence",
    "unknown-orientation",
    "orientation-repeated",
)
RULES: Final[tuple[Rule, ...]] = tuple(
    Rule(f"6.3.6/{code}", _hits_for(code), reads=("technique",)) for code in CODES
)
