"""Backups and drills on the home page: for the system administrator, nothing for others."""

from datetime import timedelta

import pytest
from django.test import RequestFactory

from qcportal.home.page import home_of
from qcportal.home.tasks import backups
from staff.security.queries.backups import BACKUP, RESTORE_DRILL, backup_state
from trail.chain import record

pytestmark = pytest.mark.django_db


def texts(user) -> list[str]:
    request = RequestFactory().get("/")
    request.user, request.session = user, {}
    return [task.text for task in home_of(request).tasks if "备份" in task.text or "演练" in task.text]


@pytest.fixture
def days_later(monkeypatch):
    """The home page as it is so many days from now."""

    def _later(days: int) -> None:
        at = record("audits.draw", by=None).at + timedelta(days=days)
        monkeypatch.setattr(backups, "backup_state", lambda: backup_state(at))

    return _later


def test_administrator_reads_what_is_overdue_and_others_do_not(days_later, admin, officer, auditor):
    assert texts(admin) == []
    days_later(93)
    assert texts(admin) == ["尚无备份：请设置备份目录与口令", "尚未做过恢复演练"]
    assert texts(officer) == texts(auditor) == []


def test_failures_are_there_until_the_next_success(admin):
    for action in (BACKUP, RESTORE_DRILL):
        record(action, by=None, result="refused")
    failed = ["最近一次备份失败：请查看留痕中的原因", "最近一次恢复演练失败：请查看留痕中的原因"]
    assert texts(admin) == failed
    record(BACKUP, by=None, detail={"copy_error": "x"})
    record(RESTORE_DRILL, by=None)
    assert texts(admin) == ["最近一次备份的第二份未复制成功"]
    record(BACKUP, by=None)
    assert texts(admin) == []


def test_old_backup_and_drill_are_overdue(days_later, admin):
    record(BACKUP, by=None)
    record(RESTORE_DRILL, by=None)
    days_later(93)
    assert texts(admin) == ["备份超期", "恢复演练超期"]
