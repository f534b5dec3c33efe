"""The lock-out after wrong passwords: where passwords are checked, both counters, the page shown."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil
from typing import Any
from zlib import crc32

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from staff.accounts.domain.usernames import canonical_username
from staff.accounts.models import User
from staff.second_factor.actions import use_code
from staff.sign_in.directory_errors import DirectoryUnavailableError
from trail.chain import record
from trail.middleware import client_ip
from trail.models import Event

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)
_LOCK = 0x71637369  # "qcsi": our half of PostgreSQL's two-part advisory locks


def user_with_password(
    request: HttpRequest, username: str, password: str, *, action: str = "staff.sign_in", by: Any = None
) -> User | None:
    """The account whose password this is; None when it is not, or when the account is locked.

    Every check of a password comes through here: on one counter, under one name, one at a time. A wrong one
    is recorded as `action` refused. Locked out, the request is marked, and axes' middleware puts the locked
    page in place of the answer; nothing more is recorded, for a flood of tries would fill the trail.
    DirectoryUnavailableError when only the hospital's directory could have known the password.
    """
    name = counted_name(request, {"username": username})
    with one_at_a_time(name):
        if _is_locked(request, {"username": name}):
            _show_locked(request, {"username": name})
            return None
        account = User.accounts.named(username)
        # An unknown name is hashed for all the same, so that it takes as long.
        username = account.username if account else name
        try:
            user = authenticate(request, username=username, password=password)
        except DirectoryUnavailableError:
            if account is None or account.has_usable_password():
                # The local password was tried: while the directory is away nobody may guess without end.
                AxesProxyHandler.user_login_failed(__name__, {"username": name}, request)
                _refuse(request, name, account, action, by)
            raise
        if user is None:
            _refuse(request, name, account, action, by)
            return None
        assert isinstance(user, User)
        if user.second_factor_at is None:
            forget_failures(username=name, ip=client_ip(request))
        # Else not yet: who knows the password could go on guessing codes without end.
        return user


def is_right_code(request: HttpRequest, user: User, code: str, *, action: str, by: Any = None) -> bool:
    """Is this a code of the person's second factor? Wrong ones are counted and recorded like passwords."""
    name = counted_name(request, {"username": user.username})
    with one_at_a_time(name):
        if _is_locked(request, {"username": name}):
            _show_locked(request, {"username": name})
            return False
        if use_code(user, code):
            forget_failures(username=name, ip=client_ip(request))
            return True
        AxesProxyHandler.user_login_failed(__name__, {"username": name}, request)
        _refuse(request, name, user, action, by)
    return False


def _refuse(request: HttpRequest, name: str, account: User | None, action: str, by: Any) -> None:
    """Record a failure that was counted, and the lock-out that it may have led to."""
    _record_refusal(request, account, action, by)
    if _is_locked(request, {"username": name}):
        _show_locked(request, {"username": name})
        record("staff.lock_out", by=by, target=account, result="refused")


def counted_name(request: HttpRequest, credentials: Any) -> str:
    """The name under which axes counts failures (AXES_USERNAME_CALLABLE)."""
    # A name of any length would be stored with the failure.
    return canonical_username(str((credentials or {}).get("username") or ""))[:150]


def _is_locked(request: HttpRequest, counted: dict[str, str]) -> bool:
    """The quick counter by account and address, or the slower one by account alone (docs/quality.md T2)."""
    return AxesProxyHandler.is_locked(request, counted) or account_is_under_attack(counted["username"])


def _show_locked(request: HttpRequest, counted: dict[str, str]) -> None:
    request.axes_locked_out = True  # type: ignore[attr-defined]  # read by axes' middleware
    request.axes_credentials = counted  # type: ignore[attr-defined]  # for `locked_page`


def _record_refusal(request: HttpRequest, account: User | None, action: str, by: Any) -> None:
    """One event a refused try; for unknown names a limited number from one address."""
    if account is not None:
        record(action, by=by, target=account, result="refused")
        return
    # What was typed may be a password in the wrong field: only a known account is named.
    ip, since = client_ip(request), timezone.now() - COOL_OFF
    rows = AccessAttempt.objects.filter(ip_address=ip, attempt_time__gte=since)
    if (rows.aggregate(n=Sum("failures_since_start"))["n"] or 0) <= settings.QC_ADDRESS_FAILURES_RECORDED:
        record(action, by=by, result="refused")
    elif not Event.objects.filter(action="staff.sign_in_flood", ip=ip, at__gte=since).exists():
        record("staff.sign_in_flood", by=by, result="refused")


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
    """The slower counter: many failures for one account, from any addresses (docs/quality.md T2)."""
    since = timezone.now() - COOL_OFF
    rows = AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
    failures = rows.aggregate(n=Sum("failures_since_start"))["n"] or 0
    return failures >= settings.QC_ACCOUNT_FAILURE_LIMIT


def locked_page(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """The answer to a locked-out try, the same for accounts that exist and those that do not."""
    context = {"minutes": minutes_left(counted_name(request, credentials), client_ip(request))}
    return render(request, "staff/locked.html", context, status=429)


def minutes_left(username: str, ip: str) -> int:
    """Whole minutes until the next try is checked, counted from the last failure that counted."""
    rows = AccessAttempt.objects.filter(username=username)
    at = rows.filter(ip_address=ip).aggregate(at=Max("attempt_time"))["at"]
    at = at or rows.aggregate(at=Max("attempt_time"))["at"] or timezone.now()
    seconds = (at + COOL_OFF - timezone.now()).total_seconds()
    return max(1, ceil(seconds / 60))
