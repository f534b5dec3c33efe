"""One edition of the standard as frozen values. No framework, no file access (see loader.py)."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from standards.anatomy import Structure
from standards.evidence import DocumentKind, RowEvidence
from standards.scoresheet import HospitalLevel, ScoreSheetDefinition

Strength = Literal["must", "must_not", "should", "should_not", "may", "statement"]
Level = Literal["must", "must_not", "should", "should_not", "may", "advisory"]
Verification = Literal["automatic", "assisted", "human", "evidence"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Chapter:
    """A heading clauses are grouped by: "4", "5", "6.1"…"6.5", "A", "B", "C"."""

    number: str
    title_zh: str

    @property
    def name_zh(self) -> str:
        """The heading as the draft writes it: 6.4, 附录A."""
        return f"附录{self.number}" if self.number.isalpha() else self.number


@dataclass(frozen=True)
class Check:
    """One way to find out whether a clause is met; `code` is what a finding carries."""

    code: str
    level: Level
    verification: Verification
    inputs: tuple[str, ...]
    algorithm: str
    violation: str
    false_positives: tuple[str, ...]
    example_violating: str
    example_conforming: str
    regex: Mapping[str, str] = dataclasses.field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class How:
    """How a clause is verified: a summary and its checks."""

    summary: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Duty:
    """A part of a clause with a different force from the clause itself; the text is verbatim."""

    strength: Strength
    modal_zh: str
    text_zh: str


@dataclass(frozen=True)
class Clause:
    """条款: a clause, lettered item, Table A.1 element or Table B.1 row. `*_zh` texts are verbatim."""

    number: str
    label_in_draft: str
    title_zh: str
    text_zh: str
    strength: Strength
    modal_zh: str
    duties: tuple[Duty, ...]
    subject: str
    verification: Verification
    appendix_b_row: str
    row_effect: str
    gloss_en: str
    draft_lines: tuple[int, ...]
    draft_notes: tuple[str, ...]
    how: How
    aliases: tuple[str, ...] = ()
    parts_zh: Mapping[str, str] = dataclasses.field(default_factory=lambda: _NOTHING)
    field: str = ""
    section_zh: str = ""
    material_zh: str = ""
    method_zh: str = ""
    points: int | None = None
    deduction_rule: str = ""
    seed_raw: str = ""

    @property
    def chapter(self) -> str:
        """Number of the chapter it belongs to: "6.4.1.1a" → "6.4", "A-06" → "A", "4.3a" → "4"."""
        if self.number[0].isalpha():
            return self.number[0]
        first, second = self.number.split(".")[:2]
        return f"6.{second}" if first == "6" else first

    @property
    def binds(self) -> bool:
        """Only 应/不应 can lead to a deduction; 宜 advises."""
        return self.strength in ("must", "must_not")


@dataclass(frozen=True)
class Decision:
    """A reading of an ambiguous passage (D-01…): question, readings, what was decided, what users see."""

    id: str
    question: str
    readings: tuple[str, ...]
    decision: str
    question_zh: str
    readings_zh: tuple[str, ...]
    shown_zh: str
    rows: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class TemplateElement:
    """One of the 15 elements of Table A.1; `field` is its name in the report register."""

    clause: str
    field: str
    label_zh: str


@dataclass(frozen=True)
class ReportTemplate:
    """Table A.1: the elements, and the lines of the printed form as clause numbers (A-01…A-15)."""

    title_zh: str
    table_zh: str
    elements: tuple[TemplateElement, ...]
    layout: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> tuple[tuple[TemplateElement, ...], ...]:
        """The layout with the elements themselves."""
        by_clause = {element.clause: element for element in self.elements}
        return tuple(tuple(by_clause[number] for number in line) for line in self.layout)


@dataclass(frozen=True)
class System:
    """A disease system of rows 2.1 and 2.2; a draw should contain `aim` of its reports (D-22)."""

    code: str
    name_zh: str
    aim: int


@dataclass(frozen=True)
class Modality:
    """检查种类, with the DICOM modality codes that belong to it (D-25)."""

    code: str
    name_zh: str
    dicom: tuple[str, ...]


@dataclass(frozen=True)
class OutcomeKind:
    """Kind of proof of an outcome; strength 1 is the strongest. `surgical`: 手术结果."""

    code: str
    name_zh: str
    surgical: bool
    strength: int


@dataclass(frozen=True)
class HospitalLevelTerm:
    """机构级别 as text."""

    code: HospitalLevel
    name_zh: str


@dataclass(frozen=True)
class Vocabulary:
    """Terms that the text checks search for, with their source; grouped (organ → its terms) or plain."""

    source: str
    words: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class RuleWords:
    """Texts of an automatic check for users: its title, what it examines, and the correct wording.

    `at_most` limits the severity below what the clause's force would allow; the file states the reason
    (`at_most_because`).
    """

    title_zh: str
    looks_at_zh: str
    advice_zh: str
    at_most: Literal["", "suspect", "note"] = ""
    at_most_because: str = ""


@dataclass(frozen=True)
class Terms:
    """The closed lists of an edition, and the vocabularies of its text checks."""

    systems: tuple[System, ...]
    modalities: tuple[Modality, ...]
    outcome_kinds: tuple[OutcomeKind, ...]
    hospital_levels: tuple[HospitalLevelTerm, ...]
    body_parts: Mapping[str, tuple[str, ...]]
    vocabularies: Mapping[str, Vocabulary]

    def default_system(self, body_part: str) -> str:
        """System code for a body part or examination name; the longest word found decides, else "other"."""
        hits = (
            (-len(word), body_part.index(word), system)
            for system, words in self.body_parts.items()
            for word in words
            if word in body_part
        )
        return min(hits, default=(0, 0, "other"))[2]


@dataclass(frozen=True)
class Edition:
    """An edition of the standard. Immutable: another reading is another edition, never an edit."""

    id: str
    number_zh: str
    title_zh: str
    status_zh: str
    chapters: tuple[Chapter, ...]
    clauses: tuple[Clause, ...]
    sheet: ScoreSheetDefinition
    decisions: tuple[Decision, ...]
    template: ReportTemplate
    terms: Terms
    anatomy: Mapping[str, Structure]
    gists_zh: Mapping[str, str]
    rules: Mapping[str, RuleWords]
    evidence: tuple[RowEvidence, ...]

    @cached_property
    def document_kinds(self) -> Mapping[str, DocumentKind]:
        """Kinds of evidence documents by code, in the order of the rows."""
        return MappingProxyType({kind.code: kind for row in self.evidence for kind in row.documents})

    @cached_property
    def evidence_by_row(self) -> Mapping[str, RowEvidence]:
        """The evidence for each row of section 1, by row."""
        return MappingProxyType({found.row: found for found in self.evidence})

    @cached_property
    def clauses_by_number(self) -> Mapping[str, Clause]:
        """Clauses by number; an alias (6.4.1.2a for the draft's second "d)") leads to the same clause."""
        found = {alias: clause for clause in self.clauses for alias in clause.aliases}
        found.update({clause.number: clause for clause in self.clauses})
        return MappingProxyType(found)

    @cached_property
    def checks_by_code(self) -> Mapping[str, Check]:
        """Checks by code; a code shared by several clauses is described where its own number is."""
        found: dict[str, Check] = {}
        for clause in self.clauses:
            for check in clause.how.checks:
                if check.code not in found or check.code.startswith(f"{clause.number}/"):
                    found[check.code] = check
        return MappingProxyType(found)

    @cached_property
    def decisions_by_id(self) -> Mapping[str, Decision]:
        """Decisions by "D-01"…"""
        return MappingProxyType({decision.id: decision for decision in self.decisions})

    def decisions_on(self, clause: Clause) -> tuple[Decision, ...]:
        """The readings that cite this clause."""
        return tuple(decision for decision in self.decisions if clause.number in decision.clauses)
