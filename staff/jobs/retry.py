"""A second try after a fault of the database that passes: a deadlock, a lost connection, a lock."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)
_Made = TypeVar("_Made")


def twice(work: Callable[[], _Made]) -> _Made:
    """What `work` returns, called once more after such a fault. For work that may be repeated."""
    try:
        return work()
    except (OperationalError, InterfaceError) as error:
        # The message may quote a row: the log gets its type only.
        logger.warning("tried again after %s", type(error).__name__)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
    return work()
