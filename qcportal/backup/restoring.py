"""Restore a backup into an empty place, and try that in a scratch place (docs/quality.md F8)."""

import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ConnectionHandler

from qcportal.backup.archive import DATABASES, read_archive
from qcportal.backup.database import Contents, contents_of_postgresql, contents_of_sqlite, load_dump
from qcportal.backup.envelope import Secret
from qcportal.backup.errors import BackupError
from qcportal.backup.places import require_space

DATABASE_FILE = "qcportal.sqlite3"
_OWN_APPS = ("trail", "staff", "reports", "audits", "scoring")


@dataclass(frozen=True)
class Restored:
    """What was restored, as the manifest states it. `current`: no migration is missing."""

    folder: Path
    made_at: str
    rows: int
    files: int
    current: bool
    vanished: tuple[str, ...]


def restore(file: Path, secret: Secret, folder: Path, database: dict[str, Any] | None = None) -> Restored:
    """Restore into a folder, and into a database of PostgreSQL, that are empty; else BackupError.

    The whole file is verified before anything is written, and what was written afterwards. The folder gets
    its name at the end: until then, and after a failure, there is none.
    """
    try:
        _require_empty_folder(folder)
        manifest = read_archive(file, secret)
        current = _require_known(manifest)
        _require_database(manifest, database)
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A dump lies beside the rows that are loaded from it.
        require_space({folder.parent: sum(part["size"] for part in manifest["parts"])})
        _unpack(file, secret, folder, manifest, database)
    except OSError as error:
        raise BackupError(f"恢复未完成：{error.strerror or error}（{error.filename or folder}）。") from None
    except DatabaseError as error:
        raise BackupError(f"恢复未完成，数据库拒绝了操作：{str(error).splitlines()[0]}") from None
    return Restored(
        folder=folder,
        made_at=manifest["made_at"],
        rows=sum(manifest["tables"].values()),
        files=sum(part["name"].startswith("files/") for part in manifest["parts"]),
        current=current,
        vanished=tuple(manifest["vanished"]),
    )


def _unpack(
    file: Path, secret: Secret, folder: Path, manifest: dict[str, Any], database: dict[str, Any] | None
) -> None:
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.part-", dir=folder.parent))
    try:
        # Read again from the disk: its parts must be those of the manifest that was verified.
        if read_archive(file, secret, into=aside) != manifest:
            raise BackupError("备份文件在恢复期间被改动。")
        copy = aside / DATABASES[manifest["database"]]
        if database is None:
            os.replace(copy, aside / DATABASE_FILE)
            found = contents_of_sqlite(aside / DATABASE_FILE)
        else:
            found = _loaded(copy, database)
            copy.unlink()
        stated = Contents(manifest["tables"], manifest["trail"], manifest["migrations"])
        if differences := stated.differences(found):
            raise BackupError(f"恢复的数据库与清单不符：{'；'.join(differences[:5])}")
        os.sync()
        os.rename(aside, folder)  # replaces an empty folder, and no other
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _loaded(dump: Path, database: dict[str, Any]) -> Contents:
    handler = ConnectionHandler({"default": database})
    try:
        target = handler["default"]
        load_dump(dump, target)
        return contents_of_postgresql(target)
    finally:
        handler.close_all()


def _require_empty_folder(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(
            f"{folder} 不是空目录，不会覆盖其中的内容：请指定一个空的或尚不存在的目录"
            "（恢复时 QC_DATA_DIR 请不要指向该目录）。"
        )


def _require_database(manifest: dict[str, Any], database: dict[str, Any] | None) -> None:
    if manifest["database"] == "sqlite":
        if database is not None:
            raise BackupError("该备份来自 SQLite，恢复为目录中的数据库文件：请不要给出 --database。")
        return
    if database is None or not database["ENGINE"].endswith("postgresql"):
        raise BackupError("该备份来自 PostgreSQL：请用 --database 指定一个空的 PostgreSQL 数据库。")
    handler = ConnectionHandler({"default": database})
    try:
        with handler["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            if cursor.fetchone()[0]:
                raise BackupError(f"数据库 {database['NAME']} 不是空的，不会覆盖：请新建一个空数据库。")
    finally:
        handler.close_all()


def _require_known(manifest: dict[str, Any]) -> bool:
    """Whether the backup has every migration of this program; BackupError for one of a newer program."""
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    }
    applied = set(manifest["migrations"])
    newer = sorted(name for name in applied - known if name.partition(".")[0] in _OWN_APPS)
    if newer:
        raise BackupError(f"该备份来自更新的程序版本（{newer[0]} 等）：请先安装相同或更新的版本再恢复。")
    return known <= applied


def readable(text: str) -> dict[str, Any]:
    """A JSON object that a command of ours printed; {} for something else."""
    with suppress(ValueError):
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {}
