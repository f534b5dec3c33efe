"""Forty wrong passwords at once over four workers: at most five are checked (docs/quality.md T2)."""

import re
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from socket import create_server

import pytest
from django.conf import settings
from django.db import connection

from staff.sign_in.lockout import one_at_a_time
from tests.people import PASSWORD
from tests.qcportal.test_deploy import manage


@pytest.mark.django_db(transaction=True)
def test_checks_of_one_account_never_overlap(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path
    inside, most = 0, 0
    guard = threading.Lock()

    def check(_):
        nonlocal inside, most
        with one_at_a_time("officer"):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with guard:
                inside -= 1
        if connection.vendor == "postgresql":
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(check, range(24)))
    assert (inside, most) == (0, 1)


@pytest.fixture
def address(tmp_path):
    """A served app of its own, with four workers and one account."""
    manage(tmp_path, "migrate", "-v0")
    account = f"'officer', password='{PASSWORD}', full_name='甲'"
    make = f"from staff.models import User; User.objects.create_user({account})"
    manage(tmp_path, "shell", "-v0", "-c", make)
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "gunicorn", "qcportal.wsgi", "--bind", f"127.0.0.1:{port}"]
    line += ["--workers", "4", "--threads", "4", "--log-level", "error"]
    env = {"QC_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen(line, cwd=settings.BASE_DIR, env=env)
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(20)


def _answering(address):
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/healthz")  # noqa: S310  # our own http address
            return address
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def try_in(address, password, username="officer"):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{address}/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    fields = {"username": username, "password": password, "csrfmiddlewaretoken": token}
    try:
        return opener.open(f"{address}/login/", urllib.parse.urlencode(fields).encode()).status
    except urllib.error.HTTPError as answer:
        return answer.code


VARIANTS = ("officer", " officer", "ｏfficer", "OFFICER", "officer\u200b", "\u3000Officer")


@pytest.mark.slow
@pytest.mark.parametrize("names", [("officer",), VARIANTS], ids=["one", "variants"])
def test_forty_tries_at_once_let_five_be_checked_and_refuse_the_right_one_after(address, tmp_path, names):
    tries = [(f"Wrong-passw0rd-{n}", names[n % len(names)]) for n in range(40)]
    with ThreadPoolExecutor(40) as pool:
        answers = sorted(pool.map(lambda one: try_in(address, *one), tries))
    assert answers == [400] * 4 + [429] * 36
    with sqlite3.connect(tmp_path / "qcportal.sqlite3") as database:
        checked = database.execute("SELECT sum(failures_since_start) FROM axes_accessattempt").fetchone()[0]
    assert checked == 5
    assert {try_in(address, PASSWORD, name) for name in names} == {429}
