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
from typing import Any

from spreadsheets.kinds import read
from spreadsheets.values import FileRefused, Row, Sheet

MEMORY = 280 * 1024 * 1024
SECONDS = 30
ROWS_AT_ONCE = 4_000
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

    sheets = read(data, sys.argv[-1])
    del data  # so that what reads a text need not hold the bytes beside it
    try:
        for sheet, rows in sheets:
            send("sheet", *_PROPERTIES(sheet))
            _send_rows(rows, send)
        send("end")
    except FileRefused as refused:
        send("refused", str(refused))
    except MemoryError:
        send("refused", TOO_LARGE)
    out.flush()


def _send_rows(rows: Iterable[Row], send: Callable[..., None]) -> None:
    rows = iter(rows)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        # A text that occurs again is the same object, which is sent and held once.
        seen: dict[str, str] = {}
        given = []
        for row in chunk:
            number, cells, *others = _FIELDS(row)
            shared = tuple([seen.setdefault(c, c) if type(c) is str else c for c in cells])
            given.append((number, shared, *others))
        send("rows", given)


def _limit(memory: int) -> None:
    # A stricter limit that the system set already cannot be raised, and need not be.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


if __name__ == "__main__":
    main()
