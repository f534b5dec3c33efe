"""List pages with few rows behind them and with many; in turns, one run.

    .venv/bin/python benchmarks/lists.py [LARGE [SMALL [PEOPLE]]]        default 50000 5000 300

Two departments of one database, 300 people with 8 kinds of record each and as many reports in one quarter as
said. Every page is asked for in turns through the whole stack, signed in, as the QC officer: milliseconds of
CPU time (median of fifteen after two to warm up) and queries.

    shell         a page with nothing in it: what every page has (session, roles, navigation, status line)
    list          检查报告, its first page
    page 1000     the same, far down, by its number; the small department has no such page
    exceptions    当日资质 of the quarter: who was not qualified on the day of a report (4.3, 4.4), worked out
                  from every report each time

Ratios are of what a page takes beyond the shell, and of whole pages. Exit 1 when the queries of a page grow
with the reports.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qcportal.settings")
WARM, RUNS, FAR = 2, 15, 1000
PERIOD = "?since=2026-07-01&until=2026-09-30"
PAGES = {
    "shell": "/bench/shell/",
    "list": "/reports/",
    f"page {FAR}": f"/reports/?page={FAR}",
    "exceptions": f"/reports/qualified/{PERIOD}",
}
SHELL = '{% extends "base.html" %}'


def main(large: int = 50_000, small: int = 5_000, people: int = 300) -> int:
    with tempfile.TemporaryDirectory(prefix="qcportal-bench-") as place:
        os.environ["QC_DATA_DIR"] = place
        departments = _filled({"SMALL": small, "LARGE": large}, people)
        _mount()
        clients = {code: _client(department) for code, department in departments.items()}
        taken: dict[tuple[str, str], list[float]] = {(p, c): [] for p in PAGES for c in clients}
        queries: dict[tuple[str, str], int] = {}
        for turn in range(WARM + RUNS):
            for page, path in PAGES.items():
                for code, client in clients.items():
                    milliseconds, queries[page, code] = _asked(client, path)
                    if turn >= WARM:
                        taken[page, code].append(milliseconds)
    return _print(taken, queries, {"SMALL": small, "LARGE": large})


def _print(
    taken: dict[tuple[str, str], list[float]], queries: dict[tuple[str, str], int], sizes: dict[str, int]
) -> int:
    ms = {key: statistics.median(times) for key, times in taken.items()}
    print(f"{'':<14}{sizes['SMALL']:>10,}{sizes['LARGE']:>10,} reports   queries")
    for page in PAGES:
        counts = f"{queries[page, 'SMALL']}/{queries[page, 'LARGE']}"
        print(f"{page:<14}{ms[page, 'SMALL']:>8.1f}ms{ms[page, 'LARGE']:>8.1f}ms           {counts}")
    shell = statistics.median(taken["shell", "SMALL"] + taken["shell", "LARGE"])
    net = {key: value - shell for key, value in ms.items()}
    print("beyond the shell                     whole page")
    for words, one, other in (
        ("list, large / small (1.5)", ("list", "LARGE"), ("list", "SMALL")),
        ("exceptions, large / small", ("exceptions", "LARGE"), ("exceptions", "SMALL")),
        (f"list, page {FAR} / page 1 (1.5)", (f"page {FAR}", "LARGE"), ("list", "LARGE")),
    ):
        print(f"{words:<36}{net[one] / net[other]:6.2f}{ms[one] / ms[other]:10.2f}")
    near = [page for page in PAGES if page != f"page {FAR}"]
    return int(any(queries[page, "SMALL"] < queries[page, "LARGE"] for page in near))


def _filled(sizes: dict[str, int], people: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import qualifications

    call_command("migrate", verbosity=0)
    departments = {}
    for code, size in sizes.items():
        departments[code] = qualifications._department(code)
        qualifications._people(departments[code], people)
        qualifications._reports(departments[code], people, size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return departments


def _client(department: Any) -> Any:
    from django.test import Client

    from staff.accounts.models import RoleGrant, User

    user = User.objects.create_user(f"officer-{department.code.lower()}", full_name="测一鸣")
    RoleGrant.objects.create(user=user, role="qc_officer", department=department)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _asked(client: Any, path: str) -> tuple[float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    began = time.process_time()
    answer = client.get(path)
    taken = time.process_time() - began
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return taken * 1000, len(queries)


def _mount() -> None:
    """The empty page, behind the same permission as the others."""
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path

    import qcportal.urls
    from staff.access.permissions import requires

    empty = engines["django"].from_string(SHELL)

    def shell(request: Any) -> HttpResponse:
        return HttpResponse(empty.render({}, request))

    qcportal.urls.urlpatterns.append(path("bench/shell/", requires("reports.view")(shell)))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
