"""The parts of a PacketDocument that tell of the reports and how they were ruled."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportText:
    """The elements of Table A.1, patient masked. `title` is the printed head line."""

    title: str
    accession_number: str
    patient_name: str
    sex: str
    age: str
    requesting_department: str
    clinical_diagnosis: str
    examination_name: str
    examined_at: str
    technique: str
    findings: str
    impression: str
    reporting_physician: str
    reviewing_physician: str
    signed_by: str
    reported_at: str


@dataclass(frozen=True)
class OutcomeFact:
    """手术结果 or 临床随访结局 the conclusion was held against; masked."""

    kind: str
    observed_on: str
    text: str
    recorded_by: str


@dataclass(frozen=True)
class FaultMark:
    """A confirmed description fault. `field` names a text of ReportText, `start`/`end` its code points.

    `counts`: its clause is 应/不应, so it costs the point; else it advises (D-12).
    """

    clause: str
    title: str
    field: str
    start: int | None
    end: int | None
    excerpt: str
    reason: str
    by: str
    counts: bool


@dataclass(frozen=True)
class DescriptionRuling:
    """Row 2.1 of one report. `faulty` None while open."""

    faulty: bool | None
    zh: str
    reason: str
    faults: tuple[FaultMark, ...]


@dataclass(frozen=True)
class ConclusionRuling:
    """Row 2.2 of one report, in words. `discordant` None while open or undecidable."""

    judgement: str
    judgement_zh: str
    localisation_zh: str
    characterisation_zh: str
    error_kind_zh: str
    discordant: bool | None
    reason: str


@dataclass(frozen=True)
class AssessorLine:
    """What one assessor ruled, and when; `outcome_seen_at` shows that the description was judged blind."""

    reader_zh: str
    assessor: str
    description_zh: str
    description_at: str
    outcome_seen_at: str
    judgement_zh: str
    conclusion_at: str
    note: str


@dataclass(frozen=True)
class Case:
    """One of the ten: the frozen revision of a report, its outcomes and how it was ruled."""

    position: int
    system: str
    system_zh: str
    modality: str
    revision_number: int
    report: ReportText
    outcomes: tuple[OutcomeFact, ...]
    description: DescriptionRuling
    conclusion: ConclusionRuling
    assessors: tuple[AssessorLine, ...]


@dataclass(frozen=True)
class ReplacedCase:
    """A drawn report that left the sample; `successor` None when no reserve was left."""

    position: int
    accession_number: str
    successor: str | None
    reason: str
    replaced_by: str
    replaced_at: str
