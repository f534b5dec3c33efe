"""Imports killed, or run twice at once, end with the rows of one undisturbed import (docs/quality.md F5).

Real processes on a real database of their own, since a lock of one process proves nothing about two.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.paths import DATA, ROOT

pytestmark = pytest.mark.slow
RIS = DATA / "ris"
FILE = RIS / "messy.xlsx"


@pytest.fixture
def site(tmp_path):
    """manage(folder, *arguments) -> a started process; each folder is an installation of its own."""

    def start(folder, *arguments):
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
            "QC_DATA_DIR": str(tmp_path / folder),
            "QC_JOBS_INLINE": "0",
        }
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def made(folder):
        (tmp_path / folder).mkdir()
        department = (
            "add_department",
            "RAD",
            "--name",
            "放射科",
            "--institution",
            "示例医院",
            "--level",
            "tertiary",
        )
        for arguments in (("migrate", "-v0"), department):
            _, errors = (process := start(folder, *arguments)).communicate()
            assert process.returncode == 0, errors
        return tmp_path / folder

    return start, made


def import_file(start, folder, kind="reports", file=FILE):
    return start(folder, f"import_{kind}", str(file), "--department", "RAD")


def rows_in(folder):
    """Reports and versions without keys and clock."""
    with sqlite3.connect(folder / "qcportal.sqlite3") as database:
        reports = database.execute(
            "SELECT accession_number, content_hash, revision_number FROM reports_report ORDER BY 1"
        )
        versions = database.execute(
            "SELECT p.accession_number, v.number, v.content_hash, v.content FROM reports_revision v"
            " JOIN reports_report p ON p.id = v.report_id ORDER BY 1, 2"
        )
        return reports.fetchall(), versions.fetchall()


def test_two_imports_at_once_give_the_rows_of_one(site):
    start, made = site
    alone, shared = made("alone"), made("shared")
    import_file(start, "alone").communicate()
    both = [import_file(start, "shared") for _ in range(2)]
    answers = [json.loads(process.communicate()[0]) for process in both]
    assert sorted(a["created"] for a in answers) == [0, 228]
    assert sorted(a["updated"] for a in answers) == [0, 3]
    assert rows_in(shared) == rows_in(alone)


def papers_in(folder, table):
    """Requests or alerts without keys and clock."""
    with sqlite3.connect(folder / "qcportal.sqlite3") as database:
        return database.execute(
            f"SELECT accession_number, content_hash FROM {table} ORDER BY 1, 2"  # noqa: S608
        ).fetchall()


@pytest.mark.parametrize(
    ("kind", "name", "table", "rows"),
    [
        ("requests", "requests.csv", "reports_imagingrequest", 228),
        ("alerts", "critical_alerts.csv", "reports_criticalalert", 10),
    ],
)
def test_two_imports_of_papers_at_once_give_the_rows_of_one(site, kind, name, table, rows):
    start, made = site
    alone, shared = made("alone"), made("shared")
    import_file(start, "alone", kind, RIS / name).communicate()
    both = [import_file(start, "shared", kind, RIS / name) for _ in range(2)]
    answers = [json.loads(process.communicate()[0]) for process in both]
    assert sorted((a["created"], a["unchanged"]) for a in answers) == [(0, rows), (rows, 0)]
    assert papers_in(shared, table) == papers_in(alone, table)
    assert len(papers_in(alone, table)) == rows


def test_import_killed_at_any_moment_and_run_again_gives_the_rows_of_one(site):
    start, made = site
    alone, killed = made("alone"), made("killed")
    began = time.monotonic()
    import_file(start, "alone").communicate()
    whole = time.monotonic() - began
    for part in (0.4, 0.6, 0.75, 0.85, 0.95):
        process = import_file(start, "killed")
        time.sleep(whole * part)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    reports, versions = rows_in(killed)
    assert len(reports) in (0, 228)
    assert len(versions) in (0, 231)
    import_file(start, "killed").communicate()
    assert rows_in(killed) == rows_in(alone)
    check, _ = (process := start("killed", "verify_trail")).communicate()
    assert process.returncode == 0, check


# --- killed half-way: what was imported is said, and the rest follows --------------------------------------

HEAD = "检查号,检查时间,检查部位,设备类型,影像描述,诊断结论,报告时间\n"
LONG = HEAD + "".join(
    f"L{n:05},2026-10-12 09:30,胸部,CT,右肺见结节。,1、右肺结节。,2026-10-12 10:00\n" for n in range(4000)
)
UPLOAD = """
import sys
from django.core.files.uploadedfile import SimpleUploadedFile
from reports.imports.actions.batches import begin, open_batch
from reports.imports.models import ImportBatch
from staff.accounts.models import User
from staff.departments.models import Department
department, by = Department.objects.get(), User.objects.create(username="d1")
batch = open_batch(department=department, kind="reports", source_name="甲", by=by,
                   upload=SimpleUploadedFile("long.csv", open({path!r}, "rb").read()))
ImportBatch.objects.filter(pk=batch.pk).update(status="checked")
begin(batch, job="commit", by=by)
"""
AGED = "UPDATE reports_importbatch SET beat_at = '2026-01-01 00:00:00' WHERE status = 'committing'"
TEND = "from reports.undo.tending import tend_imports; tend_imports()"


def batches_in(folder, statement=""):
    """State, rows done, counts and sentence of each batch."""
    with sqlite3.connect(folder / "qcportal.sqlite3", timeout=30) as database:
        database.execute(statement or "SELECT 1")
        found = database.execute(
            "SELECT status, progress_done, counts, problem FROM reports_importbatch ORDER BY id"
        ).fetchall()
    return [(status, done, json.loads(counts), problem) for status, done, counts, problem in found]


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def half_way(folder):
    found = batches_in(folder)
    return bool(found) and found[0][0] == "committing" and 1000 <= found[0][1] < 4000


def test_command_killed_half_way_is_said_to_be_interrupted_and_the_same_file_continues(site, tmp_path):
    start, made = site
    folder, path = made("killed"), tmp_path / "long.csv"
    path.write_text(LONG, "utf-8")
    process = import_file(start, "killed", file=path)
    wait_until(lambda: half_way(folder))
    process.kill()
    process.communicate()
    done = batches_in(folder, AGED)[0][1]
    assert len(rows_in(folder)[0]) == done < 4000
    assert start("killed", "shell", "-c", TEND).wait() == 0
    (batch,) = batches_in(folder)
    assert (batch[0], batch[1], batch[2]["created"]) == ("stopped", done, done)
    assert batch[3] == "导入的进程已不在运行，导入中断。"
    answer = json.loads(import_file(start, "killed", file=path).communicate()[0])
    assert (answer["created"], answer["unchanged"], len(rows_in(folder)[0])) == (4000 - done, done, 4000)


def test_job_killed_with_its_worker_goes_on_when_the_next_worker_starts(site, tmp_path):
    start, made = site
    folder, path = made("killed"), tmp_path / "long.csv"
    path.write_text(LONG, "utf-8")
    assert start("killed", "shell", "-c", UPLOAD.format(path=str(path))).wait() == 0
    worker = start("killed", "qcluster")
    try:
        wait_until(lambda: half_way(folder))
        worker.kill()  # its processes end with it
        worker.communicate()
        done = batches_in(folder, AGED)[0][1]
        assert start("killed", "shell", "-c", TEND).wait() == 0
        worker = start("killed", "qcluster")
        wait_until(lambda: batches_in(folder)[0][0] == "done")
    finally:
        worker.kill()
        worker.communicate()
    ((_, rows, counts, _),) = batches_in(folder)
    assert (rows, counts["created"], counts["unchanged"]) == (4000, 4000, 0)
    assert len(rows_in(folder)[0]) == 4000 > done
