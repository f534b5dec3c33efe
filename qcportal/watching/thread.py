"""The thread that watches, one in each process that serves or works.

A thread, and no job: a job that takes an hour would silence jobs behind it, and a worker that is silent
cannot say so itself.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django_q.signals import post_spawn

from qcportal.watching.alerts import alert_without_database, send_alerts
from qcportal.watching.forwarding import forward_trail
from qcportal.watching.readiness import SILENT, check_large_database
from qcportal.watching.request_counts import write_counts
from qcportal.watching.states import WORKER, claim, write_state

logger = logging.getLogger(__name__)
ROUND = timedelta(minutes=1)
_LOOK_SECONDS = 20.0
_FAILURES = 6  # in a row, two minutes: a database that is only restarted alarms nobody


def watch_in_worker() -> None:
    """Start the thread in each process of the cluster that works on jobs."""
    post_spawn.connect(_spawned, dispatch_uid="watch")


def _spawned(**kwargs: Any) -> None:
    start(heartbeat=True)


def start(*, heartbeat: bool = False) -> None:
    """Start the thread; `heartbeat` in the job worker."""
    threading.Thread(target=_run, args=(heartbeat,), name="watch", daemon=True).start()


def _run(heartbeat: bool) -> None:
    # At the start of a server its worker needs a moment: it is not called silent for that.
    due, failures = time.monotonic() + (0 if heartbeat else SILENT.total_seconds()), 0
    while True:
        write_counts()
        if time.monotonic() >= due:
            due = time.monotonic() + _LOOK_SECONDS
            failures = look(heartbeat=heartbeat, failures=failures)
        time.sleep(1)


def look(*, heartbeat: bool, failures: int = 0) -> int:
    """Give the heartbeat and do the round of the minute if it is due; failures of the database in a row."""
    try:
        if heartbeat:
            write_state(WORKER, {})
        if claim("round", ROUND):
            watch_round()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("the watch could not use the database: %s", type(error).__name__)
        if failures + 1 >= _FAILURES:
            alert_without_database(error)
        return failures + 1
    except Exception:
        logger.exception("the watch failed")  # and goes on: nothing else would say that it ended
    finally:
        connection.close()
    return 0


def watch_round() -> None:
    """What is done once a minute by one process of the installation."""
    check_large_database()
    forward_trail()
    send_alerts()
