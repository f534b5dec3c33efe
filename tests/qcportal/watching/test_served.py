"""A running server tells the truth: a damaged database, a killed worker, and drafts of many at once."""

import http.client
import os
import re
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from socket import create_server

import pytest

from tests.qcportal.test_deploy import manage
from tests.qcportal.test_serve import answers, first, linux, running, wait_for

pytestmark = [pytest.mark.slow, linux]


@pytest.fixture
def port():
    with create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def status(port: int, path: str) -> tuple[int, str]:
    """The status and the text of a page."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_server_is_ready_and_says_so_when_its_database_is_damaged(tmp_path, port):
    manage(tmp_path, "migrate", "-v0")
    with running(tmp_path, "serve", "--port", str(port)):
        wait_for(lambda: answers(port) and status(port, "/readyz")[0] == 200)
        with (tmp_path / "qcportal.sqlite3").open("r+b") as file:
            file.seek(0)
            file.write(b"\xff" * 8192)
        wait_for(lambda: status(port, "/readyz") == (503, "unready\n"), 15)
        assert answers(port)


def test_server_whose_worker_is_stopped_is_unready(tmp_path, port):
    """A process that is stopped runs still: only its heartbeat tells."""
    manage(tmp_path, "migrate", "-v0")
    with running(tmp_path, "serve", "--port", str(port)):
        wait_for(lambda: answers(port) and status(port, "/readyz")[0] == 200)
        for pid in children_of(first(tmp_path, "manage.py qcluster")):
            os.kill(pid, signal.SIGSTOP)
        with sqlite3.connect(tmp_path / "qcportal.sqlite3", timeout=20) as database:
            database.execute("UPDATE qcportal_watchstate SET at = '2026-01-01' WHERE key = 'worker'")
        database.close()
        wait_for(lambda: status(port, "/readyz") == (503, "unready\n"), 15)


def children_of(parent: int) -> list[int]:
    """The processes below a process, itself left out."""
    found = []
    with os.popen(f"ps -o pid= --ppid {parent}") as listing:  # noqa: S605  # a number
        own = [int(line) for line in listing.read().split()]
    for pid in own:
        found += [pid, *children_of(pid)]
    return found


# --- drafts of many at once -----------------------------------------------------------------------------

CLIENTS, SECONDS = 8, 15
MAKE = """
from django.test import Client
from audits.judging.models import Review
from tests import people
from tests.audits.factories import assigned_audit
department = people.radiology()
reader = people.assessor(department)
assigned_audit(department, [reader])
for review in Review.objects.order_by("pk")[:8]:
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    print("client", review.pk, client.cookies["sessionid"].value)
"""


def write_drafts(port: int, review: str, session: str, until: float) -> list[tuple[int, float]]:
    """Save drafts one after the other as the page does, again after a 503; status and seconds of each."""
    seen, version = [], 0
    token = "a" * 32
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        began = time.monotonic()
        body = f"part=description&draft_version={version}&note={len(seen)}"
        line.request("POST", f"/audits/mine/{review}/draft/", body, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        seen.append((answer.status, time.monotonic() - began))
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) > 0
            continue
        assert answer.status == 200, text[:300]
        version += 1
        assert re.search(rf'"draft_version": {version}\b', text)  # no draft was lost
    return seen


def test_drafts_of_eight_readers_at_once_give_no_500(tmp_path, port):
    manage(tmp_path, "migrate", "-v0")
    made = manage(tmp_path, "shell", "-v0", "-c", MAKE)
    readers = re.findall(r"^client (\d+) (\w+)$", made.stdout, re.M)
    assert len(readers) == CLIENTS, made.stderr
    with running(tmp_path, "serve", "--port", str(port), "--workers", "4"):
        wait_for(lambda: answers(port))
        until = time.monotonic() + SECONDS
        with ThreadPoolExecutor(CLIENTS) as pool:
            tasks = [pool.submit(write_drafts, port, pk, key, until) for pk, key in readers]
            seen = [one for task in tasks for one in task.result()]
    assert {code for code, _ in seen} <= {200, 503}
    assert sum(code == 200 for code, _ in seen) >= CLIENTS
    seconds = sorted(took for _, took in seen)
    print(f"{len(seen)} drafts, p95 {seconds[int(len(seconds) * 0.95)]:.2f} s, longest {seconds[-1]:.2f} s")
