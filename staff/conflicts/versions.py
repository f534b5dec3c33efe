"""Two people on one thing: the second save is refused, both versions are shown (docs/quality.md F7)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


class ConflictError(Exception):
    """The row was saved by someone else since the page was opened. Nothing was written.

    `current`: the row as stored now (Finding, Audit or Review); `message`: a Chinese sentence. `form`: what
    was sent, set by `run_action`.
    """

    form: Any = None

    def __init__(self, current: Any, message: str = "") -> None:
        super().__init__(message or "这项内容在您打开之后已被保存过，本次未写入任何内容。")
        self.current = current


class RefusedError(ValueError):
    """The write may not be made; the message is a Chinese sentence that says why and what to do."""


def expect_version(row: Any, version: int) -> None:
    """Raise ConflictError unless `row` (locked by the caller) still is the version the page showed."""
    if row.version != version:
        raise ConflictError(row)


def fingerprint(shown: Mapping[str, Any]) -> str:
    """The version of a row that has no counter: it changes with the values a form shows."""
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def expect_shown(row: Any, shown: Mapping[str, Any], version: str | None) -> None:
    """Raise ConflictError unless `row` (locked by the caller) still is as the form of that version showed it.

    None: nobody looked at a form, as for a command.
    """
    if version is not None and fingerprint(shown) != version:
        raise ConflictError(row)
