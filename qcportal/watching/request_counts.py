"""Counts of requests: in memory of each web process, written to a file of its own, added up when asked for.

A process that ends leaves its file, so that counts never go down until the server starts anew.
"""

import json
import os
import socket
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


@dataclass
class Counts:
    """Requests by class of status, and by view how many took how long; `seconds` is the sum of a view."""

    statuses: Counter[str] = field(default_factory=Counter)
    buckets: dict[str, list[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, view: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.statuses[f"{status // 100}xx"] += 1
        self.buckets.setdefault(view, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
        self.seconds[view] = self.seconds.get(view, 0.0) + seconds

    def merge(self, values: dict[str, Any]) -> None:
        """Add the counts of another process."""
        self.statuses.update(values["statuses"])
        for view, row in values["buckets"].items():
            mine = self.buckets.setdefault(view, [0] * (len(BOUNDS) + 1))
            self.buckets[view] = [a + b for a, b in zip(mine, row, strict=True)]
            self.seconds[view] = self.seconds.get(view, 0.0) + values["seconds"][view]

    @property
    def values(self) -> dict[str, Any]:
        return {"statuses": self.statuses, "buckets": self.buckets, "seconds": self.seconds}


_mine = Counts()
_lock = Lock()
_changed = False


def count_request(view: str, status: int, seconds: float) -> None:
    """Count one request of this process."""
    global _changed
    with _lock:
        _mine.add(view, status, seconds)
        _changed = True


def write_counts() -> None:
    """Write this process's counts to its file, if there are new ones. A full disk loses them, no request."""
    global _changed
    with _lock:
        if not _changed:
            return
        text = json.dumps(_mine.values)
        _changed = False
    try:
        folder = _folder()
        folder.mkdir(exist_ok=True)
        draft = folder / f".{_name()}"
        draft.write_text(text, "utf-8")
        draft.replace(folder / f"{_name()}.json")
    except OSError:
        return


def all_counts() -> Counts:
    """The counts of this process and of all others on the data folder."""
    total = Counts()
    with _lock:
        total.merge(json.loads(json.dumps(_mine.values)))
    for values in _others():
        total.merge(values)
    return total


def _others() -> Iterator[dict[str, Any]]:
    for file in _folder().glob("*.json"):
        if file.stem == _name():
            continue
        try:
            yield json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue


def clear_counts() -> None:
    """Remove the files of this machine's former processes, when the server starts."""
    for file in _folder().glob(f"{socket.gethostname()[:60]}-*.json"):
        file.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.QC_DATA_DIR) / "metrics"


def _name() -> str:
    return f"{socket.gethostname()[:60]}-{os.getpid()}"
