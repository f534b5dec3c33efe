"""The workbook's sheet 历次抽样: the chain of draws, and the rulings of those without a signed sheet."""

from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, TITLE, Page
from scoring.packet.draw_chains import PrintedChains

SHEET = "历次抽样"
WIDTHS = (6, 60, 40, 40, 40, 20)


def add_draws(page: Page, chains: PrintedChains) -> None:
    page.heading("历次抽样", TITLE)
    page.heading(chains.summary, PLAIN)
    page.add(["次", "经过", "随机种子", "种子哈希（SHA-256）", "名单校验值", "状态"], HEAD)
    for one in chains.draws:
        draw = one.draw
        row: list[str | int | None] = [
            one.number,
            one.sentence,
            one.seed + ("（种子由人指定）" if one.is_chosen else ""),
            one.commitment,
            one.list_hash,
            draw.state_zh,
        ]
        page.add(row, [CENTRE, *[TEXT] * 5])
    page.heading("未签发的抽样中已作的评定")
    if not chains.given_up:
        page.heading("没有。", PLAIN)
    else:
        page.add(["次", "报告", "描述", "结论", "评审医师", "时间"], HEAD)
    for one in chains.given_up:
        for line in one.draw.rulings:
            report = f"第{line.position}份 {line.accession_number}"
            judged = line.judgement_zh or "未评"
            page.add([one.number, report, line.description_zh, judged, line.assessor, line.ruled_at])
    page.heading("月度质控的抽样")
    for sentence in chains.months or ("没有。",):
        page.heading(sentence, PLAIN)
