"""The folders of backups: names, free space, writing whole or not at all, the second copy, old ones."""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from qcportal.backup.errors import BackupError

SUFFIX = ".qcbackup"
_NAME = re.compile(rf"qcportal-(\d{{8}}T\d{{6}})Z-[0-9a-f]{{4}}{re.escape(SUFFIX)}")
_PART = re.compile(rf"\.qcportal-\S+{re.escape(SUFFIX)}\.part")
_SPARE = 64 << 20


def new_name(now: datetime) -> str:
    """A name that sorts by time and is not taken."""
    return f"qcportal-{now.astimezone(UTC):%Y%m%dT%H%M%S}Z-{secrets.token_hex(2)}{SUFFIX}"


def require_space(needed: dict[Path, int]) -> None:
    """BackupError when a disk has less than its folders need together."""
    disks: dict[int, list[Path]] = {}
    for folder in needed:
        disks.setdefault(folder.stat().st_dev, []).append(folder)
    for folders in disks.values():
        wanted = sum(needed[folder] for folder in folders) + _SPARE
        free = shutil.disk_usage(folders[0]).free
        if free < wanted:
            raise BackupError(
                f"{folders[0]} 所在磁盘空间不足：约需{_megabytes(wanted)}，可用{_megabytes(free)}。"
            )


def _megabytes(size: int) -> str:
    return f"{-(-size // (1 << 20))} MB"


def prepared(folder: Path) -> Path:
    """The folder, made for its owner only, without what a killed backup left; else BackupError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.iterdir():
            if _PART.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        raise BackupError(f"备份目录 {folder} 不能使用：{error.strerror}。") from None
    return folder


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name once it is whole and on the disk; else nothing of it stays."""
    aside = path.with_name(f".{path.name}.part")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
        _sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_to(folder: Path, path: Path, sha256: str) -> None:
    """Copy a backup to a second folder and read it back; else BackupError, and nothing half-written."""
    if not folder.is_dir():
        # Not made here: a share that is not mounted would become a folder on the first disk.
        raise BackupError(f"第二份备份的目录 {folder} 不存在：请检查是否已挂载。")
    prepared(folder)
    require_space({folder: path.stat().st_size})
    target = folder / path.name
    with path.open("rb") as source, written_whole(target) as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    if hash_of(target) != sha256:
        target.unlink()
        raise BackupError(f"第二份备份与第一份不符，已删除：{target}")


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, newest first."""
    return sorted((p for p in folder.glob(f"*{SUFFIX}") if _NAME.fullmatch(p.name)), reverse=True)


def remove_old(folder: Path, *, count: int, days: int, now: datetime) -> int:
    """Remove backups that are both beyond the newest `count` and older than `days`; how many were."""
    limit = now - timedelta(days=days)
    old = [path for path in backups_in(folder)[max(1, count) :] if _made_at(path) < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _made_at(path: Path) -> datetime:
    match = _NAME.fullmatch(path.name)
    assert match is not None
    return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
