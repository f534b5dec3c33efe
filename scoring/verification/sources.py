"""Find the files to verify: paths of a command line, or uploads of a page → named bytes, or why not.

Files, folders (with their sub-folders) and ZIP archives. What cannot be read is said with its name, and the
others are still read. A ZIP is never unpacked to disk; sizes are limited before anything is read.
"""

import errno
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MOST_BYTES = 50_000_000  # of one file: what the verifier reads at all
MOST_UNPACKED = 2_000_000_000  # of one ZIP archive: about 1,000 packets
MOST_ENTRIES = 5_000  # of one ZIP archive
_KINDS = (".pdf", ".json", ".xlsx", ".zip")
# What a batch of packets and a packet carry beside the packets: lists, and tools to check with.
_COMPANIONS = {"manifest.json", "packet.schema.json", "清单.pdf"}
_DRAW_FILE = ("month-", "-draw.json")
_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "不存在",
    errno.ENOTDIR: "不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.EIO: "磁盘或U盘读写出错",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "磁盘是只读的",
}
_UTF8 = 0x800
_ENCRYPTED = 0x1
_EMPTY = "文件是空的（0字节）。"
_DAMAGED = "压缩包已损坏，不能打开。"
_TOO_LARGE = f"文件超过{MOST_BYTES // 1_000_000} MB，不是迎检包，未读取。"


@dataclass(frozen=True)
class Limits:
    """How much of one ZIP archive is read: members, and bytes of all of them together."""

    entries: int
    unpacked: int


@dataclass(frozen=True)
class Source:
    """A file by its name, a member of a ZIP as "archive.zip/member"; `problem`: why it could not be read."""

    name: str
    content: bytes = b""
    problem: str = ""

    @property
    def passed_over(self) -> bool:
        """Found beside the packets, and not to be read as one."""
        return not self.content and not self.problem


def sources(names: Iterable[str]) -> Iterator[Source]:
    """Every file in the order given, folders and archives in the order of their names. Never raises."""
    for name in names:
        path = Path(name)
        yield from _of_folder(path) if path.is_dir() else _of_file(path, path.name)


def uploaded_sources(uploads: Iterable[Any], limits: Limits) -> Iterator[Source]:
    """The same of uploaded files (Django's UploadedFile), each read when its turn comes. Never raises."""
    for upload in uploads:
        if is_archive(upload):
            yield from _of_archive(upload, upload.name, limits)
        elif upload.name.lower().endswith(".zip"):
            yield Source(upload.name, problem=_DAMAGED)
        elif upload.size > MOST_BYTES:
            yield Source(upload.name, problem=_TOO_LARGE)
        else:
            upload.seek(0)
            content = upload.read()
            yield Source(upload.name, content, "" if content else _EMPTY)


def is_wanted(name: str) -> bool:
    """Whether a file of a folder or archive is read as a packet, by its name."""
    *folders, last = name.replace("\\", "/").split("/")
    if any(map(_is_litter, (*folders, last))) or last in _COMPANIONS:
        return False
    first, end = _DRAW_FILE
    return last.lower().endswith(_KINDS) and not (last.startswith(first) and last.endswith(end))


def is_archive(file: Path | IO[bytes]) -> bool:
    """Whether the file is a ZIP archive other than a workbook."""
    try:
        with zipfile.ZipFile(file) as book:
            return "[Content_Types].xml" not in book.NameToInfo
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def reason_zh(error: OSError) -> str:
    """Why a file could not be read or written, in the words of the reader."""
    return _REASONS.get(error.errno or 0, error.strerror or "原因不明")


def _of_folder(folder: Path) -> Iterator[Source]:
    refused: list[OSError] = []
    for place, below, names in os.walk(folder, onerror=refused.append):
        below[:] = sorted(name for name in below if not _is_litter(name))
        for name in sorted(names):
            path = Path(place, name)
            shown = path.relative_to(folder.parent).as_posix()
            yield from _of_file(path, shown) if is_wanted(name) else (Source(shown),)
    for error in refused:
        yield Source(str(error.filename), problem=f"文件夹无法读取：{reason_zh(error)}。")


def _of_file(path: Path, shown: str) -> Iterator[Source]:
    try:
        if not path.is_file():
            yield Source(shown, problem="找不到这个文件，或不是普通文件。")
        elif is_archive(path):
            yield from _of_archive(path, shown, Limits(MOST_ENTRIES, MOST_UNPACKED))
        elif path.suffix.lower() == ".zip":
            yield Source(shown, problem=_DAMAGED)
        elif path.stat().st_size > MOST_BYTES:
            yield Source(shown, problem=_TOO_LARGE)
        else:
            content = path.read_bytes()
            yield Source(shown, content, "" if content else _EMPTY)
    except OSError as error:
        yield Source(shown, problem=f"文件无法读取：{reason_zh(error)}。")


def _of_archive(file: Path | IO[bytes], shown: str, limits: Limits) -> Iterator[Source]:
    with zipfile.ZipFile(file) as archive:
        entries = [(_name(entry), entry) for entry in archive.infolist() if not entry.is_dir()]
        if problem := _archive_problem([entry for _, entry in entries], limits):
            yield Source(shown, problem=problem)
            return
        for name, entry in sorted(entries, key=lambda pair: pair[0]):
            if is_wanted(name):
                yield _of_entry(archive, entry, f"{shown}/{name}")
            else:
                yield Source(f"{shown}/{name}")


def _archive_problem(entries: list[zipfile.ZipInfo], limits: Limits) -> str:
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        return "压缩包设有密码：请先用密码解压，再核对其中的文件。"
    if len(entries) > limits.entries:
        return f"压缩包内有{len(entries)}个文件，超过{limits.entries}个，未读取：请分批核对。"
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        return f"压缩包解压后超过{limits.unpacked // 1_000_000} MB，可能是恶意文件，未读取。"
    return "" if entries else "压缩包是空的，没有文件。"


def _of_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> Source:
    if entry.file_size > MOST_BYTES:
        return Source(shown, problem=_TOO_LARGE)
    try:
        content = archive.read(entry)  # never more than the size that its entry states
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, OSError):
        return Source(shown, problem="压缩包中的这个文件已损坏，不能解压。")
    if content.startswith(b"PK") and not _is_workbook(shown):
        return Source(shown, problem="压缩包里还有压缩包：请先解压，再核对其中的文件。")
    return Source(shown, content, "" if content else _EMPTY)


def _is_workbook(name: str) -> bool:
    return name.lower().endswith(".xlsx")


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a member; Chinese Windows writes GBK, which the library reads as code page 437."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gbk")
    except UnicodeError:
        return entry.filename


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"
