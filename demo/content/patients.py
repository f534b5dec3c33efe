"""Invented patients: a name, a sex, a birth date and an id, and which systems were examined before."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.content.cases import BaseCase
from demo.content.dice import Dice
from demo.content.people import patient_names


@dataclass
class Patient:
    """`systems`: examined so far; a second examination is of another one, so that 6.5.6 asks nothing."""

    patient_id: str
    name: str
    sex: str
    birth_on: date
    systems: set[str] = field(default_factory=set)
    reusable: bool = True

    def age_on(self, day: date) -> int:
        """Whole years."""
        had_birthday = (day.month, day.day) >= (self.birth_on.month, self.birth_on.day)
        return day.year - self.birth_on.year - (0 if had_birthday else 1)

    def fits(self, case: BaseCase, day: date) -> bool:
        low, high = case.ages
        same_sex = case.sex in ("", self.sex)
        return (
            self.reusable and same_sex and low <= self.age_on(day) <= high and case.system not in self.systems
        )


class Patients:
    """The register of the department."""

    def __init__(self, dice: Dice) -> None:
        self._names = patient_names(dice)
        self.known: list[Patient] = []

    def new(self, case: BaseCase, day: date, dice: Dice) -> Patient:
        """Somebody of the case's sex and age who was never here before."""
        low, high = case.ages
        # A year and a half off each end keeps the age within the range for every later examination.
        birth_on = day - timedelta(days=dice.between(low * 365 + 550, high * 365 - 200))
        patient = Patient(
            f"DM{len(self.known) + 1:06d}", next(self._names), case.sex or dice.pick("男女"), birth_on
        )
        self.known.append(patient)
        return patient

    def again(self, case: BaseCase, day: date, dice: Dice) -> Patient | None:
        """Somebody known whom this examination suits; None when there is nobody."""
        suiting = [patient for patient in self.known if patient.fits(case, day)]
        return dice.pick(suiting) if suiting else None
