"""Folders of backups: whole or not at all, space first, old ones removed, the second copy read back."""

import os
import stat
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest

from qcportal.backup import places
from qcportal.backup.errors import BackupError

NOW = datetime(2026, 12, 1, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


def made(folder, *days_ago: int) -> list[str]:
    names = [places.new_name(NOW - timedelta(days=days)) for days in days_ago]
    for name in names:
        (folder / name).write_bytes(b"x")
    return names


def test_file_appears_whole_for_its_owner_only(tmp_path):
    path = tmp_path / "a"
    with places.written_whole(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"whole", 0o600)
    assert os.listdir(tmp_path) == ["a"]


def test_full_disk_leaves_nothing_half_written(tmp_path):
    with open("/dev/full", "wb") as full:

        def write() -> None:
            with places.written_whole(tmp_path / "a") as file:
                file.write(b"half")
                full.write(bytes(1 << 20))

        with pytest.raises(OSError, match="No space left"):
            write()
    assert os.listdir(tmp_path) == []


def test_space_of_one_disk_is_asked_for_once_and_for_all_its_folders(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    monkeypatch.setattr(places.shutil, "disk_usage", lambda path: Usage(0, 0, 164 << 20))
    places.require_space({tmp_path: 50 << 20, tmp_path / "a": 50 << 20})
    with pytest.raises(BackupError, match="磁盘空间不足：约需165 MB，可用164 MB"):
        places.require_space({tmp_path: 50 << 20, tmp_path / "a": 51 << 20})


def test_old_backups_go_once_they_are_beyond_the_count_and_the_age(tmp_path):
    names = made(tmp_path, 0, 1, 2, 29, 31, 60)
    (tmp_path / "notes.txt").write_text("mine")
    assert places.remove_old(tmp_path, count=3, days=30, now=NOW) == 2
    assert sorted(os.listdir(tmp_path)) == sorted([*names[:4], "notes.txt"])
    assert places.remove_old(tmp_path, count=0, days=0, now=NOW + timedelta(days=99)) == 3
    assert [path.name for path in places.backups_in(tmp_path)] == names[:1]  # the newest stays in any case


def test_second_copy_is_the_same_and_a_missing_share_is_said(tmp_path):
    (name,) = made(tmp_path, 0)
    sha256 = places.hash_of(tmp_path / name)
    with pytest.raises(BackupError, match="请检查是否已挂载"):
        places.copy_to(tmp_path / "share", tmp_path / name, sha256)
    assert not (tmp_path / "share").exists()
    (tmp_path / "share").mkdir()
    with pytest.raises(BackupError, match="与第一份不符，已删除"):
        places.copy_to(tmp_path / "share", tmp_path / name, "0" * 64)
    assert os.listdir(tmp_path / "share") == []
    places.copy_to(tmp_path / "share", tmp_path / name, sha256)
    assert (tmp_path / "share" / name).read_bytes() == b"x"


def test_what_a_killed_backup_left_is_removed_and_nothing_else(tmp_path):
    (name,) = made(tmp_path, 0)
    for left in (f".{name}.part", ".other.part"):
        (tmp_path / left).write_bytes(b"")
    places.prepared(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([".other.part", name])
