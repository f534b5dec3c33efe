"""What came out, how it is tied to its report, and what an assessor would rule (DOMAIN 3.2, 3.3)."""

from collections.abc import Mapping
from datetime import date, timedelta

from demo.content.cases import BaseCase, OutcomeText, filled
from demo.content.dice import Dice
from demo.content.people import FOLLOW_UP_CLERKS
from demo.content.values import DemoReport, Outcome, TiedBy, Truth

_TIES: tuple[tuple[TiedBy, int], ...] = (("accession", 17), ("patient_and_date", 3))
_DAYS = {"clinical_follow_up": (6, 19), "imaging_follow_up": (5, 19), "surgical_finding": (3, 12)}
_AGREES = "结局与首选诊断一致。"


def outcome_of(
    case: BaseCase, how: str, slots: Mapping[str, str], report: DemoReport, cut_off: date, dice: Dice
) -> Outcome:
    """The outcome, observed after the examination and not after the cut-off day."""
    given = case.outcomes[how]
    urgent = report.content["patient_class"] == "急诊" and given.kind == "surgical_finding"
    low, high = (0, 2) if urgent else _DAYS.get(given.kind, (4, 14))
    examined_on = report.content["examined_at"].date()
    observed_on = min(examined_on + timedelta(days=dice.between(low, high)), cut_off)
    clerk, tied_by = dice.pick(FOLLOW_UP_CLERKS), dice.weighted(_TIES)
    return Outcome(given.kind, observed_on, filled(given.text, slots), clerk, tied_by)


def truth_of(given: OutcomeText, slots: Mapping[str, str]) -> Truth:
    """The ruling the outcome calls for."""
    why = filled(given.why, slots)
    if given.how == "wrong":
        return Truth("discordant", given.localisation, given.characterisation, given.error_kind, why)
    if given.how == "listed":
        return Truth("partly", "correct", "listed", "none", why)
    return Truth("concordant", "correct", "first_choice", "none", why or _AGREES, given.how == "stage")
