"""The view of a draft: a scored sheet in the words its page, its packet and its comparison show."""

from collections.abc import Mapping
from datetime import date

from audits.judging.queries.results import CaseResult
from audits.sampling.domain.window import EXTENDED_LABEL
from exporting.masking import mask_in_text
from reports.domain.proportions import wilson
from scoring.sheets.domain.rows import score_state
from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.sheets.models import EvidenceNote
from scoring.sheets.queries.scored import ScoredRow, ScoredSheet
from scoring.sheets.queries.suggestion_view import suggestion_view
from scoring.sheets.queries.values import (
    CaseLine,
    Choice,
    Evidence,
    RateView,
    Reading,
    RowView,
    SectionView,
    SheetView,
)
from standards.edition import Edition
from standards.scoresheet import ScoreSheetDefinition, SheetRow

OPEN_ZH = "未评"


def draft_view(scored: ScoredSheet) -> SheetView:
    """The view of a draft."""
    sheet, score, definition = scored.sheet, scored.score, scored.edition.sheet
    audit = sheet.audit
    rows = {row.definition.id: _row(scored, row) for row in scored.rows}
    row_flags = {text for row in rows.values() for text in row.flags}
    flags = tuple(text for text in flag_texts(definition, score.flags) if text not in row_flags)
    return SheetView(
        title=definition.title_zh,
        table=definition.table_zh,
        columns=definition.columns,
        item=definition.item_zh,
        total_label=definition.total_zh,
        verdict_rule=definition.verdict_rule_zh,
        department=audit.department.name,
        institution=audit.department.institution.name,
        level_zh=sheet.get_hospital_level_display(),
        period=audit.label,
        window=f"{audit.window_start} 至 {audit.window_end}",
        extended=f"{EXTENDED_LABEL}：{audit.extended_reason}" if audit.extended_reason else "",
        sections=_sections(scored, rows),
        total=score.total,
        total_points=definition.total_points,
        pass_line=definition.pass_line,
        verdict=score.verdict,
        verdict_zh=VERDICT_ZH[score.verdict],
        bounds=score.bounds,
        flags=flags,
        readings=_verdict_readings(scored),
        changes=scored.changes,
        rate=_rate(scored),
        cases=tuple(_case(case) for case in scored.results.cases),
        waiting=scored.results.waiting,
        sample_size=definition.sample_size,
    )


def _sections(scored: ScoredSheet, rows: Mapping[str, RowView]) -> tuple[SectionView, ...]:
    definition = scored.edition.sheet
    return tuple(
        SectionView(
            section.id,
            section.title_zh,
            section.points,
            scored.score.section_scores[section.id],
            tuple(rows[row.id] for row in definition.section_rows(section.id)),
        )
        for section in definition.sections
    )


def flag_texts(definition: ScoreSheetDefinition, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of a score's flags."""
    return tuple(definition.flags_by_code[code].text_zh for code in codes)


def readings_of(edition: Edition, ids: tuple[str, ...]) -> tuple[Reading, ...]:
    """The decisions by id, each once, in the wording shown to users."""
    return tuple(Reading(found, edition.decisions_by_id[found].shown_zh) for found in dict.fromkeys(ids))


def _row(scored: ScoredSheet, one: ScoredRow) -> RowView:
    row, state, sample = one.definition, one.state, one.sample
    choices = _choices(scored, row, state)
    return RowView(
        id=row.id,
        clause=row.clause,
        content=row.content_zh,
        material=row.material_zh,
        method=row.method_zh,
        points=row.points,
        score=one.score.score,
        state=state,
        state_zh=row.state(state).state_zh if state else OPEN_ZH if row.states else "",
        choices=choices,
        reason=one.reason,
        default_reason=one.default_reason,
        cases=one.cases,
        judged=sample.size if sample else None,
        failed=sample.failed if sample else None,
        remark=one.setting.remark if one.setting else "",
        evidence=tuple(map(_evidence, one.notes)),
        flags=flag_texts(scored.edition.sheet, one.flags),
        readings=_row_readings(scored.edition, one),
        suggestion=suggestion_view(one, scored.suggestions[row.id] if row.states else None, choices),
    )


def _choices(scored: ScoredSheet, row: SheetRow, chosen: str) -> tuple[Choice, ...]:
    """Every state of a section 1 row with its points: row 1.5 depends on the hospital's level."""
    level = scored.given.hospital_level
    return tuple(
        Choice(
            state.state,
            state.state_zh,
            score_state(row, state.state, level).score or 0,
            state.state == chosen,
        )
        for state in row.states
    )


def _row_readings(edition: Edition, one: ScoredRow) -> tuple[Reading, ...]:
    flags = edition.sheet.flags_by_code
    ids = [found for part in one.score.deductions for found in part.readings]
    ids += [found for code in one.flags for found in flags[code].decisions]
    return readings_of(edition, tuple(ids))


def _verdict_readings(scored: ScoredSheet) -> tuple[Reading, ...]:
    definition = scored.edition.sheet
    short = definition.flags_by_code[definition.sample_short_flag]
    ids = definition.verdict_decisions
    if short.code in scored.score.flags or scored.sheet.audit.extended_reason:
        ids = (*short.decisions, *ids)
    return readings_of(scored.edition, ids)


def _rate(scored: ScoredSheet) -> RateView | None:
    rate = scored.score.concordance_rate
    if rate is None:
        return None
    interval = wilson(rate.numerator, rate.denominator)
    partly = sum(case.concordance.judgement == "partly" for case in scored.results.cases)
    return RateView(
        rate.numerator, rate.denominator, f"{rate.percent}%", interval.label if interval else "", partly
    )


def _evidence(note: EvidenceNote) -> Evidence:
    day: date | None = note.dated_on
    return Evidence(note.title, str(day or ""), note.note, str(note.added_by or ""), note.pk)


def _case(case: CaseResult) -> CaseLine:
    name, identity = case.content.get("patient_name") or "", case.content.get("patient_id") or ""

    def masked(parts: tuple[str, ...]) -> str:
        return mask_in_text("；".join(part.rstrip("。；") for part in parts), name, (identity,))

    faulty, settled = case.description.faulty, case.concordance
    kinds = "、".join(kind.zh for kind in settled.error_kinds)
    words = settled.judgement.zh if settled.judgement else settled.state.zh
    return CaseLine(
        position=case.position,
        case_id=case.case.pk,
        accession_number=case.report.accession_number,
        system=case.case.get_system_display(),
        modality=case.modality,
        description=code_of(faulty),
        description_zh=case.description.state.zh if faulty is None else "不规范" if faulty else "规范",
        description_reason=masked(tuple(f"{fault.clause} {fault.reason}" for fault in case.faults)),
        concordance=code_of(settled.discordant),
        concordance_zh=f"{words}（{kinds}）" if kinds else words,
        concordance_reason=masked(case.reasons),
        assessors="、".join(reading.assessor for reading in case.readings),
    )


def code_of(failed: bool | None) -> str:
    """pass, fail, or open while nobody decided."""
    return "open" if failed is None else "fail" if failed else "pass"
