"""Rows of cells as read from a file, and the refusal of a whole file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

DAMAGED = "工作簿内容损坏，无法读取。请在Excel或WPS中打开后另存为.xlsx，或从RIS重新导出。"


class FileRefused(ValueError):  # noqa: N818  (an answer, not an error)
    """A file that cannot be read at all: what was found, what is expected, what to do, in Chinese."""


class Loss(Enum):
    """Why a cell's content is unavailable: stable code of the refusal, the problem, the remedy."""

    ERROR = "cell_error", "是错误值{}，内容已丢失", "请在原表中修正后重新导出"
    FORMULA = "cell_error", "是公式，文件没有存下它的结果", "请在Excel或WPS中打开并保存后重新导入"
    NUMBER = "number_mangled", "是无法保存的数值“{}”", "请在原表中修正后重新导出"
    FORMAT = (
        "number_mangled",
        "的数字格式无法还原（存储的值为{}）",
        "请把该列设为文本格式、按显示的内容填写后重新导出",
    )
    TEXT = "number_mangled", "含有不完整的字符，无法保存", "请在RIS或原表中更正该字后重新导出"

    @property
    def code(self) -> str:
        return self.value[0]


class CellError(str):
    """A cell whose content is lost or cannot be stored; the text is the part that can be shown."""

    loss: Loss

    def __new__(cls, shown: str, loss: Loss = Loss.ERROR) -> "CellError":
        cell = super().__new__(cls, shown)
        cell.loss = loss
        return cell

    @property
    def why(self) -> str:
        """The problem, to follow the column's name."""
        return self.loss.value[1].format(self[:30])

    @property
    def remedy(self) -> str:
        """What the user can do about it."""
        return self.loss.value[2]


Cell = str | int | float | bool | datetime | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` counts from 1 as the spreadsheet program shows it (CSV: records, head included).

    `problem`: why its cells cannot be trusted, a sentence; such a row is refused, never read.
    """

    number: int
    cells: tuple[Cell, ...]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """No cell holds anything but white space."""
        return not any(not isinstance(c, str) or c.strip() for c in self.cells)


@dataclass(frozen=True)
class Sheet:
    """One table. `counts_fields`: each row says how many fields it has (CSV); a wrong number is a fault.

    `rows`: in a file that was read a list, so that a reader can release each row it has read. `hidden`: the
    program that shows the file does not show this sheet. `is_1904`: a number that is a day but has no format
    of one counts from 1904-01-01.
    """

    name: str
    rows: Sequence[Row]
    encoding: str
    counts_fields: bool = False
    hidden: bool = False
    is_1904: bool = False
