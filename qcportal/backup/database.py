"""A consistent copy of the database with what is in it, taken while others write; and its loading."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from qcportal.backup.errors import BackupError

Ask = Callable[[str], list[Any]]  # rows of a statement
_DEBIAN = "/usr/lib/postgresql"


@dataclass(frozen=True)
class Contents:
    """What a copy of the database holds, to be compared after a restoration."""

    tables: dict[str, int]
    trail: dict[str, Any]
    migrations: list[str]

    def differences(self, other: "Contents") -> list[str]:
        """What `other`, restored from this, has different; Chinese sentences."""
        found = [
            f"表 {name} 应有{count}行，恢复后为{other.tables.get(name, '无此表')}"
            for name, count in self.tables.items()
            if other.tables.get(name) != count
        ]
        if self.trail != other.trail:
            found.append(f"留痕末端应为第{self.trail['seq']}条，恢复后为第{other.trail['seq']}条或校验值不同")
        if self.migrations != other.migrations:
            found.append("数据库结构的版本与清单不符")
        return found


def database_size() -> int:
    """Bytes of the database, about."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def copy_database(target: Path) -> Contents:
    """Copy the database to a file as it is at one moment, and say what is in the copy."""
    if connection.vendor == "postgresql":
        return _dump(target)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous=OFF")  # the copy is scratch; the backup made from it is synced
        ours = connection.copy()
        try:
            ours.ensure_connection()
            # In one step: in several, each write of another process would begin it anew.
            ours.connection.backup(copy, pages=-1)
        finally:
            ours.close()
        check_sqlite(copy)
        return _sqlite_contents(copy)


def check_sqlite(database: sqlite3.Connection) -> None:
    """BackupError when the file is damaged."""
    try:
        found = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise BackupError(f"数据库文件已损坏（{'；'.join(found)[:200]}）：请停止写入，从以前的备份恢复。")


def contents_of_sqlite(path: Path) -> Contents:
    """What is in a restored file; BackupError when it is damaged."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        check_sqlite(database)
        return _sqlite_contents(database)


def _sqlite_contents(database: sqlite3.Connection) -> Contents:
    def ask(statement: str) -> list[Any]:
        return database.execute(statement).fetchall()

    names = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return _contents(ask, names)


def _contents(ask: Ask, names: list[Any]) -> Contents:
    tables = {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in sorted(row[0] for row in names)}  # noqa: S608  # from the catalogue
    if "trail_event" not in tables:
        raise BackupError("数据库尚未建立：请先运行 manage.py migrate。")
    end = (ask("SELECT seq, hash FROM trail_event ORDER BY seq DESC LIMIT 1") or [(0, "")])[0]
    applied = ask("SELECT app, name FROM django_migrations")
    migrations = sorted(f"{app}.{name}" for app, name in applied)
    return Contents(tables, {"seq": end[0], "hash": end[1]}, migrations)


# --- PostgreSQL -----------------------------------------------------------------------------------


def contents_of_postgresql(wrapper: Any) -> Contents:
    """What is in the database of a connection."""
    with wrapper.cursor() as cursor:

        def ask(statement: str) -> list[Any]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        return _contents(ask, ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))


def _dump(target: Path) -> Contents:
    program = client_program("pg_dump", _server_version(connection))
    ours = connection.copy()
    try:
        ours.set_autocommit(False)
        with ours.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        # The dump and the counts read one snapshot, which lives as long as this transaction.
        options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
        _run([program, *options, f"--snapshot={snapshot}", f"--file={target}"], connection.settings_dict)
        return contents_of_postgresql(ours)
    finally:
        ours.close()


def client_program(name: str, server: int) -> str:
    """Path of pg_dump or pg_restore, the newest there is; BackupError when none or older than the server."""
    on_path = shutil.which(name)
    places = [Path(on_path)] if on_path else []
    places += Path(_DEBIAN).glob(f"*/bin/{name}")
    found = sorted((_version(str(place)), str(place)) for place in places)
    if not found:
        raise BackupError(f"未找到 {name}：请安装 PostgreSQL 客户端（apt-get install postgresql-client）。")
    version, path = found[-1]
    if version < server:
        raise BackupError(f"{name} 的版本（{version}）低于数据库服务器（{server}）：请安装同版本的客户端。")
    return path


def _version(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # ours
    number = re.search(r"\b(\d+)\.?\d*", done.stdout)
    return int(number[1]) if number else 0


def _server_version(wrapper: Any) -> int:
    with wrapper.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def load_dump(dump: Path, wrapper: Any) -> None:
    """Load a dump into the empty database of a connection, whole or not at all."""
    target = wrapper.settings_dict
    program = client_program("pg_restore", _server_version(wrapper))
    options = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction"]
    _run([program, *options, f"--dbname={target['NAME']}", str(dump)], target)


def _run(line: list[str], database: dict[str, Any]) -> None:
    """Run a program of PostgreSQL; its password goes by the environment, which other accounts do not see."""
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    given = {name: str(database[key]) for name, key in names.items() if database.get(key)}
    if mode := (database.get("OPTIONS") or {}).get("sslmode"):
        given["PGSSLMODE"] = mode
    done = subprocess.run(line, env=os.environ | given, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["无说明"])[0]
        raise BackupError(f"{Path(line[0]).name} 失败：{said[:300]}")
