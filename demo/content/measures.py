"""The year's monthly checks and measures of the story: texts by clause, and the state of each measure.

Twelve months are checked; the newest is still under way. In the failing quarter nobody set measures at the
time, and for its first month with problems nobody ever did. Of the measures the last is overdue, the one
before waits to be closed, the third from the end was reopened; the older ones are closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CHECKED_OF_NEWEST = 6
DAYS_TO_DO = 25  # after the month's end
DAYS_TILL_DONE = 12
DAYS_TILL_CLOSED = 8

_ACTIONS = {
    "6.4.3.2": "科内学习6.4.3.2，报告模板在密度、信号一栏预置参照组织的填写项；审核医师逐份核对。",
    "6.4.3.3": "张贴七级分度用语对照表，模板改为下拉选择；新入科人员单独培训。",
    "6.4.3.4": "停用模板中“未见明显强化”一句，改为无、轻度、中度、明显四级；审核时退回不规范用语。",
    "6.4.1.2d": "病灶描述模板增加大小、边界两个必填项；每周抽查5份反馈到个人。",
}
_ACTION = "早会通报本月问题，书写人与审核人共同复核，修订相应模板并组织学习。"
_NOTES = ("已在早会通报，全科签到。", "模板已修订并启用。", "已完成科内学习，附签到表。")
EFFECT_WORDS = {
    "effective": "后续各月该类问题减少，模板已固定使用。",
    "unclear": "后续月份仍偶有出现，份数少，继续观察后再判断。",
    "ineffective": "后续月份仍反复出现，措施未起作用。",
}
CLOSE_WORDS = "已核对落实记录与后续各月数据，同意关闭。"
HANDED_OVER = "原责任人外出进修，改由本人负责。"
REOPEN_WORDS = "后续月份又有出现，仅培训不够，请修订模板后再核对。"


@dataclass(frozen=True)
class MeasureTexts:
    problem: str
    action: str


def measure_texts(month: str, clauses: Sequence[tuple[str, str]], faulty: int, checked: int) -> MeasureTexts:
    """`clauses`: (number, title). `faulty` of `checked` reports have a problem."""
    listed = "、".join(f"{number} {title}" for number, title in clauses)
    actions = dict.fromkeys(_ACTIONS.get(number, _ACTION) for number, _ in clauses)
    return MeasureTexts(f"{month}抽查{checked}份，{faulty}份有问题：{listed}。", "".join(actions))


def note_text(place: int) -> str:
    """What was done so far, one of three in turn."""
    return _NOTES[place % len(_NOTES)]


def summary_addition(problems: int) -> str:
    """What a person adds to the summary the program drafted."""
    return "问题已反馈书写人与审核人，早会通报。" if problems else "总体情况良好，继续保持。"
