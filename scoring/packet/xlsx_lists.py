"""The plain lists of the packet's workbook: 描述问题, 抽样, 佐证材料, 说明."""

from audits.sampling.domain.strata import SYSTEM_ZH
from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, TITLE, Page
from exporting.xlsx_typing import filter_rows
from scoring.content.document import PacketDocument
from scoring.packet.case_pages import merged_faults
from scoring.packet.xlsx_evidence import add_register
from scoring.packet.xlsx_live import is_live

_PARTS_ZH = {
    "technique": "技术参数",
    "findings": "影像描述",
    "impression": "诊断结论",
    "clinical_diagnosis": "临床诊断",
}


def add_faults(page: Page, document: PacketDocument) -> None:
    """Every confirmed fault with its clause, place and reason."""
    page.heading("描述问题（2.1）", TITLE)
    page.add(["序号", "检查号", "条款", "条款名称", "所在部分", "原文", "理由", "是否扣分", "评审医师"], HEAD)
    page.repeat_head(1, 2)
    found = [(case, fault) for case in document.cases for fault in merged_faults(case)]
    for case, fault in found:
        part = _PARTS_ZH.get(fault.field, "")
        counts = "计例" if fault.counts else "宜，不扣分"
        number = case.report.accession_number
        page.add(
            [
                case.position,
                number,
                fault.clause,
                fault.title,
                part,
                fault.excerpt,
                fault.reason,
                counts,
                fault.by,
            ]
        )
    if not found:
        page.heading("无数据：没有确认的描述问题。", PLAIN)
    if found and is_live(document):
        filter_rows(page, 2, 9)


def add_evidence(page: Page, document: PacketDocument) -> None:
    """机构提供的资料, under the rows they belong to."""
    page.heading("佐证材料清单", TITLE)
    if document.evidence is not None:
        add_register(page, document)
        if document.schema_number >= 4:
            return  # typed notes are in the one list
        page.heading("随表注明的资料")
    page.add(["行", "资料名称", "日期", "说明", "登记人"], HEAD)
    if document.evidence is None:
        page.repeat_head(1, 2)
    for row in document.rows:
        if row.sample_size is not None:
            continue
        for item in row.evidence:
            page.add([row.id, item.title, item.dated_on, item.note, item.added_by], [CENTRE, *[TEXT] * 4])
        if not row.evidence:
            page.add([row.id, f"未登记资料（{row.material}）", "", "", ""], [CENTRE, *[TEXT] * 4])


def add_draw(page: Page, document: PacketDocument) -> None:
    """Seed, ledger, steps, the frozen list and what was excluded: enough to draw again."""
    page.heading("抽样", TITLE)
    draw = document.draw
    if draw is None:
        page.heading("无数据：尚未抽取报告。", PLAIN)
        return
    facts = (
        ("抽样窗口", f"{document.period.window_start} 至 {document.period.window_end}"),
        ("结局截止日", document.period.cut_off_on),
        ("延长抽样窗口", document.period.extended_reason or "否"),
        ("随机种子", draw.seed),
        ("名单校验值", draw.list_hash),
        ("抽取", f"{draw.drawn_by} {draw.drawn_at}"),
    )
    for name, words in facts:
        page.fact(name, words)
    page.heading("候选与排除")
    page.add(["项目", "份数"], HEAD)
    page.add(["窗口内的检查报告", draw.looked_at])
    for line in draw.ledger:
        page.add([f"排除：{line.zh}", line.count])
    page.add(["合格，进入名单", draw.pool_size])
    _add_steps(page, document)
    _add_frozen_list(page, document)


def _add_steps(page: Page, document: PacketDocument) -> None:
    draw = document.draw
    if draw is None:
        return
    page.heading("抽取步骤")
    for step in draw.steps:
        page.heading(step, PLAIN)
    for note in draw.notes:
        page.heading(f"覆盖提示：{note}", PLAIN)
    for reader in document.allowed_readers or ():
        page.heading(f"科主任允许评审：{reader.sentence}", PLAIN)
    page.heading("更换记录")
    page.add(["换下", "换上", "序号", "操作人", "时间", "理由"], HEAD)
    for gone in document.replaced:
        added = gone.successor or "备选已用完"
        page.add(
            [gone.accession_number, added, gone.position, gone.replaced_by, gone.replaced_at, gone.reason]
        )
    if not document.replaced:
        page.heading("没有更换。", PLAIN)


def _add_frozen_list(page: Page, document: PacketDocument) -> None:
    draw = document.draw
    if draw is None:
        return
    drawn = {number: place for place, number in enumerate(draw.document.get("drawn", ()), start=1)}
    reserve = {number: place for place, number in enumerate(draw.reserve, start=1)}
    page.heading("冻结名单（受检者、报告医师以代码表示）")
    head = page.add(["检查号", "系统", "检查种类", "受检者代码", "报告医师代码", "抽取结果"], HEAD)
    for entry in draw.document.get("list", ()):
        number = entry["accession_number"]
        place = f"抽中，第{drawn[number]}份" if number in drawn else f"备选第{reserve.get(number, '—')}位"
        tokens = (entry["patient_key"], entry["reporting_physician"])
        page.add([number, SYSTEM_ZH.get(entry["system"], entry["system"]), entry["modality"], *tokens, place])
    if is_live(document):
        filter_rows(page, head, 6)
    if draw.excluded:
        page.heading("排除明细")
        page.add(["检查号", "系统", "检查种类", "", "", "理由"], HEAD)
        for line in draw.excluded:
            page.add([line.accession_number, line.system_zh, line.modality, "", "", line.reasons])


def add_notes(page: Page, document: PacketDocument) -> None:
    """Result as text, deductions, readings, small-sample honesty, and how to verify."""
    page.heading("说明", TITLE)
    page.heading("评定结果")
    for name, words in _result_lines(document):
        page.fact(name, words)
    page.heading("扣分明细")
    page.add(["行", "规则", "扣分理由", "扣分"], HEAD)
    for row_of in document.rows:
        for lost in row_of.deductions:
            page.add([row_of.id, lost.rule, row_of.reason, lost.points])
        for case in row_of.cases:
            page.add([row_of.id, f"第{case.position}份 {case.accession_number}", case.text, ""])
        if row_of.remark:
            page.add([row_of.id, "备注", row_of.remark, ""])
    page.heading("统计")
    for sentence in (*document.statistics.sentences, document.statistics.bias):
        page.heading(sentence, PLAIN)
    page.heading("本册所用读法")
    page.add(["编号", "问题", "读法与理由", "相关行"], HEAD)
    for reading in document.readings:
        rows = "、".join("合计" if row == "total" else row for row in reading.rows)
        page.add([reading.id, reading.question, reading.shown, rows])


def _masking(document: PacketDocument) -> str:
    if document.unmasked is None:
        return "受检者姓名、证件号已脱敏"
    return document.unmasked.words


def _result_lines(document: PacketDocument) -> list[tuple[str, str]]:
    result, anchor = document.result, document.anchor
    total = "—" if result.total is None else f"{result.total}分"
    lines = [("附录B评分", f"{result.verdict_zh}　{document.words.total} {total}")]
    if result.bounds:
        lines.append(("可能的总分", f"{result.bounds.lowest}至{result.bounds.highest}分"))
    lines += [("提示", flag.text) for flag in result.flags] + [
        ("判定的变化", words) for words in result.changes
    ]
    if document.sheet.corrects is not None:
        lines.append(("更正", f"更正第{document.sheet.corrects}版：{document.sheet.correction_reason}"))
    return [
        *lines,
        ("标准版本", f"{document.edition.number}《{document.edition.title}》（{document.edition.status}）"),
        ("内容校验值", document.content_hash()),
        ("留痕锚点", f"第{anchor.seq}条 {anchor.hash} {anchor.at}"),
        ("生成", f"{document.generated.program} {document.generated.at} {document.generated.by}"),
        ("说明", f"{_masking(document)}；附录B为资料性附录，“合格”“不合格”仅指附录B评分。"),
    ]
