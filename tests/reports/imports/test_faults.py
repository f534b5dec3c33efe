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
            "QC_DATA_DIR": str(tmp_path / folder)
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
