"""The demonstration department as one frozen value: people, quarters, reports, outcomes and their truths."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from demo.content.days import Span, four_quarters, months_before
from demo.content.dice import Dice
from demo.content.patients import Patients
from demo.content.people import INSTITUTION, staff
from demo.content.plan import EARLIER_FAULTY, EARLIER_REPORTS, PLANS, Plan, section_one
from demo.content.quarter import QuarterMaker
from demo.content.values import DemoDepartment, DemoQuarter, DemoReport


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
    before = months_before(today, spans[0].start)
    earlier: list[DemoReport] = []
    if before:
        span = Span("此前", before[0], spans[0].start - timedelta(days=1), spans[0].start)
        # Last, so that the quarters are the same whether there are months before them or not.
        plan = _earlier(len(before))
        maker = QuarterMaker(span, plan, people, patients, texts, Dice(f"{seed}|{span.label}"), today)
        earlier = maker.reports()
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
        earlier=tuple(_numbered(earlier)),
    )


def _earlier(months: int) -> Plan:
    return Plan(
        reports=EARLIER_REPORTS * months,
        outcomes_per_system=0,
        outcomes_other=0,
        ordinary_faulty=EARLIER_FAULTY * months,
        pending=0,
        late=0,
        follow_ups=0,
        amended=0,
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
