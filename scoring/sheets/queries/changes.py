"""更正了什么: two versions of a sheet side by side, as sentences of old and new."""

from dataclasses import dataclass

from scoring.sheets.queries.values import CaseLine, RowView, SheetView


@dataclass(frozen=True)
class Change:
    """One thing that differs; `row` is "" for the sheet as a whole. Empty texts read 无."""

    row: str
    what: str
    before: str
    after: str


def changes_between(before: SheetView, after: SheetView) -> tuple[Change, ...]:
    """Everything that differs, in the order of the form, then the cases, then the total."""
    old_rows = {row.id: row for row in before.rows}
    found = [change for row in after.rows if row.id in old_rows for change in _row(old_rows[row.id], row)]
    found += _cases(before.cases, after.cases)
    pairs = (
        ("机构级别", before.level_zh, after.level_zh),
        ("合计得分", _points(before.total), _points(after.total)),
        ("附录B评分", before.verdict_zh, after.verdict_zh),
    )
    return (*found, *_differing("", pairs))


def _row(old: RowView, new: RowView) -> list[Change]:
    pairs = (
        ("评定", old.state_zh, new.state_zh),
        ("得分", _points(old.score), _points(new.score)),
        ("扣分理由", old.reason, new.reason),
        ("备注", old.remark, new.remark),
        ("机构提供的资料", _evidence(old), _evidence(new)),
    )
    return _differing(new.id, pairs)


def _cases(old: tuple[CaseLine, ...], new: tuple[CaseLine, ...]) -> list[Change]:
    before = {case.position: case for case in old}
    found = []
    for case in new:
        was = before.get(case.position)
        label = f"第{case.position}份"
        pairs = (
            (f"{label}检查号", was.accession_number if was else "", case.accession_number),
            (f"{label}影像描述", _ruling(was, "description"), _ruling(case, "description")),
            (f"{label}诊断结论", _ruling(was, "concordance"), _ruling(case, "concordance")),
        )
        found += _differing("", pairs)
    return found


def _ruling(case: CaseLine | None, part: str) -> str:
    if case is None:
        return ""
    word, reason = getattr(case, f"{part}_zh"), getattr(case, f"{part}_reason")
    return f"{word}：{reason}" if reason else str(word)


def _evidence(row: RowView) -> str:
    return "；".join(" ".join(part for part in (e.title, e.dated_on, e.note) if part) for e in row.evidence)


def _points(score: int | None) -> str:
    return "未评" if score is None else f"{score}分"


def _differing(row: str, pairs: tuple[tuple[str, str, str], ...]) -> list[Change]:
    return [Change(row, what, old or "无", new or "无") for what, old, new in pairs if old != new]
