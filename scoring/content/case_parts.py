"""Parts of a PacketDocument: the reports and their rulings."""

from dataclasses import dataclass

from scoring.content.codec import since


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
    """手术结果 or 临床随访结局 the conclusion was held against; masked.

    With schema 4: its `number` in the register of outcomes, where it came from, how it was matched to the
    report, and who confirmed the match ("" where the accession number alone decided).
    """

    kind: str
    observed_on: str
    text: str
    recorded_by: str
    number: int | None = since(4)
    source: str | None = since(4)
    entered_at: str | None = since(4)
    match_zh: str | None = since(4)
    confirmed_by: str | None = since(4)
    confirmed_at: str | None = since(4)


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
    """Row 2.2 of one report, as text. `discordant` None while open or undecidable."""

    judgement: str
    judgement_zh: str
    localisation_zh: str
    characterisation_zh: str
    error_kind_zh: str
    discordant: bool | None
    reason: str


@dataclass(frozen=True)
class AssessorLine:
    """What one assessor ruled, and when; `outcome_seen_at` shows that the description was judged blind.

    From `localisation_zh` on it came with schema 3: the ruling whole, each reader's own reasons and faults.
    """

    reader_zh: str
    assessor: str
    description_zh: str
    description_at: str
    outcome_seen_at: str
    judgement_zh: str
    conclusion_at: str
    note: str
    localisation_zh: str | None = since(3)
    characterisation_zh: str | None = since(3)
    error_kind_zh: str | None = since(3)
    description_reason: str | None = since(3)
    conclusion_reason: str | None = since(3)
    faults: tuple[str, ...] | None = since(3)


@dataclass(frozen=True)
class AppealLine:
    """申诉 of the report's physicians against a ruling, and how it ended ("" while it is pending).

    `change` says what its decision made of the ruling; the rulings of the case are as it left them.
    """

    number: int
    subject_zh: str
    appealed_at: str
    reason: str
    state: str
    state_zh: str
    assessor: str
    decided_at: str
    decision: str
    change: str

    @property
    def sentence(self) -> str:
        """第3号 影像描述 2025-10-20 10:01：… → 申诉成立（不规范 → 规范） 评二 2025-10-22 09:30：…"""
        asked = f"第{self.number}号　{self.subject_zh}　{self.appealed_at}：{self.reason}"
        if not self.decided_at:
            return f"{asked}　（{self.state_zh}）"
        changed = f"（{self.change}）" if self.change else ""
        return f"{asked}　→　{self.state_zh}{changed}　{self.assessor} {self.decided_at}：{self.decision}"


@dataclass(frozen=True)
class Case:
    """One of the ten: the frozen revision of a report, its outcomes and how it was ruled.

    `appeals` came with schema 2.
    """

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
    appeals: tuple[AppealLine, ...] | None = since(2)


@dataclass(frozen=True)
class ReplacedCase:
    """A drawn report that left the sample; `successor` None when no reserve was left."""

    position: int
    accession_number: str
    successor: str | None
    reason: str
    replaced_by: str
    replaced_at: str
