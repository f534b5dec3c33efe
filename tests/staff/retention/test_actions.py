"""Periods are data with a basis; a purge is asked by one and confirmed by another; clean-up is daily."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.models import Schedule

from staff.access.retention import kinds
from staff.conflicts.versions import ConflictError, RefusedError
from staff.retention import kinds as retention_kinds
from staff.retention.actions import (
    ask_purge,
    clean_up,
    confirm_purge,
    refuse_purge,
    run_hindered_purges,
    run_purge,
    schedule_clean_up,
    set_period,
)
from staff.retention.models import Purge, RetentionPeriod
from staff.retention.queries import period_of
from staff.searching.models import StoredSearch
from tests import people
from trail.chain import record, verify
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(db):
    return people.person("admin2", "管理乙", "admin", None)


@pytest.fixture
def old_trail(monkeypatch, department):
    """Four events of four years ago, one of them of a draw; one of today."""
    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: now - timedelta(days=1461))
        for action in ("reports.import", "reports.import", "staff.sign_in"):
            record(action, by=None)
        record("audits.draw", by=None, target=None, detail={})
        Event.objects.count()
    record("reports.import", by=None)


def events(*names):
    rows = Event.objects.filter(action__in=names).order_by("seq")
    return list(rows.values_list("action", "actor_name", "detail"))


def test_trail_is_kept_for_three_years_unless_a_period_is_set(admin):
    assert (period_of("trail").days, period_of("trail").is_default) == (1096, True)
    set_period("trail", days=1461, basis="医院档案管理规定", by=admin)
    assert (period_of("trail").days, period_of("trail").basis) == (1461, "医院档案管理规定")
    (_, who, detail) = events("staff.retention")[0]
    assert (who, detail["changed"]["days"]) == ("管理甲", [1096, 1461])


@pytest.mark.parametrize(
    ("code", "days"), [("trail", 183), ("readings", 183), ("records", 10), ("nothing", 500)]
)
def test_period_that_is_too_short_or_of_nothing_is_refused(admin, code, days):
    with pytest.raises(RefusedError):
        set_period(code, days=days, basis="随意", by=admin)
    assert RetentionPeriod.objects.count() == 0


def test_period_changed_by_another_meanwhile_is_a_conflict(admin):
    with pytest.raises(ConflictError):
        set_period("trail", days=1461, basis="甲", by=admin, version="of another form")


def test_purge_goes_from_the_request_by_one_to_the_confirmation_by_another(admin, other, old_trail):
    purge = ask_purge("trail", reason="超过保存期限", by=admin)
    assert purge.counted == 4
    before = Event.objects.count()
    confirm_purge(purge, by=other)
    assert Event.objects.count() == before + 1
    run_purge(purge.pk)
    purge.refresh_from_db()
    assert (purge.status, purge.removed, purge.decided_by) == ("done", 4, other)
    assert verify() == []
    told = events("staff.purge_ask", "staff.purge_confirm", "trail.purge", "staff.purge")
    assert [line[:2] for line in told] == [
        ("staff.purge_ask", "管理甲"),
        ("staff.purge_confirm", "管理乙"),
        ("trail.purge", "管理乙"),
        ("staff.purge", "管理乙"),
    ]
    run_purge(purge.pk)  # a second delivery of the job
    assert len(events("trail.purge")) == 1


def test_purge_that_this_process_may_not_carry_out_waits_with_the_reason(
    admin, other, old_trail, monkeypatch
):
    purge = confirm_purge(ask_purge("trail", reason="超过保存期限", by=admin), by=other)
    with monkeypatch.context() as patched:
        patched.setattr(retention_kinds, "may_cut", lambda: False)
        run_purge(purge.pk)
        purge.refresh_from_db()
        assert (purge.status, purge.problem) == ("running", retention_kinds.OWNER_NEEDED)
        assert events("trail.purge", "staff.purge") == []
    (done,) = run_hindered_purges()
    assert (done.pk, done.status, done.removed, done.problem) == (purge.pk, "done", 4, "")
    assert run_hindered_purges() == []


def test_purge_is_not_confirmed_by_the_one_who_asked(admin, old_trail):
    purge = ask_purge("trail", reason="超过保存期限", by=admin)
    with pytest.raises(RefusedError, match="另一人"):
        confirm_purge(purge, by=admin)
    with pytest.raises(IntegrityError, match="purge_by_two"), transaction.atomic():
        Purge.objects.filter(pk=purge.pk).update(status="running", decided_by=admin)
    run_purge(purge.pk)
    assert events("trail.purge", "staff.purge") == []


def test_purge_of_a_kind_is_asked_for_once_and_only_where_something_is_due(admin, other, old_trail):
    purge = ask_purge("trail", reason="超过保存期限", by=admin)
    with pytest.raises(RefusedError, match="已有"):
        ask_purge("trail", reason="再次申请", by=other)
    refuse_purge(purge, by=other)
    with pytest.raises(RefusedError, match="已撤回或不同意"):
        confirm_purge(purge, by=other)
    with pytest.raises(RefusedError, match="没有超过"):
        ask_purge("readings", reason="超过保存期限", by=admin)


def test_purge_is_not_confirmed_after_the_period_was_prolonged(admin, other, old_trail):
    purge = ask_purge("trail", reason="超过保存期限", by=admin)
    set_period("trail", days=3000, basis="延长", by=admin)
    with pytest.raises(RefusedError, match="延长"):
        confirm_purge(purge, by=other)


def test_clean_up_deletes_what_is_over_and_leaves_one_event_with_counts(admin, settings, tmp_path):
    now = timezone.now()
    for key, days in (("over", -3), ("open", 3)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    for ip, days in (("10.0.0.1", 40), ("10.0.0.2", 1)):
        attempt = AccessAttempt.objects.create(username="x", ip_address=ip, failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=now - timedelta(days=days))
    for token, days in (("old", 31), ("new", 1)):
        used = now - timedelta(days=days)
        StoredSearch.objects.create(user=admin, token=token, content={}, content_hash=token, used_at=used)
    clean_up()
    assert [row.session_key for row in Session.objects.all()] == ["open"]
    assert [row.ip_address for row in AccessAttempt.objects.all()] == ["10.0.0.2"]
    assert [row.token for row in StoredSearch.objects.all()] == ["new"]
    ((_, who, detail),) = events("staff.clean_up")
    counts = {label: number for label, number in detail["cleaned"].items() if number}
    assert (who, counts) == ("系统", {"已过期的登录会话": 1, "登录失败计数": 1, "检索文字": 1})


def test_clean_up_deletes_files_that_no_row_names_and_that_are_old(settings, tmp_path, monkeypatch):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    orphan = default_storage.save("imports/orphan", ContentFile(b"x"))
    elsewhere = default_storage.save("other/file", ContentFile(b"x"))
    clean_up()
    assert default_storage.exists(orphan)  # just written: its row may not be saved yet
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    clean_up()
    assert (default_storage.exists(orphan), default_storage.exists(elsewhere)) == (False, True)


def test_clean_up_is_scheduled_once_a_day():
    schedule_clean_up()
    schedule_clean_up()
    (found,) = Schedule.objects.filter(func="staff.retention.actions.clean_up")
    assert found.schedule_type == Schedule.DAILY


def test_kinds_are_those_of_all_apps():
    purged = {code for code, kind in kinds().items() if kind.purge and not kind.by_schedule}
    daily = {code for code, kind in kinds().items() if kind.by_schedule}
    assert purged == {"trail", "reports", "readings"}
    assert daily == {"sessions", "attempts", "searches", "jobs", "orphans", "import_files", "results"}
    assert [code for code, kind in kinds().items() if kind.purge is None] == ["records", "results"]
