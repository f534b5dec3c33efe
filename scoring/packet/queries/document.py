"""From the rows of the database to the one value a packet is made of (scoring.content.document)."""

import json
from datetime import date

from django.utils import timezone

from audits.judging.domain.statistics import Pooled
from audits.quarter.queries.figures import Figures, earlier_results, figures_of
from audits.sampling.models import Audit
from scoring.content import parts
from scoring.content.document import PacketDocument
from scoring.content.seal import Seal
from scoring.packet.agreement import sheet_words
from scoring.packet.keys import key_name, sealing_key
from scoring.packet.program import PROGRAM
from scoring.packet.queries.cases import Masks, case_part, remember_sources, replaced_part
from scoring.packet.queries.draw import allowed_part, draw_part
from scoring.packet.queries.draw_chains import chains_part
from scoring.packet.queries.evidence import evidence_part
from scoring.packet.queries.follow_ups import follow_up_part
from scoring.packet.queries.history import history_part
from scoring.packet.queries.months import month_part
from scoring.packet.queries.staff import staff_part
from scoring.sheets.domain.rows import RowScore
from scoring.sheets.models import Sheet
from scoring.sheets.queries.draft_view import draft_view
from scoring.sheets.queries.scored import ScoredRow, ScoredSheet
from scoring.sheets.queries.stamps import stamp
from scoring.sheets.queries.values import RowView, SheetView
from standards.edition import Edition
from standards.scoresheet import SheetRow
from trail.chain import anchor

_BIAS = "符合率只来自有手术结果或临床随访结局的报告，不是全部报告的随机样本，不能当作科室全部报告的准确率。"


def packet_document(scored: ScoredSheet, *, by: str = "") -> PacketDocument:
    """The packet of a scored sheet: for signing, and for a draft's preview. `by`: who asked for it.

    The sheet's own columns are taken as they are in memory, so that signing can freeze what it will save.
    """
    sheet, edition, audit = scored.sheet, scored.edition, scored.sheet.audit
    view = draft_view(scored)
    institution = audit.department.institution
    end = anchor()
    masks = Masks.of(scored.results)
    remember_sources(scored.results.cases)
    document = PacketDocument(
        institution=parts.InstitutionFacts(institution.name, sheet.hospital_level, view.level_zh),
        department=audit.department.name,
        department_code=audit.department.code,
        period=_period(audit, masks),
        edition=parts.EditionFacts(edition.id, edition.title_zh, edition.number_zh, edition.status_zh),
        sheet=_sheet_facts(sheet, masks),
        words=sheet_words(edition),
        sections=tuple(parts.Section(s.id, s.title, s.points, s.score) for s in view.sections),
        rows=tuple(_row(row, shown, masks) for row, shown in zip(scored.rows, view.rows, strict=True)),
        result=_result(scored, view),
        readings=_readings(edition),
        cases=tuple(case_part(case, edition, audit.department) for case in scored.results.cases),
        replaced=tuple(replaced_part(case, masks) for case in scored.results.replaced),
        draw=draw_part(audit),
        statistics=_statistics(scored, view),
        anchor=parts.Anchor(end.seq, end.hash, stamp(end.at)),
        generated=parts.Generated(stamp(timezone.now()), by, PROGRAM),
        staffing=staff_part(audit),
        evidence=evidence_part(scored, masks),
        seal=_seal(sheet),
        monthly=month_part(audit, edition, masks, on=_overdue_on(sheet)),
        history=history_part(sheet, view, masks),
        draws=chains_part(audit, masks),
        allowed_readers=allowed_part(audit, masks),
        follow_ups=follow_up_part(audit, on=_overdue_on(sheet)),
    )
    # As it will be read back: codes of enumerations become the plain texts JSON knows, and what cannot be
    # read back is found now, before it is signed.
    return PacketDocument.from_dict(json.loads(document.canonical()))


def _period(audit: Audit, masks: Masks) -> parts.Period:
    return parts.Period(
        audit.label,
        str(audit.window_start),
        str(audit.window_end),
        str(audit.cut_off_on),
        masks.text(audit.extended_reason),
    )


def _readings(edition: Edition) -> tuple[parts.Reading, ...]:
    """The edition's decisions that apply to a row."""
    return tuple(
        parts.Reading(found.id, found.question_zh, found.shown_zh, found.rows)
        for found in edition.decisions
        if found.rows
    )


def _overdue_on(sheet: Sheet) -> date:
    """The day for overdue items: that of the submission, so that a packet is unchanged until signed."""
    return timezone.localdate(sheet.submitted_at or timezone.now())


def _seal(sheet: Sheet) -> Seal | None:
    """The key the packet of a signed sheet is sealed with; a draft's preview is sealed with none."""
    if sheet.status != Sheet.Status.SIGNED:
        return None
    key = sealing_key(sheet.audit.department.institution.name)
    return Seal(key.fingerprint, key_name(key))


def _sheet_facts(sheet: Sheet, masks: Masks) -> parts.SheetFacts:
    return parts.SheetFacts(
        number=sheet.number,
        version=sheet.version,
        status=sheet.status,
        status_zh=str(Sheet.Status(sheet.status).label),
        corrects=sheet.corrects.number if sheet.corrects else None,
        correction_reason=masks.text(sheet.correction_reason),
        submitted_by=str(sheet.submitted_by or ""),
        submitted_at=stamp(sheet.submitted_at),
        signed_by=str(sheet.signed_by or ""),
        signed_at=stamp(sheet.signed_at),
    )


def _row(scored: ScoredRow, shown: RowView, masks: Masks) -> parts.TableRow:
    row, setting = scored.definition, scored.setting
    return parts.TableRow(
        id=row.id,
        section=row.section,
        clause=row.clause,
        content=row.content_zh,
        material=row.material_zh,
        method=row.method_zh,
        points=row.points,
        score=shown.score,
        state=shown.state,
        state_zh=row.state(shown.state).state_zh if shown.state else "",
        reason=masks.text(shown.reason),
        deductions=_deductions(row, scored.score),
        cases=tuple(
            parts.CaseReason(case.position, case.accession_number, case.text) for case in shown.cases
        ),
        remark=masks.text(shown.remark),
        evidence=tuple(
            parts.EvidenceItem(masks.text(item.title), item.dated_on, masks.text(item.note), item.by)
            for item in shown.evidence
        ),
        set_by=str(setting.set_by or "命令行") if setting else "",
        set_at=stamp(setting.set_at) if setting else "",
        sample_size=shown.judged,
        failed=shown.failed,
        case_points=row.case.points if row.case else None,
        rate_percent=row.rate.percent if row.rate else None,
        rate_points=row.rate.points if row.rate else None,
    )


def _deductions(row: SheetRow, scored: RowScore) -> tuple[parts.DeductionLine, ...]:
    return tuple(
        parts.DeductionLine(part.points, part.rule_zh, row.clause, part.readings, part.cases)
        for part in scored.deductions
    )


def _result(scored: ScoredSheet, view: SheetView) -> parts.Result:
    flags = scored.edition.sheet.flags_by_code
    bounds = scored.score.bounds
    return parts.Result(
        total=view.total,
        verdict=view.verdict,
        verdict_zh=view.verdict_zh,
        bounds=parts.Bounds(bounds.lowest_total, bounds.highest_total, bounds.foregone) if bounds else None,
        flags=tuple(
            parts.Flag(code, flags[code].text_zh, flags[code].decisions) for code in scored.score.flags
        ),
        changes=view.changes,
    )


def _statistics(scored: ScoredSheet, view: SheetView) -> parts.Statistics:
    figures = figures_of(scored.results, earlier_results(scored.sheet.audit))
    return parts.Statistics(
        concordant=figures.rate.concordant,
        partly=figures.rate.partly,
        discordant=figures.rate.discordant,
        undecidable=figures.rate.undecidable,
        open=figures.rate.open,
        # The sheet's own rate, rounded as the score rounds it: one packet must not show two.
        rate=view.rate.percent if view.rate else "无数据",
        interval=figures.interval.label if figures.interval else "无数据",
        chances=tuple(parts.PenaltyChance(true, chance) for true, chance in figures.chances),
        sentences=_sentences(figures, view, scored.sheet.audit.label),
        bias=_BIAS,
        quarters=tuple(
            parts.PooledQuarter(quarter.label, quarter.good, quarter.judged, quarter.signed)
            for quarter in figures.pooled.taken
        ),
    )


def _sentences(figures: Figures, view: SheetView, label: str) -> tuple[str, ...]:
    found = [
        f"严格符合率（只计“符合”）{figures.strict_text}；基本符合{figures.rate.partly}例，不扣分（D-18）。"
    ]
    if view.rate:
        found.append(
            f"诊断符合率{view.rate.percent}，95%置信区间（Wilson）{view.rate.interval}：份数少，区间宽。"
        )
    pooled = figures.pooled
    if pooled.quarters > 1 and pooled.interval:
        found.append(
            f"最近{pooled.quarters}个季度{_which(pooled, label)}合计{pooled.numerator}/{pooled.denominator}，"
            f"符合率{figures.pooled_text}，95%置信区间{pooled.interval.label}。"
        )
    return tuple(found)


def _which(pooled: Pooled, label: str) -> str:
    """The quarters by name where it cannot be taken for granted which they are; "" for signed ones in a row.

    The quarter `label` is the packet's own: it is about to be signed.
    """
    if not pooled.left_out and all(quarter.signed or quarter.label == label for quarter in pooled.taken):
        return ""
    names = "、".join(quarter.label if quarter.label == label else quarter.name for quarter in pooled.taken)
    return f"（{names}" + (f"；未计入{pooled.missing}）" if pooled.left_out else "）")
