"""Can this installation do its work now? (docs/quality.md F9)"""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from qcportal.watching.backups import backup_problem
from qcportal.watching.database import database_bytes, database_file, integrity_problem, write_problem
from qcportal.watching.states import WORKER, claim, state_at, state_value, write_state

SILENT = timedelta(minutes=3)  # without a heartbeat of the worker
_ANSWER_SECONDS = 5.0  # an answer is given again for so long: anybody may ask, and asking writes
_SMALL_FILE = 64 * 1024 * 1024  # checked in well under a second
_INTEGRITY_SECONDS = 60.0
_INTEGRITY = "integrity"


@dataclass(frozen=True)
class Check:
    """One question and what is wrong, "" for nothing. `code` names it to machines, `label` to people."""

    code: str
    label: str
    problem: str


def checks() -> list[Check]:
    """Every question with its answer, asked now."""
    return [Check(code, label, _answer(ask)) for code, label, ask in _QUESTIONS]


_given: tuple[float, list[Check]] | None = None
_asking = Lock()


def recent_checks() -> list[Check]:
    """The same, a few seconds old at most: what is asked from outside may not load the database."""
    global _given
    with _asking:
        now = time.monotonic()
        if _given is None or now - _given[0] > _ANSWER_SECONDS:
            _given = (now, checks())
        return _given[1]


def forget_answer() -> None:
    """Ask anew next time; for tests."""
    global _given, _checked
    _given = _checked = None


def _answer(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (DatabaseError, InterfaceError) as error:
        return f"数据库无法读取（{type(error).__name__}）"


def _folder() -> str:
    try:
        with tempfile.TemporaryFile(dir=settings.QC_DATA_DIR) as file:
            file.write(b"0" * 4096)
            file.flush()
    except OSError as error:
        return f"数据目录不存在或不可写（{error.strerror}）"
    return ""


def free_bytes() -> int | None:
    """Free space where the data folder lies, or the file of the database if that has less; None if gone."""
    file = database_file()
    places = [Path(settings.QC_DATA_DIR), *([file.parent] if file else [])]
    try:
        return min(shutil.disk_usage(place).free for place in places)
    except OSError:
        return None


def _disk() -> str:
    free = free_bytes()
    if free is None:
        return "数据目录不存在"
    megabytes, least = free // 1024**2, settings.QC_DISK_FREE_MB
    return f"剩余{megabytes} MB，低于{least} MB" if megabytes < least else ""


@lru_cache(maxsize=1)
def _migrations_of_the_program() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _migrations() -> str:
    applied = set(MigrationRecorder(connection).applied_migrations())
    missing = len(_migrations_of_the_program() - applied)
    return f"有{missing}个数据库升级未执行：请运行 manage.py migrate" if missing else ""


def worker_problem() -> str:
    """Since when nothing is heard of the worker, as a Chinese sentence; "" while it is heard."""
    last = state_at(WORKER)
    if last is None:
        return "后台任务未曾运行"
    if timezone.now() - last > SILENT:
        return f"后台任务自{timezone.localtime(last):%Y-%m-%d %H:%M}起没有动静"
    return ""


def _integrity() -> str:
    """A small database is checked here and now, a large one by the round of the night."""
    size = database_bytes()
    if size is None or size <= _SMALL_FILE or connection.vendor == "postgresql":
        return _integrity_of_the_minute()
    return str(state_value(_INTEGRITY).get("problem", ""))


_checked: tuple[float, str] | None = None


def _integrity_of_the_minute() -> str:
    global _checked
    now = time.monotonic()
    if _checked is None or now - _checked[0] > _INTEGRITY_SECONDS:
        _checked = (now, integrity_problem())
    return _checked[1]


def check_large_database() -> None:
    """Check a large file once a day: it takes seconds, in which nobody can write."""
    if (database_bytes() or 0) <= _SMALL_FILE or connection.vendor == "postgresql":
        return
    if 2 <= timezone.localtime().hour < 5 and claim("integrity_round", timedelta(hours=20)):
        write_state(_INTEGRITY, {"problem": integrity_problem()})


_QUESTIONS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("folder", "数据目录", _folder),
    ("disk", "磁盘空间", _disk),
    ("database", "数据库写入", write_problem),
    ("integrity", "数据库完整性", _integrity),
    ("migrations", "数据库结构", _migrations),
    ("worker", "后台任务", worker_problem),
    ("backup", "备份", backup_problem),
)
