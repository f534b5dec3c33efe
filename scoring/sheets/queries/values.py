"""Table B.1 of one audit as the page prints it: frozen values, the same for a draft and a signed sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.sheets.domain.verdict import Bounds

LISTED = 12  # records a row lists before it folds the others away; all of them are in the packet


@dataclass(frozen=True)
class Choice:
    """A state a section 1 row may be set to, and the points it leaves at this hospital's level."""

    state: str
    label: str
    points: int
    chosen: bool


@dataclass(frozen=True)
class CaseReason:
    """One report that cost a point on a row, as text; identity masked."""

    position: int
    case_id: int | None
    accession_number: str
    text: str


@dataclass(frozen=True)
class SupportingRecord:
    """A record as a line of the row; `url` is "" in a signed document."""

    kind: str
    title: str
    on: str
    says: str
    counts: bool
    url: str


@dataclass(frozen=True)
class SuggestionView:
    """`points` is what the suggested state leaves at this hospital's level; None in a signed document.

    `departs`: the decision is another one; `overtaken`: since the decision the records suggest another state.
    """

    state: str
    state_zh: str
    points: int | None
    sentence: str
    records: tuple[SupportingRecord, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    readings: tuple[str, ...]
    is_taken: bool
    departs: bool
    differs_reason: str
    overtaken: str = ""

    @property
    def first(self) -> tuple[SupportingRecord, ...]:
        return self.records[:LISTED]

    @property
    def folded(self) -> tuple[SupportingRecord, ...]:
        return self.records[LISTED:]


@dataclass(frozen=True)
class Evidence:
    """A line of 机构提供的资料; `id` is None in a signed document."""

    title: str
    dated_on: str
    note: str
    by: str
    id: int | None = None


@dataclass(frozen=True)
class Reading:
    """A decision (D-01…) that affected a row, with its reason."""

    id: str
    text: str


@dataclass(frozen=True)
class RowView:
    """A row of Table B.1: the printed words, and what was set, scored and lost on it."""

    id: str
    clause: str
    content: str
    material: str
    method: str
    points: int
    score: int | None
    state: str
    state_zh: str
    choices: tuple[Choice, ...]
    reason: str
    default_reason: str
    cases: tuple[CaseReason, ...]
    judged: int | None
    failed: int | None
    remark: str
    evidence: tuple[Evidence, ...]
    flags: tuple[str, ...]
    readings: tuple[Reading, ...]
    suggestion: SuggestionView | None = None

    @property
    def anchor(self) -> str:
        """The row's id as an HTML id."""
        return f"r{self.id.replace('.', '-')}"

    @property
    def lost(self) -> int:
        """Points lost; 0 while the row is open."""
        return 0 if self.score is None else self.points - self.score

    @property
    def is_scored_by_cases(self) -> bool:
        return self.judged is not None


@dataclass(frozen=True)
class SectionView:
    """A section of Table B.1 with its rows; `score` is None while a row is open."""

    id: str
    title: str
    points: int
    score: int | None
    rows: tuple[RowView, ...]


@dataclass(frozen=True)
class CaseLine:
    """One drawn report as the list under the sheet shows it. Codes: pass, fail, open."""

    position: int
    case_id: int | None
    accession_number: str
    system: str
    modality: str
    description: str
    description_zh: str
    description_reason: str
    concordance: str
    concordance_zh: str
    concordance_reason: str
    assessors: str


@dataclass(frozen=True)
class RateView:
    """诊断符合率 with its 95 % interval; `partly`: 基本符合, counted as concordant and shown apart (D-18)."""

    numerator: int
    denominator: int
    percent: str
    interval: str
    partly: int


@dataclass(frozen=True)
class SheetView:
    """Table B.1 of one audit. `bounds` is set only while the total is open."""

    title: str
    table: str
    columns: Mapping[str, str]
    item: str
    total_label: str
    verdict_rule: str
    department: str
    institution: str
    level_zh: str
    period: str
    window: str
    extended: str
    sections: tuple[SectionView, ...]
    total: int | None
    total_points: int
    pass_line: int
    verdict: str
    verdict_zh: str
    bounds: Bounds | None
    flags: tuple[str, ...]
    readings: tuple[Reading, ...]
    changes: tuple[str, ...]
    rate: RateView | None
    cases: tuple[CaseLine, ...]
    waiting: tuple[str, ...]
    sample_size: int

    @property
    def rows(self) -> tuple[RowView, ...]:
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def open_rows(self) -> tuple[RowView, ...]:
        """Section 1 rows that nobody judged yet."""
        return tuple(row for row in self.rows if row.score is None and not row.is_scored_by_cases)

    @property
    def judged(self) -> int:
        """Reports judged in both parts."""
        return sum(case.description != "open" and case.concordance != "open" for case in self.cases)
