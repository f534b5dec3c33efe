"""The packet's sheets 随访与反馈 and 结局来源: a record a row."""

from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, TITLE, Page
from exporting.xlsx_typing import filter_rows
from scoring.content.document import PacketDocument
from scoring.content.follow_up_parts import FollowUps

FOLLOW_UP_WIDTHS = (8, 22, 14, 13, 13, 13, 13, 13, 14, 12, 20, 30, 12)
OUTCOME_WIDTHS = (8, 22, 18, 13, 10, 36, 18, 16, 24, 16, 18)
_HEAD = (
    *("编号", "检查号", "类别", "检查", "结局登记", "对照评价", "反馈", "签收"),
    *("符合性评价", "差错", "收件医师", "签收凭据", "记录"),
)
_OUTCOME_HEAD = (
    *("序号", "检查号", "结局种类", "结局日期", "编号", "来源", "录入时间", "登记人"),
    *("匹配方式", "确认人", "确认时间"),
)


def add_follow_ups(page: Page, found: FollowUps) -> None:
    """Every record of the window with the day of each part."""
    page.heading("随访与反馈", TITLE)
    head = page.add(list(_HEAD), HEAD)
    page.repeat_head(1, head)
    for line in found.records:
        days = (line.examined_on, line.outcome_on, line.judgement_on, line.feedback_on, line.receipt_on)
        judged = (line.judgement_zh, line.error_kind_zh, line.recipient, line.receipt_note, line.state_zh)
        page.add(
            [line.number, line.accession_number, line.kind_zh, *(day or "—" for day in days), *judged],
            [CENTRE, TEXT, TEXT, *[CENTRE] * 5, *[TEXT] * 5],
        )
    if found.records:
        filter_rows(page, head, len(FOLLOW_UP_WIDTHS))
    counts = f"完整{found.complete}例，随访中{found.running}例，不完整{found.incomplete}例"
    page.heading(f"截至 {found.on}：共{len(found.records)}例，{counts}。", PLAIN)


def add_outcomes(page: Page, document: PacketDocument) -> None:
    """Where each outcome came from, how it was matched to its report and who confirmed it."""
    page.heading("结局来源", TITLE)
    head = page.add(list(_OUTCOME_HEAD), HEAD)
    page.repeat_head(1, head)
    for case in document.cases:
        for outcome in case.outcomes:
            first = (case.position, case.report.accession_number, outcome.kind, outcome.observed_on)
            entered = (outcome.number, outcome.source, outcome.entered_at, outcome.recorded_by)
            confirmed = (outcome.confirmed_by or "—", outcome.confirmed_at or "—")
            page.add([*first, *entered, outcome.match_zh, *confirmed])
