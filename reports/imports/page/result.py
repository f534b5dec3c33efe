"""Result of a batch: the refused rows with their content, and the skipped lines."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from exporting.masking import mask_unless_term
from reports.imports.domain.vocabulary import TERMS
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.page.columns import labels as labels_of
from reports.imports.page.columns import masked_cells

REFUSALS_SHOWN = 200
WITHHELD = "您正在评审的报告：评审完成前不显示这一行。"
_WHY = {
    "title": "标题或表头之上的行",
    "blank": "空行",
    "repeated_header": "重复的表头",
    "total": "合计、小计或制表行",
    "note": "备注或工具行",
    "excluded": "按列对应不导入",
    "duplicate": "与前面的行完全相同",
    "joined": "并入同一份的前一行",
}


@dataclass(frozen=True)
class RefusedRow:
    """A refused row: its number, column, reason and cells (header, content)."""

    row: int
    column: str
    reason: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class PassedLines:
    """Lines skipped for one reason."""

    why: str
    count: int
    rows: str


def result_of(batch: ImportBatch, marks: Collection[str] = ()) -> dict[str, Any]:
    """The context of the result page: refused rows, skipped lines, unexplained values.

    `marks`: of reports that the viewer has still to judge blind; a row that bears one is not shown.
    """
    labels, columns = batch.reading.get("labels", []), batch.reading.get("columns", {})
    shown = partial(masked_cells, batch.kind, labels, columns)
    known = labels_of(batch.kind)
    return {
        "stopped": _stopped(batch),
        "refusals": [
            RefusedRow(one["row"], "", WITHHELD, [])
            if bears(one, marks)
            else RefusedRow(one["row"], one["column"], one["reason"], shown(one["cells"]))
            for one in batch.refusals[:REFUSALS_SHOWN]
        ],
        "passed": _passed(batch.reading.get("passed", [])),
        "unknown": [
            value
            | {
                "name": known.get(value["field"], value["label"]),
                "value": value["value"]
                if batch.kind == ImportSource.Kind.STAFF
                else mask_unless_term(value["value"], TERMS),
            }
            for value in batch.reading.get("unknown", [])
        ],
    }


def _stopped(batch: ImportBatch) -> str:
    """How far an import came that ended before its last row."""
    return (
        f"已导入{batch.imported_rows}行，未导入{batch.remaining_rows}行，可续传：继续导入，"
        "或重新导入同一文件，已导入的行不会重复。"
    )


def bears(refusal: Mapping[str, Any], marks: Collection[str]) -> bool:
    """Whether a refused row names one of these reports or its patient."""
    text = "\t".join(map(str, (refusal["accession_number"], refusal["found"], *refusal["cells"])))
    return any(mark in text for mark in marks)


def _passed(lines: list[list[Any]]) -> list[PassedLines]:
    by_why: dict[str, list[int]] = {}
    for row, why in lines:
        by_why.setdefault(why, []).append(row)
    return [PassedLines(_WHY.get(why, why), len(rows), _ranges(rows)) for why, rows in by_why.items()]


def _ranges(rows: list[int]) -> str:
    """Row numbers as text, consecutive ones as a range: 3–5、9."""
    runs = []
    for _, run in groupby(enumerate(sorted(rows)), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        runs.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}")
    return "、".join(runs)
