"""The lock-out after wrong passwords: one check at a time, both counters, the page that says how long."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil
from typing import Any
from zlib import crc32

from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from trail.middleware import client_ip

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)
_LOCK = 0x71637369  # "qcsi": our half of PostgreSQL's two-part advisory locks


@contextmanager
def one_at_a_time(username: str) -> Iterator[None]:
    """Passwords tried for one account are checked one after another, across all workers.

    axes counts a failure only after the check: of forty tries sent at once it lets as many be checked as
    there are threads. Not a transaction: on SQLite it would keep every writer waiting during the hashing.
    """
    slot = crc32(username.encode("utf-8", "surrogatepass")) % 64
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK, slot])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, slot])
        return
    folder = settings.QC_DATA_DIR / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / f"sign-in-{slot}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def account_is_under_attack(username: str) -> bool:
    """The slower counter: many failures for one account, from whatever addresses (QUALITY T2)."""
    since = timezone.now() - COOL_OFF
    rows = AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
    failures = rows.aggregate(n=Sum("failures_since_start"))["n"] or 0
    return failures >= settings.QC_ACCOUNT_FAILURE_LIMIT


def locked_page(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """The answer to a locked-out try, the same for accounts that exist and those that do not."""
    username = (credentials or {}).get("username") or ""
    context = {"minutes": minutes_left(username, client_ip(request))}
    return render(request, "staff/locked.html", context, status=429)


def minutes_left(username: str, ip: str) -> int:
    """Whole minutes until the next try is checked, counted from the last failure that counted."""
    rows = AccessAttempt.objects.filter(username=username)
    at = rows.filter(ip_address=ip).aggregate(at=Max("attempt_time"))["at"]
    at = at or rows.aggregate(at=Max("attempt_time"))["at"] or timezone.now()
    seconds = (at + COOL_OFF - timezone.now()).total_seconds()
    return max(1, ceil(seconds / 60))
