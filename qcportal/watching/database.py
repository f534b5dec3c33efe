"""Whether the database can be written, whether its file is intact, and which faults of it pass."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from qcportal.watching.states import write_state

_WAIT_MS = 5_000  # for the lock of SQLite: a monitor does not wait for 20 s
_PASSING_SQLITE = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
) | {sqlite3.SQLITE_CANTOPEN}
# Connection lost, insufficient resources, stopped by an operator; lock not available, deadlock.
_PASSING_CLASSES, _PASSING_STATES = ("08", "53", "57"), ("55P03", "40001", "40P01")


def is_away(error: BaseException | None) -> bool:
    """Is this the database being locked, full or out of reach, rather than a fault of the program?"""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError) and _passes(error.__cause__):
            return True
        error = error.__cause__
    return False


def _passes(cause: Any) -> bool:
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in _PASSING_SQLITE
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate or ""
        return not state or state[:2] in _PASSING_CLASSES or state in _PASSING_STATES
    return False


def database_file() -> Path | None:
    """The file of SQLite; None for a server, and for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or name.startswith("file:"):
        return None
    return Path(name)


def database_bytes() -> int | None:
    """How much the database takes on its disk; None when that cannot be known."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = database_file()
    return file.stat().st_size if file and file.exists() else None


def write_problem() -> str:
    """Why the database cannot be written now, as a Chinese sentence; "" when it can."""
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        write_state("probe")
    except (DatabaseError, InterfaceError) as error:
        why = "数据库暂时不能使用" if is_away(error) else "数据库出错"
        return f"{why}（{type(error).__name__}）"
    finally:
        _wait_as_set()
    return ""


def _wait_as_set() -> None:
    if connection.vendor == "sqlite" and connection.connection is not None:
        options = settings.DATABASES["default"].get("OPTIONS", {})
        connection.connection.execute(f"PRAGMA busy_timeout = {int(options.get('timeout', 5) * 1000)}")


def integrity_problem() -> str:
    """What is damaged in the stored database, as a Chinese sentence; "" when nothing is.

    SQLite: its own check of the file. PostgreSQL: pages whose checksum failed, where checksums are on.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            query = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
            cursor.execute(query)
            failures = (cursor.fetchone() or (0,))[0] or 0
        return f"数据库有{failures}页的校验和不符" if failures else ""
    file = database_file()
    return file_problem(file) if file else ""


def file_problem(file: Path) -> str:
    """The same for a SQLite file, by a connection of its own that cannot write."""
    if not file.exists():
        return "数据库文件不存在"
    try:
        reading = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=_WAIT_MS / 1000)
        try:
            row = reading.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            reading.close()
    except sqlite3.OperationalError:
        return ""  # locked: asked again next time
    except sqlite3.DatabaseError as error:
        return f"数据库文件损坏（{error}）"
    return "" if row and row[0] == "ok" else "数据库文件损坏（quick_check）"
