"""A workbook may hold one table a month or one a kind of examination: all of them are read, or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reports.intake.column_values import unused_columns, with_bare_times
from reports.intake.headers import Head, find_head, missing
from reports.intake.labels import OUTCOME_LABELS
from reports.intake.rows import Rows, settle_twins
from reports.intake.values import Ignored, Refusal
from spreadsheets import FileRefused, sheets_of


@dataclass(frozen=True)
class Tables:
    """The tables of a file under heads that say the same; `head` is the fullest, which a person confirms."""

    head: Head
    rows: tuple[Rows, ...]

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The rows refused so far, in the order of their numbers."""
        return tuple(sorted((r for rows in self.rows for r in rows.refusals), key=lambda r: r.row))

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """The rows passed over so far; the head itself is none."""
        passed = (i for rows in self.rows for i in rows.ignored if i.why != "header")
        return tuple(sorted(passed, key=lambda i: i.row))

    @property
    def facts(self) -> dict[str, Any]:
        """What is told of a file besides its rows, once they were read."""
        return {
            "refusals": self.refusals,
            "ignored": self.ignored,
            "headers": tuple(label for label in self.head.labels if label),
            "mapping": self.head.mapping,
            "ambiguous": self.head.ambiguous,
            "encoding": self.head.sheet.encoding,
            "header_row": self.head.row,
            "unused": tuple(
                dict.fromkeys(label for rows in self.rows for label in unused_columns(rows.head))
            ),
        }


def tables_of(data: bytes, file_name: str, kind: str, mapping: Mapping[str, str] | None) -> Tables:
    """Every table of the file that can be read as `kind`, in the order of its sheets.

    Raises FileRefused when there is none, when a second one names its columns otherwise (reading only one
    would lose the other unnoticed), or when columns of one name disagree.
    """
    sheets = sheets_of(data, file_name)
    head = find_head(sheets, kind, mapping)
    # What a person left out when they chose the columns stays out.
    head = head if mapping else with_bare_times(head)
    # The kind of an outcome may stand in a head's own words; a head that lacks more than that is no table.
    lacking = set(missing(head.mapping.values(), kind)) - {OUTCOME_LABELS["kind"]}
    heads = []
    for sheet in [head.sheet] if lacking else sheets:
        other = head
        if sheet is not head.sheet:
            try:
                other = find_head([sheet], kind, mapping)
            except FileRefused:
                continue
            if set(missing(other.mapping.values(), kind)) - set(missing(head.mapping.values(), kind)):
                continue
            if other.labels == head.labels:
                other = replace(other, mapping=head.mapping)
            if other.mapping != head.mapping:
                raise FileRefused(_differing(head, other))
        heads.append(other)
    for each in heads:
        settle_twins(each, Rows(each))
    return Tables(head, tuple(Rows(each, of_several=len(heads) > 1) for each in heads))


def _differing(head: Head, other: Head) -> str:
    one, two = set(filter(None, head.labels)), set(filter(None, other.labels))
    unlike = "、".join(sorted(one ^ two)) or "列的含义"
    return (
        f"工作簿的工作表“{head.sheet.name}”和“{other.sheet.name}”都是可导入的表，但表头不同（{unlike}），"
        "不能按同样的列读取。请把各工作表的表头改成一致，或分别另存为一个文件后导入。"
    )
