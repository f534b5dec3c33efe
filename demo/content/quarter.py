"""The reports of one quarter: with outcomes as planned, with follow-up examinations, and ordinary ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from demo.content.cases import BaseCase, base_cases
from demo.content.days import Span, working_days
from demo.content.dice import Dice
from demo.content.outcomes import outcome_of, truth_of
from demo.content.patients import Patient, Patients
from demo.content.plan import FIVE, Plan
from demo.content.values import DemoReport, Person
from demo.content.writing import Writer

SHARES = (
    ("nervous", 20),
    ("respiratory", 29),
    ("digestive_urogenital", 21),
    ("skeletal", 18),
    ("circulatory", 6),
    ("other", 6),
)
AGAIN_PERCENT = 12  # of the ordinary reports are of a patient who was here before


class QuarterMaker:
    """Makes one quarter. `texts`: the findings used so far in the whole department; none comes twice."""

    def __init__(
        self,
        span: Span,
        plan: Plan,
        people: Sequence[Person],
        patients: Patients,
        texts: set[str],
        dice: Dice,
        today: date,
    ) -> None:
        self.span, self.plan, self.patients, self.dice, self.today = span, plan, patients, dice, today
        self.writer = Writer(span.label, people, texts, dice)
        self.days = working_days(span.start, min(span.end, today - timedelta(days=1)))

    def reports(self) -> list[DemoReport]:
        """All reports of the quarter, not yet numbered."""
        made = self._with_outcomes()
        made += self._followed_up()
        made += self._doubtful()
        while len(made) < self.plan.reports:
            made.append(self._ordinary())
        return self._with_ordinary_faults(self._amended(made))

    def _with_outcomes(self) -> list[DemoReport]:
        made: list[DemoReport] = []
        for system in (*FIVE, "other"):
            count = self.plan.outcomes_other if system == "other" else self.plan.outcomes_per_system
            hows = [*self.plan.hows.get(system, ())]
            hows += ["good"] * (count - len(hows))
            made += self._of_system(system, hows)
        return self._with_faults(made)

    def _of_system(self, system: str, hows: Sequence[str]) -> list[DemoReport]:
        """One report for each of `hows`, of as many different cases as there are."""
        used: list[str] = []
        made = []
        for how in hows:
            fitting = [case for case in base_cases() if case.system == system and how in case.outcomes]
            fewest = min(used.count(case.id) for case in fitting)
            case = self.dice.pick([case for case in fitting if used.count(case.id) == fewest])
            used.append(case.id)
            made.append(self._concluded(case, how))
        return made

    def _concluded(self, case: BaseCase, how: str) -> DemoReport:
        """A report whose outcome came in before the cut-off day."""
        days = [day for day in self.days if day <= self.span.cut_off - timedelta(days=6)]
        report, slots = self.writer.write(case, self._newcomer(case, day := self.dice.pick(days)), day)
        outcome = outcome_of(case, how, slots, report, self.span.cut_off, self.dice)
        return replace(report, outcome=outcome, truth=truth_of(case.outcomes[how], slots))

    def _with_faults(self, made: list[DemoReport]) -> list[DemoReport]:
        left = self.plan.faulty
        for place in self.dice.shuffled(range(len(made))):
            faulty = self.writer.with_fault(made[place]) if left else None
            if faulty:
                made[place], left = faulty, left - 1
        return made

    def _with_ordinary_faults(self, made: list[DemoReport]) -> list[DemoReport]:
        left = self.plan.ordinary_faulty
        for place in self.dice.shuffled(range(len(made))):
            report = made[place]
            is_plain = report.outcome is None and report.earlier is None and not report.description_faults
            faulty = self.writer.with_fault(report) if left and is_plain else None
            if faulty:
                made[place], left = faulty, left - 1
        return made

    def _followed_up(self) -> list[DemoReport]:
        """Examination and follow-up of one patient, within the quarter."""
        last = self.days[-1]
        follows = [case for case in base_cases() if case.after]
        early = {case.id: [d for d in self.days if d + timedelta(case.gap[1]) <= last] for case in follows}
        follows = self.dice.shuffled([case for case in follows if early[case.id]])
        made = []
        for follow in follows[: self.plan.follow_ups]:
            first = next(case for case in base_cases() if case.id == follow.after)
            day = self.dice.pick(early[follow.id])
            patient = self._newcomer(first, day)
            patient.reusable = False
            report, slots = self.writer.write(first, patient, day)
            due = day + timedelta(days=self.dice.between(*follow.gap))
            second = next(later for later in self.days if later >= due)
            known = slots | {"prior": day.isoformat()}
            made += [report, self.writer.write(follow, patient, second, known)[0]]
        return made

    def _doubtful(self) -> list[DemoReport]:
        """Outcomes that do not make a report eligible: identity unsure, or observed after the cut-off day."""
        concluded = [case for case in base_cases() if "good" in case.outcomes]
        made = []
        for _ in range(self.plan.pending):
            report = self._concluded(self.dice.pick(concluded), "good")
            assert report.outcome is not None
            made.append(replace(report, outcome=replace(report.outcome, tied_by="patient_only")))
        for _ in range(self.plan.late):
            report = self._concluded(self.dice.pick(concluded), "good")
            assert report.outcome is not None
            days = (self.today - self.span.cut_off).days
            late_on = self.span.cut_off + timedelta(days=self.dice.between(1, min(20, days)))
            late = replace(report.outcome, observed_on=late_on, tied_by="accession", in_time=False)
            made.append(replace(report, outcome=late))
        return made

    def _ordinary(self) -> DemoReport:
        system = self.dice.weighted(SHARES)
        case = self.dice.weighted(
            [(case, case.weight) for case in base_cases() if case.system == system and not case.after]
        )
        day = self.dice.pick(self.days)
        known = self.patients.again(case, day, self.dice) if self.dice.below(100) < AGAIN_PERCENT else None
        patient = known or self.patients.new(case, day, self.dice)
        report, _ = self.writer.write(case, patient, day)
        return report

    def _newcomer(self, case: BaseCase, day: date) -> Patient:
        """A patient of their own: the draw takes one report a patient, and none may be missing by that."""
        patient = self.patients.new(case, day, self.dice)
        patient.reusable = False
        return patient

    def _amended(self, made: list[DemoReport]) -> list[DemoReport]:
        left = self.plan.amended
        for place in self.dice.shuffled(range(len(made))):
            if left and not made[place].description_faults:
                made[place], left = self.writer.amend(made[place]), left - 1
        return made
