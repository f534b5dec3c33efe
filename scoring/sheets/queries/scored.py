"""A draft sheet, scored once: the frozen value its page, its obstacles, its signing and its packet read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.utils import timezone

from audits.judging.queries.results import AuditResults, audit_results
from scoring.evidence.domain.suggestions import Suggestion
from scoring.evidence.models import EvidenceDocument
from scoring.evidence.queries.enclosing import Enclosures, enclosed
from scoring.evidence.queries.suggestions import registered, suggestions_of
from scoring.sheets.domain.rows import RowScore
from scoring.sheets.domain.score import Sample, SheetInput, SheetScore, flag_rows, score_sheet
from scoring.sheets.domain.verdict import change_sentences, what_would_change
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from scoring.sheets.queries.reasons import case_reasons, default_reason, printed_reason
from scoring.sheets.queries.values import CaseReason
from standards.edition import Edition
from standards.loader import load_edition
from standards.scoresheet import ScoreSheetDefinition, SheetRow


@dataclass(frozen=True)
class ScoredRow:
    """A row of Table B.1 with what was set, scored and lost on it.

    `sample` is None for a row of section 1; `flags` are the codes of the score's flags shown at this row.
    """

    definition: SheetRow
    score: RowScore
    setting: RowSetting | None
    notes: tuple[EvidenceNote, ...]
    sample: Sample | None
    reason: str
    default_reason: str
    cases: tuple[CaseReason, ...]
    flags: tuple[str, ...]

    @property
    def state(self) -> str:
        """The state a person set; "" for 未评 and for rows of section 2."""
        return self.setting.state if self.setting else ""

    @property
    def suggested_state(self) -> str:
        """What was suggested when the state was set; "" when nothing was."""
        return self.setting.suggested_state if self.setting else ""


@dataclass(frozen=True)
class ScoredSheet:
    """A draft with its settings and notes by row id, the input of the score, and the score itself."""

    sheet: Sheet
    edition: Edition
    settings: Mapping[str, RowSetting]
    notes: Mapping[str, tuple[EvidenceNote, ...]]
    results: AuditResults
    given: SheetInput
    score: SheetScore
    rows: tuple[ScoredRow, ...]

    @cached_property
    def documents(self) -> tuple[EvidenceDocument, ...]:
        """The register's documents, read when first needed."""
        return tuple(registered(self.sheet.audit.department))

    @cached_property
    def suggestions(self) -> Mapping[str, Suggestion]:
        """What the records suggest for section 1 now, by row; computed when first needed."""
        return suggestions_for(self.sheet, self.documents)

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """What would turn the verdict; open rows are taken as the records suggest."""
        total, line = self.score.total, self.edition.sheet.pass_line
        if total is not None and total < line:
            return (f"总分低于{line}分，差{line - total}分",)
        is_open = any(state is None for state in self.given.rows.values())
        suggested = {row: found.state for row, found in self.suggestions.items()} if is_open else {}
        return change_sentences(what_would_change(self.given, self.edition.sheet, suggested))


def scored_sheet(sheet: Sheet) -> ScoredSheet:
    """The draft as its rows are now, scored; a fixed number of queries."""
    edition = load_edition(sheet.edition)
    settings = {setting.row: setting for setting in sheet.row_settings.select_related("set_by")}
    notes: dict[str, tuple[EvidenceNote, ...]] = {}
    for note in sheet.evidence_notes.select_related("added_by"):
        notes[note.row] = (*notes.get(note.row, ()), note)
    results = audit_results(sheet.audit)
    given = _given(sheet, edition.sheet, settings, results)
    score = score_sheet(given, edition.sheet)
    places = flag_rows(edition.sheet)

    def scored(row: SheetRow, points: RowScore) -> ScoredRow:
        setting = settings.get(row.id)
        state, rate = setting.state if setting else "", score.concordance_rate
        return ScoredRow(
            definition=row,
            score=points,
            setting=setting,
            notes=notes.get(row.id, ()),
            sample=given.sample(row.sample) if row.sample else None,
            reason=printed_reason(row, points, setting, rate),
            default_reason=default_reason(row, points, state, rate),
            cases=case_reasons(row, results),
            flags=tuple(code for code in score.flags if places.get(code) == row.id),
        )

    rows = tuple(map(scored, edition.sheet.rows, score.rows))
    return ScoredSheet(
        sheet, edition, MappingProxyType(settings), MappingProxyType(notes), results, given, score, rows
    )


def enclosures(scored: ScoredSheet) -> Enclosures:
    """The register's files that go into the sheet's packet, and those left out by the size limit."""
    return enclosed(scored.suggestions.values(), scored.documents, scored.edition.document_kinds)


def suggestions_for(
    sheet: Sheet, documents: tuple[EvidenceDocument, ...] | None = None
) -> Mapping[str, Suggestion]:
    """What the records suggest for each row of section 1 of a sheet.

    What is overdue is asked today, and of a submitted sheet on the day of its submission: between the two
    signatures nothing changes by the passing of a night alone.
    """
    on = timezone.localdate(sheet.submitted_at) if sheet.submitted_at else timezone.localdate()
    return suggestions_of(sheet.audit, sheet.hospital_level, sheet.edition, on=on, documents=documents)


def _given(
    sheet: Sheet,
    definition: ScoreSheetDefinition,
    settings: Mapping[str, RowSetting],
    results: AuditResults,
) -> SheetInput:
    states = {
        row.id: (settings[row.id].state or None) if row.id in settings else None
        for row in definition.rows
        if row.states
    }
    described, concluded = results.description_sample, results.conclusion_sample
    return SheetInput(
        hospital_level=sheet.hospital_level,  # type: ignore[arg-type]  # the column's choices are the same
        rows=MappingProxyType(states),
        description_sample=Sample(described.size, described.failed),
        conclusion_sample=Sample(concluded.size, concluded.failed),
    )


def fingerprint(scored: ScoredSheet) -> str:
    """SHA-256 of everything a person decided that determines the points and their reasons.

    Taken at submission and again at signing: the head signs what was submitted, or nothing.
    """
    facts: dict[str, Any] = {
        "level": scored.sheet.hospital_level,
        "rows": {row: [s.state, s.reason, s.remark] for row, s in sorted(scored.settings.items())},
        "notes": [
            [row, note.title, str(note.dated_on or ""), note.note]
            for row, notes in sorted(scored.notes.items())
            for note in notes
        ],
        "cases": [
            [
                case.case.pk,
                case.description.faulty,
                case.concordance.judgement,
                [[fault.clause, fault.excerpt, fault.reason] for fault in case.faults],
                list(case.reasons),
            ]
            for case in scored.results.cases
        ],
    }
    if any(setting.suggested_state for setting in scored.settings.values()):
        facts |= _evidence_facts(scored)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _evidence_facts(scored: ScoredSheet) -> dict[str, Any]:
    """The decisions against the suggestions, the current suggestions, and the documents behind them.

    Not every record: a follow-up completed meanwhile that changes no suggestion makes no different sheet.
    """
    return {
        "suggested": {
            row: [setting.suggested_state, setting.differs_reason]
            for row, setting in sorted(scored.settings.items())
        },
        "suggests": {row: found.state for row, found in scored.suggestions.items()},
        "documents": [
            [row.pk, row.title, row.version_label, str(row.validity), row.file_sha256, list(row.kinds)]
            for row in scored.documents
        ],
    }
