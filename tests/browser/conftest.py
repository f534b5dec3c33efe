"""The app as a hospital runs it (`manage.py serve`, web and worker) and Debian's chromium in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.paths import ROOT
from tests.people import PASSWORD

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MIGRATE = ["manage.py", "migrate", "--verbosity", "0"]
# The cast of tests.people, in a database of its own: the served app is another process.
CAST = """
import django; django.setup()
from tests import people
department = people.radiology()
for make in (*people.ROLES.values(), people.second_assessor):
    make(department)
"""

expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Served:
    """Where the app answers, where its pictures go (None: nowhere), and the environment it runs in."""

    url: str
    pictures: Path | None
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, code: str) -> None:
        """Change the app's data from behind, for what time alone would bring."""
        _run(["-c", f"import django; django.setup(); {code}"], dict(self.env))


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """An empty department and the cast, served by `manage.py serve`."""
    with serving(tmp_path_factory.mktemp("served"), ["-c", CAST]) as app:
        yield app


@contextmanager
def serving(place: Path, prepare: list[str]) -> Iterator[Served]:
    """The app on a database of its own, made ready by a Python command line."""
    env = os.environ | {"QC_DATA_DIR": str(place / "data"), "QC_HOSTS": "127.0.0.1"}
    env.pop("QC_JOBS_INLINE", None)
    env["DJANGO_SETTINGS_MODULE"] = "qcportal.settings"
    url, drop = _own_database(os.environ.get("DATABASE_URL", ""))
    if url:
        env["DATABASE_URL"] = url
    env["QC_DEMO_PASSWORD"] = PASSWORD
    if url:
        _run(MIGRATE, env)
    else:
        shutil.copytree(_migrated(place, env), place / "data")
    _run(prepare, env)
    port = _free_port()
    log = (place / "log").open("wb")
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", server, place / "log")
        folder = os.environ.get("QC_PICTURES")
        yield Served(f"http://127.0.0.1:{port}", Path(folder) if folder else None, env)
    finally:
        server.terminate()
        server.wait(30)
        log.close()
        drop()


def _run(line: list[str], env: dict[str, str]) -> None:
    subprocess.run([sys.executable, *line], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def _migrated(place: Path, env: dict[str, str]) -> Path:
    """A data folder with an empty database: made once a run, by whichever worker comes first."""
    base = place.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else place.parent
    made = base / "migrated"
    with (base / "migrated.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not made.exists():
            scratch = base / "migrating"
            _run(MIGRATE, env | {"QC_DATA_DIR": str(scratch)})
            scratch.rename(made)
    return made


def _own_database(url: str) -> tuple[str, Callable[[], None]]:
    """On PostgreSQL a database beside the tests' own one; on SQLite the file in QC_DATA_DIR will do."""
    if not url.startswith(("postgres://", "postgresql://")):
        return "", lambda: None
    name = f"browser_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")

    def drop() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return url.rsplit("/", 1)[0] + f"/{name}", drop


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own address on this machine
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium; the test fails, not skips, without it: bin/test installs it."""
    path = shutil.which("chromium")
    assert path, "chromium is missing: apt-get install -y chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def signed_in() -> dict[str, StorageState]:
    """The sign-ins of a module's people: typing a password is test_login's and the first comer's."""
    return {}


@pytest.fixture
def open_as(browser: Browser, served: Served, signed_in) -> Iterator[Callable[[str], Page]]:
    """open_as("officer") -> a page signed in as that person; fails on any error of the page's scripts."""
    contexts, errors = [], []

    def _open(username: str) -> Page:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768},
            locale="zh-CN",
            accept_downloads=True,
            storage_state=signed_in.get(username),
        )
        context.set_default_timeout(60_000)  # a busy machine is slow, not wrong
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        if username in signed_in:
            page.goto(f"{served.url}/")
            return page
        page.goto(f"{served.url}/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{served.url}/")
        signed_in[username] = context.storage_state()
        return page

    yield _open
    for context in contexts:
        context.close()
    assert errors == []
