"""Read a file in a separate process, isolated from this one (docs/quality.md I2)."""

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath
from threading import Timer
from typing import IO, Any

from spreadsheets.values import DAMAGED, Cell, FileRefused, Row, Sheet

MAX_BYTES = 100 * 1024 * 1024
SECONDS = 60
MAX_SHARED = 50_000  # texts remembered, to be known again when a later row has them too

_ROOT = Path(__file__).resolve().parent.parent
_COMMAND = (sys.executable, "-P", "-m", "spreadsheets.reader")
STOPPED = (
    "读取这个文件时超出了内存或时间的上限，已停止读取，未导入任何内容。"
    "请检查表格是否有多余的内容，在Excel或WPS中打开后另存为.xlsx，或按月份分次导出。"
)


def sheets_of(source: bytes | Path, file_name: str, *, hidden: bool = False) -> list[Sheet]:
    """The sheets of a table file that contain data; with `hidden` also those that no program shows.

    `source`: the content, or the path of a stored file, whose bytes this process then never reads. Raises
    FileRefused with a sentence for a file that cannot be read or is empty.
    """
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if not size:
        raise FileRefused("文件是空的（0字节），没有可读的内容。请重新导出后再导入。")
    if size > MAX_BYTES:
        raise FileRefused(f"文件有{size / 1024 / 1024:.0f} MB，上限为100 MB。请按月份分次导出。")
    try:
        sheets = _sheets_by_reader(source, PurePath(file_name).suffix[:10])
    except OSError as error:
        _log("no reader of an uploaded file could be started: %s", type(error).__name__)
        raise FileRefused("服务器暂时没有余力读取文件，请稍后再试。") from error
    found = [sheet for sheet in sheets if sheet.rows and (hidden or not sheet.hidden)]
    if not found:
        raise FileRefused("工作簿中没有内容：各工作表都是空的或已隐藏。请检查导出的文件。")
    return found


def _sheets_by_reader(source: bytes | Path, suffix: str) -> list[Sheet]:
    with _opened(source) as given, _started(given, suffix) as process:
        timer = Timer(SECONDS, process.kill)
        timer.start()
        try:
            sheets = _answer(process, source)
            if sheets is None:
                process.wait()
        finally:
            timer.cancel()
            process.kill()
    if sheets is None:
        _log("the reader of an uploaded file ended with %s", process.returncode)
        raise FileRefused(STOPPED if process.returncode < 0 else DAMAGED)
    return sheets


def _opened(source: bytes | Path) -> contextlib.AbstractContextManager[IO[bytes] | int]:
    """What the reader's process gets as its stdin: the file itself, or a pipe for its content."""
    return source.open("rb") if isinstance(source, Path) else contextlib.nullcontext(subprocess.PIPE)


def _started(given: IO[bytes] | int, suffix: str) -> "subprocess.Popen[bytes]":
    # Nothing of this process's environment (secrets, the database) is any of the reader's business.
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [*_COMMAND, suffix],
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        cwd="/",
    )


def _answer(process: "subprocess.Popen[bytes]", source: bytes | Path) -> list[Sheet] | None:
    """The sheets the process returned; None when it ended before its answer was complete."""
    answer = process.stdout
    if answer is None:
        return None
    if process.stdin is not None and isinstance(source, bytes):
        try:
            # The whole file is taken before anything is answered: neither side waits for the other.
            with process.stdin as stdin:
                stdin.write(source)
        except BrokenPipeError:
            return None
    names: list[tuple[Any, ...]] = []
    rows: list[list[Row]] = []
    seen: dict[str, str] = {}
    for kind, *rest in _messages(answer):
        if kind == "refused":
            raise FileRefused(*rest)
        if kind == "end":
            return [Sheet(n[0], r, *n[1:]) for n, r in zip(names, rows, strict=True)]
        if kind == "sheet":
            names.append(tuple(rest))
            rows.append([])
        else:
            # What the reader shares within one message is shared with the messages before it.
            if len(seen) > MAX_SHARED:
                seen.clear()
            rows[-1].extend([Row(n, _shared(cells, seen), why) for n, cells, why in rest[0]])
    return None


def _shared(cells: tuple[Cell, ...], seen: dict[str, str]) -> tuple[Cell, ...]:
    """The same cells; a text that was seen before is the same object, so that it takes its memory once."""
    # Only plain texts: True is equal to 1, and a lost cell to the text it shows.
    return tuple([seen.setdefault(c, c) if type(c) is str else c for c in cells])


def _messages(stream: IO[bytes]) -> Iterator[Any]:
    try:
        while True:
            yield _Values(stream).load()
    except (EOFError, pickle.UnpicklingError, AttributeError, ImportError, IndexError):
        return


def _log(line: str, *values: Any) -> None:
    import logging  # here, as the reader's process imports this module too and would start slower

    logging.getLogger(__name__).warning(line, *values)


class _Values(pickle.Unpickler):
    """Unpickles only values a cell may have, even when the reader process was compromised."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _CELLS:
            raise pickle.UnpicklingError(f"{module}.{name} is no cell")
        return super().find_class(module, name)


_CELLS = {
    ("datetime", "datetime"),
    ("datetime", "date"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("spreadsheets.values", "CellError"),
    ("spreadsheets.values", "Loss"),
}
