"""Layout of a file: its tables, the field of each column with the evidence, open questions, skipped lines.

`understand` is the only function that determines a layout, for the mapping page and for the commands; the
`Layout` is passed to the reader of its kind. A workbook may contain one table per month or per kind of
examination: either all of them are read, or none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

from reports.domain.people import RegisteredPeople
from reports.intake.cells import shown
from reports.intake.columns import with_columns
from reports.intake.headers import is_counter, missing
from reports.intake.heads import Head, find_head
from reports.intake.labels import OUTCOME_LABELS
from reports.intake.legends import unrecognised, with_legends
from reports.intake.mapping import FileMapping, mapping_of
from reports.intake.registers import implied_kind
from reports.intake.rows import Rows
from reports.intake.twins import settle_twins
from reports.intake.values import Ignored, Refusal, UnknownValue
from spreadsheets import FileRefused, Sheet

SAMPLES = 3
_OLD = re.compile(r"旧|备份|作废|模板|示例|\bold\b|backup|\bbak\b|template", re.I)


@dataclass(frozen=True)
class Column:
    """One column: its header, its field ("" for none), the evidence, and its first values."""

    label: str
    field: str
    evidence: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The tables of a file, whose headers agree; `head` is the most complete one, for a person to confirm."""

    kind: str
    head: Head
    tables: tuple[Rows, ...]
    mapping: FileMapping
    unknown_values: tuple[UnknownValue, ...] = ()
    passed_sheets: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every named column of the head, mapped or not."""
        head = self.head
        return tuple(
            Column(
                label,
                head.mapping.get(label, ""),
                head.evidence.get(label) or head.doubts.get(label, ""),
                self._samples(i),
            )
            for i, label in enumerate(head.labels)
            if label
        )

    @property
    def unmapped(self) -> tuple[Column, ...]:
        """Columns with data that are not mapped to a field."""
        return tuple(c for c in self.columns if not c.field and c.samples and not is_counter(c.label))

    @property
    def missing(self) -> list[str]:
        """Labels of required columns that no column, constant, header or title supplies."""
        lacking = missing((*self.head.mapping.values(), *self.mapping.constants), self.kind)
        return [n for n in lacking if not (n == OUTCOME_LABELS["kind"] and implied_kind(self.head))]

    @property
    def passed_over(self) -> tuple[Ignored, ...]:
        """Skipped lines, each with its reason: title, header, blank, total, note."""
        found = []
        for rows in self.tables:
            walked = replace(rows, ignored=[], refusals=[])
            list(walked)
            found += walked.ignored
        return tuple(sorted(found, key=lambda i: i.row))

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The rows refused so far, in the order of their numbers."""
        return tuple(sorted((r for rows in self.tables for r in rows.refusals), key=lambda r: r.row))

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers of columns with data but without a field, in any table."""
        return tuple(dict.fromkeys(label for rows in self.tables for label in _unused(rows.head)))

    @property
    def facts(self) -> dict[str, Any]:
        """Facts about the file other than its rows; complete once the rows have been read."""
        passed = [i for rows in self.tables for i in rows.ignored if i.why != "header"]
        return {
            "refusals": self.refusals,
            "ignored": tuple(sorted(passed, key=lambda i: i.row)),
            "headers": tuple(label for label in self.head.labels if label),
            "mapping": dict(self.head.mapping),
            "ambiguous": self.head.ambiguous,
            "encoding": self.head.sheet.encoding,
            "header_row": self.head.row,
            "unused": self.unused,
            "unknown_values": self.unknown_values,
        }

    def require_readable(self) -> None:
        """Raise FileRefused naming what a person must decide before the file as a whole can be read.

        This covers required columns that are missing, and codes without a meaning in most of the rows; fewer
        such codes only refuse their own rows.
        """
        codes = [value for value in self.unknown_values if value.field == "report_status"]
        if sum(value.count for value in codes) * 2 > sum(len(rows.head.sheet.rows) for rows in self.tables):
            said = "、".join(f"“{v.label}”的{v.value}（{v.count}行）" for v in codes)
            raise FileRefused(
                f"有没有说明的代码：{said}。请在导入页面（或用 --mapping）指定它们的含义，"
                "或在文件中附上代码说明后重新导入。"
            )
        if not self.missing:
            return
        lacking, shown_labels = (
            "、".join(self.missing),
            "、".join(label for label in self.head.labels if label),
        )
        doubts = "；".join(dict.fromkeys(self.head.doubts.values()))
        how = "让RIS导出包含这些列" if self.kind != "outcomes" else "补齐这些列"
        raise FileRefused(
            f"缺少必需的列：{lacking}。第{self.head.row}行的表头为：{shown_labels}。"
            + (f"{doubts}。" if doubts else "")
            + f"请在导入页面为这份文件指定对应的列，或{how}后重新导入。"
        )

    def _samples(self, place: int) -> tuple[str, ...]:
        cells = (
            row.cells[place]
            for row in self.head.sheet.rows
            if row.number > self.head.row and place < len(row.cells)
        )
        return tuple(islice((text for cell in cells if (text := shown(cell).strip())), SAMPLES))


def understand(
    sheets: Sequence[Sheet],
    kind: str,
    mapping: Mapping[str, Any] | FileMapping | None = None,
    people: RegisteredPeople | None = None,
) -> Layout:
    """Layout of the file, read as `kind`. `people` are those of the department's register, as evidence.

    Raises FileRefused when no table has a header, when a second table names its columns differently (reading
    only one would lose the other unnoticed), or when columns with the same name differ.
    """
    known = mapping_of(mapping)
    head = understand_head(sheets, kind, known, people)
    head, unknown = with_legends(head, sheets, known)
    # The kind of an outcome may come from a header or title; if more is missing, other sheets are skipped.
    lacking = set(missing((*head.mapping.values(), *known.constants), kind)) - {OUTCOME_LABELS["kind"]}
    passed = tuple(s.name for s in sheets if s is not head.sheet and _OLD.search(s.name))
    others = [] if lacking else [s for s in sheets if s is not head.sheet and s.name not in passed]
    heads = [head]
    for sheet in others:
        other = _same_head(sheet, head, known, people)
        if other is not None:
            other, more = with_legends(other, sheets, known)
            heads.append(other)
            unknown += more
    heads.sort(key=lambda each: next(i for i, sheet in enumerate(sheets) if sheet is each.sheet))
    for each in heads:
        settle_twins(each, Rows(each))
    tables = tuple(Rows(each, of_several=len(heads) > 1) for each in heads)
    unknown += tuple(value for each in heads for value in _unknown_writings(each))
    return Layout(kind, head, tables, known, unknown, passed)


def _unknown_writings(head: Head) -> tuple[UnknownValue, ...]:
    """Values without an explanation, in data rows only: not in titles, repeated headers or footers."""
    below = [row for row in head.sheet.rows if row.number > head.row]
    # Filtering the rows costs time, and most files have no unknown value.
    return tuple(unrecognised(head, tuple(Rows(head)))) if any(unrecognised(head, below)) else ()


def understand_head(
    sheets: Sequence[Sheet],
    kind: str,
    mapping: Mapping[str, Any] | FileMapping | None = None,
    people: RegisteredPeople | None = None,
) -> Head:
    """Most complete header of the file, with its columns mapped. Raises FileRefused when there is none."""
    known = mapping_of(mapping)
    return with_columns(find_head(sheets, kind, known.columns), known, people)


def _same_head(sheet: Sheet, head: Head, known: FileMapping, people: RegisteredPeople | None) -> Head | None:
    """Header of another sheet with the same columns; None if the sheet is not such a table.

    Raises FileRefused if it is a table whose columns differ.
    """
    try:
        other = with_columns(find_head([sheet], head.kind, known.columns), known, people)
    except FileRefused:
        return None
    if set(missing(other.mapping.values(), head.kind)) - set(missing(head.mapping.values(), head.kind)):
        return None
    if other.labels == head.labels:
        other = replace(other, mapping=head.mapping)
    if other.mapping != head.mapping:
        raise FileRefused(_differing(head, other))
    return other


def _differing(head: Head, other: Head) -> str:
    one, two = set(filter(None, head.labels)), set(filter(None, other.labels))
    unlike = "、".join(sorted(one ^ two)) or "列的含义"
    return (
        f"工作簿的工作表“{head.sheet.name}”和“{other.sheet.name}”都是可导入的表，但表头不同（{unlike}），"
        "不能按同样的列读取。请把各工作表的表头改成一致，或分别另存为一个文件后导入。"
    )


def _unused(head: Head) -> list[str]:
    """Headers of columns with data but without a field; row counters are excluded."""
    wanted = [
        i
        for i, label in enumerate(head.labels)
        if label and label not in head.mapping and not is_counter(label)
    ]
    return [head.labels[i] for i in wanted if _holds_data(head, i)]


def _holds_data(head: Head, place: int) -> bool:
    cells = (
        row.cells[place]
        for row in head.sheet.rows
        if row.number > head.row and not row.problem and place < len(row.cells)
    )
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)
