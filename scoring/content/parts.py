"""The parts of a PacketDocument: frozen values of texts, whole numbers, None and tuples, nothing else."""

from dataclasses import dataclass

from scoring.content.case_parts import (
    AppealLine,
    AssessorLine,
    Case,
    ConclusionRuling,
    DescriptionRuling,
    FaultMark,
    OutcomeFact,
    ReplacedCase,
    ReportText,
)
from scoring.content.draw_parts import AllowedReader, Draw, DrawChains, LedgerCount, LedgerRow
from scoring.content.evidence_parts import DocumentLine, EvidenceRow, RecordLine
from scoring.content.follow_up_parts import FollowUpLine, FollowUps
from scoring.content.history_parts import ChangeLine, History, VersionLine
from scoring.content.month_parts import (
    MeasureLine,
    MonthClause,
    MonthFaultLine,
    MonthLine,
    Monthly,
    MonthReport,
)
from scoring.content.staff_parts import (
    ReasonCount,
    RequirementLine,
    SignatureFault,
    StaffException,
    Staffing,
    StaffMember,
    StaffProof,
    StaffReport,
    StaffReports,
)
from scoring.content.statistics_parts import PenaltyChance, PooledQuarter, Statistics

__all__ = [
    "AllowedReader",
    "Anchor",
    "AppealLine",
    "AssessorLine",
    "Bounds",
    "Case",
    "CaseReason",
    "ChangeLine",
    "ConclusionRuling",
    "DeductionLine",
    "DescriptionRuling",
    "DocumentLine",
    "Draw",
    "DrawChains",
    "EditionFacts",
    "EvidenceItem",
    "EvidenceRow",
    "FaultMark",
    "Flag",
    "FollowUpLine",
    "FollowUps",
    "Generated",
    "History",
    "InstitutionFacts",
    "LedgerCount",
    "LedgerRow",
    "MeasureLine",
    "MonthClause",
    "MonthFaultLine",
    "MonthLine",
    "MonthReport",
    "Monthly",
    "OutcomeFact",
    "PenaltyChance",
    "Period",
    "PooledQuarter",
    "Reading",
    "ReasonCount",
    "RecordLine",
    "ReplacedCase",
    "ReportText",
    "RequirementLine",
    "Result",
    "Section",
    "SheetFacts",
    "SheetWords",
    "SignatureFault",
    "StaffException",
    "StaffMember",
    "StaffProof",
    "StaffReport",
    "StaffReports",
    "Staffing",
    "Statistics",
    "TableRow",
    "VersionLine",
]


@dataclass(frozen=True)
class InstitutionFacts:
    """`level` is tertiary, secondary or other; `level_zh` its Chinese label."""

    name: str
    level: str
    level_zh: str


@dataclass(frozen=True)
class Period:
    """期间 and 抽样窗口; `extended_reason` is "" unless the window was extended (D-07)."""

    label: str
    window_start: str
    window_end: str
    cut_off_on: str
    extended_reason: str


@dataclass(frozen=True)
class EditionFacts:
    """Which edition of the standard the sheet was scored under."""

    id: str
    title: str
    number: str
    status: str


@dataclass(frozen=True)
class SheetFacts:
    """版次 and sign-off. `status`: draft, submitted, signed, superseded. `corrects`: the number corrected."""

    number: int
    version: int
    status: str
    status_zh: str
    corrects: int | None
    correction_reason: str
    submitted_by: str
    submitted_at: str
    signed_by: str
    signed_at: str


@dataclass(frozen=True)
class SheetWords:
    """The printed words of Table B.1 and its fixed numbers, from the edition. `columns`: seven, in order."""

    table: str
    title: str
    columns: tuple[str, ...]
    item: str
    total: str
    verdict_rule: str
    total_points: int
    pass_line: int
    sample_size: int


@dataclass(frozen=True)
class Section:
    """One of the two 检查项目; `score` is None while one of its rows is 未评."""

    id: str
    title: str
    points: int
    score: int | None


@dataclass(frozen=True)
class DeductionLine:
    """扣分: by which printed rule, under which clause and readings; `cases` reports (0 in section 1)."""

    points: int
    rule: str
    clause: str
    readings: tuple[str, ...]
    cases: int


@dataclass(frozen=True)
class CaseReason:
    """One report that cost a point on a row of section 2."""

    position: int
    accession_number: str
    text: str


@dataclass(frozen=True)
class EvidenceItem:
    """机构提供的资料, as noted by a person."""

    title: str
    dated_on: str
    note: str
    added_by: str


@dataclass(frozen=True)
class TableRow:
    """A row of Table B.1. `reason` is the text of the column 扣分理由, `deductions` and `cases` its basis.

    Section 1 rows have `state`, `state_zh` ("" while 未评). Section 2 rows have `sample_size` and `failed`
    (None in section 1), `case_points` per failed report, and where printed `rate_percent`, `rate_points`.
    """

    id: str
    section: str
    clause: str
    content: str
    material: str
    method: str
    points: int
    score: int | None
    state: str
    state_zh: str
    reason: str
    deductions: tuple[DeductionLine, ...]
    cases: tuple[CaseReason, ...]
    remark: str
    evidence: tuple[EvidenceItem, ...]
    set_by: str
    set_at: str
    sample_size: int | None
    failed: int | None
    case_points: int | None
    rate_percent: int | None
    rate_points: int | None


@dataclass(frozen=True)
class Bounds:
    """What the total can still become; `foregone` is pass or fail when both ends agree."""

    lowest: int
    highest: int
    foregone: str | None


@dataclass(frozen=True)
class Flag:
    """A statement the score adds to its points."""

    code: str
    text: str
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """`verdict`: pass, fail, insufficient_sample, unjudged_rows. `total` None exactly while `bounds` is set.

    `changes`: what would turn the verdict, in sentences.
    """

    total: int | None
    verdict: str
    verdict_zh: str
    bounds: Bounds | None
    flags: tuple[Flag, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A decision D-xx that bears on this packet: the question, how it is read, and the rows."""

    id: str
    question: str
    shown: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Anchor:
    """The end of the trail when the packet was made; `at` is "" while the trail is empty."""

    seq: int
    hash: str
    at: str


@dataclass(frozen=True)
class Generated:
    """When and by what the document was made; `by` is "" for the system."""

    at: str
    by: str
    program: str
