"""sample_document(): a full, believable packet document without a database."""

from collections import Counter
from dataclasses import replace

from audits.judging.domain.concordance import Rate
from audits.judging.domain.statistics import percent, wilson
from scoring.content import parts
from scoring.content.document import PacketDocument
from scoring.packet.program import PROGRAM
from scoring.sheets.domain.rows import RowScore
from scoring.sheets.domain.score import Sample, SheetInput, SheetScore, score_sheet
from scoring.sheets.domain.verdict import VERDICT_ZH, change_sentences, what_would_change
from standards.edition import Edition
from standards.loader import load_edition
from standards.scoresheet import SheetRow
from tests.exports.sample_cases import FAULTS, MISSED, case_of
from tests.exports.sample_draw import draw_facts, drawn_sample, place_of
from tests.exports.sample_texts import TEXTS, Text

STATES = {"1.1": "met", "1.2": "met", "1.3": "incomplete", "1.4": "met", "1.5": "met"}
EVIDENCE = {
    "1.1": (
        ("放射影像检查报告书写规范（2025版）", "2025-01-06", "科发〔2025〕3号，全文12页"),
        ("报告审核制度与流程", "2025-01-06", "二级审核，附流程图"),
    ),
    "1.2": (
        ("2025年7月报告质控检查记录", "2025-08-04", "抽查30份，缺陷5项，整改2项"),
        ("2025年8月报告质控检查记录", "2025-09-03", "抽查30份，缺陷3项，整改3项"),
        ("2025年9月报告质控检查记录", "2025-10-09", "抽查30份，缺陷4项，整改3项"),
    ),
    "1.3": (
        ("手术、疑难病例随访与反馈制度", "2024-12-20", ""),
        ("第三季度随访登记", "2025-09-30", "登记41例，其中6例缺反馈签收"),
    ),
    "1.4": (("疑难病例讨论记录（7–9月）", "2025-09-26", "每两周一次，共6次"),),
    "1.5": (("亚专业组设置与人员名册", "2025-01-06", "头颈神经、呼吸循环、消化泌尿、骨关节四组"),),
}


def sample_document(
    *,
    status: str = "signed",
    states: dict[str, str | None] | None = None,
    judged: int = 10,
    faulty: tuple[str, ...] = tuple(FAULTS),
    discordant: tuple[str, ...] = (MISSED,),
    texts: tuple[Text, ...] = TEXTS,
) -> PacketDocument:
    """A tertiary hospital's third quarter. `faulty`, `discordant`: accession numbers."""
    edition = load_edition("db11-draft")
    states = STATES | (states or {})
    sample = drawn_sample(texts)
    by_number = {text.number: text for text in texts}
    cases = tuple(
        case_of(place, by_number[entry.accession_number], judged >= place, faulty, discordant)
        for place, entry in enumerate(sample.current, start=1)
    )
    failed = (
        sum(c.description.faulty is True for c in cases),
        sum(c.conclusion.discordant is True for c in cases),
    )
    given = SheetInput("tertiary", states, Sample(judged, failed[0]), Sample(judged, failed[1]))
    score = score_sheet(given, edition.sheet)
    bitten = {code for row in score.rows for part in row.deductions for code in part.readings}
    bitten |= {code for flag in edition.sheet.flags if flag.code in score.flags for code in flag.decisions}
    return PacketDocument(
        institution=parts.InstitutionFacts("示例市第一人民医院", "tertiary", "三级医院"),
        department="放射科",
        department_code="RAD",
        period=parts.Period("2025年第3季度", "2025-07-01", "2025-09-30", "2025-10-15", ""),
        edition=parts.EditionFacts(edition.id, edition.title_zh, edition.number_zh, edition.status_zh),
        sheet=_sheet(status),
        words=_words(edition),
        sections=tuple(
            parts.Section(s.id, s.title_zh, s.points, score.section_scores[s.id])
            for s in edition.sheet.sections
        ),
        rows=tuple(_row(edition.sheet.rows_by_id[scored.row], scored, given, cases) for scored in score.rows),
        result=_result(score, given, edition),
        readings=tuple(
            parts.Reading(d.id, d.question_zh, d.shown_zh, d.rows)
            for d in edition.decisions
            if d.id in bitten | {"D-07", "D-14", "D-21", "D-27"}
        ),
        cases=cases,
        replaced=tuple(
            parts.ReplacedCase(
                place_of(sample, r.added), r.removed, r.added, r.reason, "测一鸣 1007", "2025-10-16 09:12"
            )
            for r in sample.replacements
        ),
        draw=draw_facts(sample),
        statistics=_statistics(cases),
        anchor=parts.Anchor(4821, "9f2c" * 16, "2025-10-20 16:03"),
        generated=parts.Generated("2025-10-20 16:05", "任主任 1001", PROGRAM),
        schema="qcportal-packet/1",
    )


def _statistics(cases: tuple[parts.Case, ...]) -> parts.Statistics:
    found = Counter(case.conclusion.judgement for case in cases)
    rate = Rate(found["concordant"], found["partly"], found["discordant"], 0, found[""])
    interval = wilson(rate.numerator, rate.denominator)
    shown = interval.label if interval else "无数据"
    return parts.Statistics(
        concordant=rate.concordant,
        partly=rate.partly,
        discordant=rate.discordant,
        undecidable=0,
        open=rate.open,
        rate=percent(rate.numerator, rate.denominator),
        interval=shown,
        chances=(parts.PenaltyChance("95%", "9%"), parts.PenaltyChance("90%", "26%")),
        sentences=(
            f"{rate.denominator}份报告中{rate.numerator}份符合（其中基本符合{rate.partly}份），"
            f"95%置信区间（Wilson）为{shown}：份数少，单个季度的高低不代表趋势。",
            "真实符合率为95%的科室，每季度抽10份仍有9%的机会触发-5分；真实符合率为90%时为26%。",
        ),
        bias="符合率只反映有手术结果或临床随访结局的受检者，不等于科室的诊断准确率（证实偏倚）。",
    )


def _sheet(status: str) -> parts.SheetFacts:
    signed = status == "signed"
    return parts.SheetFacts(
        number=2 if signed else 1,
        version=7,
        status=status,
        status_zh={"signed": "已签发", "draft": "填写中", "submitted": "待签发"}[status],
        corrects=1 if signed else None,
        correction_reason="第1版1.3行漏记第三季度随访登记，补充后重新评定。" if signed else "",
        submitted_by="" if status == "draft" else "测一鸣 1007",
        submitted_at="" if status == "draft" else "2025-10-20 15:40",
        signed_by="任主任 1001" if signed else "",
        signed_at="2025-10-20 16:05" if signed else "",
    )


def _words(edition: Edition) -> parts.SheetWords:
    sheet = edition.sheet
    return parts.SheetWords(
        table=sheet.table_zh,
        title=sheet.title_zh,
        columns=tuple(sheet.columns.values()),
        item=sheet.item_zh,
        total=sheet.total_zh,
        verdict_rule=sheet.verdict_rule_zh,
        total_points=sheet.total_points,
        pass_line=sheet.pass_line,
        sample_size=sheet.sample_size,
    )


def _row(row: SheetRow, scored: RowScore, given: SheetInput, cases: tuple[parts.Case, ...]) -> parts.TableRow:
    state = given.rows.get(row.id) if row.states else None
    sample = given.sample(row.sample) if row.sample else None
    reasons = _case_reasons(row, cases)
    words = "；".join(
        f"{part.rule_zh}：{part.cases}例，扣{part.points}分"
        if part.cases
        else f"有制度但记录不完整：{part.rule_zh}"
        for part in scored.deductions
    )
    return parts.TableRow(
        id=row.id,
        section=row.section,
        clause=row.clause,
        content=row.content_zh,
        material=row.material_zh,
        method=row.method_zh,
        points=row.points,
        score=scored.score,
        state=state or "",
        state_zh=row.state(state).state_zh if state else "",
        reason=words,
        deductions=tuple(
            parts.DeductionLine(lost.points, lost.rule_zh, row.clause, lost.readings, lost.cases)
            for lost in scored.deductions
        ),
        cases=reasons,
        remark="第三季度随访登记中6例缺临床签收，已列入整改。" if row.id == "1.3" else "",
        evidence=tuple(parts.EvidenceItem(*item, "测一鸣 1007") for item in EVIDENCE.get(row.id, ())),
        set_by="测一鸣 1007" if state else "",
        set_at="2025-10-18 14:22" if state else "",
        sample_size=sample.size if sample else None,
        failed=sample.failed if sample else None,
        case_points=row.case.points if row.case else None,
        rate_percent=row.rate.percent if row.rate else None,
        rate_points=row.rate.points if row.rate else None,
    )


def _case_reasons(row: SheetRow, cases: tuple[parts.Case, ...]) -> tuple[parts.CaseReason, ...]:
    if row.sample == "description_sample":
        return tuple(
            parts.CaseReason(c.position, c.report.accession_number, _fault_words(c))
            for c in cases
            if c.description.faulty
        )
    if row.sample == "conclusion_sample":
        return tuple(
            parts.CaseReason(c.position, c.report.accession_number, f"不符合（漏诊）；{c.conclusion.reason}")
            for c in cases
            if c.conclusion.discordant
        )
    return ()


def _fault_words(case: parts.Case) -> str:
    return "；".join(f"{fault.clause} {fault.reason}" for fault in case.description.faults if fault.counts)


def _result(score: SheetScore, given: SheetInput, edition: Edition) -> parts.Result:
    bounds = score.bounds
    return parts.Result(
        total=score.total,
        verdict=score.verdict,
        verdict_zh=VERDICT_ZH[score.verdict],
        bounds=parts.Bounds(bounds.lowest_total, bounds.highest_total, bounds.foregone) if bounds else None,
        flags=tuple(
            parts.Flag(f.code, f.text_zh, f.decisions) for f in edition.sheet.flags if f.code in score.flags
        ),
        changes=change_sentences(what_would_change(given, edition.sheet)),
    )


def with_report(document: PacketDocument, position: int, **texts: str) -> PacketDocument:
    """The document with texts of one report replaced; its marks go, for their places are gone."""
    cases = tuple(
        replace(
            case,
            report=replace(case.report, **texts),
            description=replace(case.description, faults=()),
        )
        if case.position == position
        else case
        for case in document.cases
    )
    return replace(document, cases=cases)
