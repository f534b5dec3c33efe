"""Open an untrusted file in a separate process: `python -m spreadsheets.reader SUFFIX`, bytes on stdin.

Its memory and time are limited, and a crash affects no other process. Its answer is a stream of pickled
messages, decoded by `spreadsheets.reading`:

    ("refused", sentence), ("sheet", the fields of a Sheet without its rows…),
    ("rows", [fields of a Row, …]), ("end",)
"""

import contextlib
import pickle
import resource
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from sys import getsizeof
from typing import Any

from spreadsheets.kinds import read
from spreadsheets.values import FileRefused, Row, Sheet

MEMORY = 280 * 1024 * 1024
SECONDS = 30
ROWS_AT_ONCE = 1_000
MAX_ANSWER = 200 * 1024 * 1024
_ROW, _VALUE = 56, 32  # what a row takes besides its cells, and a cell that is not text
_FIELDS = attrgetter(*(field.name for field in fields(Row)))
# What a sheet is besides its rows, in the order in which `reading` builds it again.
_PROPERTIES = attrgetter(*(field.name for field in fields(Sheet) if field.name != "rows"))
TOO_LARGE = (
    "读取这个文件需要的内存超过上限，已停止读取，未导入任何内容。"
    "请检查表格右侧与下方是否有多余的内容，或按月份分次导出。"
)


def main() -> None:
    """Read stdin as a file and answer on stdout."""
    data = sys.stdin.buffer.read()
    _limit(MEMORY)
    out = sys.stdout.buffer

    def send(*message: Any) -> None:
        pickle.dump(message, out, protocol=pickle.HIGHEST_PROTOCOL)

    sheets, answer = read(data, sys.argv[-1]), _Answer(send)
    del data  # so that what reads a text need not hold the bytes beside it
    try:
        for sheet, rows in sheets:
            send("sheet", *_PROPERTIES(sheet))
            answer.send_rows(rows)
        send("end")
    except FileRefused as refused:
        send("refused", str(refused))
    except MemoryError:
        send("refused", TOO_LARGE)
    out.flush()


class _Answer:
    """The rows of all sheets as messages, bounded by the memory that they take in the process that asked."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send, self._size = send, 0

    def send_rows(self, rows: Iterable[Row]) -> None:
        """Send the rows of one sheet. Raises FileRefused once all rows take more than MAX_ANSWER."""
        rows = iter(rows)
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            # A text that occurs again is the same object, which is sent and held once.
            seen: dict[str, str] = {}
            given = []
            for row in chunk:
                number, cells, *others = _FIELDS(row)
                shared = tuple([seen.setdefault(c, c) if type(c) is str else c for c in cells])
                given.append((number, shared, *others))
            self._count(given, seen)
            self._send("rows", given)

    def _count(self, rows: list[tuple[Any, ...]], texts: Iterable[str]) -> None:
        self._size += sum(map(getsizeof, texts))
        for _, cells, *_ in rows:
            self._size += _ROW + getsizeof(cells) + sum([_VALUE for c in cells if type(c) is not str])
        if self._size > MAX_ANSWER:
            raise FileRefused(TOO_LARGE)


def _limit(memory: int) -> None:
    # A stricter limit that the system set already cannot be raised, and need not be.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


if __name__ == "__main__":
    main()
