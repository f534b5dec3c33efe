"""An import's life on the page: uploaded, columns confirmed, tried out, committed, each step once."""

from traceback import format_exception

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.archive.models import Report, Revision
from reports.imports.actions import batches, files, mapping
from reports.imports.models import ImportBatch, ImportSource
from reports.intake.layout import understand
from reports.outcomes.models import Outcome
from spreadsheets import sheets_of
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
        batches, "async_task", lambda path, pk, **more: queued.append((path.split(".")[-1], pk))
    )
    return queued


def opened(name, department, officer, kind="reports", source="RIS导出"):
    upload = SimpleUploadedFile(name, (RIS / name).read_bytes())
    return batches.open_batch(department=department, kind=kind, source_name=source, upload=upload, by=officer)


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
        assert batches.begin(batch, job="try_out", by=officer)
    assert jobs == [("try_out", batch.pk)]
    batches.try_out(batch.pk)
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
    assert batches.begin(batch, job="commit", by=officer)
    batches.commit(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.counts, Report.objects.count()) == (Status.DONE, expected, 228)
    assert Revision.objects.filter(batch=batch).count() == 231
    event = Event.objects.get(action="reports.import")
    assert (event.actor_id, event.detail["sha256"]) == (officer.pk, batch.sha256)


def test_job_delivered_twice_or_out_of_turn_does_nothing(department, officer):
    batch = opened("clean.xlsx", department, officer)
    assert not batches.begin(batch, job="commit", by=officer)
    batches.commit(batch.pk)
    assert Report.objects.count() == 0
    batches.begin(batch, job="try_out", by=officer)
    assert not batches.begin(batch, job="try_out", by=officer)
    batches.try_out(batch.pk)
    batches.begin(batch, job="commit", by=officer)
    batches.commit(batch.pk)
    batches.commit(batch.pk)
    assert (Report.objects.count(), Revision.objects.count()) == (228, 228)
    assert Event.objects.filter(action="reports.import").count() == 1


def test_unreadable_file_fails_with_its_sentence(department, officer):
    upload = SimpleUploadedFile("x.xlsx", (RIS / "broken" / "truncated.xlsx").read_bytes())
    batch = batches.open_batch(
        department=department, kind="reports", source_name="甲", upload=upload, by=officer
    )
    batches.begin(batch, job="try_out", by=officer)
    batches.try_out(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.problem[:4]) == (Status.FAILED, "文件损坏")


def test_breakdown_of_the_program_is_told_without_its_details(department, officer, monkeypatch, caplog):
    batch = opened("clean.xlsx", department, officer)
    batches.begin(batch, job="try_out", by=officer)

    words = "".join(("张", "三"))  # not in a line of the source, which a traceback quotes

    def broken(*args, **more):
        raise RuntimeError(words)

    monkeypatch.setitem(files.READERS, "reports", broken)
    with pytest.raises(RuntimeError) as raised:
        batches.try_out(batch.pk)
    assert str(raised.value) == f"import batch {batch.pk} failed: RuntimeError"
    # What the worker prints and keeps of the job names no patient either (docs/quality.md A4).
    assert "张三" not in caplog.text + "".join(format_exception(raised.value))
    batch.refresh_from_db()
    assert batch.status == Status.FAILED
    assert batch.problem == "读取文件时发生内部错误，文件未导入；请联系管理员并提供批次号。"


def chosen(name, department, officer, columns, job=None):
    """A batch of the file with the mapping a person chose; with `job`, what came of it."""
    batch = opened(name, department, officer)
    mapping.set_mapping(batch, mapping=columns, by=officer)
    for each in () if job is None else ("try_out", "commit"):
        batches.begin(batch, job=each, by=officer)
        getattr(batches, each)(batch.pk)
    batch.refresh_from_db()
    return batch


def suggested(name):
    return understand(sheets_of((RIS / name).read_bytes(), name), "reports").head.mapping


def test_chosen_columns_are_remembered_for_the_next_file_once_they_are_committed(department, officer):
    columns = dict(suggested("vendor_gbk.csv")) | {"临床印象": "surgical_history"}
    batch = chosen("vendor_gbk.csv", department, officer, columns)
    assert opened("vendor_gbk.csv", department, officer).mapping == {}
    batches.cancel(batch, by=officer)
    assert opened("vendor_gbk.csv", department, officer).mapping == {}
    assert chosen("vendor_gbk.csv", department, officer, columns, job="commit").status == Status.DONE
    assert opened("vendor_gbk.csv", department, officer).mapping == columns
    assert opened("vendor_gbk.csv", department, officer, source="别处").mapping == {}
    source = ImportSource.objects.get(name="RIS导出")
    assert source.mapping_version == 1
    assert Event.objects.filter(action="reports.remember_mapping").count() == 1
    mapping.forget_mapping(source, by=officer)
    assert opened("vendor_gbk.csv", department, officer).mapping == {}


def test_import_that_only_used_the_mapping_of_its_source_does_not_bring_an_older_one_back(
    department, officer
):
    columns = dict(suggested("vendor_gbk.csv"))
    ImportSource.objects.create(department=department, name="RIS导出", kind="reports", mapping=columns)
    waiting = opened("vendor_gbk.csv", department, officer)
    newer = columns | {"临床印象": "surgical_history"}
    chosen("vendor_gbk.csv", department, officer, newer, job="commit")
    for job in ("try_out", "commit"):
        batches.begin(waiting, job=job, by=officer)
        getattr(batches, job)(waiting.pk)
    assert ImportSource.objects.get().mapping == newer


def test_mapping_is_reopened_from_a_result_but_not_from_a_batch_given_up_or_done(department, officer):
    columns = dict(suggested("vendor_gbk.csv"))
    batch = chosen("vendor_gbk.csv", department, officer, columns)
    batches.begin(batch, job="try_out", by=officer)
    batches.try_out(batch.pk)
    assert mapping.reopen_mapping(batch, by=officer)
    batch.refresh_from_db()
    assert (batch.status, batch.mapping, batch.counts) == (Status.UPLOADED, columns, {})
    for status in (Status.CANCELLED, Status.DONE, Status.COMMITTING):
        ImportBatch.objects.filter(pk=batch.pk).update(status=status)
        assert not mapping.reopen_mapping(batch, by=officer)


def test_parts_of_a_remembered_mapping_are_forgotten_one_by_one(department, officer):
    given = {
        "columns": {"甲": "accession_number", "乙": "sex"},
        "values": {"sex": {"3": "未知", "4": None}},
        "constants": {"modality": "CT"},
    }
    source = ImportSource.objects.create(department=department, name="甲", kind="reports", mapping=given)
    for part in (
        {"part": "columns", "name": "乙"},
        {"part": "values", "name": "sex", "writing": "4"},
        {"part": "constants", "name": "modality"},
    ):
        assert mapping.forget_part(source, **part, by=officer)
        assert not mapping.forget_part(source, **part, by=officer)
    source.refresh_from_db()
    assert source.mapping == {
        "columns": {"甲": "accession_number"},
        "values": {"sex": {"3": "未知"}},
        "constants": {},
    }
    assert source.mapping_version == 3


def test_cancelled_batch_cannot_go_on(department, officer):
    batch = opened("clean.xlsx", department, officer)
    assert batches.cancel(batch, by=officer)
    assert not batches.cancel(batch, by=officer)
    assert not batches.begin(batch, job="try_out", by=officer)


def test_outcomes_go_the_same_way(department, officer):
    batch = opened("outcomes.xlsx", department, officer, kind="outcomes")
    for job, run in (("try_out", batches.try_out), ("commit", batches.commit)):
        assert batches.begin(batch, job=job, by=officer)
        run(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.counts["created"], Outcome.objects.count()) == (Status.DONE, 75, 75)
    assert set(Outcome.objects.values_list("batch", flat=True)) == {batch.pk}
