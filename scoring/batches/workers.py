"""Build the files of many packets in several processes; each stores its files (packet.actions.files).

Nothing of Django is imported at the top: a new process sets it up first.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress

Made = Iterator[int]


@contextmanager
def packet_workers(workers: int) -> Iterator[Callable[[Sequence[int]], Made]]:
    """A function that builds the files of sheets by id and reports each when done, in order.

    With one worker everything is made here. New processes, not forks: a database connection must not be
    shared. Packets that cannot be built are skipped: the archive's index says why.
    """
    if workers == 1:
        yield lambda ids: map(make, ids)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=set_up) as pool:
        yield lambda ids: pool.map(make, ids)


def make(sheet_id: int) -> int:
    """Build those files of one packet that are not stored yet."""
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
