"""Make a backup, store it in one or two places, record it; the nightly schedule (docs/quality.md F8)."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.utils import timezone
from django_q.models import Schedule

from qcportal.backup import places
from qcportal.backup.archive import DATABASES, Writer, write_archive
from qcportal.backup.database import Contents, copy_database, database_size
from qcportal.backup.envelope import Secret
from qcportal.backup.errors import BackupError
from qcportal.server.data_folder import InUseError, hold
from staff.security.queries.backups import BACKUP
from trail.anchors import anchors_file
from trail.chain import record

_SCHEDULE = "每日备份"
_HOUR = 1  # of the night
_SCRATCH = ".backup-"


@dataclass(frozen=True)
class Backup:
    """A backup that was made. `copy_error`: why it is in one place only."""

    path: Path
    size: int
    sha256: str
    seconds: float
    places: int
    copy_error: str
    removed: int
    rows: int


def run_backup(*, folder: Path | None = None) -> Backup:
    """Back up database, files and keys to `folder` or QC_BACKUP_DIR; BackupError, recorded, when it fails."""
    try:
        folder = folder or settings.QC_BACKUP_DIR
        if folder is None:
            raise BackupError("未设置备份目录：请设置 QC_BACKUP_DIR 或用 --to 指定。")
        secret = stated_secret()
        with _only_one():
            made = _made(folder, secret)
    except OSError as error:
        problem = BackupError(f"备份未完成：{error.strerror or error}。")
        _record_failure(problem)
        raise problem from None
    except BackupError as problem:
        _record_failure(problem)
        raise
    detail: dict[str, Any] = {"file": made.path.name, "size": made.size, "sha256": made.sha256}
    detail |= {"rows": made.rows, "seconds": round(made.seconds, 1), "places": made.places}
    detail |= {"copy_error": made.copy_error} if made.copy_error else {}
    detail |= {"backups_removed": made.removed} if made.removed else {}
    record(BACKUP, by=None, detail=detail)
    return made


def run_scheduled() -> None:
    """The worker's nightly backup; its failure is in the trail and on the home page."""
    if settings.QC_BACKUP_DIR is not None:
        run_backup()


def _record_failure(problem: BackupError) -> None:
    # A database that is away cannot take the event; the sentence itself must not be lost over it.
    try:
        record(BACKUP, by=None, detail={"reason": str(problem)}, result="refused")
    except DatabaseError:
        connection.close_if_unusable_or_obsolete()


def stated_secret() -> Secret:
    """The passphrase or public key of the settings; BackupError when there is none."""
    try:
        if settings.QC_BACKUP_KEY:
            return Secret(key=Path(settings.QC_BACKUP_KEY).read_bytes())
        if settings.QC_BACKUP_PASSPHRASE_FILE:
            return Secret(passphrase=read_passphrase(Path(settings.QC_BACKUP_PASSPHRASE_FILE)))
    except OSError as error:
        raise BackupError(f"不能读取备份的口令或公钥文件：{error.filename}（{error.strerror}）。") from None
    if settings.QC_BACKUP_PASSPHRASE:
        return Secret(passphrase=settings.QC_BACKUP_PASSPHRASE)
    raise BackupError(
        "未设置备份的加密方式：请设置 QC_BACKUP_PASSPHRASE_FILE（口令）或 QC_BACKUP_KEY（公钥）。"
    )


def read_passphrase(path: Path) -> str:
    """The first line of a file."""
    return (path.read_text(encoding="utf-8").splitlines() or [""])[0].strip()


@contextmanager
def _only_one() -> Iterator[None]:
    try:
        lock = hold(settings.QC_DATA_DIR, "backup")
    except InUseError:
        raise BackupError("另一次备份正在进行，请等它结束。") from None
    with lock:
        # Copies of the database that a killed backup left.
        for left in settings.QC_DATA_DIR.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _made(folder: Path, secret: Secret) -> Backup:
    started, now = time.monotonic(), timezone.now()
    places.prepared(folder)
    database, files = database_size(), sum(map(_size, _stored()))
    places.require_space({settings.QC_DATA_DIR: database, folder: database + files})
    path = folder / places.new_name(now)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=settings.QC_DATA_DIR) as scratch:
        copy = Path(scratch) / DATABASES[connection.vendor]
        contents = copy_database(copy)
        with places.written_whole(path) as target:
            _write(target, secret, copy, contents)
    size, sha256 = path.stat().st_size, places.hash_of(path)
    copied, copy_error = _second(path, sha256)
    removed = _remove_old(folder, now)
    seconds = time.monotonic() - started
    return Backup(path, size, sha256, seconds, 1 + copied, copy_error, removed, sum(contents.tables.values()))


def _second(path: Path, sha256: str) -> tuple[bool, str]:
    if settings.QC_BACKUP_COPY is None:
        return False, ""
    try:
        places.copy_to(settings.QC_BACKUP_COPY, path, sha256)
    except (OSError, BackupError) as error:
        return False, getattr(error, "strerror", None) or str(error)
    return True, ""


def _remove_old(folder: Path, now: Any) -> int:
    limits = {"count": settings.QC_BACKUP_KEEP, "days": settings.QC_BACKUP_KEEP_DAYS, "now": now}
    second = settings.QC_BACKUP_COPY
    removed = 0
    for one in (folder, second) if second is not None and second.is_dir() else (folder,):
        removed += places.remove_old(one, **limits)
    return removed


def _write(target: Any, secret: Secret, copy: Path, contents: Contents) -> None:
    manifest: dict[str, Any] = {
        "format": 1,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        **asdict(contents),
        "vanished": [],
    }
    with write_archive(target, secret, manifest) as writer:
        writer.add_path(copy.name, copy)
        # Also where the environment states them: without them patients get other keys (docs/deploy.md).
        writer.add_bytes("secret_key", settings.SECRET_KEY.encode("utf-8"))
        writer.add_bytes("patient_secret", settings.QC_PATIENT_SECRET.encode("utf-8"))
        if anchors_file().exists():
            writer.add_bytes("trail-anchors.jsonl", _anchors_until(contents.trail["seq"]))
        if settings.QC_PACKET_KEY:
            writer.add_path("outside/packet_key.p12", Path(settings.QC_PACKET_KEY))
        _add_stored(writer, manifest["vanished"])


def _anchors_until(seq: int) -> bytes:
    """The lines of the anchor file up to the end of the copied trail: later ones would accuse the copy."""
    content = anchors_file().read_bytes()
    try:
        lines = content.splitlines(keepends=True)
        return b"".join(line for line in lines if json.loads(line)["seq"] <= seq)
    except (ValueError, KeyError, TypeError):
        return content  # a damaged file is stored as it is, and found by the drill


def _stored() -> Iterator[Path]:
    """Uploads, packets and keys. A file that is deleted meanwhile is passed over."""
    for folder in (_files_folder(), settings.QC_KEYS_DIR):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _files_folder() -> Path:
    return Path(default_storage.path(""))


def _add_stored(writer: Writer, vanished: list[str]) -> None:
    for path in _stored():
        inside = path.is_relative_to(settings.QC_KEYS_DIR)
        name = ("keys/" if inside else "files/") + (
            path.relative_to(settings.QC_KEYS_DIR if inside else _files_folder()).as_posix()
        )
        try:
            writer.add_path(name, path)
        except FileNotFoundError:
            vanished.append(name)


def schedule_backups() -> None:
    """Schedule the nightly backup while QC_BACKUP_DIR is set; called at each start."""
    if settings.QC_BACKUP_DIR is None:
        Schedule.objects.filter(name=_SCHEDULE).delete()
        return
    now = timezone.localtime()
    first = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    Schedule.objects.get_or_create(
        name=_SCHEDULE,
        defaults={
            "func": f"{__name__}.run_scheduled",
            "schedule_type": Schedule.DAILY,
            "next_run": first if first > now else first + timedelta(days=1),
        },
    )
