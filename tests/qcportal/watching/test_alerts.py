"""Alerts: one message a problem and day, one when it is over, none lost when it could not be sent."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import OperationalError
from django.utils import timezone

from qcportal.watching import alerts, thread
from qcportal.watching.alerts import Problem, alert_without_database, problems, send_alerts
from qcportal.watching.models import WatchState
from qcportal.watching.states import WORKER, state_at, write_state
from trail.chain import record
from trail.models import Event

pytestmark = pytest.mark.django_db
DISK = Problem("disk", "磁盘空间", "剩余10 MB，低于1024 MB")


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path
    settings.QC_DISK_FREE_MB = 0
    settings.QC_ALERT_TO = ["it@h.example", "head@h.example"]
    settings.QC_WEBHOOK_URL = ""


@pytest.fixture
def posted(settings, monkeypatch):
    """What the webhook was sent."""
    settings.QC_WEBHOOK_URL = "https://hook.example/"
    sent = []
    monkeypatch.setattr(alerts, "post_json", lambda url, values: sent.append(values))
    return sent


@pytest.fixture
def found(monkeypatch):
    """The problems that are found: a list to change."""
    now = [DISK]
    monkeypatch.setattr(alerts, "problems", lambda: list(now))
    return now


@pytest.fixture
def clock(monkeypatch):
    """clock(hours) moves the time of the alerts."""
    start, moved = timezone.now().replace(hour=1), [timedelta(0)]
    monkeypatch.setattr("qcportal.watching.alerts.timezone.now", lambda: start + moved[0])

    def _move(**by):
        moved[0] += timedelta(**by)

    return _move


def test_problem_is_told_once_a_day_and_its_end_once(found, clock, posted):
    assert [send_alerts(), send_alerts()] == [1, 0]
    clock(days=1)
    assert [send_alerts(), send_alerts()] == [1, 0]
    found.clear()
    assert send_alerts() == 0  # not over yet: it may come back
    clock(minutes=11)
    assert [send_alerts(), send_alerts()] == [1, 0]
    assert [one["state"] for one in posted] == ["problem", "problem", "recovered"]
    text = "【告警】磁盘空间：剩余10 MB，低于1024 MB"
    assert [m.subject for m in mail.outbox] == [text, text, "【恢复】磁盘空间已恢复正常"]
    assert mail.outbox[0].to == ["it@h.example", "head@h.example"]
    told = Event.objects.filter(action="staff.alert").order_by("seq")
    assert told[0].detail == {"alert": text, "by_mail": True, "by_webhook": True}


def test_problem_that_comes_and_goes_is_told_once(found, clock):
    send_alerts()
    for _ in range(3):
        found.clear()
        send_alerts()
        clock(minutes=5)
        found.append(DISK)
        send_alerts()
        clock(minutes=6)
    assert len(mail.outbox) == 1


def test_message_that_could_not_be_sent_is_tried_again(found, posted, monkeypatch):
    def _away(url, values):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "post_json", _away)
        assert send_alerts() == 0
    assert [send_alerts(), send_alerts()] == [1, 0]


def test_silent_worker_overdue_backup_differences_and_lock_outs_are_problems():
    write_state(WORKER, {})
    assert [p.code for p in problems()] == []
    WatchState.objects.filter(key=WORKER).update(at=timezone.now() - timedelta(minutes=5))
    for _ in range(2):
        record("staff.lock_out", by=None)
    assert [p.code for p in problems()] == ["worker"]
    record("staff.lock_out", by=None)
    record("scoring.record_differs", by=None, detail={"problem": "张三的评分表"}, result="refused")
    found = list(problems())
    assert [p.code for p in found] == ["worker", "records", "lock_outs"]
    assert [p.text for p in found[1:]] == ["1处签发记录与留痕不符", "一小时内有3次因多次输错密码暂停登录"]


def test_database_that_fails_is_told_once_a_day_by_a_file(posted):
    assert [alert_without_database(OperationalError()) for _ in range(2)] == [True, False]
    assert [one["text"] for one in posted] == ["数据库不能读写（OperationalError）"]


def test_look_beats_and_counts_failures_of_the_database(monkeypatch):
    monkeypatch.setattr(thread.connection, "close", lambda: None)
    rounds, alarms = [], []
    monkeypatch.setattr(thread, "watch_round", lambda: rounds.append(1))
    monkeypatch.setattr(thread, "alert_without_database", alarms.append)
    assert [thread.look(heartbeat=False), state_at(WORKER)] == [0, None]
    assert thread.look(heartbeat=True) == 0
    assert timezone.now() - state_at(WORKER) < timedelta(minutes=1)
    assert rounds == [1]  # the second look came within the minute

    def _fails(*args):
        raise OperationalError

    monkeypatch.setattr(thread, "claim", _fails)
    failures = 0
    for _ in range(6):
        failures = thread.look(heartbeat=False, failures=failures)
    assert (failures, len(alarms)) == (6, 1)
