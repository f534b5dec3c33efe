"""Read, write and claim the states of the watch."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from qcportal.watching.models import WatchState

WORKER = "worker"  # its heartbeat


def write_state(key: str, value: dict[str, Any] | None = None) -> None:
    """Set a state, at the present moment; `value` None leaves the value as it is."""
    fields: dict[str, Any] = {"at": timezone.now()} | ({} if value is None else {"value": value})
    if not WatchState.objects.filter(key=key).update(**fields):
        WatchState.objects.update_or_create(key=key, defaults=fields)


def state_at(key: str) -> datetime | None:
    """When the state was written; None when it never was."""
    return WatchState.objects.filter(key=key).values_list("at", flat=True).first()


def state_value(key: str) -> dict[str, Any]:
    """The value of a state; empty when it was never written."""
    return WatchState.objects.filter(key=key).values_list("value", flat=True).first() or {}


def claim(key: str, every: timedelta) -> bool:
    """True for one of all processes that ask within `every`: compared and set.

    A moment in the future, left by a clock that was wrong, counts as past.
    """
    now = timezone.now()
    last = state_at(key)
    if last is None:
        try:
            with transaction.atomic():
                WatchState.objects.create(key=key, at=now)
        except IntegrityError:
            return False
        return True
    if last <= now < last + every:
        return False
    return bool(WatchState.objects.filter(key=key, at=last).update(at=now))
