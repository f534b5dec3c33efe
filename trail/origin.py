"""Where the current request comes from, in a context variable, so that actions need not pass it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The client's address; empty for commands and background jobs."""

    ip: str = ""


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("trail_origin", default=_NOWHERE)
_before: ContextVar[Callable[[], None] | None] = ContextVar("trail_before_events", default=None)


def current_origin() -> Origin:
    """The origin of the request being answered, or an empty one outside requests."""
    return _origin.get()


@contextmanager
def origin(ip: str) -> Iterator[None]:
    """All events recorded inside carry this address."""
    token = _origin.set(Origin(ip))
    try:
        yield
    finally:
        _origin.reset(token)


@contextmanager
def before_events(call: Callable[[], None]) -> Iterator[None]:
    """Call `call` in the transaction of each event of something done that is recorded inside.

    What it raises undoes that transaction: a form that was carried out already is noticed here.
    """
    token = _before.set(call)
    try:
        yield
    finally:
        _before.reset(token)


def call_before_event() -> None:
    """Call what `before_events` set; nothing outside it."""
    if (call := _before.get()) is not None:
        call()
