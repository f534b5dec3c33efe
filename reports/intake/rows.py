"""Select the data rows below a header; blank rows, repeated headers, totals and notes are skipped."""

import re
from collections import Counter
from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from reports.intake.cells import Unreadable, shown
from reports.intake.headers import is_counter, is_unwanted, normal
from reports.intake.heads import Head
from reports.intake.values import Ignored, Refusal
from spreadsheets import Cell, CellError, Row

_FOOT = re.compile(
    r"\s*(?:(?:\d{4}\s*年)?\s*(?:\d{1,2}\s*月份?|第?[一二三四1-4]季度|[上下]半年|全年|本[年月周日页科])?)\s*(合\s*计|小\s*计|总\s*计|共\s*计|累\s*计|本页|总数|平均|共\s*\d+|制\s*表|制\s*单|打印|导出|统计|填表|"
    r"(复核|审核|核对|制表|填报)\s*(医师|医生|者|人)?\s*[:：]|备\s*注[:：]|说\s*明|注[:：]|"
    r"注\s*\d|第\s*\d+\s*页|页\s*[码次]|以下空白|以上|数据来源|报表|"
    r"(sub|grand)?\s*total\b|page\b|printed|end of)",
    re.I,
)
# A form line in a page footer: 科主任签字：, 填表日期：2025-04-01.
_SIGNED = re.compile(r"\s*[\u4e00-\u9fff]{2,8}\s*[:：]")
_NUMBER = re.compile(r"[^\s\u3400-\u9fff]*")
_NEVER_LEFT_OFF = ("accession_number", "findings", "impression", "reported_at", "text", "observed_on")
_LONG_TEXTS = ("findings", "impression", "technique", "report_text", "text", "content", "clinical_question")

_RELEASED = Row(0, ())


@dataclass
class Rows:
    """The data rows below a header; iterating fills `ignored` and `refusals`.

    `of_several`: the file has other tables too, so a refusal names its sheet.
    """

    head: Head
    ignored: list[Ignored] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    of_several: bool = False
    _other_head: int = field(
        default=0, init=False
    )  # the row of a later head with its columns in another order

    def __iter__(self) -> Iterator[Row]:
        return (row for _, row in self._placed())

    def released(self) -> Iterator[Row]:
        """The same rows, each released from its sheet once it was read: they can be read only once.

        The cells of a large file and what is read from them are then not in memory together.
        """
        rows, done = self.head.sheet.rows, 0
        _ = self._usual_count, self._head_rows  # cached while all rows are there
        for place, row in self._placed():
            yield row
            if isinstance(rows, MutableSequence):
                rows[done : place + 1] = [_RELEASED] * (place + 1 - done)
                done = place + 1

    def _placed(self) -> Iterator[tuple[int, Row]]:
        """Each data row with its place in the sheet."""
        beyond_is_column = self._has_nameless_column()
        rows = self.head.sheet.rows
        for place, row in enumerate(rows):
            why = self._why_ignored(row)
            if why:
                self.ignored.append(Ignored(row.number, why))
                continue
            problem = self._uncertain(row) or self._misplaced() or self._shifted(row, place, beyond_is_column)
            if problem:
                self.refuse(row, *problem)
            else:
                yield place, row

    def _uncertain(self, row: Row) -> tuple[str, str, str, str, str] | None:
        return ("", "不配对的双引号", "成对的双引号", row.problem, "open_quote") if row.problem else None

    def _misplaced(self) -> tuple[str, str, str, str, str] | None:
        if not self._other_head:
            return None
        why = (
            f"第{self._other_head}行又有一行表头，列的次序与第{self.head.row}行不同，其下各行无法按原表头读取。"
            "请把两段分成两个文件（或按同一列次序排列）后重新导入。"
        )
        return "", "另一种列次序", "与表头列次序一致", why, "other_head"

    def _why_ignored(self, row: Row) -> str:
        if row.is_blank:
            return "blank"
        if row.number <= self.head.row:
            return "header" if row.number == self.head.row else "title"
        if row.problem:
            return ""
        filled = [(i, c) for i, c in enumerate(row.cells) if not isinstance(c, str) or c.strip()]
        if self._is_head(filled):
            self._other_head = 0 if self._is_in_place(filled) else row.number
            return "repeated_header"
        if self._repeats_head(filled):
            return "repeated_header"
        labels = self.head.labels
        meant = any(i < len(labels) and labels[i] in self.head.mapping for i, _ in filled)
        has_text = any(i in self._text_columns and not _is_foot(c) for i, c in filled)
        first = filled[0][1]
        if not has_text and isinstance(first, str) and _FOOT.match(first):
            return "total"
        if not meant and all(i < len(labels) and (is_counter(labels[i]) or not labels[i]) for i, _ in filled):
            return "blank"
        if len(filled) == 1 and not has_text and self._is_note(*filled[0]):
            return "note"
        if not has_text and all(isinstance(c, str) and _SIGNED.match(c) for _, c in filled):
            return "note"
        return "excluded" if self.head.excludes(row) else ""

    def _is_note(self, place: int, cell: Cell) -> bool:
        """True for a single cell in a wide table: a remark, or a line of the export tool (已选择 63 行)."""
        is_number = not isinstance(cell, str) or _NUMBER.fullmatch(cell.strip()) is not None
        return place not in self.head.columns("accession_number") or not is_number

    def _repeats_head(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """True if the row repeats the header, or the group names above it, as on a later page."""
        return len(filled) > 1 and any(filled == given for given in self._head_rows)

    @cached_property
    def _head_rows(self) -> list[list[tuple[int, Cell]]]:
        rows = [row for row in self.head.sheet.rows if self.head.row - 2 < row.number <= self.head.row]
        return [[(i, c) for i, c in enumerate(row.cells) if _filled(c)] for row in rows]

    @cached_property
    def _text_columns(self) -> set[int]:
        return {i for name in _LONG_TEXTS for i in self.head.columns(name)}

    @cached_property
    def _plain_labels(self) -> list[str]:
        return [normal(label) for label in self.head.labels]

    def _is_head(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """True if at least three cells, and most of the row, are header texts, in any order."""
        plain = self._plain_labels
        texts = (c for _, c in filled if isinstance(c, str) and len(c) < 40)
        # Fast rejection: a header row has a header text in its first two cells, most data rows do not.
        first = [*islice(texts, 2)]
        if not any(normal(c) in plain for c in first):
            return False
        same = sum(bool(normal(c)) and normal(c) in plain for c in (*first, *texts))
        return same >= 3 and same * 2 > len(filled)

    def _is_in_place(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """True if the header texts in this row are in the same columns as in the header."""
        plain = self._plain_labels
        return all(
            (i < len(plain) and plain[i] == normal(c)) or normal(c) not in plain
            for i, c in filled
            if isinstance(c, str) and normal(c)
        )

    def _has_nameless_column(self) -> bool:
        """True if most rows have a cell right of the last header: an unnamed column, not shifted rows."""
        width, below = (
            self.head.width,
            [r for r in self.head.sheet.rows if r.number > self.head.row and not r.is_blank],
        )
        stray = sum(any(_filled(c) for c in row.cells[width:]) for row in below)
        return stray * 2 > len(below) and stray > 3

    @cached_property
    def _usual_count(self) -> int:
        """Most frequent number of fields; exceeds the header's when each line ends with a separator."""
        counts = Counter(len(r.cells) for r in self.head.sheet.rows if r.number > self.head.row)
        return max(counts, key=counts.__getitem__, default=0)

    def _shifted(self, row: Row, place: int, beyond_is_column: bool) -> tuple[str, str, str, str, str] | None:
        width, count = self.head.width, len(row.cells)
        stray = [c for c in row.cells[width:] if _filled(c)]
        if self.head.sheet.counts_fields:
            columns = len(self.head.labels)
            if count > columns and (
                count != self._usual_count or any(_filled(c) for c in row.cells[columns:])
            ):
                why = (
                    f"字段数{count}，表头{columns}：多半是文本内的逗号或引号没有加引号，各列已错位。"
                    "请在RIS中修正后重新导出该记录。"
                )
                return "", f"{count}个字段", f"{columns}个字段", why, "column_count"
            if count < width and self._cut_off(row, self.head.sheet.rows[place + 1 : place + 51]):
                why = (
                    f"字段数{count}，表头{columns}：记录不完整，多半是文本内的换行没有加引号。"
                    "请在RIS中修正后重新导出该记录。"
                )
                return "", f"{count}个字段", f"{columns}个字段", why, "column_count"
        if stray and not beyond_is_column:
            found = shown(stray[0])
            why = f"在最后一列之后多出一个单元格“{found[:20]}”，该行数据可能右移错位。请核对各列后重新导出。"
            return "", found, "与表头列数一致", why, "column_count"
        return None

    def _cut_off(self, row: Row, following: Sequence[Row]) -> bool:
        """True if a short record is truncated, rather than saved without trailing blanks (as Excel does)."""
        columns, count = len(self.head.labels), len(row.cells)
        fields = [self.head.mapping.get(label, "") for label in self.head.labels]
        if set(_NEVER_LEFT_OFF) & set(fields[count:]):
            return True
        # Look in the next lines for the missing fields; the cell with the line break counts twice.
        for rest in following:
            if rest.is_blank or len(rest.cells) >= columns:
                return False
            count += len(rest.cells) - 1
            if count >= columns:
                return count == columns
        return False

    def refuse(self, row: Row, column: str, found: str, expected: str, reason: str, code: str) -> None:
        """Record a refusal with the row's accession number and cells, so that the row can be corrected."""
        numbers = [shown(row.cells[i]) for i in self.head.columns("accession_number") if i < len(row.cells)]
        number = next((n for n in numbers if n), "")[:64]
        cells = tuple(shown(c) for c in row.cells)
        reason = f"工作表“{self.head.sheet.name}”：{reason}" if self.of_several else reason
        self.refusals.append(Refusal(row.number, column, found[:200], expected, reason, code, number, cells))

    def refuse_unreadable(self, row: Row, label: str, cell: Cell, error: Unreadable) -> None:
        """Refuse a row for one cell, with the column, its content, what is expected and what to do."""
        found = shown(cell)[:60]
        if isinstance(cell, CellError):
            reason = f"“{label}”单元格{cell.why}。{cell.remedy}。"
        elif error.code == "cell_error":
            reason = f"“{label}”单元格是错误值{found}，内容已丢失。请在原表中修正后重新导出。"
        elif error.code == "invalid_date":
            because = f"（{error.why}）" if error.why else ""
            reason = f"“{label}”的内容“{found}”不是确定的日期时间{because}。请改为如2025-09-08 10:24的写法。"
        elif error.code == "number_mangled":
            reason = f"“{label}”的内容“{found}”不可靠：{error.why}。请把该列设为文本格式后重新导出。"
        elif error.code == "damaged_text":
            reason = f"“{label}”中有{error.why}。请让RIS以UTF-8编码导出不带格式的文字，核对后重新导入。"
        else:
            reason = error.why
        self.refuse(row, label, found, error.expected, reason, error.code)

    def others(self, row: Row) -> tuple[tuple[str, str], ...]:
        """(header, text) of the named columns without a field (其他列)."""
        return tuple(
            (self.head.labels[i], shown(row.cells[i]))
            for i in self._others
            if i < len(row.cells) and _filled(row.cells[i])
        )

    @cached_property
    def _others(self) -> list[int]:
        labels = self.head.labels
        return [
            i
            for i, label in enumerate(labels)
            if label and label not in self.head.mapping and not is_counter(label) and not is_unwanted(label)
        ]


def begins_as_footer(row: Row) -> bool:
    """True if the first filled cell is that of a total or a signature line, such as 小计 or 制表人：王."""
    first = next((cell for cell in row.cells if not isinstance(cell, str) or cell.strip()), "")
    return isinstance(first, str) and len(first) < 40 and _FOOT.match(first) is not None


def _is_foot(cell: Cell) -> bool:
    """True for footer cells: not a text, totals (12份), or signature lines (审核人：王)."""
    return (
        not isinstance(cell, str)
        or re.fullmatch(r"[\d\s.,]*[份例条个人次]*", cell) is not None
        or (len(cell) < 40 and _FOOT.match(cell) is not None)
    )


def _filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())
