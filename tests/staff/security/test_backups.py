"""When a backup and a restore drill are overdue, by their events."""

from datetime import timedelta

import pytest
from django.utils import timezone

from staff.security.domain.control import State
from staff.security.queries import records
from staff.security.queries.backups import BACKUP, RESTORE_DRILL, BackupState, backup_state
from trail.chain import record

pytestmark = pytest.mark.django_db


def in_days(count: int) -> BackupState:
    return backup_state(timezone.now() + timedelta(days=count))


def test_new_installation_is_not_overdue_until_its_first_day_is_over():
    assert backup_state() == BackupState(None, False, None, False, None, False, None)
    record("audits.draw", by=None)
    assert [in_days(days).backup_overdue for days in (1, 2)] == [False, True]
    assert [in_days(days).drill_overdue for days in (91, 93)] == [False, True]


def test_backup_and_drill_count_from_their_newest_success():
    record("audits.draw", by=None)
    backup, drill = record(BACKUP, by=None), record(RESTORE_DRILL, by=None)
    assert backup_state() == BackupState(backup.at, False, None, False, drill.at, False, None)
    failed = record(BACKUP, by=None, result="refused")
    state = in_days(2)
    assert (state.backup_at, state.backup_overdue, state.failed_at) == (backup.at, True, failed.at)
    again = record(BACKUP, by=None)
    assert (backup_state().backup_at, backup_state().failed_at) == (again.at, None)


def test_copy_that_failed_is_mended_by_the_next_backup():
    record(BACKUP, by=None, detail={"copy_error": "x"})
    assert (backup_state().copy_failed, backup_state().good) == (True, False)
    record(BACKUP, by=None)
    assert (backup_state().copy_failed, backup_state().good) == (False, True)


def test_control_holds_with_a_backup_and_a_drill_and_fails_when_one_failed_since():
    assert records.backups().state == State.FAILS
    record(BACKUP, by=None)
    assert records.backups().state == State.FAILS
    record(RESTORE_DRILL, by=None)
    assert records.backups().state == State.HOLDS
    record(RESTORE_DRILL, by=None, result="refused")
    found = records.backups()
    assert (found.state, found.evidence.partition("；其后")[2]) == (State.FAILS, "恢复演练失败")
