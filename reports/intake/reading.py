"""Read one row of a table into values by field; shared by the readers of all kinds of files."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from reports.intake import cells, kinds
from reports.intake.cells import Unreadable
from reports.intake.checks import birth_of, check_not_ahead
from reports.intake.heads import Head, writing
from reports.intake.joining import BEFORE, READERS, TIMES, moment_of, parts_of
from reports.intake.layout import Layout
from reports.intake.refusing import CellRefused, RowRefused
from reports.intake.rows import Rows
from spreadsheets import Cell, Row

Progress = Callable[[int, int], None]
REMEMBERED = 2_000  # values of one column


def each_read(
    layout: Layout,
    reader_of: Callable[[Rows], Callable[[Row], Any]],
    progress: Progress | None,
    *,
    release: bool = False,
) -> Iterator[tuple[Any, Row, Any]]:
    """Yield (rows of the table, row, value from the table's reader) for every row that is not refused.

    `release` the rows from their sheet as they are read.
    """
    total = sum(len(rows.head.sheet.rows) for rows in layout.tables)
    done = 0
    for rows in layout.tables:
        read = reader_of(rows)
        for row in rows.released() if release else rows:
            try:
                yield rows, row, read(row)
            except RowRefused as refused:
                rows.refuse(row, *refused.args)
            except CellRefused as refused:
                rows.refuse_unreadable(row, *refused.args)
            done += 1
            if progress and done % 1000 == 0:
                progress(done, total)


def require_known(head: Head, row: Row) -> None:
    """Raise RowRefused for a code without an explanation."""
    if not head.unknown:
        return
    for place, unknown in head.unknown.items():
        given = writing(head.cell(row, place))
        if given in unknown:
            label = head.labels[place]
            reason = (
                f"“{label}”的代码“{given}”没有说明，不知道报告是否已完成。"
                "请在导入页面（或用 --mapping）指定它的含义，或在文件中附上代码说明后重新导入。"
            )
            raise RowRefused(label, given, "有说明的代码或状态名称", reason, "unknown_value")


def remembering(read: Callable[[Cell], Any]) -> Callable[[Cell], Any]:
    """The same reader of a column's cells, which returns the same object for the same cell.

    The words of most columns (sex, department, physicians) recur: they take their time and memory once.
    `typed`, because True is equal to 1, and a lost cell to the text it shows.
    """
    return lru_cache(REMEMBERED, typed=True)(read)


class RowReader:
    """Reader for the rows of one table, with the column indexes of each field."""

    needs_accession = True

    def __init__(self, head: Head, today: date | None = None) -> None:
        self.head, self.today = head, today
        places = {name: head.columns(name) for name in head.fields}
        self._combined = {
            i: label for i, label in enumerate(head.labels) if "+" in head.mapping.get(label, "")
        }
        single = {n: [i for i in given if i not in self._combined] for n, given in places.items()}
        self._numbers = single.get("accession_number", [])
        self._moments = [(name, single[name]) for name in TIMES if single.get(name)]
        self._simple = [
            (name, single[name], remembering(READERS[name])) for name in READERS if single.get(name)
        ]
        self.single = single
        self._constants = [
            (name, READERS[name], value) for name, value in head.constants.items() if name in READERS
        ]
        self._units = [head.units.get(head.labels[i], "") for i in single.get("age", [])]
        self._loose_numbers = self._numbers_differ()

    def values(self, row: Row) -> dict[str, Any]:
        """Value of every field with a column or a constant. Raises RowRefused or CellRefused."""
        require_known(self.head, row)
        values: dict[str, Any] = {}
        for place, label in self._combined.items():
            values |= parts_of(self.head, row, place, label)
        values["accession_number"] = values.get("accession_number") or self._number(row)
        for name, places in self._moments:
            values |= moment_of(self.head, row, name, places, values.get(BEFORE.get(name, "")))
        for name, places, reader in self._simple:
            values[name] = self.first(row, places, reader)
        for name, read, constant in self._constants:
            if values.get(name) in (None, ""):
                values[name] = read(constant)
        values |= self._age(row, values)
        check_not_ahead(values, self.head, self.today)
        if "birth_on" in values:
            values["birth_on"] = birth_of(values, self.head, self.today)
        return values

    def first(self, row: Row, places: list[int], reader: Callable[[Cell], Any]) -> Any:
        """First non-empty value among a field's columns."""
        value: Any = ""
        for place in places:
            cell = self.head.cell(row, place)
            try:
                value = reader(cell)
            except Unreadable as error:
                raise CellRefused(self.head.labels[place], cell, error) from error
            if value not in ("", None):
                return value
        return value

    def _number(self, row: Row) -> str:
        found: dict[str, str] = {}
        for place in self._numbers:
            number = self.first(row, [place], cells.identifier)
            if number:
                found.setdefault(number, self.head.labels[place])
        label = self.head.labels[self._numbers[0]] if self._numbers else "检查号"
        if not found:
            if not self.needs_accession:
                return ""
            given = next((g for i in self._numbers if (g := cells.shown(self.head.cell(row, i)).strip())), "")
            why = f"检查号为“{given[:20]}”，等于没有填写" if given else "检查号为空"
            reason = f"{why}，无法确定是哪一份报告。请在RIS中补齐后重新导出。"
            raise RowRefused(label, given, "检查号", reason, "missing_accession")
        if len(found) > 1 and not self._loose_numbers:
            shown = "、".join(f"{where}为{number}" for number, where in found.items())
            reason = f"同义的列取值不同：{shown}，无法确定以哪个为准。请核对后重新导出。"
            raise RowRefused(
                "、".join(found.values()), " / ".join(found), "两列一致", reason, "conflicting_columns"
            )
        return next(iter(found))

    def _numbers_differ(self) -> bool:
        """True if two identifier columns differ in most rows: different identifiers, not two names of one."""
        if len(self._numbers) < 2:
            return False
        both = differing = 0
        for row in self.head.sheet.rows:
            if row.number > self.head.row:
                given = [cells.shown(self.head.cell(row, i)) for i in self._numbers[:2]]
                both += all(given)
                differing += all(given) and given[0] != given[1]
        return differing >= 5 and differing * 2 > both

    def _age(self, row: Row, values: dict[str, Any]) -> dict[str, Any]:
        places = self.single.get("age", [])
        if not places and "age" not in values:
            return {}
        unit = self.first(row, self.single.get("age_unit", []), cells.line) or next(iter(self._units), "")
        values.pop("age_unit", None)
        if places:
            given = self.first(row, places, lambda cell: _age_in(cell, unit)) or ("", None)
        else:
            try:
                given = kinds.age(values["age"], unit)
            except Unreadable as error:
                raise CellRefused("年龄", values["age"], error) from error
        return dict(zip(("age", "age_days"), given, strict=True))


@lru_cache(REMEMBERED, typed=True)
def _age_in(cell: Cell, unit: str) -> tuple[str, int | None] | None:
    """The age in a column's cell; None if it is empty, so that the next column is tried."""
    found = kinds.age(cell, unit)
    return found if found[0] else None
