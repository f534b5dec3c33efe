"""Who opens which report: what fetches a report for a page says so here, and apps that record it listen."""

from collections.abc import Callable, Sequence
from typing import Any

# (user, ids of reports, the kind of thing through which they were opened as `app.model`)
Listener = Callable[[Any, Sequence[int], str], None]

# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_listeners: list[Listener] = []


def on_opening(listener: Listener) -> None:
    """Register who is told of each opening; once, when an app is made ready."""
    _listeners.append(listener)


def opened(user: Any, reports: Sequence[int], through: str) -> None:
    """Tell the listeners that `user` opens these reports, on a page or in a file, before it is sent."""
    for listener in _listeners:
        listener(user, reports, through)
