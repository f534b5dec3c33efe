"""How many packets a minute, by one process and by two: the way `manage.py packets --workers N` makes them.

    python benchmarks/packets_batch.py [PACKETS [ROUNDS]]                 default 20 packets, 3 rounds

The packets are signed sheets of ten reports in a database of their own; one and two workers take turns in one
run, and each process makes a packet before it is timed, so that only the making counts. Every round makes all
three files of every packet anew: drawn, sealed, stored. docs/performance.md asks for a ratio of at most 0.6.
Nothing is stored.

A plain loop in one and two processes is timed right after each: where that comes to more than 0.5,
others are using the machine, and the packets' ratio can be no better than the loop's. The last line is what
is left without the machine's part: 1.00 is a second worker as good as the first, the target 0.6 / 0.5.
"""

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGET = 0.6


def main() -> int:
    packets, rounds = (*map(int, sys.argv[1:3]), *(20, 3)[len(sys.argv[1:3]) :])
    with tempfile.TemporaryDirectory() as folder:
        # New processes read the same environment, and so the same database.
        os.environ |= {"DJANGO_SETTINGS_MODULE": "qcportal.settings", "QC_DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)
        ids = _sheets(packets)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        loops: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for workers, taken in seconds.items():
                taken.append(_timed(ids, workers))
                loops[workers].append(_looped(workers))
    for workers, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{workers} worker(s) {median:7.2f} s   {60 * packets / median:6.1f} packets a minute")
    packed, plain = (statistics.median(found[2]) / statistics.median(found[1]) for found in (seconds, loops))
    for words, ratio in (
        (f"2 workers / 1 worker (target {TARGET})", packed),
        ("a plain loop, the same", plain),
        (f"packets / loop (target {2 * TARGET:.2f})", packed / plain),
    ):
        print(f"{words:<40} {ratio:5.2f}")
    return 0


def _timed(ids: list[int], workers: int) -> float:
    """Seconds for all packets, by workers that are all ready; one is a process of its own as well."""
    from scoring.batches.workers import make

    context = multiprocessing.get_context("spawn")
    together = context.Barrier(workers)
    with ProcessPoolExecutor(workers, context, initializer=_ready, initargs=(together, ids[0])) as pool:
        for asked in [pool.submit(os.getpid) for _ in range(workers)]:
            asked.result()
        _forget()
        start = time.perf_counter()
        list(pool.map(make, ids))
        return time.perf_counter() - start


def _looped(workers: int) -> float:
    """Seconds for arithmetic alone: what the machine gives so many processes."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(_loop, [1] * workers)
        start = time.perf_counter()
        pool.map(_loop, [4_000_000] * 4, chunksize=1)
        return time.perf_counter() - start


def _loop(count: int) -> int:
    return sum(number * number for number in range(count))


def _ready(together: Barrier, sheet_id: int) -> None:
    """Set up and make a packet; then wait for the others, so that no start-up falls into the time."""
    from scoring.batches.workers import make, set_up

    set_up()
    make(sheet_id)
    together.wait()


def _forget() -> None:
    from django.core.files.storage import default_storage

    from scoring.packet.models import PacketFile

    for row in PacketFile.objects.all():
        default_storage.delete(str(row.file.name))
    PacketFile.objects.all().delete()


def _sheets(count: int) -> list[int]:
    """One sheet signed through the actions, and its like in as many other windows."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from scoring.sheets.models import Sheet
    from tests.people import radiology
    from tests.scoring.sheets.factories import cast, signed_sheet

    department = radiology()
    first = signed_sheet(department, **cast(department), discordant=1, faulty=2)
    ids = [first.pk]
    for n in range(1, count):
        ids.append(_copied(Sheet.objects.select_related("audit").get(pk=first.pk), n))
    return ids


def _copied(sheet: Any, shift: int) -> int:
    from datetime import timedelta

    from trail.chain import record

    audit = sheet.audit
    audit.pk, audit._state.adding = None, True
    audit.window_start -= timedelta(days=100 * shift)
    audit.window_end -= timedelta(days=100 * shift)
    audit.save()
    sheet.pk, sheet._state.adding, sheet.audit = None, True, audit
    sheet.save()
    # A packet is made only from the values recorded in its signing event.
    detail = {"number": sheet.number, "total": sheet.total, "verdict": sheet.verdict}
    record("scoring.sign", by=sheet.signed_by, target=sheet, detail=detail | {"hash": sheet.content_hash})
    return int(sheet.pk)


if __name__ == "__main__":
    sys.exit(main())
