"""Two people on one thing: the second save is refused whole, and both versions are shown (QUALITY F7)."""

from typing import Any


class ConflictError(Exception):
    """The row was saved by someone else since the page was opened. Nothing was written.

    `current`: the row as it stands now (Finding, Audit or Review); `message`: a Chinese sentence.
    """

    def __init__(self, current: Any, message: str = "") -> None:
        super().__init__(message or "这项内容在您打开之后已被保存过，本次未写入任何内容。")
        self.current = current


class RefusedError(ValueError):
    """The write may not be made; the message is a Chinese sentence that says why and what to do."""


def expect_version(row: Any, version: int) -> None:
    """Raise ConflictError unless `row` (locked by the caller) still is the version the page showed."""
    if row.version != version:
        raise ConflictError(row)
