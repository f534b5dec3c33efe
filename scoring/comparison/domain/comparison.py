"""Up to eight quarters side by side, from signed contents, with how little ten reports can show.

No quarter is marked as better or worse than another: the intervals are wide and mostly overlap. What four
quarters say together is added up only where all four were scored under one edition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from audits.judging.domain.statistics import POOLED_QUARTERS, Pooled, QuarterCount, percent, pooled

MOST = 8


@dataclass(frozen=True)
class RowPoints:
    """A row of Table B.1 in one quarter; `score` None: 未评."""

    id: str
    content: str
    points: int
    score: int | None


@dataclass(frozen=True)
class Quarter:
    """One signed version. `problem`: why it cannot be shown; the fields of its content are empty then.

    `state`: that of the quarter, as every page says it (audits.quarter.domain.state).
    """

    sheet: int
    label: str
    number: int
    state: str = ""
    superseded: bool = False
    window_start: str = ""
    window_end: str = ""
    level_zh: str = ""
    edition: str = ""
    edition_title: str = ""
    total: int | None = None
    verdict: str = ""
    verdict_zh: str = ""
    rows: tuple[RowPoints, ...] = ()
    good: int = 0
    judged: int = 0
    rate: str = ""
    interval: str = ""
    signed_at: str = ""
    program: str = ""
    problem: str = ""

    def score_of(self, row: str) -> int | str:
        """The points of a row; 未评 where nobody judged it, — where its edition has no such row."""
        found = next((found for found in self.rows if found.id == row), None)
        if found is None:
            return "—"
        return "未评" if found.score is None else found.score


@dataclass(frozen=True)
class Comparison:
    """`quarters` oldest first. `together`: the newest four added up, None with fewer or several editions."""

    quarters: tuple[Quarter, ...]
    rows: tuple[RowPoints, ...]
    together: Pooled | None
    together_text: str
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[tuple[RowPoints, tuple[int | str, ...]], ...]:
        """Every row with its points by quarter."""
        return tuple((row, tuple(q.score_of(row.id) for q in self.quarters)) for row in self.rows)


def compare(quarters: Sequence[Quarter], unsigned: Sequence[str] = ()) -> Comparison:
    """The quarters, oldest first, with every row any of them has. `unsigned`: quarters that are left out."""
    rows = {row.id: row for quarter in quarters for row in quarter.rows}
    shown = [quarter for quarter in quarters if not quarter.problem]
    newest = shown[-POOLED_QUARTERS:]
    found = pooled(_count(quarter) for quarter in reversed(newest))
    # A quarter that cannot be read leaves a gap: the four around it are not the last four.
    first = list(quarters).index(newest[0]) if newest else 0
    unread = [quarter.label for quarter in quarters[first:] if quarter.problem]
    whole = len(newest) == POOLED_QUARTERS and not found.left_out and not unread
    together = found if whole else None
    text = percent(together.numerator, together.denominator) if together else ""
    return Comparison(
        tuple(quarters),
        tuple(rows[row] for row in sorted(rows, key=_printed_order)),
        together,
        text,
        (*_notes(shown, newest), *_unread_note(unread), *_unsigned_note(unsigned)),
    )


def _count(quarter: Quarter) -> QuarterCount:
    return QuarterCount(
        quarter.label,
        quarter.good,
        quarter.judged,
        quarter.window_start,
        quarter.window_end,
        quarter.edition,
    )


def _notes(shown: Sequence[Quarter], newest: Sequence[Quarter]) -> list[str]:
    found = ["每个季度只有约十份报告，置信区间很宽：相邻季度的差别不能当作趋势，本表不作升降标记。"]
    if len({quarter.edition for quarter in shown}) > 1:
        found.append("所列季度按不同版本的标准评分，各行的分值和评法可能不同，不宜直接相比。")
    if len({quarter.level_zh for quarter in shown}) > 1:
        found.append("所列季度的机构级别不同，第1.5行的评法随级别而不同（D-06）。")
    if _overlapping(shown):
        found.append("有的抽样窗口互相重叠，同一份报告可能计入两次，不作合计。")
    if len(newest) < POOLED_QUARTERS:
        found.append(f"已签发的季度不足{POOLED_QUARTERS}个，暂不能合计。")
    return found


def _unread_note(unread: Sequence[str]) -> list[str]:
    return [f"{'、'.join(unread)}的内容不能读取，最近4个季度不作合计。"] if unread else []


def _unsigned_note(unsigned: Sequence[str]) -> list[str]:
    return [f"没有签发的季度不列入，也不合计：{'、'.join(unsigned)}。"] if unsigned else []


def _overlapping(quarters: Sequence[Quarter]) -> bool:
    ordered = sorted(quarters, key=lambda quarter: quarter.window_start)
    return any(later.window_start <= earlier.window_end for earlier, later in pairwise(ordered))


def _printed_order(row: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else 0, part) for part in row.split("."))
