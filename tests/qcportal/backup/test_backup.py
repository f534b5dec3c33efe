"""Backup under load, restoration and drill, on SQLite and PostgreSQL, as an operator runs them."""

import errno
import json
import os
import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django_q.models import Schedule

from qcportal.backup import actions, database, places
from qcportal.backup.actions import run_backup, schedule_backups
from qcportal.backup.archive import DATABASES, read_archive
from qcportal.backup.drill import _url, run_drill
from qcportal.backup.envelope import Secret
from qcportal.backup.errors import BackupError
from qcportal.backup.places import backups_in
from qcportal.backup.restoring import restore
from qcportal.server.data_folder import hold
from staff.security.queries.backups import BACKUP, RESTORE_DRILL
from tests.qcportal.test_deploy import manage
from trail.models import Event

pytestmark = pytest.mark.django_db  # the migrated database is copied; nothing is written to it
PASSPHRASE = "correct horse battery"
SECRET = Secret(passphrase=PASSPHRASE)
WRITER = """
import django, sys
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from trail.anchors import keep_anchor
from trail.chain import record
for number in range(100000):
    default_storage.save(f"imports/{number}", ContentFile(b"x"))
    print(record("audits.draw", by=None).seq, flush=True)
    if number % 5 == 0:
        keep_anchor()
"""


@dataclass
class Installation:
    """A data folder and a database of its own, and the commands run on it."""

    folder: Path
    backups: Path
    url: str

    def run(self, *words: str, **env: str) -> tuple[int, dict, str]:
        given = {
            "DATABASE_URL": self.url,
            "QC_BACKUP_DIR": str(self.backups),
            "QC_BACKUP_PASSPHRASE": PASSPHRASE,
        }
        done = manage(self.folder, *words, **given | env)
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    @property
    def newest(self) -> Path:
        return backups_in(self.backups)[0]

    def events(self) -> list[tuple[str, dict]]:
        """(result, detail) of the events of backups and drills, newest first."""
        code = "import json; from trail.models import Event\n"
        code += (
            "rows = Event.objects.filter(action__startswith='qcportal.').values_list('result', 'detail')\n"
        )
        code += "print(json.dumps({'rows': list(rows)}))"
        return [tuple(row) for row in self.run("shell", "-v0", "-c", code)[1]["rows"]]


@contextmanager
def _database(folder: Path):
    """A copy of the migrated test database, which no test has written to; its URL, "" for SQLite."""
    folder.mkdir()
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "qcportal.sqlite3")) as copy:
            connection.connection.backup(copy)
        yield ""
        return
    name, template = f"backup_{secrets.token_hex(4)}", connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _url({**connection.settings_dict, "NAME": name})
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def installation(django_db_setup, django_db_blocker, tmp_path_factory):
    place = tmp_path_factory.mktemp("backup")
    with django_db_blocker.unblock(), _database(place / "data") as url:
        yield Installation(place / "data", place / "backups", url)


@contextmanager
def empty_database():
    """The option that names an empty database of PostgreSQL; () on SQLite."""
    if connection.vendor == "sqlite":
        yield ()
        return
    name = f"restored_{secrets.token_hex(4)}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield ("--database", _url({**connection.settings_dict, "NAME": name}))
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def writing(installation):
    """Another process records events, files and anchors all the time; yields its acknowledgements."""
    env = {"QC_DATA_DIR": str(installation.folder), "DJANGO_SETTINGS_MODULE": "qcportal.settings"}
    env |= {"DATABASE_URL": installation.url} if installation.url else {}
    line = [sys.executable, "-c", WRITER]
    kept = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    other = subprocess.Popen(line, cwd=settings.BASE_DIR, env=kept | env, stdout=subprocess.PIPE, text=True)
    try:
        yield other.stdout
    finally:
        other.kill()
        other.wait()


@pytest.fixture(scope="module")
def under_load(installation):
    """(acknowledged before the backup began, its answer): the story of the tests below."""
    with writing(installation) as lines:
        before = [int(lines.readline()) for _ in range(10)][-1]
        code, answer, errors = installation.run("backup")
    assert (code, errors) == (0, "")
    return before, answer


def test_backup_under_load_restores_every_acknowledged_row_and_the_whole_chain(
    installation, under_load, tmp_path
):
    before, answer = under_load
    folder = tmp_path / "restored"
    with empty_database() as option:
        code, restored, errors = installation.run("restore", answer["file"], "--to", str(folder), *option)
        assert (code, errors, restored["rows"]) == (0, "", answer["rows"])
        there = Installation(folder, installation.backups, option[1] if option else "")
        code, trail, _ = there.run("verify_trail")
        assert (code, trail["holds"], trail["events"] >= before, trail["anchors"] > 0) == (
            0,
            True,
            True,
            True,
        )
        assert there.run("restore", "--check")[:2] == (0, {"holds": True, "problems": [], "missing": []})
        # A place that is in use is never written to.
        code, _, errors = installation.run("restore", answer["file"], "--to", str(folder), *option)
        assert (code, "不是空目录，不会覆盖其中的内容" in errors) == (2, True)
    for name in ("secret_key", "patient_secret"):
        assert (folder / name).read_bytes() == (installation.folder / name).read_bytes()
    assert len(os.listdir(folder / "files/imports")) == restored["files"] >= before - 3
    assert os.listdir(tmp_path) == ["restored"]


def test_backup_is_encrypted_private_and_recorded(installation, under_load):
    _, answer = under_load
    content = installation.newest.read_bytes()
    assert (oct(installation.newest.stat().st_mode)[-3:], b"SQLite" in content, b"PGDMP" in content) == (
        "600",
        False,
        False,
    )
    assert [path.name for path in installation.folder.glob(".backup-*")] == []
    result, detail = installation.events()[-1]
    expected = {
        "file": installation.newest.name,
        "size": len(content),
        "places": 1,
        "sha256": answer["sha256"],
    }
    assert (result, expected.items() <= detail.items()) == ("done", True)


def test_drill_of_the_newest_backup_holds_and_leaves_only_its_event(installation, under_load):
    code, drill, errors = installation.run("restore", "--drill")
    assert (code, errors, drill["holds"], drill["problems"]) == (0, "", True, [])
    result, detail = installation.events()[0]
    assert (result, detail["rows"], detail["drill_problems"]) == ("done", drill["rows"], [])
    assert list(installation.folder.glob(".drill-*")) == []


def test_damaged_backup_and_wrong_passphrase_are_refused_and_nothing_is_written(
    installation, under_load, tmp_path
):
    content = installation.newest.read_bytes()
    middle = len(content) // 2
    cases = {
        "changed": (content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :], SECRET),
        "cut": (content[:-9], SECRET),
        "secret": (content, Secret(passphrase="another passphrase")),
    }
    for name, (data, secret) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BackupError, match="被改动"):
            restore(tmp_path / name, secret, tmp_path / "to")
    assert sorted(os.listdir(tmp_path)) == sorted(cases)


def test_drill_that_fails_says_why_and_is_recorded(installation, under_load, tmp_path, settings):
    settings.QC_DATA_DIR = tmp_path
    (tmp_path / "cut").write_bytes(installation.newest.read_bytes()[:-9])
    drill = run_drill(tmp_path / "cut", SECRET)
    assert drill.problems == ("无法解密：口令或密钥不对，或文件被改动、截短。",)
    event = Event.objects.get(action=RESTORE_DRILL)
    assert (event.result, event.detail["drill_problems"]) == ("refused", list(drill.problems))
    assert os.listdir(tmp_path) == ["cut"]


@pytest.fixture
def ours(settings, tmp_path):
    """The settings of an installation that has not been backed up."""
    settings.QC_DATA_DIR, settings.QC_BACKUP_DIR = tmp_path, tmp_path / "backups"
    settings.QC_BACKUP_PASSPHRASE, settings.QC_BACKUP_PASSPHRASE_FILE, settings.QC_BACKUP_KEY = (
        PASSPHRASE,
        "",
        "",
    )
    return settings


def refused(sentence: str) -> None:
    """A backup is refused with the sentence, which is recorded, and leaves nothing."""
    with pytest.raises(BackupError, match=sentence):
        run_backup()
    event = Event.objects.filter(action=BACKUP).latest("seq")
    assert (event.result, sentence in event.detail["reason"]) == ("refused", True)
    assert list(settings.QC_DATA_DIR.rglob("*.qcbackup*")) == []


def test_backup_without_a_folder_or_a_secret_is_refused_and_recorded(ours):
    ours.QC_BACKUP_PASSPHRASE = ""
    refused("未设置备份的加密方式")
    ours.QC_BACKUP_DIR = None
    refused("未设置备份目录")


def test_disk_that_is_full_before_or_while_writing_is_said_and_nothing_stays(ours, monkeypatch):
    monkeypatch.setattr(places, "_SPARE", 1 << 60)
    refused("磁盘空间不足")
    monkeypatch.setattr(places, "_SPARE", 0)

    def full(target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(actions, "copy_database", full)
    refused("No space left on device")


@pytest.fixture
def small_database(monkeypatch):
    """The database is a few bytes: for tests of all the rest of a backup."""

    def copied(target):
        target.write_bytes(b"rows")
        return database.Contents({"trail_event": 2}, {"seq": 2, "hash": "b"}, ["trail.0001_initial"])

    monkeypatch.setattr(actions, "copy_database", copied)


def test_backup_has_files_keys_and_the_anchors_up_to_the_copied_trail(ours, small_database, tmp_path):
    ours.QC_KEYS_DIR = tmp_path / "keys"
    default = {**ours.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    ours.STORAGES = {**ours.STORAGES, "default": default}
    for name in ("keys/known/a.pem", "keys/packet.pem", "files/packets/1.pdf", "elsewhere", "locks/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    line = '{"seq": %d, "hash": "x", "at": "2026-12-01T00:00:00+00:00"}\n'
    (tmp_path / "trail-anchors.jsonl").write_text(line % 1 + line % 3)
    made = run_backup()
    read_archive(made.path, SECRET, into=tmp_path / "into")
    found = {
        path.relative_to(tmp_path / "into").as_posix(): path.read_text()
        for path in (tmp_path / "into").rglob("*")
        if path.is_file()
    }
    stored = ("keys/known/a.pem", "keys/packet.pem", "files/packets/1.pdf")
    assert found == {name: name for name in stored} | {
        DATABASES[connection.vendor]: "rows",
        "secret_key": ours.SECRET_KEY,
        "patient_secret": ours.QC_PATIENT_SECRET,
        "trail-anchors.jsonl": line % 1,
    }


def test_copy_that_fails_is_recorded_and_the_first_place_has_its_backup(ours, small_database, tmp_path):
    ours.QC_BACKUP_COPY = tmp_path / "share"
    made = run_backup()
    event = Event.objects.get(action=BACKUP)
    assert (made.places, event.result, event.detail["places"]) == (1, "done", 1)
    assert "请检查是否已挂载" in event.detail["copy_error"]
    (tmp_path / "share").mkdir()
    again = run_backup()
    assert (again.places, again.copy_error) == (2, "")
    assert [path.name for path in backups_in(tmp_path / "share")] == [again.path.name]
    assert {path.name for path in backups_in(ours.QC_BACKUP_DIR)} == {made.path.name, again.path.name}


def test_second_backup_at_the_same_time_is_refused(ours):
    with hold(ours.QC_DATA_DIR, "backup"):
        refused("另一次备份正在进行")


def test_schedule_is_there_while_a_folder_is_set(ours):
    schedule_backups()
    schedule_backups()
    assert Schedule.objects.filter(func="qcportal.backup.actions.run_scheduled").count() == 1
    ours.QC_BACKUP_DIR = None
    schedule_backups()
    assert Schedule.objects.filter(func="qcportal.backup.actions.run_scheduled").count() == 0


def test_client_program_that_is_missing_or_old_is_said(monkeypatch):
    monkeypatch.setattr(database, "_version", lambda program: 13)
    monkeypatch.setattr(database.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(database, "_DEBIAN", "/nowhere")
    assert database.client_program("pg_dump", 13) == "/usr/bin/pg_dump"
    with pytest.raises(BackupError, match="pg_dump 的版本（13）低于数据库服务器（15）"):
        database.client_program("pg_dump", 15)
    monkeypatch.setattr(database.shutil, "which", lambda name: None)
    with pytest.raises(BackupError, match="未找到 pg_dump：请安装"):
        database.client_program("pg_dump", 15)
