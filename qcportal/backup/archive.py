"""The content of a backup: a compressed tar of parts, its manifest at the end, inside the envelope."""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from qcportal.backup.envelope import Secret, opened, sealed
from qcportal.backup.errors import BackupError

MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
_FOLDERS = ("files", "keys", "outside")
_SINGLE = ("secret_key", "patient_secret", "trail-anchors.jsonl", *DATABASES.values())
_FASTEST = 1  # compression; encryption and disk are then the bound


@dataclass
class Writer:
    """Adds parts and remembers their hashes."""

    tar: tarfile.TarFile
    parts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        """Add `size` bytes of a file; BackupError when it has fewer."""
        info = tarfile.TarInfo(name)
        info.size = size
        source = _Hashing(file)
        try:
            self.tar.addfile(info, source)
        except OSError as error:
            if error.errno is None:
                raise BackupError(f"文件在备份期间被截短：{name}") from None
            raise
        self.parts.append({"name": name, "size": size, "sha256": source.hash.hexdigest()})

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.add(name, file, path.stat().st_size)

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))


class _Hashing:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


@contextmanager
def write_archive(target: IO[bytes], secret: Secret, manifest: dict[str, Any]) -> Iterator[Writer]:
    """A writer of parts; at the end `manifest` is added, as it is then, with the list of parts."""
    seal = sealed(target, secret)
    with (
        gzip.GzipFile(filename="", fileobj=seal, mode="wb", compresslevel=_FASTEST, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        writer = Writer(tar)
        yield writer
        content = json.dumps(manifest | {"parts": writer.parts}, ensure_ascii=False).encode("utf-8")
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    seal.finish()


def read_archive(path: Path, secret: Secret, into: Path | None = None) -> dict[str, Any]:
    """The manifest of a backup whose every part has the size and hash it states; parts are written `into`.

    BackupError for a file that was changed, cut or lengthened. Without `into` nothing is written.
    """
    found: list[dict[str, Any]] = []
    manifest: dict[str, Any] | None = None
    try:
        with path.open("rb") as source:
            plain = opened(source, secret)
            with (
                gzip.GzipFile(fileobj=plain, mode="rb") as packed,
                tarfile.open(fileobj=packed, mode="r|") as tar,
            ):
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None:
                        raise BackupError(f"备份中有不应出现的内容：{member.name}")
                    if member.name == MANIFEST:
                        manifest = json.load(content)
                    else:
                        target = into / _checked(member.name) if into is not None else None
                        found.append(_part(member, content, target))
                packed.read()
            plain.read()  # the last chunk must open too
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError, json.JSONDecodeError):
        raise BackupError("备份文件的内容已损坏，不能使用。") from None
    if manifest is None or manifest.get("format") != 1 or manifest.get("parts") != found:
        raise BackupError("备份内容与其清单不符，不能使用。")
    return manifest


def _part(member: tarfile.TarInfo, content: IO[bytes], target: Path | None) -> dict[str, Any]:
    digest = hashlib.sha256()
    file = None
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = target.open("xb")
        target.chmod(0o600)
    try:
        while data := content.read(1 << 20):
            digest.update(data)
            if file is not None:
                file.write(data)
    finally:
        if file is not None:
            file.close()
    return {"name": member.name, "size": member.size, "sha256": digest.hexdigest()}


def _checked(name: str) -> PurePosixPath:
    """The name as a path below the folder; BackupError for one that is not of a backup."""
    path = PurePosixPath(name)
    inside = name in _SINGLE or (path.parts[:1] != () and path.parts[0] in _FOLDERS and len(path.parts) > 1)
    if not inside or ".." in path.parts or path.is_absolute():
        raise BackupError(f"备份中有不应出现的内容：{name}")
    return path
