"""The restore drill: the newest backup restored into a scratch place, compared, recorded, removed."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connection

from qcportal.backup.envelope import Secret
from qcportal.backup.errors import BackupError
from qcportal.backup.places import backups_in
from qcportal.backup.restoring import Restored, readable, restore
from staff.security.queries.backups import RESTORE_DRILL
from trail.chain import record

_SCRATCH = ".drill-"
_RECORDED = 10


@dataclass(frozen=True)
class Drill:
    """What the drill found; empty `problems` when the backup can be restored and is whole."""

    file: Path
    rows: int
    files: int
    seconds: float
    problems: tuple[str, ...]


def run_drill(file: Path | None, secret: Secret, database: dict[str, Any] | None = None) -> Drill:
    """Try a backup, the newest by default. The result is recorded in the trail of this installation.

    `database`: an empty one of PostgreSQL to use; without it one is made on the same server and dropped.
    """
    started = time.monotonic()
    file = file or newest_backup()
    restored, problems = None, []
    for left in settings.QC_DATA_DIR.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with (
            tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=settings.QC_DATA_DIR) as scratch,
            _scratch_database(database) as target,
        ):
            restored = restore(file, secret, Path(scratch) / "data", target)
            problems = _problems(restored, target)
    except BackupError as problem:
        problems = [str(problem)]
    rows, files = (restored.rows, restored.files) if restored else (0, 0)
    drill = Drill(file, rows, files, time.monotonic() - started, tuple(problems))
    detail: dict[str, Any] = {"file": file.name, "seconds": round(drill.seconds, 1)}
    detail |= {"rows": rows, "files_restored": files, "drill_problems": problems[:_RECORDED]}
    record(RESTORE_DRILL, by=None, detail=detail, result="refused" if problems else "done")
    return drill


def newest_backup() -> Path:
    """The newest file of QC_BACKUP_DIR; BackupError when there is none."""
    if settings.QC_BACKUP_DIR is None or not (found := backups_in(settings.QC_BACKUP_DIR)):
        raise BackupError("没有可用的备份：请先运行 manage.py backup，或指定备份文件。")
    return found[0]


@contextmanager
def _scratch_database(given: dict[str, Any] | None) -> Iterator[dict[str, Any] | None]:
    """A database of PostgreSQL that is gone afterwards; None on SQLite; the given one where one is."""
    if given is not None or connection.vendor != "postgresql":
        yield given
        return
    name = f"qcportal_drill_{secrets.token_hex(4)}"
    try:
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    except DatabaseError as error:
        raise BackupError(
            "数据库账号不能建立演练用的数据库：请以 --database 指定一个空数据库"
            f"（{str(error).splitlines()[0]}）。"
        ) from None
    try:
        yield {**connection.settings_dict, "NAME": name}
    finally:
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    """Run a statement that PostgreSQL refuses within a transaction, on a connection of its own."""
    ours = connection.copy()
    try:
        with ours.cursor() as cursor:
            cursor.execute(statement)
    finally:
        ours.close()


def _problems(restored: Restored, database: dict[str, Any] | None) -> list[str]:
    """What the program itself finds in the restored installation, run upon it in a process of its own."""
    where = environment_of(restored.folder, database)
    if not restored.current:
        done = _manage(where, "migrate", "-v0")
        if done.returncode:
            return [f"恢复的数据库不能升级到当前版本：{_last_line(done.stderr)}"]
    done = _manage(where, "restore", "--check")
    found = readable(done.stdout)
    if "holds" not in found:
        return [f"恢复的数据不能核验：{_last_line(done.stderr)}"]
    vanished = {name.removeprefix("files/") for name in restored.vanished}
    missing = [name for name in found["missing"] if name not in vanished]
    return [*found["problems"], *(f"文件缺失：{name}" for name in missing)]


def environment_of(folder: Path, database: dict[str, Any] | None) -> dict[str, str]:
    """The environment in which the program works on a restored installation, with the keys of the backup."""
    ours = {"DATABASE_URL", "QC_SECRET_KEY", "QC_PATIENT_SECRET", "QC_BACKUP_DIR"}
    kept = {name: text for name, text in os.environ.items() if name not in ours}
    where = {"QC_DATA_DIR": str(folder)}
    return kept | where | ({"DATABASE_URL": _url(database)} if database is not None else {})


def _url(database: dict[str, Any]) -> str:
    def part(name: str) -> str:
        return quote(str(database.get(name) or ""), safe="")

    person = part("USER") + (f":{part('PASSWORD')}" if database.get("PASSWORD") else "")
    place = part("HOST") + (f":{part('PORT')}" if database.get("PORT") else "")
    mode = (database.get("OPTIONS") or {}).get("sslmode")
    return f"postgres://{person}@{place}/{part('NAME')}" + (f"?sslmode={mode}" if mode else "")


def _manage(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["无说明"])[-1][:300]
