"""The demonstration department as one frozen value: people, quarters, reports, outcomes and their truths."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from qcportal.demo.days import Span, four_quarters
from qcportal.demo.dice import Dice
from qcportal.demo.patients import Patients
from qcportal.demo.people import INSTITUTION, staff
from qcportal.demo.plan import PLANS, Plan, section_one
from qcportal.demo.quarter import QuarterMaker
from qcportal.demo.values import DemoDepartment, DemoQuarter, DemoReport


def demo_department(today: date, seed: str) -> DemoDepartment:
    """Some 500 reports over four quarters ending with (or shortly before) `today`.

    The same day and seed give the same department on every machine; the seed is fixed by the caller and
    never searched for: every verdict of the story holds for any draw (see plan.py).
    """
    people = staff()
    patients = Patients(Dice(f"{seed}|patients"))
    reviewing = [person.name for person in people if person.post == "reviewing"]
    spans = four_quarters(today)
    texts: set[str] = set()
    reports: list[DemoReport] = []
    for span, plan in zip(spans, PLANS, strict=True):
        maker = QuarterMaker(span, plan, people, patients, texts, Dice(f"{seed}|{span.label}"), today)
        reports += maker.reports()
    return DemoDepartment(
        today=today,
        seed=seed,
        institution=INSTITUTION,
        level="tertiary",
        code="DEMO",
        name="放射科",
        people=people,
        assessors=(reviewing[0], reviewing[1]),
        member=people[0].name,
        quarters=tuple(_quarter(span, plan) for span, plan in zip(spans, PLANS, strict=True)),
        reports=tuple(_numbered(reports)),
    )


def _quarter(span: Span, plan: Plan) -> DemoQuarter:
    return DemoQuarter(
        label=span.label,
        window_start=span.start,
        window_end=span.end,
        cut_off=span.cut_off,
        stage=plan.stage,
        judged=plan.judged,
        passes=plan.passes,
        section_one=section_one(plan, span),
    )


def _numbered(reports: Iterable[DemoReport]) -> list[DemoReport]:
    """Accession numbers as a RIS gives them: by day and modality, in order of examination."""
    counts: dict[str, int] = {}
    numbered = []
    for report in sorted(reports, key=lambda r: (r.content["examined_at"], r.content["patient_id"])):
        prefix = f"DM{report.content['examined_at']:%Y%m%d}{report.content['modality']}"
        counts[prefix] = counts.get(prefix, 0) + 1
        numbered.append(replace(report, accession_number=f"{prefix}{counts[prefix]:03d}"))
    return numbered
