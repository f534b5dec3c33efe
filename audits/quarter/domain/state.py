"""The state of a quarter, said in the same words on every page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QuarterState:
    """`kind` of tag, and `label`: from 待抽样 over 评审中 6/10 and 已评10/10 to 待签发 and 已签发."""

    kind: str
    label: str

    @property
    def tag(self) -> tuple[str, str]:
        return self.kind, self.label


def quarter_state(*, cancelled: bool, cases: int, settled: int, sheet: str) -> QuarterState:
    """`settled` of `cases` drawn; `sheet`: status of the newest version, "" without one."""
    if cancelled:
        return QuarterState("open", "已作废")
    if sheet == "signed":
        return QuarterState("pass", "已签发")
    if sheet == "submitted":
        return QuarterState("due", "待签发")
    if not cases:
        return QuarterState("due", "待抽样")
    if settled < cases:
        return QuarterState("info", f"评审中 {settled}/{cases}")
    return QuarterState("due", f"已评{settled}/{cases}，评分表{'填写中' if sheet else '未建立'}")
