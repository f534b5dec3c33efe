"""staff.stamps: whatever is written about a register or its reports, the stamp is another one afterwards."""

from datetime import date

import pytest
from django.db import connection, transaction

from exporting.days import day_start
from reports.kept_periods import kept_qualified, kept_signed
from reports.models import Report
from staff.models import Department, Member, Qualification, User
from staff.stamps import stamp_of
from tests.factories import make_report, make_revision
from tests.people import elsewhere, person, radiology
from tests.register_factories import make_member, make_record

# PostgreSQL's stamps are those of transactions that have ended; SQLite's tests are one that never does.
ENDING = connection.vendor == "postgresql"
pytestmark = pytest.mark.django_db(transaction=ENDING)


@pytest.fixture(autouse=True)
def _as_if_committed(monkeypatch):
    if not ENDING:
        monkeypatch.setattr("staff.stamps._in_transaction", lambda: False)


@pytest.fixture
def department():
    department = radiology()
    make_report(department, "A1", reviewing_physician="审核乙", operator="技师丙")
    member = make_member(department, "D002", "审核乙", user=person("d002", "审核乙", "member", department))
    make_record(member, "physician_certificate")
    return department


def _level(department):
    department.institution.level = "other"
    department.institution.save()


def _one_step(department):
    Department.objects.filter(pk=department.pk).update(one_step_reporting=True)


REGISTER_WRITES = {
    "member-added": lambda d: make_member(d, "D003", "新来丁"),
    "member-renamed": lambda d: Member.objects.update(full_name="审核丙"),
    "member-deleted": lambda d: Qualification.objects.all().delete() and Member.objects.all().delete(),
    "record-added": lambda d: make_record(Member.objects.get(), "practice_licence"),
    "record-changed": lambda d: Qualification.objects.update(valid_until=date(2026, 1, 1)),
    "record-withdrawn": lambda d: Qualification.objects.update(state="submitted", decided_at=None),
    "record-deleted": lambda d: Qualification.objects.all().delete(),
    "signing-name": lambda d: User.objects.filter(username="d002").update(aliases=["审核乙乙"]),
    "level": _level,
    "one-step": _one_step,
}
REPORT_WRITES = {
    "report-added": lambda d: make_report(d, "A2"),
    "report-amended": lambda d: make_revision(Report.objects.get(), operator="技师丁"),
    "signed": lambda d: Report.objects.update(signed_by="审核乙", signed_at=day_start(date(2026, 10, 12))),
    "moved": lambda d: Report.objects.update(reported_at=day_start(date(2026, 10, 13))),
    "final": lambda d: Report.objects.update(is_final=False),
    "deleted": lambda d: Report.objects.all().delete(),
}


@pytest.mark.parametrize("write", REGISTER_WRITES.values(), ids=REGISTER_WRITES)
def test_stamp_register_written_is_another(department, write):
    before = stamp_of(department.pk)
    write(department)
    after = stamp_of(department.pk)
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)


@pytest.mark.parametrize("write", REPORT_WRITES.values(), ids=REPORT_WRITES)
def test_stamp_reports_written_is_another(department, write):
    before = stamp_of(department.pk)
    write(department)
    after = stamp_of(department.pk)
    assert (after[0] == before[0], after[1] != before[1]) == (True, True)


def test_stamp_of_what_does_not_matter_stays(department):
    before = stamp_of(department.pk)
    Report.objects.update(rules_version=7, system="nervous")
    User.objects.update(email="a@example.org", must_change_password=True)
    make_report(elsewhere(), "A1")
    make_member(elsewhere(), "D002", "审核乙")
    assert stamp_of(department.pk) == before


def test_stamp_within_a_transaction_is_none(department, monkeypatch):
    monkeypatch.undo()
    with transaction.atomic():
        assert stamp_of(department.pk) is None


def test_stamp_taken_back_is_the_one_before(department):
    before = stamp_of(department.pk)
    try:
        with transaction.atomic():
            Report.objects.update(operator="技师丁")
            raise RuntimeError
    except RuntimeError:
        pass
    assert stamp_of(department.pk) == before


def test_stamp_after_many_writes_stays_short_and_never_comes_back(department):
    seen = set()
    for n in range(80):
        Report.objects.update(operator=f"技师{n}")
        stamp = stamp_of(department.pk)
        assert stamp not in seen
        seen.add(stamp)
    oldest_running = _oldest_running() if ENDING else 0
    # What no running transaction can be older than is dropped as soon as there is much of it.
    droppable = [token for token in stamp_of(department.pk)[1] if ENDING and int(token) < oldest_running]
    assert len(droppable) <= 65
    assert ENDING or len(stamp_of(department.pk)[1]) == 1


def _oldest_running() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def test_stamp_department_from_before_the_triggers_is_none_on_sqlite(department):
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL no stamp is a stamp: nothing was written since")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM staff_changestamp")
    assert stamp_of(department.pk) is None


def test_kept_period_nothing_written_is_the_same_and_asks_for_the_stamp_alone(
    department, django_assert_num_queries
):
    period = (date(2026, 10, 1), date(2026, 12, 31))
    first, signed = kept_qualified(department, *period), kept_signed(department, *period)
    assert (first.counts().reports, signed.ids()) == (1, [])
    with django_assert_num_queries(2):
        assert kept_qualified(department, *period) is first
        assert kept_signed(department, *period) is signed
        assert first.counts().codes["4.4/licence-missing"] == 1


def test_kept_period_after_a_write_tells_the_new_state(department):
    period = (date(2026, 10, 1), date(2026, 12, 31))
    before = (kept_qualified(department, *period).counts().reports, kept_signed(department, *period).ids())
    make_report(department, "A2", reviewing_physician="无此人")
    Report.objects.filter(accession_number="A1").update(signed_by="")
    after = (kept_qualified(department, *period).counts().reports, kept_signed(department, *period).ids())
    assert before == (1, [])
    assert after == (2, [Report.objects.get(accession_number="A1").pk])
