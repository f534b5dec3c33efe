"""The sheet as its page shows it: one frozen value, from the rows of a draft or from a signed document."""

from datetime import date

from audits.judging.domain.statistics import wilson
from audits.judging.queries.results import CaseResult
from audits.sampling.domain.window import EXTENDED_LABEL
from exporting.masking import mask_in_text
from scoring.evidence.page import suggestion_view
from scoring.evidence.suggestion_values import Choice
from scoring.sheets.domain.rows import RowScore, score_row
from scoring.sheets.domain.verdict import VERDICT_ZH, change_sentences, what_would_change
from scoring.sheets.models import EvidenceNote, Sheet
from scoring.sheets.queries.basis import Basis, basis_of
from scoring.sheets.queries.values import (
    CaseLine,
    Evidence,
    RateView,
    Reading,
    RowView,
    SectionView,
    SheetView,
)
from scoring.sheets.reasons import case_reasons, default_reason, printed_reason
from standards.edition import Edition
from standards.scoresheet import ScoreSheetDefinition, SheetRow

OPEN_ZH = "未评"


def sheet_view(sheet: Sheet, basis: Basis | None = None) -> SheetView:
    """The sheet as it stands: a signed one from its content, a draft from the rows (seven queries).

    Raises RefusedError when signed content no longer is what was signed.
    """
    if sheet.content is not None:
        from scoring.sheets.queries.signed import (
            signed_view,  # made of the values below, so it cannot come first
        )

        return signed_view(sheet)
    return view_of(basis or basis_of(sheet))


def view_of(basis: Basis) -> SheetView:
    """The view of a draft."""
    sheet, edition, score = basis.sheet, basis.edition, basis.score
    definition = edition.sheet
    audit = sheet.audit
    rows = {row.id: _row(basis, row, scored) for row, scored in zip(definition.rows, score.rows, strict=True)}
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
        sections=tuple(
            SectionView(
                section.id,
                section.title_zh,
                section.points,
                score.section_scores[section.id],
                tuple(rows[row.id] for row in definition.section_rows(section.id)),
            )
            for section in definition.sections
        ),
        total=score.total,
        total_points=definition.total_points,
        pass_line=definition.pass_line,
        verdict=score.verdict,
        verdict_zh=VERDICT_ZH[score.verdict],
        bounds=score.bounds,
        flags=flags,
        readings=_verdict_readings(basis),
        changes=changes_of(basis),
        rate=_rate(basis),
        cases=tuple(_case(case) for case in basis.results.cases),
        waiting=basis.results.waiting,
        sample_size=definition.sample_size,
    )


def flag_texts(definition: ScoreSheetDefinition, codes: tuple[str, ...]) -> tuple[str, ...]:
    """What the flags of a score say."""
    return tuple(definition.flags_by_code[code].text_zh for code in codes)


def flag_rows(definition: ScoreSheetDefinition) -> dict[str, str]:
    """Flag code → the row it speaks of; the others speak of the sheet."""
    found: dict[str, str] = {}
    for row in definition.rows:
        found |= {state.otherwise_flag: row.id for state in row.states if state.otherwise_flag}
        if row.contradicted_by_samples:
            found[row.contradicted_by_samples.flag] = row.id
        if row.rate:
            found |= {row.rate.below_flag: row.id, row.rate.exact_flag: row.id}
    return found


def readings_of(edition: Edition, ids: tuple[str, ...]) -> tuple[Reading, ...]:
    """The decisions by id, each once, with the words users see."""
    return tuple(Reading(found, edition.decisions_by_id[found].shown_zh) for found in dict.fromkeys(ids))


def _row(basis: Basis, row: SheetRow, scored: RowScore) -> RowView:
    setting = basis.settings.get(row.id)
    state = setting.state if setting else ""
    sample = basis.given.sample(row.sample) if row.sample else None
    places = flag_rows(basis.edition.sheet)
    codes = tuple(code for code in basis.score.flags if places.get(code) == row.id)
    choices = _choices(basis, row, state)
    return RowView(
        id=row.id,
        clause=row.clause,
        content=row.content_zh,
        material=row.material_zh,
        method=row.method_zh,
        points=row.points,
        score=scored.score,
        state=state,
        state_zh=row.state(state).state_zh if state else OPEN_ZH if row.states else "",
        choices=choices,
        reason=printed_reason(basis, scored),
        default_reason=default_reason(row, scored, state, basis.score.concordance_rate),
        cases=case_reasons(row, basis.results),
        judged=sample.size if sample else None,
        failed=sample.failed if sample else None,
        remark=setting.remark if setting else "",
        evidence=tuple(_evidence(note) for note in basis.notes.get(row.id, ())),
        flags=flag_texts(basis.edition.sheet, codes),
        readings=_row_readings(basis, scored, codes),
        suggestion=suggestion_view(basis, row, choices),
    )


def _choices(basis: Basis, row: SheetRow, chosen: str) -> tuple[Choice, ...]:
    """Points by trying each state: row 1.5 depends on the hospital's level."""
    found = []
    for state in row.states:
        given = type(basis.given)(
            basis.given.hospital_level,
            {**basis.given.rows, row.id: state.state},
            basis.given.description_sample,
            basis.given.conclusion_sample,
        )
        points = score_row(row, given, basis.edition.sheet).score or 0
        found.append(Choice(state.state, state.state_zh, points, state.state == chosen))
    return tuple(found)


def _row_readings(basis: Basis, scored: RowScore, codes: tuple[str, ...]) -> tuple[Reading, ...]:
    flags = basis.edition.sheet.flags_by_code
    ids = [found for part in scored.deductions for found in part.readings]
    ids += [found for code in codes for found in flags[code].decisions]
    return readings_of(basis.edition, tuple(ids))


def _verdict_readings(basis: Basis) -> tuple[Reading, ...]:
    definition = basis.edition.sheet
    short = definition.flags_by_code[definition.sample_short_flag]
    ids = definition.verdict_decisions
    if short.code in basis.score.flags or basis.sheet.audit.extended_reason:
        ids = (*short.decisions, *ids)
    return readings_of(basis.edition, ids)


def changes_of(basis: Basis) -> tuple[str, ...]:
    """What would turn the verdict; rows nobody judged are taken as the records suggest."""
    total, line = basis.score.total, basis.edition.sheet.pass_line
    if total is not None and total < line:
        return (f"总分低于{line}分，差{line - total}分",)
    is_open = any(state is None for state in basis.given.rows.values())
    suggested = {row: found.state for row, found in basis.suggestions.items()} if is_open else {}
    return change_sentences(what_would_change(basis.given, basis.edition.sheet, suggested))


def _rate(basis: Basis) -> RateView | None:
    rate = basis.score.concordance_rate
    if rate is None:
        return None
    interval = wilson(rate.numerator, rate.denominator)
    partly = sum(case.concordance.judgement == "partly" for case in basis.results.cases)
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
