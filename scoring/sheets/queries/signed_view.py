"""The sheet page of a signed version: made from the signed content alone, never from the rows."""

from types import MappingProxyType

from audits.sampling.domain.window import EXTENDED_LABEL
from scoring.content import parts
from scoring.content.document import PacketDocument
from scoring.sheets.domain.score import flag_rows
from scoring.sheets.domain.verdict import Bounds
from scoring.sheets.models import Sheet
from scoring.sheets.queries.draft_view import code_of, draft_view
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.sheets.queries.suggestion_view import signed_suggestion
from scoring.sheets.queries.values import (
    CaseLine,
    CaseReason,
    Evidence,
    RateView,
    Reading,
    RowView,
    SectionView,
    SheetView,
)
from standards.loader import load_edition
from standards.scoresheet import ScoreSheetDefinition

_COLUMNS = ("item", "content", "material", "method", "points", "score", "reason")


def sheet_view(sheet: Sheet) -> SheetView:
    """The view of a signed sheet from its content, of a draft from its rows.

    Raises RefusedError when signed content no longer is what was signed.
    """
    if sheet.content is not None:
        return signed_view(signed_document(sheet))
    return draft_view(scored_sheet(sheet))


def signed_view(document: PacketDocument) -> SheetView:
    """The view of a signed document."""
    rows = {row.id: _row(document, row) for row in document.rows}
    shown_on_rows = {text for row in rows.values() for text in row.flags}
    words, result, period = document.words, document.result, document.period
    bounds = result.bounds
    return SheetView(
        title=words.title,
        table=words.table,
        columns=MappingProxyType(dict(zip(_COLUMNS, words.columns, strict=True))),
        item=words.item,
        total_label=words.total,
        verdict_rule=words.verdict_rule,
        department=document.department,
        institution=document.institution.name,
        level_zh=document.institution.level_zh,
        period=period.label,
        window=f"{period.window_start} 至 {period.window_end}",
        extended=f"{EXTENDED_LABEL}：{period.extended_reason}" if period.extended_reason else "",
        sections=tuple(
            SectionView(
                s.id, s.title, s.points, s.score, tuple(rows[row.id] for row in document.rows_of(s.id))
            )
            for s in document.sections
        ),
        total=result.total,
        total_points=words.total_points,
        pass_line=words.pass_line,
        verdict=result.verdict,
        verdict_zh=result.verdict_zh,
        bounds=Bounds(bounds.lowest, bounds.highest, bounds.foregone) if bounds else None,  # type: ignore[arg-type]
        flags=tuple(flag.text for flag in result.flags if flag.text not in shown_on_rows),
        readings=_verdict_readings(document),
        changes=result.changes,
        rate=_rate(document),
        cases=tuple(_case(case) for case in document.cases),
        waiting=(),
        sample_size=words.sample_size,
    )


def _row(document: PacketDocument, row: parts.TableRow) -> RowView:
    flags = [flag for flag in document.result.flags if _flag_rows(document).get(flag.code) == row.id]
    ids = [found for line in row.deductions for found in line.readings]
    ids += [found for flag in flags for found in flag.readings]
    return RowView(
        id=row.id,
        clause=row.clause,
        content=row.content,
        material=row.material,
        method=row.method,
        points=row.points,
        score=row.score,
        state=row.state,
        state_zh=row.state_zh,
        choices=(),
        reason=row.reason,
        default_reason="",
        cases=tuple(CaseReason(case.position, None, case.accession_number, case.text) for case in row.cases),
        judged=row.sample_size,
        failed=row.failed,
        remark=row.remark,
        evidence=tuple(
            Evidence(item.title, item.dated_on, item.note, item.added_by) for item in row.evidence
        ),
        flags=tuple(flag.text for flag in flags),
        readings=_readings(document, ids),
        suggestion=signed_suggestion(_evidence(document).get(row.id), row.state),
    )


def _evidence(document: PacketDocument) -> dict[str, parts.EvidenceRow]:
    """By row; packets signed before there was a register have none."""
    return {found.row: found for found in document.evidence or ()}


def _flag_rows(document: PacketDocument) -> dict[str, str]:
    """Which row a flag is shown at; one the edition of today does not know stays with the sheet."""
    try:
        definition: ScoreSheetDefinition = load_edition(document.edition.id).sheet
    except (OSError, ValueError):
        return {}
    return flag_rows(definition)


def _readings(document: PacketDocument, ids: list[str]) -> tuple[Reading, ...]:
    known = {reading.id: reading.shown for reading in document.readings}
    return tuple(Reading(found, known[found]) for found in dict.fromkeys(ids) if found in known)


def _verdict_readings(document: PacketDocument) -> tuple[Reading, ...]:
    """Readings of the total; D-07 and its like only where they bit."""
    raised = [found for flag in document.result.flags for found in flag.readings]
    short = document.result.verdict == "insufficient_sample" or bool(document.period.extended_reason)
    ids = [
        reading.id
        for reading in document.readings
        if "total" in reading.rows and (len(reading.rows) == 1 or reading.id in raised or short)
    ]
    return _readings(document, ids)


def _rate(document: PacketDocument) -> RateView | None:
    statistics = document.statistics
    good = statistics.concordant + statistics.partly
    judged = good + statistics.discordant
    if not judged:
        return None
    return RateView(good, judged, statistics.rate, statistics.interval, statistics.partly)


def _case(case: parts.Case) -> CaseLine:
    ruling, described = case.conclusion, case.description
    kinds = f"（{ruling.error_kind_zh}）" if ruling.error_kind_zh else ""
    faults = [f"{fault.clause} {fault.reason.rstrip('。；')}" for fault in described.faults if fault.counts]
    return CaseLine(
        position=case.position,
        case_id=None,
        accession_number=case.report.accession_number,
        system=case.system_zh,
        modality=case.modality,
        description=code_of(described.faulty),
        description_zh=described.zh,
        description_reason="；".join(faults),
        concordance=code_of(ruling.discordant),
        concordance_zh=f"{ruling.judgement_zh}{kinds}",
        concordance_reason=ruling.reason,
        assessors="、".join(line.assessor for line in case.assessors),
    )
