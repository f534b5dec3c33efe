"""Old reports go with all that hangs on them, unless a record rests on them; and files of imports go."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from reports.archive.models import Report, Revision
from reports.conflicts import RefusedError
from reports.imports.actions.batches import open_batch
from reports.imports.models import ImportBatch
from reports.outcomes.models import Outcome
from reports.readings.actions import record_readings
from reports.readings.models import Reading
from reports.reimport.actions import begin_correction
from reports.retention.actions import count_files, count_reports, purge_files, purge_readings, purge_reports
from staff.access.retention import Order
from tests.audits.follow_up.factories import marked
from tests.factories import make_outcome, make_report
from trail.models import Event

pytestmark = pytest.mark.django_db
OLD = datetime(2005, 3, 1, 9, 0)


@pytest.fixture
def order(officer, head):
    return Order(timezone.now() - timedelta(days=5479), officer, head)


def test_old_report_goes_with_its_revisions_and_outcomes_and_a_young_one_stays(department, order):
    old = make_report(department, "A1", reported_at=OLD)
    make_outcome(old)
    make_outcome(make_report(department, "A2"))
    assert (count_reports(order.before), purge_reports(order)) == (1, 1)
    assert [row.accession_number for row in Report.objects.all()] == ["A2"]
    assert (Revision.objects.count(), Outcome.objects.count(), count_reports(order.before)) == (1, 1, 0)
    event = Event.objects.get(action="reports.purge")
    assert (event.actor_name, event.department_id, event.detail["rows"]) == ("任主任", department.pk, 1)


def test_old_report_that_is_followed_up_stays_with_its_outcome(department, order, officer):
    held = make_report(department, "A1", reported_at=OLD)
    make_outcome(held)
    marked(held, by=officer)
    assert (count_reports(order.before), purge_reports(order)) == (0, 0)
    assert (Report.objects.count(), Outcome.objects.count()) == (1, 1)


def test_old_readings_go_and_young_ones_stay(department, officer, order):
    pks = [make_report(department, f"A{n}").pk for n in range(2)]
    record_readings(officer, pks, "reports.report")
    Reading.objects.filter(report_id=pks[0]).update(hour=timezone.now() - timedelta(days=6000))
    assert purge_readings(order) == 1
    assert Reading.objects.values_list("report_id", flat=True).get() == pks[1]


def test_file_of_a_finished_import_goes_and_its_batch_stays(department, officer, order):
    upload = SimpleUploadedFile("a.csv", b"x")
    kind = {"kind": "reports", "source_name": "RIS"}
    batches = [open_batch(department=department, upload=upload, by=officer, **kind) for _ in range(2)]
    done, waiting = (ImportBatch.objects.filter(pk=batch.pk) for batch in batches)
    done.update(status="done", created_at=order.before - timedelta(days=1))
    waiting.update(created_at=order.before - timedelta(days=1))
    stored = done.get().file
    assert (count_files(order.before), purge_files(order)) == (1, 1)
    assert (stored.storage.exists(stored.name), done.get().file.name) == (False, "")
    assert waiting.get().file.storage.exists(waiting.get().file.name)
    with pytest.raises(RefusedError, match="原文件已按保存期限清除"):
        begin_correction(done.get(), reason="列对应有误", by=officer)
