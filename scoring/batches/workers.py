"""The files of many packets made by several processes; each keeps what it made (packet.actions.files).

Nothing of Django is imported at the top: a new process sets it up first.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress

Made = Iterator[int]


@contextmanager
def makers(workers: int) -> Iterator[Callable[[Sequence[int]], Made]]:
    """A function that makes the files of sheets by their ids, and tells each as it is done, in order.

    With one worker everything is made here. New processes, not forks: a database connection must not be
    shared. What cannot be made is passed over: whoever puts the archive together says why.
    """
    if workers == 1:
        yield lambda ids: map(make, ids)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=set_up) as pool:
        yield lambda ids: pool.map(make, ids)


def make(sheet_id: int) -> int:
    """Make the files of one packet that are not kept yet."""
    from audits.conflicts import RefusedError
    from scoring.batches.actions import all_files

    with suppress(RefusedError):
        all_files(sheet_id, by=None)
    return sheet_id


def set_up() -> None:
    """What a process needs once: Django and the renderers."""
    import django

    django.setup()
    for name in ("scoring.packet.pdf", "scoring.packet.xlsx"):
        __import__(name)
