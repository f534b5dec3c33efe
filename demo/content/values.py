"""What the demonstration is made of: frozen values, glossary names, Beijing wall times."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

TiedBy = Literal["accession", "patient_and_date", "patient_only"]
Stage = Literal["signed", "submitted", "judging"]


@dataclass(frozen=True)
class Person:
    """Somebody of the department. `modalities`: what a technologist operates (4.3); else empty."""

    name: str
    post: Literal["reporting", "reviewing", "technologist"]
    staff_number: str
    modalities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """手术结果或临床随访结局. `tied_by`: which identity the export gives, hence how it is matched.

    Only `accession` and `patient_and_date` are certain; `patient_only` waits for a person. `in_time` is
    False when it was observed after the quarter's cut-off day.
    """

    kind: str
    observed_on: date
    text: str
    recorded_by: str
    tied_by: TiedBy = "accession"
    in_time: bool = True

    @property
    def counts(self) -> bool:
        """Does it make its report eligible for the quarter's draw?"""
        return self.in_time and self.tied_by != "patient_only"


@dataclass(frozen=True)
class Truth:
    """The conclusion compared with its outcome, in the codes of DOMAIN 3.2: an assessor's ruling."""

    judgement: str
    localisation: str
    characterisation: str
    error_kind: str
    reason: str
    stage_differs: bool = False


@dataclass(frozen=True)
class DescriptionFault:
    """A violation of an 应/不应 clause in the text: where, and why."""

    clause: str
    field: str
    excerpt: str
    reason: str


@dataclass(frozen=True)
class DemoReport:
    """A report in its last version. `content` has exactly the fields of a report (reports.archive.models).

    `earlier`: the version before the amendment (4.5), when there is one. `truth` exists with an outcome only.
    """

    accession_number: str
    content: Mapping[str, Any]
    quarter: str
    case: str
    system: str
    earlier: Mapping[str, Any] | None = None
    outcome: Outcome | None = None
    truth: Truth | None = None
    description_faults: tuple[DescriptionFault, ...] = ()

    @property
    def is_eligible(self) -> bool:
        return self.outcome is not None and self.outcome.counts


@dataclass(frozen=True)
class Evidence:
    """机构提供的资料 for a row of section 1."""

    title: str
    dated_on: date
    note: str = ""


@dataclass(frozen=True)
class SectionOneRow:
    """A row of section 1 as a person rules it, with what was shown for it."""

    row: str
    state: str
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class DemoQuarter:
    """A quarter of the story: its window and cut-off day, how far it has come, and section 1.

    `judged`: how many of the ten drawn cases are judged (10 once the sheet exists).
    """

    label: str
    window_start: date
    window_end: date
    cut_off: date
    stage: Stage
    judged: int
    passes: bool | None
    section_one: tuple[SectionOneRow, ...] = ()


@dataclass(frozen=True)
class DemoDepartment:
    """Everything `manage.py demo` needs. Reports are in order of examination.

    `earlier`: those of the months before the first quarter, so that twelve months can be checked.
    """

    today: date
    seed: str
    institution: str
    level: str
    code: str
    name: str
    people: tuple[Person, ...]
    assessors: tuple[str, str]
    member: str
    quarters: tuple[DemoQuarter, ...]
    reports: tuple[DemoReport, ...]
    earlier: tuple[DemoReport, ...] = ()

    def secret(self, of: str) -> str:
        """The secret seed of a quarter's or month's draw, so that every demonstration draws the same."""
        return f"demo-{hashlib.sha256(f'{self.seed}|{of}'.encode()).hexdigest()[:32]}"

    def reports_of(self, quarter: DemoQuarter) -> tuple[DemoReport, ...]:
        """The reports completed within the quarter's window."""
        return tuple(report for report in self.reports if report.quarter == quarter.label)
