"""An import's life on the page: uploaded, columns confirmed, tried out, committed, each step once."""

from traceback import format_exception

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.archive.models import Report, Revision
from reports.imports.actions import batches as imports
from reports.imports.models import ImportBatch, ImportSource
from reports.outcomes.models import Outcome
from tests.paths import DATA
from trail.models import Event

RIS = DATA / "ris"
Status = ImportBatch.Status


@pytest.fixture(autouse=True)
def jobs(monkeypatch, settings, tmp_path):
    """Jobs queued, as (function, batch); uploads go to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    queued = []
    monkeypatch.setattr(
        imports, "async_task", lambda path, pk, **more: queued.append((path.split(".")[-1], pk))
    )
    return queued


def opened(name, department, officer, kind="reports", source="RIS导出"):
    upload = SimpleUploadedFile(name, (RIS / name).read_bytes())
    return imports.open_batch(department=department, kind=kind, source_name=source, upload=upload, by=officer)


def test_upload_is_kept_under_a_random_name_and_not_read(department, officer):
    batch = opened("messy.xlsx", department, officer)
    assert (batch.status, batch.file_name, batch.size) == (Status.UPLOADED, "messy.xlsx", 87011)
    assert "messy" not in batch.file.name
    assert len(batch.sha256) == 64
    assert Report.objects.count() == 0


def test_try_out_foretells_and_commit_does_the_same(
    department, officer, jobs, django_capture_on_commit_callbacks
):
    batch = opened("messy.xlsx", department, officer)
    with django_capture_on_commit_callbacks(execute=True):
        assert imports.begin(batch, job="try_out", by=officer)
    assert jobs == [("try_out", batch.pk)]
    imports.try_out(batch.pk)
    batch.refresh_from_db()
    expected = {
        "created": 228,
        "updated": 3,
        "unchanged": 0,
        "completed": 0,
        "refused": 9,
        "pending": 0,
        "ignored": 13,
    }
    assert (batch.status, batch.counts, Report.objects.count()) == (Status.CHECKED, expected, 0)
    assert [r["row"] for r in batch.refusals] == [243, 244, 245, 246, 247, 248, 249, 250, 251]
    assert (batch.progress_done, batch.progress_total) == (232, 232)
    assert imports.begin(batch, job="commit", by=officer)
    imports.commit(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.counts, Report.objects.count()) == (Status.DONE, expected, 228)
    assert Revision.objects.filter(batch=batch).count() == 231
    event = Event.objects.get(action="reports.import")
    assert (event.actor_id, event.detail["sha256"]) == (officer.pk, batch.sha256)


def test_job_delivered_twice_or_out_of_turn_does_nothing(department, officer):
    batch = opened("clean.xlsx", department, officer)
    assert not imports.begin(batch, job="commit", by=officer)
    imports.commit(batch.pk)
    assert Report.objects.count() == 0
    imports.begin(batch, job="try_out", by=officer)
    assert not imports.begin(batch, job="try_out", by=officer)
    imports.try_out(batch.pk)
    imports.begin(batch, job="commit", by=officer)
    imports.commit(batch.pk)
    imports.commit(batch.pk)
    assert (Report.objects.count(), Revision.objects.count()) == (228, 228)
    assert Event.objects.filter(action="reports.import").count() == 1


def test_unreadable_file_fails_with_its_sentence(department, officer):
    upload = SimpleUploadedFile("x.xlsx", (RIS / "broken" / "truncated.xlsx").read_bytes())
    batch = imports.open_batch(
        department=department, kind="reports", source_name="甲", upload=upload, by=officer
    )
    imports.begin(batch, job="try_out", by=officer)
    imports.try_out(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.problem[:4]) == (Status.FAILED, "文件损坏")


def test_breakdown_of_the_program_is_told_without_its_details(department, officer, monkeypatch, caplog):
    batch = opened("clean.xlsx", department, officer)
    imports.begin(batch, job="try_out", by=officer)

    words = "".join(("张", "三"))  # not in a line of the source, which a traceback quotes

    def broken(*args, **more):
        raise RuntimeError(words)

    monkeypatch.setitem(imports.READERS, "reports", broken)
    with pytest.raises(RuntimeError) as raised:
        imports.try_out(batch.pk)
    assert str(raised.value) == f"import batch {batch.pk} failed: RuntimeError"
    # What the worker prints and keeps of the job names no patient either (docs/quality.md A4).
    assert "张三" not in caplog.text + "".join(format_exception(raised.value))
    batch.refresh_from_db()
    assert batch.status == Status.FAILED
    assert batch.problem == "读取文件时发生内部错误，文件未导入；请联系管理员并提供批次号。"


def test_confirmed_columns_are_remembered_for_the_next_file(department, officer):
    batch = opened("vendor_gbk.csv", department, officer)
    imports.set_mapping(batch, mapping={"影像号": "accession_number"}, by=officer)
    assert opened("vendor_gbk.csv", department, officer).mapping == {"影像号": "accession_number"}
    assert opened("vendor_gbk.csv", department, officer, source="别处").mapping == {}
    imports.forget_mapping(ImportSource.objects.get(name="RIS导出"), by=officer)
    assert opened("vendor_gbk.csv", department, officer).mapping == {}


def test_cancelled_batch_cannot_go_on(department, officer):
    batch = opened("clean.xlsx", department, officer)
    assert imports.cancel(batch, by=officer)
    assert not imports.cancel(batch, by=officer)
    assert not imports.begin(batch, job="try_out", by=officer)


def test_outcomes_go_the_same_way(department, officer):
    batch = opened("outcomes.xlsx", department, officer, kind="outcomes")
    for job, run in (("try_out", imports.try_out), ("commit", imports.commit)):
        assert imports.begin(batch, job=job, by=officer)
        run(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.counts["created"], Outcome.objects.count()) == (Status.DONE, 75, 75)
    assert set(Outcome.objects.values_list("batch", flat=True)) == {batch.pk}
