"""The small cast of named people, and what every test wants."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people

DATA = Path(__file__).parent / "data"


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def department(db):
    """The radiology department of a tertiary hospital."""
    return people.radiology()


@pytest.fixture
def other_department(db):
    """A second hospital's department: its rows must stay hidden."""
    return people.elsewhere()


@pytest.fixture
def officer(department):
    """质控员 测一鸣."""
    return people.officer(department)


@pytest.fixture
def head(department):
    """科主任 任主任."""
    return people.head(department)


@pytest.fixture
def assessor(department):
    """评审医师 评一."""
    return people.assessor(department)


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
