"""Read outcome registers (手术、病理、随访) into IncomingOutcome values; reports are matched later."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from reports.intake import cells, kinds, moments
from reports.intake.cells import Unreadable
from reports.intake.checks import check_not_ahead
from reports.intake.heads import Head
from reports.intake.layout import Layout, understand
from reports.intake.mapping import FileMapping
from reports.intake.reading import Progress, each_read, require_known
from reports.intake.refusing import CellRefused, RowRefused
from reports.intake.registers import implied_kind, kind_of_heads
from reports.intake.rows import Rows
from reports.intake.values import LIMITS, IncomingOutcome, ReadOutcomes
from spreadsheets import Cell, Row, sheets_of

# Follow-up entries meaning that the outcome is missing or pending.
_NO_OUTCOME = re.compile(
    r"(?:已|患者|病人|家属|电话|手机|多次|反复|暂|仍|尚|至今|目前)*(?:"
    r"失访|失联|拒访|拒绝随访|停机|关机|空号|占线|无人接听?|未接通?|未接听|(?:无法|未能?|不能)(?:联系|接通|打通)(?:上|到)?"
    r"|联系不上|打不通|不通|错误|号码(?:错误|有误)"
    r"|(?:继续|待|未|无)(?:随访|回访|复查|回报|回复|反馈|结果|病理|病理结果|报告|定|查|手术|病理回报|病理回复)(?:中|到|到结果|结果)?"
    r"|随访中|(?:结果|病理)未(?:回|出|归)报?|同术前待病理|不详|未知|无|未提供)(?:\d次)?"
)


def read_outcomes(
    data: bytes,
    file_name: str,
    *,
    mapping: Mapping[str, Any] | FileMapping | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> ReadOutcomes:
    """All outcomes of a file, in file order. Raises FileRefused when the file cannot be read."""
    return outcomes_of(
        understand(sheets_of(data, file_name), "outcomes", mapping), progress=progress, today=today
    )


def outcomes_of(
    layout: Layout, *, progress: Progress | None = None, today: date | None = None
) -> ReadOutcomes:
    """Outcomes of a file whose layout is known."""
    layout.require_readable()
    implied = implied_kind(layout.head)
    read = each_read(layout, lambda rows: lambda row: _read(rows, row, implied, today), progress)
    return ReadOutcomes(outcomes=tuple(outcome for _, _, outcome in read), **layout.facts)


def _read(rows: Rows, row: Row, implied: str | None, today: date | None) -> IncomingOutcome:
    head = rows.head
    require_known(head, row)
    texts = _texts(head, row)
    text = _one_text(texts) or head.constants.get("text", "")
    if not text:
        reason = "结局内容为空，没有可供评判的结果。请补齐后重新导入。"
        raise RowRefused(_label(head, "text"), "", "结局内容", reason, "no_text")
    number = _value(head, row, "accession_number", cells.identifier)
    observed = _observed_on(head, row)
    kind = _kind(head, row, texts, implied)
    _require_outcome(head, text)
    examined = _day(head, row, "examined_on")
    check_not_ahead({"examined_on": examined, "observed_on": observed}, head, today)
    values = {
        "accession_number": number,
        "patient_id": _value(head, row, "patient_id", cells.identifier),
        "patient_name": _value(head, row, "patient_name", cells.name),
        "recorded_by": _value(head, row, "recorded_by", cells.name),
    }
    for name, value in (*values.items(), ("text", text)):
        if value and len(value) > LIMITS[name]:
            label = _label(head, name)
            reason = (
                f"“{label}”有{len(value)}个字，上限为{LIMITS[name]}个，多半是列已错位。请核对后重新导入。"
            )
            raise RowRefused(label, value[:40], f"不超过{LIMITS[name]}个字", reason, "too_long")
    return IncomingOutcome(
        row=row.number,
        kind=kind,
        observed_on=observed,
        text=text,
        examined_on=examined,
        extra=rows.others(row),
        **values,
    )


def _require_outcome(head: Head, text: str) -> None:
    """Raise RowRefused for a text stating that the outcome is missing or pending."""
    if _NO_OUTCOME.fullmatch(re.sub(r"[\s，,。.；;！!（）()：:、]+", "", text)):
        reason = f"“{text[:20]}”说明还没有结局，没有可供评判的结果。得到结果后再导入这一行。"
        raise RowRefused(_label(head, "text"), text[:40], "已得到的结局", reason, "no_outcome")


def _observed_on(head: Head, row: Row) -> date:
    observed = _day(head, row, "observed_on")
    if observed is None:
        reason = "结局日期为空。请补齐如2025-09-08的日期后重新导入。"
        raise RowRefused(_label(head, "observed_on"), "", "结局日期", reason, "invalid_date")
    return observed


def _texts(head: Head, row: Row) -> dict[str, str]:
    """Header → text of the row's text columns, best-ranked first; empty and repeated texts are omitted."""
    found: dict[str, str] = {}
    for place in head.columns("text"):
        cell = head.cell(row, place)
        try:
            text = cells.text(cell)
        except Unreadable as error:
            raise CellRefused(head.labels[place], cell, error) from error
        if text and text not in found.values():
            found[head.labels[place]] = text
    return found


def _one_text(texts: Mapping[str, str]) -> str:
    """A single text unchanged; several texts each prefixed with its header."""
    return "\n".join(
        texts.values() if len(texts) < 2 else (f"{label}：{text}" for label, text in texts.items())
    )


def _kind(head: Head, row: Row, texts: Mapping[str, str], implied: str | None) -> str:
    """Kind of the outcome: from its own column, else the headers of its texts, the title or the constant."""
    given = _value(head, row, "kind", cells.line) or ""
    by_heads = (kind_of_heads(texts) or implied) if implied else None
    constant = kinds.outcome_kind(head.constants.get("kind", ""))
    kind = kinds.outcome_kind(given) if given else by_heads or constant
    if kind is None:
        found = f"结局来源“{given}”无法归类。请改为" if given else "结局来源为空。请填写下列之一"
        reason = f"{found}：{kinds.OUTCOME_KINDS}。"
        raise RowRefused(_label(head, "kind"), given, kinds.OUTCOME_KINDS, reason, "unknown_kind")
    return kind


def _day(head: Head, row: Row, name: str) -> date | None:
    value: date | None = _value(head, row, name, moments.day)
    return value


def _value(head: Head, row: Row, name: str, reader: Callable[[Cell], Any]) -> Any:
    """First non-empty value among the field's columns; None if all are empty."""
    for place in head.columns(name):
        cell = head.cell(row, place)
        try:
            value = reader(cell)
        except Unreadable as error:
            raise CellRefused(head.labels[place], cell, error) from error
        if value not in ("", None):
            return value
    return None


def _label(head: Head, name: str) -> str:
    return next((head.labels[i] for i in head.columns(name)), name)
