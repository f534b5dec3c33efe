"""The cells of one sheet at their places: bounded, merged cells filled downwards, blank rows put back."""

from bisect import bisect_right
from collections.abc import Iterator

from spreadsheets.decoding import Book
from spreadsheets.values import DAMAGED, Cell, FileRefused, Row

MAX_ROWS = 1_048_576
MAX_COLUMNS = 500
MAX_CELLS = 10_000_000  # rows × columns, over all sheets
_FEW_BLANK = 1_000


class Grid:
    """Collects a sheet's cells. Rows and columns count from 1; only cells that hold something are stored."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._rows: dict[int, list[Cell]] = {}
        self._merged: list[tuple[int, int, int]] = []

    def add_row(self, number: int, cells: list[Cell]) -> None:
        """A whole row. Refuses a workbook that has a row twice, as nobody can say which is meant."""
        if number in self._rows or number < 1:
            raise FileRefused(DAMAGED)
        self._rows[number] = cells

    def put(self, row: int, column: int, value: Cell) -> None:
        """One cell; an empty one takes no place."""
        if isinstance(value, str):
            if not value:
                return
            self._book.count_text(len(value))
            if type(value) is str:
                value = self._book.shared(value)
        if column > MAX_COLUMNS or row > MAX_ROWS:
            raise too_wide(row, column)
        cells = self._rows.setdefault(row, [])
        if column > len(cells):
            cells.extend([""] * (column - len(cells)))
        cells[column - 1] = value

    def repeat(self, row: int, times: int) -> None:
        """The same cells in the next rows too."""
        cells = self._rows[row]
        self._book.count_text(times * sum(len(c) for c in cells if isinstance(c, str)))
        for number in range(row + 1, row + 1 + times):
            self._rows[number] = list(cells)

    def merge(self, top: int, bottom: int, column: int) -> None:
        """Cells from `top` to `bottom` are one; `column` is its first."""
        if bottom > top:
            self._merged.append((top, bottom, column))

    def finished(self) -> tuple[Row, ...]:
        """The rows in order, with the blank ones between them."""
        rows = sorted(self._rows.items())
        if rows:
            last, columns = rows[-1][0], max(len(cells) for _, cells in rows)
            self._book.cells += last * columns
            if self._book.cells > MAX_CELLS:
                raise too_wide(last, columns)
        self._spread(rows)
        # Each row leaves the grid as it is made: the cells of a large sheet are not held twice.
        self._rows.clear()
        rows.reverse()
        return tuple(_with_blank([Row(n, tuple(cells)) for n, cells in _taken(rows)]))

    def _spread(self, rows: list[tuple[int, list[Cell]]]) -> None:
        """Copy a cell merged over several rows into each row; one merged over columns is a title."""
        numbers, filled = [number for number, _ in rows], 0
        for top, bottom, column in self._merged:
            cells = self._rows.get(top, [])
            value = cells[column - 1] if column <= len(cells) else ""
            below = rows[bisect_right(numbers, top) : bisect_right(numbers, bottom)] if value != "" else []
            filled += len(below)
            if filled > MAX_CELLS:
                raise FileRefused("工作表的合并单元格相互重叠，无法确定各行的内容。请取消合并后重新保存。")
            if isinstance(value, str):
                self._book.count_text(len(value) * len(below))
            for _, row in below:
                row.extend([""] * (column - len(row)))
                row[column - 1] = value


def _taken(rows: list[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Pop each item, from the last to the first, so that its memory can be freed."""
    while rows:
        yield rows.pop()


def _with_blank(rows: list[Row]) -> Iterator[Row]:
    """The rows with the blank ones between them; a distant cell does not create a million of them."""
    last = rows[-1].number if rows else 0
    if last - len(rows) > len(rows) + _FEW_BLANK:
        yield from rows
        return
    before = 0
    for row in rows:
        yield from (Row(number, ()) for number in range(before + 1, row.number))
        yield row
        before = row.number


def too_wide(rows: int, columns: int) -> FileRefused:
    """The refusal of a sheet that reaches further than any export."""
    return FileRefused(
        f"工作表的范围达{rows}行×{columns}列，远超报告导出的大小，疑有误填的单元格。"
        "请删除表格右侧与下方多余的单元格后重新保存。"
    )
