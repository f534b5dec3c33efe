"""The sheet page of a signed version: made from the signed content alone, never from the rows."""

from types import MappingProxyType

from audits.sampling.domain.window import EXTENDED_LABEL
from scoring.evidence.page import signed_suggestion
from scoring.packet import parts
from scoring.packet.actions.files import signed_document
from scoring.packet.document import PacketDocument
from scoring.sheets.domain.verdict import Bounds
from scoring.sheets.models import Sheet
from scoring.sheets.queries import values as printed
from scoring.sheets.queries.draft import code_of, flag_rows
from scoring.sheets.reasons import CaseReason
from standards.loader import load_edition
from standards.scoresheet import ScoreSheetDefinition

_COLUMNS = ("item", "content", "material", "method", "points", "score", "reason")


def signed_view(sheet: Sheet) -> printed.SheetView:
    """What was signed, as the page shows it. RefusedError when it is not what was signed."""
    document = signed_document(sheet)
    rows = {row.id: _row(document, row) for row in document.rows}
    shown_on_rows = {text for row in rows.values() for text in row.flags}
    words, result, period = document.words, document.result, document.period
    bounds = result.bounds
    return printed.SheetView(
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
            printed.SectionView(
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


def _row(document: PacketDocument, row: parts.TableRow) -> printed.RowView:
    flags = [flag for flag in document.result.flags if _flag_rows(document).get(flag.code) == row.id]
    ids = [found for line in row.deductions for found in line.readings]
    ids += [found for flag in flags for found in flag.readings]
    return printed.RowView(
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
            printed.Evidence(item.title, item.dated_on, item.note, item.added_by) for item in row.evidence
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


def _readings(document: PacketDocument, ids: list[str]) -> tuple[printed.Reading, ...]:
    known = {reading.id: reading.shown for reading in document.readings}
    return tuple(printed.Reading(found, known[found]) for found in dict.fromkeys(ids) if found in known)


def _verdict_readings(document: PacketDocument) -> tuple[printed.Reading, ...]:
    """Readings of the total; D-07 and its like only where they bit."""
    raised = [found for flag in document.result.flags for found in flag.readings]
    short = document.result.verdict == "insufficient_sample" or bool(document.period.extended_reason)
    ids = [
        reading.id
        for reading in document.readings
        if "total" in reading.rows and (len(reading.rows) == 1 or reading.id in raised or short)
    ]
    return _readings(document, ids)


def _rate(document: PacketDocument) -> printed.RateView | None:
    statistics = document.statistics
    good = statistics.concordant + statistics.partly
    judged = good + statistics.discordant
    if not judged:
        return None
    return printed.RateView(good, judged, statistics.rate, statistics.interval, statistics.partly)


def _case(case: parts.Case) -> printed.CaseLine:
    ruling, described = case.conclusion, case.description
    kinds = f"（{ruling.error_kind_zh}）" if ruling.error_kind_zh else ""
    faults = [f"{fault.clause} {fault.reason.rstrip('。；')}" for fault in described.faults if fault.counts]
    return printed.CaseLine(
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
