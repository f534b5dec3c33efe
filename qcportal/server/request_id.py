"""The id of the request a thread is working on: in its response, on error pages and in every log line."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id; "" outside of a request."""
    return _current.get()


@contextmanager
def new_request_id() -> Iterator[str]:
    """A new id while within. Made here, never taken from the client: it goes into logs."""
    token = _current.set(secrets.token_hex(6))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


class AddRequestId(logging.Filter):
    """Adds `request_id` to every record, "-" outside of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs the status of a response when its request is over, and names the request.
        request = getattr(record, "request", None)
        record.request_id = _current.get() or getattr(request, "request_id", "-")
        return True
