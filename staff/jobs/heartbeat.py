"""Which process works on a job, and which jobs have stalled and must be queued again.

A job is a row with `beat_at`, its last sign of life. A killed process cannot say so: its job is known by an
old heartbeat, and on the same machine by its process, which is gone.
"""

import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

SILENT = timedelta(minutes=1)


def this_process() -> str:
    """Host, number and start of this process; the start, because numbers are used again after a restart."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_start_of(os.getpid())}"


def is_alive(process: str) -> bool | None:
    """Whether a process, as `this_process` named it, still runs; None when this machine cannot know."""
    host, _, rest = process.rpartition(":")[0].rpartition(":")
    started = process.rpartition(":")[2]
    if host != socket.gethostname()[:60] or not started:
        return None
    return _start_of(int(rest)) == started


def _start_of(number: int) -> str:
    """The start of a process in clock ticks; "" when it does not run or the system has no /proc."""
    try:
        state, *fields = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else fields[18]


def silent_since(moment: datetime) -> Q:
    """Jobs without a heartbeat since `moment`."""
    return Q(beat_at__lt=moment) | Q(beat_at=None)


def claim_silent(jobs: QuerySet[Any], silent: timedelta = SILENT) -> Iterator[int]:
    """Ids of stalled jobs, each claimed by renewing its heartbeat.

    Compared and set: of two workers that look at once, one gets the job.
    """
    now = timezone.now()
    for pk, beat in list(jobs.filter(silent_since(now - silent)).values_list("pk", "beat_at")):
        if jobs.filter(pk=pk, beat_at=beat).update(beat_at=now):
            yield pk
