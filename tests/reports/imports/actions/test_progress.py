"""Imports stopped by a person, killed, or run twice at once: what is stored is what the batch says."""

import socket
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from reports.archive.models import Report
from reports.imports.actions import batches, progress, receive, resuming
from reports.imports.models import ImportBatch, ImportSource
from reports.reimport.actions import begin_correction
from reports.undo import actions as undoing
from reports.undo.tending import schedule_imports, tend_imports
from staff.jobs.heartbeat import this_process
from tests.markup import unwrapped
from trail.models import Event

HEAD = "检查号,检查时间,检查部位,设备类型,影像描述,诊断结论,报告时间\n"
ROWS = "".join(
    f"B000{n},2026-10-12 09:30,胸部,CT,右肺见结节。,1、右肺结节。,2026-10-12 10:00\n" for n in range(5)
)
DEAD = f"{socket.gethostname()[:60]}:999999999:1"


class KilledError(BaseException):
    pass


@pytest.fixture(autouse=True)
def queued(monkeypatch, settings, tmp_path):
    """Jobs queued; rows are imported one by one."""
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(receive, "CHUNK", 1)
    jobs = []
    for module in (batches, undoing):
        monkeypatch.setattr(module, "async_task", lambda path, pk, **more: jobs.append((path, pk)))
    return jobs


@pytest.fixture
def batch(department, officer):
    upload = SimpleUploadedFile("十月.csv", (HEAD + ROWS).encode())
    made = batches.open_batch(
        department=department, kind="reports", source_name="甲", upload=upload, by=officer
    )
    batches.begin(made, job="try_out", by=officer)
    batches.try_out(made.pk)
    batches.begin(made, job="commit", by=officer)
    return made


@pytest.fixture
def after_two(monkeypatch):
    """Have something happen once, as soon as the second row is written; in its transaction."""

    def patch(happens):
        seen = []

        def noted(batch, *, done, counts):
            progress.note_chunk(batch, done=done, counts=counts)
            seen.append(done)
            if seen == [1, 2]:
                happens()

        monkeypatch.setattr(receive, "note_chunk", noted)

    return patch


def throws(error):
    def happens():
        raise error

    return happens


def state(batch):
    batch.refresh_from_db()
    return batch.status, batch.imported_rows, batch.remaining_rows, Report.objects.count()


def aged(batch, **values):
    """The batch as a process that was killed leaves it."""
    long_ago = timezone.now() - timedelta(minutes=2)
    ImportBatch.objects.filter(pk=batch.pk).update(**{"process": DEAD, "beat_at": long_ago} | values)


# --- stopped by a person --------------------------------------------------------------------------------


def test_import_stops_at_the_end_of_its_chunk_goes_on_and_can_be_undone(batch, officer, after_two):
    after_two(lambda: progress.stop(batch, by=officer))
    batches.commit(batch.pk)
    assert state(batch) == ("stopped", 2, 3, 2)
    assert ImportSource.objects.get().mapping == {}  # remembered when an import is done
    events = Event.objects.filter(action__in=("reports.stop_import", "reports.import_stopped")).order_by(
        "seq"
    )
    assert [(event.actor_id, event.detail) for event in events] == [
        (officer.pk, {}),
        (None, {"imported": 2, "not_imported": 3}),
    ]
    assert batches.begin(batch, job="commit", by=officer)
    batches.commit(batch.pk)
    assert (state(batch), batch.counts["created"], batch.counts["unchanged"]) == (("done", 5, 0, 5), 5, 0)
    assert not progress.stop(batch, by=officer)


def test_stopped_import_is_undone_and_the_mapping_its_source_had_stays(batch, officer, after_two):
    after_two(lambda: progress.stop(batch, by=officer))
    batches.commit(batch.pk)
    ImportSource.objects.update(mapping={"科别": "body_part"})
    ImportBatch.objects.filter(pk=batch.pk).update(mapping={"科别": "body_part"})
    undoing.begin_undo(batch, reason="选错了文件", by=officer)
    undoing.undo(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, Report.objects.count()) == ("undone", 0)
    assert ImportSource.objects.get().mapping == {"科别": "body_part"}


def test_same_file_imported_again_after_a_stop_takes_the_others(batch, department, officer, after_two):
    after_two(lambda: progress.stop(batch, by=officer))
    batches.commit(batch.pk)
    upload = SimpleUploadedFile("十月.csv", (HEAD + ROWS).encode())
    again = batches.open_batch(
        department=department, kind="reports", source_name="甲", upload=upload, by=officer
    )
    for job in ("try_out", "commit"):
        batches.begin(again, job=job, by=officer)
        getattr(batches, job)(again.pk)
    again.refresh_from_db()
    assert (again.status, again.counts["created"], again.counts["unchanged"]) == ("done", 3, 2)


def test_import_asked_to_stop_before_its_job_began_imports_nothing(batch, officer):
    assert progress.stop(batch, by=officer)
    batches.commit(batch.pk)
    assert state(batch)[::3] == ("stopped", 0)


def test_request_to_stop_after_the_last_row_leaves_a_finished_import(batch, officer, monkeypatch):
    def noted(batch, *, done, counts):
        progress.note_chunk(batch, done=done, counts=counts)
        if done == 5:
            progress.stop(batch, by=officer)

    monkeypatch.setattr(receive, "note_chunk", noted)
    batches.commit(batch.pk)
    assert state(batch) == ("done", 5, 0, 5)


def test_import_is_stopped_and_continued_on_its_page(batch, sign_in, officer, after_two):
    client = sign_in(officer)
    page, stop = (reverse(f"reports:{name}", args=[batch.pk]) for name in ("batch", "batch_stop"))
    assert f'action="{stop}"' in client.get(page).content.decode()
    after_two(lambda: client.post(stop))
    batches.commit(batch.pk)
    body = unwrapped(client.get(page).content.decode())
    assert "导入已按要求中止。已导入2行，未导入3行，可续传" in body
    assert [
        reverse(f"reports:{name}", args=[batch.pk]) in body for name in ("batch_undo", "batch_commit")
    ] == [
        True,
        True,
    ]
    assert stop not in body
    assert "撤销后" in client.get(reverse("reports:batch_undo", args=[batch.pk])).content.decode()
    assert client.post(stop, follow=True).content.decode().count("状态已变化") == 1


# --- killed ---------------------------------------------------------------------------------------------


def test_killed_import_is_queued_again_once_and_counts_no_row_twice(batch, after_two, queued):
    after_two(throws(KilledError()))
    with pytest.raises(KilledError):
        batches.commit(batch.pk)
    assert state(batch) == ("committing", 1, 4, 1)  # the second row went with its transaction
    assert resuming.resume_imports() == []  # its heartbeat is young
    aged(batch, process=batch.process)
    assert resuming.resume_imports() == []  # its process lives
    aged(batch)
    queued.clear()
    assert (resuming.resume_imports(), resuming.resume_imports()) == ([batch.pk], [])
    assert queued == [("reports.imports.actions.batches.commit", batch.pk)]
    batches.commit(batch.pk)
    assert (state(batch), batch.counts["created"], batch.counts["unchanged"]) == (("done", 5, 0, 5), 5, 0)
    assert batch.attempts == 0  # the chunks after the resumption went well


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("failed", 0)),
        ({"progress_done": 2, "progress_total": 5, "counts": {"created": 2}}, ("stopped", 3)),
        ({"status": "checking"}, ("failed", 0)),
    ],
    ids=["no row", "two rows", "try-out"],
)
def test_job_killed_again_and_again_is_not_queued_for_ever(batch, queued, values, expected):
    queued.clear()
    for _ in range(4):
        aged(batch, **values)
        assert resuming.resume_imports() == [batch.pk]
    assert len(queued) == resuming.MOST_ATTEMPTS == 3
    batch.refresh_from_db()
    assert (batch.status, batch.remaining_rows) == expected
    assert "连续中断3次" in batch.problem


def test_killed_undo_and_killed_request_to_stop_are_looked_after(batch, officer, queued):
    batches.commit(batch.pk)
    undoing.begin_undo(batch, reason="选错了文件", by=officer)
    aged(batch)
    queued.clear()
    tend_imports()
    tend_imports()
    assert queued == [("reports.undo.actions.undo", batch.pk)]
    aged(batch, status="stopping")
    tend_imports()
    assert state(batch)[0] == "stopped"


def test_import_taken_over_by_another_process_leaves_the_result_to_it(batch, after_two):
    after_two(lambda: ImportBatch.objects.filter(pk=batch.pk).update(process="another:1:1"))
    batches.commit(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.process, batch.problem) == ("committing", "another:1:1", "")


def test_fault_after_some_rows_says_so_and_not_that_nothing_was_imported(batch, after_two):
    after_two(throws(RuntimeError()))
    with pytest.raises(RuntimeError):
        batches.commit(batch.pk)
    assert state(batch) == ("stopped", 1, 4, 1)
    assert batch.problem == "导入时发生内部错误，导入中断；请联系管理员并提供批次号。"


def test_deadlock_is_tried_again_with_the_result_of_one_undisturbed_import(batch, after_two):
    after_two(throws(OperationalError("deadlock detected")))
    batches.commit(batch.pk)
    assert (state(batch), batch.counts["created"], batch.counts["unchanged"]) == (("done", 5, 0, 5), 5, 0)


def test_correcting_import_that_was_killed_keeps_the_whole_comparison(batch, officer, after_two):
    batches.commit(batch.pk)
    correction = begin_correction(batch, reason="两列对应反了", by=officer)
    exchanged = {"影像描述": "impression", "诊断结论": "findings"}
    ImportBatch.objects.filter(pk=correction.pk).update(mapping=exchanged)
    batches.begin(correction, job="try_out", by=officer)
    batches.try_out(correction.pk)
    correction.refresh_from_db()
    whole = correction.comparison
    batches.begin(correction, job="commit", by=officer)
    after_two(throws(OperationalError("deadlock detected")))
    batches.commit(correction.pk)
    correction.refresh_from_db()
    assert (correction.status, correction.counts["corrected"]) == ("done", 5)
    assert (correction.comparison, whole["fields"]) == (whole, {"findings": 5, "impression": 5})


def test_imports_are_looked_after_every_minute(db):
    schedule_imports()
    schedule_imports()
    from django_q.models import Schedule

    schedule = Schedule.objects.get(name="导入续传")
    assert (schedule.func, schedule.minutes) == ("reports.undo.tending.tend_imports", 1)


# --- commands -------------------------------------------------------------------------------------------


@pytest.fixture
def command(department, tmp_path):
    path = tmp_path / "十月.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    return lambda: call_command("import_reports", path, "--department", department.code)


def test_command_broken_off_by_its_user_leaves_a_stopped_batch(command, after_two):
    after_two(throws(KeyboardInterrupt()))
    with pytest.raises(CommandError, match="已导入1行，未导入4行。重新导入同一文件可继续。"):
        command()
    batch = ImportBatch.objects.get()
    assert (state(batch), batch.problem) == (("stopped", 1, 4, 1), "命令行导入被中断。")
    command()
    again = ImportBatch.objects.latest("pk")
    assert (state(again), again.counts["created"], again.counts["unchanged"]) == (("done", 5, 0, 5), 4, 1)


def test_command_is_stopped_from_the_page_and_says_how_far_it_came(command, officer, after_two):
    after_two(lambda: progress.stop(ImportBatch.objects.get(), by=officer))
    with pytest.raises(CommandError, match="已导入2行，未导入3行。重新导入同一文件可继续。"):
        command()
    assert state(ImportBatch.objects.get()) == ("stopped", 2, 3, 2)


def test_killed_command_is_said_to_be_interrupted_and_can_be_continued(command, officer, after_two, queued):
    after_two(throws(KilledError()))
    with pytest.raises(KilledError):
        command()
    batch = ImportBatch.objects.get()
    aged(batch, status="committing")
    tend_imports()
    assert (state(batch), batch.problem) == (("stopped", 1, 4, 1), "导入的进程已不在运行，导入中断。")
    assert queued == []  # it is not begun again by itself
    assert batches.begin(batch, job="commit", by=officer)
    batches.commit(batch.pk)
    assert state(batch) == ("done", 5, 0, 5)


@pytest.mark.parametrize(
    ("process", "minutes"), [("another:1:1", (2, 11)), (None, (59, 61))], ids=["elsewhere", "alive"]
)
def test_silent_command_of_another_machine_or_a_living_process_is_given_up_late(batch, process, minutes):
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=None)
    found = []
    for past in minutes:
        aged(batch, process=process or this_process(), beat_at=timezone.now() - timedelta(minutes=past))
        found.append(resuming.resume_imports())
    assert found == [[], [batch.pk]]
