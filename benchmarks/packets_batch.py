"""How many packets a minute, by one process and by two: the way `manage.py packets --workers N` makes them.

    python benchmarks/packets_batch.py [PACKETS [ROUNDS]]                 default 20 packets, 3 rounds

The packets are signed sheets of ten reports in a database of their own; one and two workers take turns in one
run, and each process makes a packet before it is timed, so that only the making counts. Every round makes all
three files of every packet anew: drawn, sealed, stored. SPEED asks for a ratio of at most 0.56. Nothing is
kept.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGET = 0.56


def main() -> int:
    packets, rounds = (*map(int, sys.argv[1:3]), *(20, 3)[len(sys.argv[1:3]) :])
    with tempfile.TemporaryDirectory() as folder:
        # New processes read the same environment, and so the same database.
        os.environ |= {"DJANGO_SETTINGS_MODULE": "qcportal.settings", "QC_DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)
        ids = _sheets(packets)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for workers, taken in seconds.items():
                taken.append(_timed(ids, workers))
    for workers, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{workers} worker(s) {median:7.2f} s   {60 * packets / median:6.1f} packets a minute")
    ratio = statistics.median(seconds[2]) / statistics.median(seconds[1])
    print(f"2 workers / 1 worker (target {TARGET}) {ratio:5.2f}")
    return 0


def _timed(ids: list[int], workers: int) -> float:
    from scoring.parallel import makers, pooled_makers

    _forget()
    # One worker is a process of its own as well: both are then warm, calm and alike.
    with (pooled_makers if workers == 1 else makers)(workers) as make:
        list(make(ids[: 2 * workers]))
        _forget()
        start = time.perf_counter()
        list(make(ids))
        return time.perf_counter() - start


def _forget() -> None:
    from django.core.files.storage import default_storage

    from scoring.models import PacketFile

    for row in PacketFile.objects.all():
        default_storage.delete(row.file.name)
    PacketFile.objects.all().delete()


def _sheets(count: int) -> list[int]:
    """One sheet signed through the actions, and its like in as many other windows."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from scoring.models import Sheet
    from tests.people import radiology
    from tests.sheet_factories import cast, signed_sheet

    department = radiology()
    first = signed_sheet(department, **cast(department), discordant=1, faulty=2)
    ids = [first.pk]
    for n in range(1, count):
        ids.append(_copied(Sheet.objects.select_related("audit").get(pk=first.pk), n))
    return ids


def _copied(sheet, shift: int) -> int:
    from datetime import timedelta

    audit = sheet.audit
    audit.pk, audit._state.adding = None, True
    audit.window_start -= timedelta(days=100 * shift)
    audit.window_end -= timedelta(days=100 * shift)
    audit.save()
    sheet.pk, sheet._state.adding, sheet.audit = None, True, audit
    sheet.save()
    return sheet.pk


if __name__ == "__main__":
    sys.exit(main())
