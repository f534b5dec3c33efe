"""The packet's sheets 符合率, 月度质控 and 版次, with live sums and rates."""

from collections.abc import Sequence

from exporting.cell_text import literal
from exporting.xlsx import CENTRE, HEAD, PLAIN, STRONG, TEXT, TITLE, Formula, Page, Value
from exporting.xlsx_typing import filter_rows
from scoring.content.document import PacketDocument
from scoring.content.month_parts import MeasureLine, Monthly
from scoring.packet.concordance_table import COLUMNS, ConcordanceTable, RateLine, concordance_table
from scoring.packet.xlsx_live import followed

CONCORDANCE_WIDTHS = (26, 18, 34, 14, 16, 12, 14, 22)
MONTH_WIDTHS = (12, 18, 34, 34, 20, 14, 24, 40)
HISTORY_WIDTHS = (8, 10, 24, 30, 30, 50)
_FIRST = 3  # row of the first case


def add_concordance(
    page: Page, document: PacketDocument, cases: str, judgement: int, rows: list[int]
) -> None:
    """Case by case, then counts by kind of outcome and the two rates, all following `cases`' judgements."""
    table = concordance_table(document)
    page.heading("符合率对照表", TITLE)
    page.add(["检查号", "序号", "结局来源", "判定", "结局种类", "差错", "定位", "定性"], HEAD)
    page.repeat_head(1, 2)
    for line, row in zip(table.lines, rows, strict=True):
        ruling = line.case.conclusion
        page.add(
            [
                line.case.report.accession_number,
                line.case.position,
                line.source,
                followed(cases, judgement, row, ruling.judgement_zh),
                line.kinds,
                ruling.error_kind_zh,
                ruling.localisation_zh,
                ruling.characterisation_zh,
            ],
            [TEXT, CENTRE, TEXT, CENTRE, TEXT, CENTRE, CENTRE, TEXT],
        )
    last = page.next_row - 1
    if not table.lines:
        page.heading("无数据：尚未抽取报告。", PLAIN)
    _add_counts(page, table, last)
    _add_rates(page, table, last)
    if table.lines:
        page.sheet.auto_filter.ref = f"A2:H{last}"
    page.heading("判定随“十份报告”的结论判定变化；无法判定与未评的不计入分母。", PLAIN)


def _add_counts(page: Page, table: ConcordanceTable, last: int) -> None:
    page.heading("按结局来源")
    page.add(["结局来源", *COLUMNS, "合计", ""], HEAD)
    first = page.next_row
    for line in table.by_source:
        row = page.next_row
        counted = [
            Formula(f"COUNTIFS({_area('E', last)},A{row},{_area('D', last)},{literal(word)})", count)
            for word, count in zip(COLUMNS[:-1], line.counts, strict=False)
        ]
        every = Formula(f"COUNTIF({_area('E', last)},A{row})", line.total)
        still_open = Formula(f"G{row}-SUM(B{row}:E{row})", line.counts[-1])
        page.add([line.source, *counted, still_open, every, ""], CENTRE)
    if table.by_source:
        totals = [
            Formula(
                f"SUM({letter}{first}:{letter}{page.next_row - 1})",
                sum(count[place] for count in _all_counts(table)),
            )
            for place, letter in enumerate("BCDEFG")
        ]
        page.add(["合计", *totals, ""], STRONG)


def _all_counts(table: ConcordanceTable) -> list[tuple[int, ...]]:
    return [(*line.counts, line.total) for line in table.by_source]


def _add_rates(page: Page, table: ConcordanceTable, last: int) -> None:
    page.heading("符合率")
    page.add(["符合率", "计入", "", "份数", "分母", "比率", "95%置信区间", ""], HEAD)
    judged = "+".join(_count(last, word) for word in COLUMNS[:3])
    for line, words in zip(table.rates, (COLUMNS[:2], COLUMNS[:1]), strict=True):
        row = page.next_row
        page.add(
            [
                line.name,
                line.counted,
                "",
                Formula("+".join(_count(last, word) for word in words), line.part),
                Formula(judged, line.whole),
                _rate(line, row),
                line.interval,
                "签发时的区间",
            ],
            CENTRE,
        )


def _count(last: int, word: str) -> str:
    return f"COUNTIF({_area('D', last)},{literal(word)})"


def _rate(line: RateLine, row: int) -> Formula:
    # Half up in whole numbers, as on the sheet: a rounding of fractions would miss it by a hair.
    tenths = f"INT((2000*D{row}+E{row})/MAX(1,2*E{row}))"
    shown = f'CONCATENATE(INT({tenths}/10),".",MOD({tenths},10),"%")'
    return Formula(f'IF(E{row}=0,"无数据",{shown})', line.percent)


def _area(letter: str, last: int) -> str:
    return f"${letter}${_FIRST}:${letter}${max(last, _FIRST)}"


def add_months(page: Page, monthly: Monthly) -> None:
    """The window's months with their clauses, and the measures."""
    page.heading("月度质控与改进措施", TITLE)
    page.heading(f"截至 {monthly.on}。", PLAIN)
    for note in monthly.notes:
        page.heading(note, PLAIN)
    page.add(
        ["月份", "状态", "完成", "小结", "名单份数", "已查份数", "有问题份数", "没有改进措施的条款"], HEAD
    )
    first = page.next_row
    for line in monthly.months:
        done = f"{line.closed_by} {line.closed_at}" if line.closed_at else f"应于 {line.due_on} 前完成"
        counts = (_known(line.pool_size), _known(line.checked), _known(line.faulty))
        lacking = "、".join(line.without_measure)
        page.add([line.label, line.state_zh, done, line.summary, *counts, lacking], [TEXT] * 8)
    sums = [_sum(page, letter, first, monthly, name) for letter, name in _SUMMED]
    page.add(["合计", "", "", "", *sums, ""], STRONG)
    _add_clauses(page, monthly)
    _add_reports(page, monthly)
    head = _add_measures(page, monthly.measures)
    if head:
        filter_rows(page, head, len(MONTH_WIDTHS))
    if monthly.measures_left_out:
        page.heading(f"另有{monthly.measures_left_out}项措施未逐项列出。", PLAIN)


_SUMMED = (("E", "pool_size"), ("F", "checked"), ("G", "faulty"))


def _known(count: int | None) -> Value:
    return "—" if count is None else count


def _sum(page: Page, letter: str, first: int, monthly: Monthly, name: str) -> Formula:
    total = sum(getattr(line, name) or 0 for line in monthly.months)
    return Formula(f"SUM({letter}{first}:{letter}{max(page.next_row - 1, first)})", total)


def _add_clauses(page: Page, monthly: Monthly) -> None:
    page.heading("各月问题（按条款）")
    page.add(["月份", "条款", "名称", "", "涉及报告", "问题数", "", ""], HEAD)
    first = page.next_row
    rows = [(line, clause) for line in monthly.months for clause in line.clauses]
    for line, clause in rows:
        page.add([line.label, clause.clause, clause.title, "", clause.reports, clause.faults, "", ""])
    if rows:
        total = Formula(f"SUM(F{first}:F{page.next_row - 1})", sum(clause.faults for _, clause in rows))
        page.add(["合计", "", "", "", "", total, "", ""], STRONG)
    else:
        page.heading("没有问题。", PLAIN)


def _add_reports(page: Page, monthly: Monthly) -> None:
    """The drawn reports of each month, a fault a row, and how to repeat the draw; from schema 4 on."""
    if all(line.reports is None for line in monthly.months):
        return
    page.heading("各月抽查的报告与问题")
    page.add(["月份", "序号", "检查号", "检查", "检查人与时间", "结果", "条款", "原文与理由"], HEAD)
    for line in monthly.months:
        for report in line.reports or ():
            who = f"{report.assessor} {report.judged_at}".strip()
            first = (line.label, report.position, report.accession_number, report.examination_name, who)
            for fault in report.faults:
                found = f"{fault.excerpt}：{fault.reason}" if fault.excerpt else fault.reason
                page.add([*first, report.verdict_zh, fault.clause, found])
            if not report.faults:
                page.add([*first, report.verdict_zh, "", report.remark])
    page.heading("各月抽样（重抽用随册PDF所附文件）")
    page.add(["月份", "抽取人", "随机种子", "名单校验值", "抽取时间", "名单份数", "文件", "SHA-256"], HEAD)
    for line in monthly.months:
        if line.draw_file:
            drawn = (line.drawn_by, line.seed, line.list_hash, line.drawn_at, line.pool_size)
            page.add([line.label, *drawn, line.draw_file, line.draw_sha256])


def _add_measures(page: Page, measures: Sequence[MeasureLine]) -> int:
    page.heading("改进措施")
    if not measures:
        page.heading("没有登记的改进措施。", PLAIN)
        return 0
    head = page.add(["编号", "来源与条款", "问题", "改进措施", "责任人", "期限", "状态", "效果"], HEAD)
    for line in measures:
        state = f"{line.state_zh}，已逾期" if line.overdue else line.state_zh
        state += f"\n落实 {line.done_on}" if line.done_on else ""
        state += f"\n关闭 {line.closed_by} {line.closed_at}" if line.closed_at else ""
        effect = "\n".join(part for part in (line.effect, line.effect_facts, line.checked_by) if part)
        source = f"{line.source}\n{'、'.join(line.clauses)}"
        page.add(
            [line.number, source, line.problem, line.action, line.owner, line.due_on, state, effect],
            [CENTRE, *[TEXT] * 7],
        )
    return head


def add_history(page: Page, document: PacketDocument) -> None:
    """Versions, what each changed, and the appeals with their outcome."""
    history = document.history
    if history is None:
        return
    page.heading("版次、更正与申诉", TITLE)
    page.add(["版次", "得分", "结果与理由", "提交", "签发", "内容校验值"], HEAD)
    for line in history.versions:
        decision = f"{line.verdict_zh}\n{line.reason or '首次评定'}"
        submitted = f"{line.submitted_by} {line.submitted_at}".strip() or "尚未提交"
        signed = f"{line.signed_by} {line.signed_at}".strip() or "尚未签发"
        points = "—" if line.total is None else line.total
        page.add([line.number, points, decision, submitted, signed, line.content_hash or "本册"])
    for note in history.notes:
        page.heading(note, PLAIN)
    page.heading("更正内容")
    head = page.add(["版次", "行", "项目", "更正前", "更正后", ""], HEAD)
    for change in history.changes:
        page.add([change.number, change.row or "全表", change.what, change.before, change.after, ""])
    if history.changes:
        filter_rows(page, head, 5)
    else:
        page.heading("没有更正。", PLAIN)
    _add_appeals(page, document)


def _add_appeals(page: Page, document: PacketDocument) -> None:
    page.heading("申诉")
    page.add(["序号", "号", "对象与时间", "申诉理由", "结果", "复核意见"], HEAD)
    found = [(case, line) for case in document.cases for line in case.appeals or ()]
    for case, line in found:
        about = f"{line.subject_zh}\n{line.appealed_at}"
        ended = f"{line.state_zh}\n{line.change}".strip()
        opinion = f"{line.assessor} {line.decided_at}：{line.decision}" if line.decided_at else ""
        page.add([case.position, line.number, about, line.reason, ended, opinion])
    if not found:
        page.heading("没有申诉。", PLAIN)
