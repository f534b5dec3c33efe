"""Where the current request comes from, in a context variable, so that actions need not pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The client's address; empty for commands and background jobs."""

    ip: str = ""


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("trail_origin", default=_NOWHERE)


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
