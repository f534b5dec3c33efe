"""Each request has an id: in its response, on the error page, in the log; the access log names nobody."""

import logging
import re
import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.urls import reverse

from qcportal.server.request_id import AddRequestId, current_request_id, new_request_id
from qcportal.watching.database import is_away
from tests.factories import make_report

pytestmark = pytest.mark.django_db
_ID = re.compile(r"问题编号：<code>([0-9a-f]{12})</code>")


@pytest.fixture
def failing(client, monkeypatch):
    """failing(error) -> the answer to a request whose view raises it."""
    client.raise_request_exception = False

    def _failing(error):
        def _raise(*args, **kwargs):
            raise error

        monkeypatch.setattr("qcportal.watching.views.recent_checks", _raise)
        return client.get(reverse("readyz"))

    return _failing


def locked(code=sqlite3.SQLITE_BUSY):
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = code
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error


def of_postgresql(cause, kind=OperationalError):
    error = kind("away")
    error.__cause__ = cause
    return error


def test_id_is_in_the_response_and_new_for_each_request(client):
    first, second = (client.get(reverse("healthz")).headers["X-Request-ID"] for _ in range(2))
    assert re.fullmatch("[0-9a-f]{12}", first)
    assert first != second
    given = client.get(reverse("healthz"), headers={"X-Request-ID": "forged\nline"})
    assert re.fullmatch("[0-9a-f]{12}", given.headers["X-Request-ID"])


def test_forbidden_and_missing_pages_show_the_id(sign_in, inspector):
    for url, status in ((reverse("staff:trail"), 403), ("/nowhere/", 404)):
        answer = sign_in(inspector).get(url)
        assert answer.status_code == status
        assert _ID.search(answer.content.decode()).group(1) == answer.headers["X-Request-ID"]


def test_error_page_shows_the_id_that_the_log_names(failing, caplog):
    caplog.handler.addFilter(AddRequestId())
    answer = failing(ValueError("张三"))
    assert answer.status_code == 500
    number = _ID.search(answer.content.decode()).group(1)
    assert answer.headers["X-Request-ID"] == number
    logged = [r for r in caplog.records if r.name == "django.request"]
    assert [(r.levelname, r.request_id) for r in logged] == [("ERROR", number)]


def test_locked_database_is_a_503_with_one_line(failing, caplog):
    answer = failing(locked())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "系统繁忙" in answer.content.decode()
    lines = [(r.levelname, r.getMessage(), r.exc_info) for r in caplog.records if r.name != "qcportal.access"]
    assert lines == [("ERROR", "the database is away: OperationalError", None)]


def test_faults_of_the_database_that_pass_are_told_from_those_of_the_program():
    away = (locked(), locked(sqlite3.SQLITE_BUSY_SNAPSHOT), locked(sqlite3.SQLITE_FULL))
    stopped, deadlock = psycopg.errors.AdminShutdown(), psycopg.errors.DeadlockDetected()
    away += (of_postgresql(psycopg.OperationalError("connection refused")),)
    away += (of_postgresql(stopped), of_postgresql(deadlock))
    away += (of_postgresql(psycopg.InterfaceError("closed"), InterfaceError),)
    assert [error for error in away if not is_away(error)] == []
    wrapped = ValueError()
    wrapped.__cause__ = locked()
    assert is_away(wrapped)
    faults = (locked(sqlite3.SQLITE_ERROR), ProgrammingError("no such table"), ValueError(), None)
    assert [error for error in faults if is_away(error)] == []


def test_access_log_names_the_view_and_nobody(sign_in, officer, department, caplog):
    report = make_report(department)
    caplog.set_level(logging.INFO, "qcportal.access")
    sign_in(officer).get(reverse("reports:detail", args=[report.pk]), {"q": "张三"})
    lines = [r.getMessage() for r in caplog.records if r.name == "qcportal.access"]
    assert len(lines) == 1
    assert re.fullmatch(r"method=GET view=reports:detail status=200 ms=\d+", lines[0])


def test_static_files_are_not_logged(client, caplog):
    caplog.set_level(logging.INFO, "qcportal.access")
    client.get("/static/favicon.svg")
    assert caplog.records == []


def test_id_ends_with_its_request():
    with new_request_id() as number:
        assert current_request_id() == number
    assert current_request_id() == ""
