"""Python's garbage collector, calmer in work that makes very many short-lived objects.

Every 700 new objects are looked through by default. Layout makes a million boxes, the text checks some
thousand pieces a report: nearly all are gone by themselves when their page or report is done.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CALM = (50_000, 20, 1000)
_lock = threading.Lock()
_calm: list[tuple[int, int, int]] = []  # what held before, once for each that is calm now


@contextmanager
def calm_collector() -> Iterator[None]:
    """Calm while within; the last of several threads to leave restores what held before the first."""
    with _lock:
        _calm.append(_calm[-1] if _calm else gc.get_threshold())
        gc.set_threshold(*_CALM)
    try:
        yield
    finally:
        with _lock:
            before = _calm.pop()
            if not _calm:
                gc.set_threshold(*before)


@contextmanager
def settled_collector() -> Iterator[None]:
    """The same, and what is loaded by now is not looked at while within: for one long work at a time."""
    gc.collect()
    gc.freeze()
    try:
        with calm_collector():
            yield
    finally:
        gc.unfreeze()


def settle() -> None:
    """The same until the process ends: for a process that does one thing (a fifth of a packet's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_CALM)
