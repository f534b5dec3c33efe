"""The small cast of named people, and what every test wants."""

import gc
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from exporting.pdf import html_to_pdf
from scoring.packet import pdf
from spreadsheets import reading
from spreadsheets.kinds import read
from spreadsheets.values import Sheet
from tests import people
from tests.stories import Told, group_by_story, tell

# A process for each of the thousands of files that tests read would take half of their time.
_in_a_process = reading._sheets_by_reader


def _read_here(source: bytes | Path, suffix: str) -> list[Sheet]:
    data = source.read_bytes() if isinstance(source, Path) else source
    return [replace(sheet, rows=list(rows)) for sheet, rows in read(data, suffix)]


reading._sheets_by_reader = _read_here


@pytest.fixture
def reader_process(monkeypatch):
    """Files are read as in production, by a process of their own: for tests of what a file may do to it."""
    monkeypatch.setattr(reading, "_sheets_by_reader", _in_a_process)


# Benchmarks say how fast things are; on a busy machine an example takes long and is not wrong. A change is
# tried with few examples of each property, `.ci/run` tries many more (`--hypothesis-profile many`).
_PATIENT = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("few", _PATIENT, max_examples=30)
hypothesis_settings.register_profile("many", _PATIENT, max_examples=300)
hypothesis_settings.load_profile("few")

FAST = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = FAST["PASSWORD_HASHERS"]


def pytest_generate_tests(metafunc):
    group_by_story(metafunc)


def pytest_collection_finish():
    """Thousands of collected tests stay to the end: the garbage collector need not look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(25_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _static_files_looked_at_once():
    """A server loads its middleware once, each test client anew: WhiteNoise need not."""
    seen = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def _look_once(self):
        place = (self.static_prefix, self.max_age, tuple(django_settings.STATICFILES_DIRS))
        if place not in seen:
            look(self)
            seen[place] = self.files.copy()
        self.files.update(seen[place])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", _look_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _queries_counted_with_nothing_cached():
    """Two pages are compared by what each asks by itself."""
    enter = CaptureQueriesContext.__enter__

    def _enter(self):
        cache.clear()
        return enter(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CaptureQueriesContext, "__enter__", _enter)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL: tests of transactions empty all tables with TRUNCATE, which the trail refuses."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER trail_event_no_truncate")


@pytest.fixture(scope="module", autouse=True)
def _story(request) -> Iterator[Told]:
    """The rows a module's tests begin with, where it has a story (tests.stories) and they ask for it."""
    begins_with = getattr(request, "param", None)
    if begins_with is None:
        yield {}
        return
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock(), transaction.atomic():
        with override_settings(**FAST):
            made = tell(begins_with)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def told(_story, db) -> Told:
    """The story by fixture name: copies, for a test may change what it begins with."""
    return deepcopy(_story)


@pytest.fixture
def department(told):
    """The radiology department of a tertiary hospital."""
    return told.get("department") or people.radiology()


@pytest.fixture
def other_department(db):
    """A second hospital's department: its rows must stay hidden."""
    return people.elsewhere()


@pytest.fixture
def officer(told, department):
    """质控员 测一鸣."""
    return told.get("officer") or people.officer(department)


@pytest.fixture
def head(told, department):
    """科主任 任主任."""
    return told.get("head") or people.head(department)


@pytest.fixture
def assessor(told, department):
    """评审医师 评一."""
    return told.get("assessor") or people.assessor(department)


@pytest.fixture
def member(department):
    """报告医师 书写甲."""
    return people.member(department)


@pytest.fixture
def inspector(department):
    """检查专家 检查甲; holds no grant until a test gives one."""
    return people.inspector(department)


@pytest.fixture
def admin(department):
    """系统管理员 管理甲."""
    return people.admin(department)


@pytest.fixture
def security_admin(department):
    """安全管理员 安全乙."""
    return people.security_admin(department)


@pytest.fixture
def auditor(department):
    """审计员 审计丙."""
    return people.auditor(department)


@lru_cache(maxsize=32)
def _laid_out(html: str, **more) -> bytes:
    return html_to_pdf(html, **more)


@pytest.fixture
def laid_out_once(monkeypatch):
    """Who checks a packet lays out its pages again: here the same pages of the same data once a run.

    Everything else of a check is done each time. Tests that the same document gives the same bytes call
    `render_pdf` themselves, and always lay out.
    """
    render = pdf.render_pdf

    def _render(*given) -> bytes:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pdf, "html_to_pdf", _laid_out)
            return render(*given)

    monkeypatch.setattr(pdf, "render_pdf", _render)


@pytest.fixture
def count_queries():
    """count_queries(call) -> how many statements the database was sent."""

    def _count(call):
        with CaptureQueriesContext(connection) as caught:
            call()
        return len(caught)

    return _count


@pytest.fixture
def sign_in(client):
    """sign_in(user) -> the test client signed in as that user."""

    def _sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return _sign_in
