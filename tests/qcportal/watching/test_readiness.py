"""/readyz: each thing that stops the work makes it unready, and only administrators read why."""

import shutil
import sqlite3
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from qcportal.watching import readiness
from qcportal.watching.database import file_problem
from qcportal.watching.models import WatchState
from qcportal.watching.states import WORKER, claim, state_at, write_state
from staff.security.queries.backups import BACKUP
from trail.chain import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path
    settings.QC_DISK_FREE_MB = 0
    readiness.forget_answer()
    yield
    readiness.forget_answer()


def wrong() -> dict[str, str]:
    return {check.code: check.problem for check in readiness.checks() if check.problem}


@pytest.fixture
def working():
    """A worker that was heard of just now."""
    write_state(WORKER, {})


def test_installation_that_works_is_ready(client, working):
    assert wrong() == {}
    answer = client.get(reverse("readyz"))
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer.headers["Cache-Control"]


def test_worker_never_heard_of_and_silent_is_unready(working):
    long_ago = timezone.now() - timedelta(minutes=4)
    WatchState.objects.filter(key=WORKER).update(at=long_ago)
    at = timezone.localtime(long_ago).strftime("%Y-%m-%d %H:%M")
    assert wrong() == {"worker": f"后台任务自{at}起没有动静"}
    WatchState.objects.all().delete()
    assert wrong() == {"worker": "后台任务未曾运行"}


def test_folder_that_is_gone_is_unready(working, settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path / "unmounted"
    assert set(wrong()) == {"folder", "disk"}
    assert not (tmp_path / "unmounted").exists()


def test_disk_below_its_limit_is_unready(working, settings, monkeypatch):
    settings.QC_DISK_FREE_MB = 1024
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(1024 * 1024**2))
    assert wrong() == {}
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(1024 * 1024**2 - 1))
    assert wrong() == {"disk": "剩余1023 MB，低于1024 MB"}


def test_migration_that_is_pending_is_unready(working):
    MigrationRecorder(connection).migration_qs.filter(app="qcportal", name="0001_watch_state").delete()
    assert wrong() == {"migrations": "有1个数据库升级未执行：请运行 manage.py migrate"}


def test_backup_is_overdue_a_day_after_the_last_one_that_succeeded(working, monkeypatch):
    record("trail.anchor", by=None)
    hours, start = [0], timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(hours=hours[0]))
    assert "backup" not in wrong()
    hours[0] = 27
    assert wrong()["backup"] == "尚无成功的备份"
    record(BACKUP, by=None, result="refused")
    assert wrong()["backup"] == "尚无成功的备份"
    record(BACKUP, by=None)
    assert "backup" not in wrong()
    hours[0] = 54
    assert wrong()["backup"].startswith("最近一次成功的备份在")


@pytest.mark.parametrize("at", [0, 4096 * 3 + 100])
def test_file_of_sqlite_that_is_damaged_is_found(tmp_path, at):
    file = tmp_path / "a.sqlite3"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE t (x TEXT)")
        made.executemany("INSERT INTO t VALUES (?)", [("甲" * 500,)] * 100)
    made.close()
    assert file_problem(file) == ""
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(b"\xff" * 3000)
    assert file_problem(file).startswith("数据库文件损坏")
    assert file_problem(tmp_path / "b.sqlite3") == "数据库文件不存在"


def test_detail_is_for_administrators_only(sign_in, admin, officer, client):
    url = reverse("readyz")
    assert client.get(url).content == b"unready\n"
    assert sign_in(officer).get(url).content == b"unready\n"
    answer = sign_in(admin).get(url)
    assert answer.status_code == 503
    assert "后台任务：后台任务未曾运行\n" in answer.content.decode()
    assert "磁盘空间：正常\n" in answer.content.decode()


def test_answer_is_given_again_for_a_few_seconds(client, working, django_assert_num_queries):
    assert client.get(reverse("readyz")).content == b"ok\n"
    WatchState.objects.all().delete()
    with django_assert_num_queries(0):
        assert client.get(reverse("readyz")).content == b"ok\n"


def test_round_is_claimed_by_one_of_all_and_again_when_it_is_over():
    minute = timedelta(minutes=1)
    assert [claim("round", minute), claim("round", minute)] == [True, False]
    for at in (timezone.now() - minute, timezone.now() + timedelta(days=1)):
        WatchState.objects.filter(key="round").update(at=at)
        assert [claim("round", minute), claim("round", minute)] == [True, False]
    assert timezone.now() - state_at("round") < minute
