"""The data folder: closed to other accounts of the machine, and used by one server at a time."""

import fcntl
import os
import stat
from pathlib import Path
from typing import IO

_INSIDE = ("*.sqlite3*", "files", "keys")


class InUseError(Exception):
    """Another process holds the lock; `pid` is what it wrote there, "" if it had no time to."""

    def __init__(self, pid: str) -> None:
        super().__init__(pid)
        self.pid = pid


def make_private(folder: Path) -> None:
    """Make the folder, 0700, and have this process write for its owner only.

    An older installation's folder is tightened; where that is not permitted, the system check reports it.
    """
    os.umask(0o077)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A folder like /tmp belongs to everyone and must stay open.
    if not folder.stat().st_mode & stat.S_ISVTX:
        for path in open_to_others(folder):
            if path.stat().st_uid == os.geteuid():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)


def open_to_others(folder: Path, *more: Path) -> list[Path]:
    """What other accounts of the machine can enter or read: the folder, the database, uploads and keys."""
    inside = (path for pattern in _INSIDE for path in sorted(folder.glob(pattern)))
    return [p for p in (folder, *inside, *more) if p.exists() and p.stat().st_mode & 0o077]


def hold(folder: Path, name: str) -> IO[str]:
    """Take the lock `name` for as long as the file returned is open; InUseError when another has it.

    The kernel releases the lock when the process ends in any way: no file has to be removed.
    """
    (folder / "locks").mkdir(exist_ok=True)
    file = (folder / "locks" / name).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read(20).strip()
        file.close()
        raise InUseError(pid) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
