"""What a draft sheet's points stand on now: the settings, the evidence notes, the rulings, and the score."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from audits.judging.queries.results import AuditResults, audit_results
from scoring.evidence.domain.suggestions import Suggestion
from scoring.evidence.queries.suggestions import registered, suggestions_for
from scoring.sheets.domain.score import Sample, SheetInput, SheetScore, score_sheet
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from standards.edition import Edition
from standards.loader import load_edition
from standards.scoresheet import ScoreSheetDefinition


@dataclass(frozen=True)
class Basis:
    """Settings and notes by row id; `given` is what was scored, `score` what came of it."""

    sheet: Sheet
    edition: Edition
    settings: Mapping[str, RowSetting]
    notes: Mapping[str, tuple[EvidenceNote, ...]]
    results: AuditResults
    given: SheetInput
    score: SheetScore

    @cached_property
    def suggestions(self) -> Mapping[str, Suggestion]:
        """What the records suggest for section 1 now, by row; asked for when first looked at."""
        return suggestions_for(self.sheet)

    def departures(self) -> tuple[str, ...]:
        """Rows a person decided otherwise than was suggested to them, without saying why."""
        return tuple(row for row, setting in self.settings.items() if setting.departs_unexplained)

    def overtaken(self) -> tuple[str, ...]:
        """Rows for which the records suggest another state by now than when they were decided."""
        return tuple(
            row
            for row, setting in self.settings.items()
            if setting.suggested_state and self.suggestions[row].state != setting.suggested_state
        )


def basis_of(sheet: Sheet) -> Basis:
    """The sheet as it stands now; seven queries whatever it holds."""
    edition = load_edition(sheet.edition)
    settings = {setting.row: setting for setting in sheet.row_settings.select_related("set_by")}
    notes: dict[str, tuple[EvidenceNote, ...]] = {}
    for note in sheet.evidence_notes.select_related("added_by"):
        notes[note.row] = (*notes.get(note.row, ()), note)
    results = audit_results(sheet.audit)
    given = _given(sheet, edition.sheet, settings, results)
    return Basis(
        sheet,
        edition,
        MappingProxyType(settings),
        MappingProxyType(notes),
        results,
        given,
        score_sheet(given, edition.sheet),
    )


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


def fingerprint(basis: Basis) -> str:
    """SHA-256 of everything a person decided that the points and their reasons stand on.

    Taken at submission and again at signing: the head signs what was submitted, or nothing.
    """
    facts: dict[str, Any] = {
        "level": basis.sheet.hospital_level,
        "rows": {row: [s.state, s.reason, s.remark] for row, s in sorted(basis.settings.items())},
        "notes": [
            [row, note.title, str(note.dated_on or ""), note.note]
            for row, notes in sorted(basis.notes.items())
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
            for case in basis.results.cases
        ],
    }
    if any(setting.suggested_state for setting in basis.settings.values()):
        facts |= _evidence_facts(basis)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _evidence_facts(basis: Basis) -> dict[str, Any]:
    """The decisions against the suggestions, what is suggested now, and the documents it rests on.

    Not every record: a follow-up completed meanwhile that leaves the suggestion as it is is no other sheet.
    """
    return {
        "suggested": {
            row: [setting.suggested_state, setting.differs_reason]
            for row, setting in sorted(basis.settings.items())
        },
        "suggests": {row: found.state for row, found in basis.suggestions.items()},
        "documents": [
            [row.pk, row.title, row.version_label, str(row.validity), row.file_sha256, list(row.kinds)]
            for row in registered(basis.sheet.audit.department)
        ],
    }
