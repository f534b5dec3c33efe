"""What the workbook of a packet shows by itself: its table added up again. Nothing in it can prove more.

A workbook has no seal, and its formulas follow whoever types over a value: a table that adds up is no proof,
one that does not was changed by another program than a spreadsheet.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scoring.packet.file_checks import Check
from scoring.sheets.domain.verdict import VERDICT_ZH
from standards.edition import Edition
from standards.loader import edition_ids, load_edition

_SHEET = "评分表"
_MOST_UNPACKED = 20_000_000  # of all parts; ten times those of a packet
_MOST_ROWS, _COLUMNS = 60, 8
_POINTS, _SCORE, _VERDICT = 5, 6, 7  # columns, counted from 0
_PERIOD = re.compile(r"(?P<label>\S+)\s+抽样窗口 .*第(?P<number>\d+)版")
_PLACE = re.compile(r"\S+\s+(?P<institution>.+)（[^）]*）\s+(?P<department>\S+)")
_SCOPE = "工作簿单独核对时，只能核对评分表各行得分与合计、判定是否一致；签章、抽样和评定须核对PDF。"


@dataclass(frozen=True)
class WorkbookTable:
    """What the sheet 评分表 states. `scores`: (points, score) of each row, None for a score not given."""

    packet: dict[str, Any]
    edition: Edition
    scores: tuple[tuple[int, int | None], ...]
    total: int | None
    verdict_zh: str


def workbook_answer(content: bytes) -> tuple[dict[str, Any] | None, tuple[Check, ...]]:
    """(what it states of itself as in the answer of a packet, checks); (None, ()) for another workbook."""
    table = read_table(content)
    if table is None:
        return None, ()
    problems = tuple(Check("workbook_sum", False, words) for words in _problems(table))
    fine = Check("workbook_sum", True, "评分表各行得分与合计、判定一致。")
    return table.packet, (*(problems or (fine,)), Check("workbook_scope", None, _SCOPE))


def read_table(content: bytes) -> WorkbookTable | None:
    """The table of a packet's workbook, or None. Never raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                return None
        return _table(_rows(content))
    except Exception:  # a damaged workbook can raise any error in the reader: it is none of ours
        return None


def _rows(content: bytes) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = book[_SHEET].iter_rows(max_row=_MOST_ROWS, max_col=_COLUMNS, values_only=True)
    return [(*row, *[None] * (_COLUMNS - len(row))) for row in rows]


def _table(rows: list[tuple[Any, ...]]) -> WorkbookTable | None:
    place, period = _PLACE.match(str(rows[1][0])), _PERIOD.match(str(rows[2][0]))
    edition = next((e for e in map(load_edition, edition_ids()) if e.number_zh in str(rows[2][0])), None)
    if not place or not period or edition is None:
        return None
    last = next(i for i, row in enumerate(rows) if row[0] == edition.sheet.total_zh)
    total, verdict_zh = _whole(rows[last][_SCORE]), str(rows[last][_VERDICT] or "")
    stated = {zh: verdict for verdict, zh in VERDICT_ZH.items()}
    packet = {
        "institution": place["institution"],
        "department": place["department"],
        "period": period["label"],
        "number": int(period["number"]),
        "status": "",
        "total": total,
        "verdict": stated.get(verdict_zh, ""),
    }
    scores = tuple((row[_POINTS], _whole(row[_SCORE])) for row in rows[last - len(edition.sheet.rows) : last])
    return WorkbookTable(packet, edition, scores, total, verdict_zh)


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _problems(table: WorkbookTable) -> Iterator[str]:
    sheet = table.edition.sheet
    if [points for points, _ in table.scores] != [row.points for row in sheet.rows]:
        yield "评分表各行的分值与标准表B.1不符。"
        return
    if any(score is not None and not 0 <= score <= points for points, score in table.scores):
        yield "评分表有一行的得分不在0分与该行分值之间。"
    scores = [score for _, score in table.scores]
    due = None if None in scores else sum(score or 0 for score in scores)
    if table.total != due:
        stated = "未定" if table.total is None else f"{table.total}分"
        yield f"合计写作{stated}，各行得分相加为{'未定' if due is None else f'{due}分'}。"
    elif due is not None and table.verdict_zh != VERDICT_ZH["fail" if due < sheet.pass_line else "pass"]:
        yield f"合计{due}分，判定却写作“{table.verdict_zh[:40]}”。"
