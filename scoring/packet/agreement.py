"""Check that a packet is consistent: all it prints that follows from the edition, the rulings or the draw.

A changed file with a recomputed content hash still has to agree everywhere: a verdict with its total, a count
with its cases, a seed with the draw it repeats.
"""

from collections.abc import Iterator

from audits.judging.domain.concordance import Judgement
from audits.sampling.domain.document import parse_draw_document
from audits.sampling.domain.draw import draw
from scoring.content import parts
from scoring.content.document import PacketDocument
from scoring.content.enclosures import evidence_problems
from scoring.packet.record_agreement import history_problems, monthly_problems
from scoring.packet.row_agreement import row_problems
from scoring.sheets.domain.score import SheetScore
from scoring.sheets.domain.verdict import VERDICT_ZH
from standards.edition import Edition

NO_DATA = "无数据"
_DESCRIBED = {True: "不规范", False: "规范"}
_FINAL = ("signed", "superseded")


def sheet_words(edition: Edition) -> parts.SheetWords:
    """The printed words and fixed numbers of Table B.1."""
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


def sheet_problems(document: PacketDocument, edition: Edition, score: SheetScore) -> tuple[str, ...]:
    """Where the sheet says other than its edition, its rulings and their score do."""
    checks = (
        _edition_agrees(document, edition),
        *(_row_agrees(document, row, edition, score) for row in document.rows),
        _result_agrees(document, edition, score),
        _cases_agree(document),
        _statistics_agree(document, score),
        _sign_off_agrees(document),
        _staffing_agrees(document),
        evidence_problems(document),
        monthly_problems(document),
        history_problems(document),
        row_problems(document),
    )
    return tuple(problem for found in checks for problem in found)


def _edition_agrees(document: PacketDocument, edition: Edition) -> Iterator[str]:
    facts = parts.EditionFacts(edition.id, edition.title_zh, edition.number_zh, edition.status_zh)
    if document.edition != facts or document.words != sheet_words(edition):
        yield "标准名称或表B.1的固定文字、分值、合格线与所称的标准版本不符。"


def _row_agrees(
    document: PacketDocument, row: parts.TableRow, edition: Edition, score: SheetScore
) -> Iterator[str]:
    printed = edition.sheet.rows_by_id[row.id]
    fixed = (printed.section, printed.clause, printed.content_zh, printed.material_zh, printed.method_zh)
    case_points = printed.case.points if printed.case else None
    rate = (printed.rate.percent, printed.rate.points) if printed.rate else (None, None)
    numbers = (printed.points, case_points, *rate)
    if (row.section, row.clause, row.content, row.material, row.method) != fixed or numbers != (
        row.points,
        row.case_points,
        row.rate_percent,
        row.rate_points,
    ):
        yield f"{row.id}行的固定文字或分值与所称的标准版本不符。"
    state_zh = printed.state(row.state).state_zh if row.state else ""
    if row.state_zh != state_zh:
        yield f"{row.id}行的评定写作“{row.state_zh}”，应为“{state_zh}”。"
    scored = next(found for found in score.rows if found.row == row.id)
    lost = tuple(
        parts.DeductionLine(part.points, part.rule_zh, printed.clause, part.readings, part.cases)
        for part in scored.deductions
    )
    if row.deductions != lost:
        yield f"{row.id}行的扣分明细与按所载评定重算的不符。"
    if printed.sample:
        yield from _sample_agrees(document, row, printed.sample)


def _sample_agrees(document: PacketDocument, row: parts.TableRow, sample: str) -> Iterator[str]:
    def lost(case: parts.Case) -> bool | None:
        ruling = case.description.faulty if sample == "description_sample" else case.conclusion.discordant
        return ruling

    judged = sum(lost(case) is not None for case in document.cases)
    failed = [(case.position, case.report.accession_number) for case in document.cases if lost(case)]
    named = [(case.position, case.accession_number) for case in row.cases]
    if (row.sample_size, row.failed) != (judged, len(failed)) or named != failed:
        yield f"{row.id}行所记的份数或扣分报告与各份报告的评定不符。"


def _result_agrees(document: PacketDocument, edition: Edition, score: SheetScore) -> Iterator[str]:
    result, flags = document.result, edition.sheet.flags_by_code
    if result.verdict_zh != VERDICT_ZH[score.verdict]:
        yield f"判定写作“{result.verdict_zh}”，按所载评定应为“{VERDICT_ZH[score.verdict]}”。"
    bounds = score.bounds
    due = parts.Bounds(bounds.lowest_total, bounds.highest_total, bounds.foregone) if bounds else None
    if result.bounds != due:
        yield "可能的总分与按所载评定重算的不符。"
    if result.flags != tuple(parts.Flag(c, flags[c].text_zh, flags[c].decisions) for c in score.flags):
        yield "提示与按所载评定重算的不符。"
    sections = tuple(
        parts.Section(s.id, s.title_zh, s.points, score.section_scores[s.id]) for s in edition.sheet.sections
    )
    if document.sections != sections:
        yield "各部分的名称、分值或得分与按所载评定重算的不符。"


def _cases_agree(document: PacketDocument) -> Iterator[str]:
    words = {str(judgement.value): judgement.zh for judgement in Judgement}
    for case in document.cases:
        place = f"第{case.position}份"
        faulty, zh = case.description.faulty, case.description.zh
        if zh != _DESCRIBED[faulty] if faulty is not None else zh in _DESCRIBED.values():
            yield f"{place}的描述评定写作“{zh}”，与所载评定不符。"
        ruling = case.conclusion
        due = {"discordant": True, "concordant": False, "partly": False}.get(ruling.judgement)
        agrees = ruling.judgement_zh == words[ruling.judgement] if ruling.judgement in words else True
        if ruling.discordant != due or not agrees:
            yield f"{place}的结论判定写作“{ruling.judgement_zh}”，与所载评定不符。"


def _statistics_agree(document: PacketDocument, score: SheetScore) -> Iterator[str]:
    found = document.statistics
    judgements = [case.conclusion.judgement for case in document.cases]
    counted = tuple(judgements.count(word) for word in ("concordant", "partly", "discordant", "undecidable"))
    rate = f"{score.concordance_rate.percent}%" if score.concordance_rate else NO_DATA
    if (found.concordant, found.partly, found.discordant, found.undecidable) != counted or found.rate != rate:
        yield "诊断符合率或其份数与各份报告的判定不符。"


def _sign_off_agrees(document: PacketDocument) -> Iterator[str]:
    sheet = document.sheet
    signed = bool(sheet.signed_by and sheet.signed_at)
    if signed != (sheet.status in _FINAL) or (signed and document.result.total is None):
        yield "评分表的状态与签发人、签发时间不符。"
    if (sheet.corrects is not None and sheet.corrects >= sheet.number) or (sheet.number > 1) != (
        sheet.corrects is not None
    ):
        yield "评分表的版次与所更正的版次不符。"


def _staffing_agrees(document: PacketDocument) -> Iterator[str]:
    found = document.staffing
    if found is None:
        return
    listed = {line.accession_number for line in found.exceptions}
    if len(listed) + found.left_out != found.with_exception or found.with_exception > found.reports:
        yield "人员资质所列例外的份数与所记的总数不符。"
    if found.people == 0 and (found.exceptions or found.requirements or found.with_exception):
        yield "没有人员登记表，却列有人员资质的例外。"


def draw_problems(document: PacketDocument) -> tuple[str, ...]:
    """Where the printed draw differs from the draw its document repeats, which verify_draw has passed."""
    shown = document.draw
    if shown is None:
        return ("没有抽样记录，却列有报告。",) if document.cases or document.replaced else ()
    parsed = parse_draw_document(shown.document)
    redrawn = draw(parsed.entries, parsed.seed, parsed.size)
    excluded = sum(line.count for line in shown.ledger)
    printed = (shown.seed, shown.list_hash, shown.size, shown.pool_size, shown.reserve)
    reserve = tuple(entry.accession_number for entry in redrawn.reserve)
    problems = []
    if printed != (parsed.seed, redrawn.list_hash, parsed.size, len(parsed.entries), reserve):
        problems.append("所印的种子、名单校验值、份数或备选次序与抽样记录不符。")
    if shown.looked_at != shown.pool_size + excluded:
        problems.append(f"窗口内报告{shown.looked_at}份，不等于合格{shown.pool_size}份加排除{excluded}份。")
    replaced = sorted((gone.accession_number, gone.successor or "") for gone in document.replaced)
    if replaced != sorted((step.removed, step.added or "") for step in parsed.replacements):
        problems.append("更换记录与抽样记录不符。")
    strata = {entry.accession_number: (entry.system, entry.modality) for entry in parsed.entries}
    if any(strata.get(c.report.accession_number) != (c.system, c.modality) for c in document.cases):
        problems.append("报告的系统或检查种类与冻结名单不符。")
    return tuple(problems)
