"""The pool of eligible reports and the ledger of every report that is not in it (DOMAIN 2, D-19, D-22).

Nothing vanishes: every candidate is either an entry of the frozen list or a row of the ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from audits.sampling.domain.frozen_list import Entry, freeze, list_hash
from audits.sampling.domain.ledger import Exclusion, Ledger, Reason
from audits.sampling.domain.strata import MODALITIES, OTHER, SYSTEMS
from audits.sampling.domain.window import Window

__all__ = [
    "Candidate",
    "Entry",
    "Exclusion",
    "Ledger",
    "OutcomeFact",
    "Pool",
    "Reason",
    "build_pool",
    "list_hash",
]

PROGRESSION_DAYS = 90  # longer between examination and outcome: the disease may have progressed


_ORDER = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class OutcomeFact:
    """An outcome as eligibility needs it. `confirmed`: its match to the report is certain."""

    kind: str
    observed_on: date
    has_text: bool
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that might be drawn. `patient_key`, `reporting_physician`: opaque tokens, "" = not known.

    `examination_key` identifies the examination when two reports describe the same one under different
    accession numbers; "" means that the accession number does.
    """

    accession_number: str
    patient_key: str
    modality: str
    system: str
    reported_on: date | None
    examined_on: date | None
    is_final: bool
    is_signed: bool
    reporting_physician: str
    outcomes: tuple[OutcomeFact, ...] = ()
    examination_key: str = ""


@dataclass(frozen=True)
class Pool:
    """The frozen list in canonical order, the ledger, and notes (accession number, Chinese sentence)."""

    entries: tuple[Entry, ...]
    ledger: Ledger
    notes: tuple[tuple[str, str], ...] = ()


def build_pool(
    candidates: Iterable[Candidate], window: Window, cut_off: date, progression_days: int = PROGRESSION_DAYS
) -> Pool:
    """Sort candidates into the eligible and the ledger. Input order does not matter.

    Raises ValueError for a candidate without accession number or with an unknown system code, UnfitListError
    for control characters: both are faults of the caller, not properties of a report.
    """
    looked_at = _in_order(list(candidates))
    eligible: list[Candidate] = []
    excluded: list[Exclusion] = []
    for candidate in looked_at:
        reasons = _reasons(candidate, window, cut_off)
        if reasons:
            excluded.append(_exclusion(candidate, reasons))
        else:
            eligible.append(candidate)
    unique, doubled = _one_per_examination(eligible)
    excluded.extend(_exclusion(candidate, (Reason.SAME_EXAMINATION,)) for candidate in doubled)
    excluded.sort(key=lambda row: (row.accession_number, row.system, row.modality, row.reasons))
    return Pool(
        entries=freeze(_entry(candidate) for candidate in unique),
        ledger=Ledger(len(looked_at), len(unique), tuple(excluded)),
        notes=tuple(sorted(note for c in unique for note in _notes(c, cut_off, progression_days))),
    )


def _in_order(candidates: list[Candidate]) -> list[Candidate]:
    for candidate in candidates:
        if not candidate.accession_number:
            raise ValueError("候选报告缺少检查号，无法列入抽样名单。")
        if _system(candidate) not in SYSTEMS:
            raise ValueError(
                f"检查号 {candidate.accession_number} 的系统“{candidate.system}”不在已知系统之列。"
            )
    # Only equal numbers need the (slow) full comparison for an order that no input order can change.
    if len({candidate.accession_number for candidate in candidates}) < len(candidates):
        candidates = sorted(candidates, key=repr)
    return sorted(candidates, key=lambda candidate: candidate.accession_number)


def _system(candidate: Candidate) -> str:
    # A report of an unknown system is in none of the five: it may fill up, never represent one.
    return candidate.system or OTHER


def _reasons(candidate: Candidate, window: Window, cut_off: date) -> tuple[Reason, ...]:
    reasons = []
    if candidate.reported_on is None:
        reasons.append(Reason.NO_REPORT_TIME)
    elif candidate.reported_on not in window:
        reasons.append(Reason.OUTSIDE_WINDOW)
    if candidate.modality not in MODALITIES:
        reasons.append(Reason.OTHER_MODALITY)
    if not candidate.is_final:
        reasons.append(Reason.NOT_FINAL)
    if not candidate.is_signed:
        reasons.append(Reason.NOT_SIGNED)
    return (*reasons, *_outcome_reasons(candidate, cut_off))


def _outcome_reasons(candidate: Candidate, cut_off: date) -> tuple[Reason, ...]:
    if not candidate.outcomes:
        return (Reason.NO_OUTCOME,)
    against = [_against(candidate, outcome, cut_off) for outcome in candidate.outcomes]
    if not all(against):
        return ()  # one good outcome is enough
    return tuple(sorted({reason for reasons in against for reason in reasons}, key=_ORDER.__getitem__))


def _against(candidate: Candidate, outcome: OutcomeFact, cut_off: date) -> tuple[Reason, ...]:
    examined = _examined_on(candidate)
    reasons = []
    if not outcome.confirmed:
        reasons.append(Reason.OUTCOME_UNCONFIRMED)
    # The same day counts as after: an emergency operation follows its CT within hours.
    if examined is not None and outcome.observed_on < examined:
        reasons.append(Reason.OUTCOME_BEFORE_EXAMINATION)
    if outcome.observed_on > cut_off:
        reasons.append(Reason.OUTCOME_AFTER_CUT_OFF)
    if not outcome.has_text:
        reasons.append(Reason.OUTCOME_EMPTY)
    return tuple(reasons)


def _examined_on(candidate: Candidate) -> date | None:
    # A report never precedes its examination, so the report day is the safe stand-in for an unknown one.
    return candidate.examined_on or candidate.reported_on


def _one_per_examination(eligible: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Of several reports on one examination the last reported is the one in force; the others are doubles."""
    seen: set[tuple[str, str]] = set()
    unique, doubled = [], []
    for candidate in sorted(eligible, key=lambda c: c.reported_on or date.min, reverse=True):
        marks = {("number", candidate.accession_number)}
        if candidate.examination_key:
            marks.add(("examination", candidate.examination_key))
        if marks & seen:
            doubled.append(candidate)
        else:
            unique.append(candidate)
            seen |= marks
    return unique, doubled


def _exclusion(candidate: Candidate, reasons: tuple[Reason, ...]) -> Exclusion:
    return Exclusion(candidate.accession_number, _system(candidate), candidate.modality, reasons)


def _entry(candidate: Candidate) -> Entry:
    # Unknown patients cannot be compared: each counts as a different one, with a note.
    patient = candidate.patient_key or f"?{candidate.accession_number}"
    return Entry(
        candidate.accession_number,
        _system(candidate),
        candidate.modality,
        patient,
        candidate.reporting_physician,
    )


def _notes(candidate: Candidate, cut_off: date, progression_days: int) -> list[tuple[str, str]]:
    notes = []
    examined = _examined_on(candidate)
    good = [o.observed_on for o in candidate.outcomes if not _against(candidate, o, cut_off)]
    if not candidate.patient_key:
        notes.append("无受检者标识，按单独一人计")
    if candidate.examined_on is None:
        notes.append("无检查日期，以报告日期核对结局先后")
    if examined is not None and (min(good) - examined).days > progression_days:
        notes.append(f"结局距检查超过{progression_days}天，病情可能已进展")
    return [(candidate.accession_number, note) for note in notes]
