"""What every page costs with few rows behind it and with many, side by side in one run.

    python benchmarks/pages.py [REPORTS ...]        default 1000 100000; a fifth as many outcomes and events

For each size a demo department is made in a database of its own under a temporary folder and filled up with
copies of its reports over five years, a planned quarter amid them. Then every page is asked for as the
role that uses it, the sizes taking turns: milliseconds (best of three), queries, and the ratio of the
largest to the smallest. A page that takes over 150 ms, or whose queries grow with the rows by more than the
two that an empty list saves (its count and what hangs on its rows), is marked; then exit 1.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 150
SAVED = 2
OUTCOMES_EACH, RUNS, BATCH = 5, 3, 2_000
# Role of the demo → pages; {report}, {pending}, … are rows that `_rows` finds.
PAGES: dict[str, tuple[str, ...]] = {
    "qc_officer": (
        "/",
        "/reports/",
        "/reports/?page=300",
        "/reports/?sort=reporting_physician",
        "/reports/?sort=examination_name",
        "/reports/?system=nervous&modality=MRI",
        "/reports/?outcome=yes",
        "/reports/?outcome=no",
        "/reports/?state=unsigned",
        "/reports/?state=amended",
        "/reports/?state=no_time",
        "/reports/?physician=无此人",
        "/reports/?q={number}",
        "/reports/?q=结节",
        "/reports/?q=无此词",
        "/reports/{report}/",
        "/reports/import/",
        "/reports/import/{batch}/",
        "/reports/outcomes/",
        "/reports/outcomes/?state=pending",
        "/reports/outcomes/?state=matched&sort=report",
        "/reports/outcomes/?kind=autopsy",
        "/reports/outcomes/?q=无此词",
        "/reports/outcomes/{pending}/",
        "/reports/sources/",
        "/audits/",
        "/audits/new/",
        "/audits/{audit}/",
        "/audits/{planned}/",
        "/audits/{audit}/ledger/",
        "/audits/{audit}/document/",
        "/audits/cases/{case}/",
        "/sheets/",
        "/sheets/{sheet}/",
        "/sheets/packets/",
        "/standard/",
        "/standard/decisions/",
    ),
    "assessor": ("/", "/audits/mine/", "/audits/mine/{review}/", "/audits/arbitration/"),
    "head": ("/", "/reports/", "/sheets/", "/sheets/{sheet}/"),
    "member": ("/", "/reports/", "/reports/?sort=examination_name", "/reports/?q=无此词"),
    "inspector": ("/", "/sheets/packets/"),
    "admin": (
        "/",
        "/settings/accounts/",
        "/settings/departments/",
    ),
    "auditor": (
        "/",
        "/settings/trail/",
        "/settings/trail/?who=无此人",
        "/settings/trail/?result=refused",
        "/settings/trail/?action=reports.import&sort=actor_name",
    ),
}


def compare(sizes: list[int]) -> int:
    """One process a size, in turns at every page; prints a line a page. 1 when a page is marked."""
    children = [_child(size) for size in sizes]
    marked = 0
    print(f"{'':<11}{'':<46}" + "".join(f"{size:>10,}" for size in sizes) + "   ratio  queries")
    for role, pages in PAGES.items():
        for page in pages:
            found = [_ask(child, f"{role} {page}") for child in children]
            slow = found[-1][0] > LIMIT_MS or found[-1][1] > found[0][1] + SAVED
            marked += slow
            times = "".join(f"{ms:>10.1f}" for ms, _ in found)
            counts = "/".join(str(queries) for _, queries in found)
            print(
                f"{role:<11}{page:<46}{times}{found[-1][0] / found[0][0]:>8.1f}  {counts}{' <<<' * slow}",
                flush=True,
            )
    for child in children:
        child.stdin.close()  # type: ignore[union-attr]
        child.wait()
    return int(marked > 0)


def _child(size: int) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, "--one", str(size)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(child: "subprocess.Popen[str]", question: str) -> tuple[float, int]:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(question + "\n")
    child.stdin.flush()
    answer = child.stdout.readline()
    if not answer:
        raise SystemExit(f"{question}: no answer")
    milliseconds, queries = json.loads(answer)
    return milliseconds, queries


def serve_one(count: int) -> None:
    """Make one database and time the pages asked for on standard input until it closes."""
    with tempfile.TemporaryDirectory(prefix="qcportal-bench-") as place:
        os.environ |= {"QC_DATA_DIR": place, "DJANGO_SETTINGS_MODULE": "qcportal.settings"}
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command

        with redirect_stdout(StringIO()):
            call_command("migrate", verbosity=0)
            call_command("demo")
        _fill(count)
        rows = _rows()
        for line in sys.stdin:
            role, page = line.split()
            print(json.dumps(_measure(role, page.format(**rows))), flush=True)


def _fill(count: int) -> None:
    """Copies of the demo's reports up to `count`, with outcomes and trail events, and a planned quarter."""
    from datetime import date

    from django.db import connection

    from audits.quarter.actions.quarters import open_audit
    from audits.sampling.domain.window import Window
    from reports.archive.models import Report, Revision
    from reports.outcomes.models import Outcome
    from staff.accounts.models import User
    from staff.departments.models import Department
    from trail.models import Event

    models = list(Report.objects.order_by("pk"))
    Report.objects.bulk_create(_reports(models, count - len(models)), batch_size=BATCH)
    made = list(Report.objects.filter(accession_number__startswith="COPY").order_by("pk"))
    Revision.objects.bulk_create(
        (
            Revision(report=r, number=1, content={}, content_hash=r.content_hash, reported_at=r.reported_at)
            for r in made
        ),
        batch_size=BATCH,
    )
    Outcome.objects.bulk_create(_outcomes(made[::OUTCOMES_EACH]), batch_size=BATCH)
    Event.objects.bulk_create(_events(count // OUTCOMES_EACH), batch_size=BATCH)
    reported_at = models[0].reported_at
    assert reported_at is not None
    year = reported_at.year - 2
    open_audit(
        department=Department.objects.get(),
        window=Window(date(year, 4, 1), date(year, 6, 30), ""),
        readers=1,
        cut_off=date(year, 12, 31),
        by=User.objects.get(username="qc_officer"),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _reports(models: list[Any], count: int) -> Iterator[Any]:
    """Copies of `models` in turn, evenly over the five years before the newest of them."""
    newest = max(m.reported_at for m in models if m.reported_at)
    for i in range(count):
        copy = type(models[0]).objects.none().model(**_values(models[i % len(models)]))
        copy.accession_number, copy.patient_id = f"COPY{i:08}", f"P{i // 2:08}"
        copy.patient_key = copy.content_hash = f"{i // 2:064}"
        copy.patient_name, copy.reporting_physician = f"受检{i // 2}", f"医师{i % 37}"
        # A share of the span: the span times a large number is more than a timedelta holds.
        copy.reported_at = newest - timedelta(days=1826) * (i / count)
        copy.examined_at = copy.reported_at - timedelta(hours=2)
        yield copy


def _values(report: Any) -> dict[str, Any]:
    return {f.attname: getattr(report, f.attname) for f in report._meta.concrete_fields if f.name != "id"}


def _outcomes(reports: list[Any]) -> Iterator[Any]:
    """One outcome a report, two days later; one in fifty still waits for a person."""
    from reports.outcomes.models import Outcome

    for i, report in enumerate(reports):
        yield Outcome(
            department_id=report.department_id,
            report=report if i % 50 else None,
            match="accession" if i % 50 else "ambiguous",
            candidates=[] if i % 50 else [report.accession_number],
            kind="surgical_pathology",
            observed_on=(report.reported_at + timedelta(days=2)).date(),
            text="术后病理：浸润性腺癌，大小约1.2cm，切缘未见癌。",
            given_accession=report.accession_number if i % 50 else "",
            identity_hash=f"{i:064}",
        )


def _events(count: int) -> Iterator[Any]:
    """The chain as record() would make it, without one transaction an event."""
    from trail.chain import event_hash
    from trail.models import Event

    last = Event.objects.order_by("-seq").first()
    assert last is not None, "the demo leaves a trail"
    for i in range(1, count + 1):
        values = {f.attname: getattr(last, f.attname) for f in Event._meta.concrete_fields if f.name != "id"}
        event = Event(**values | {"seq": last.seq + 1, "previous_hash": last.hash, "target_id": str(i)})
        event.hash = event_hash(event)
        yield event
        last = event


def _rows() -> dict[str, Any]:
    """Rows that the pages name: the newest of each kind, as the demo and `_fill` made them."""
    from audits.judging.models import Review
    from audits.sampling.models import Audit, Case
    from reports.archive.models import Report
    from reports.imports.models import ImportBatch
    from reports.outcomes.models import Outcome
    from scoring.sheets.models import Sheet

    audit = Audit.objects.filter(status="drawn").order_by("-pk").first()
    review = Review.objects.filter(assessor__username="assessor").order_by("-pk").first()
    assert audit is not None, "the demo leaves a drawn audit"
    assert review is not None, "the demo leaves a review"
    return {
        "report": Report.objects.order_by("-pk").values_list("pk", flat=True)[0],
        "number": Report.objects.order_by("-pk").values_list("accession_number", flat=True)[0],
        "pending": Outcome.objects.pending().order_by("-pk").values_list("pk", flat=True)[0],
        "batch": ImportBatch.objects.order_by("-pk").values_list("pk", flat=True)[0],
        "audit": audit.pk,
        "planned": Audit.objects.filter(status="planned").values_list("pk", flat=True)[0],
        "case": Case.objects.filter(audit=audit).values_list("pk", flat=True)[0],
        "review": review.pk,
        "sheet": Sheet.objects.order_by("-pk").values_list("pk", flat=True)[0],
    }


_clients: dict[str, Any] = {}


def _measure(role: str, page: str) -> tuple[float, int]:
    """Best milliseconds of RUNS after one to warm up, and the queries of one."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from staff.accounts.models import User

    if role not in _clients:
        _clients[role] = Client(SERVER_NAME="localhost")
        user = User.objects.get(username=role)
        User.objects.filter(pk=user.pk).update(must_change_password=False)
        _clients[role].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client, best = _clients[role], 1e9
    for _ in range(1 + RUNS):
        began = time.perf_counter()
        answer = client.get(page)
        best = min(best, time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"{role} {page}: {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    if path := os.environ.get("QC_BENCH_QUERIES"):
        with open(path, "a", encoding="utf-8") as out:
            out.writelines(f"{role} {page}\t{q['time']}\t{q['sql']}\n" for q in queries)
    return round(best * 1000, 1), len(queries)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        serve_one(int(sys.argv[2]))
    else:
        sys.exit(compare([int(size) for size in sys.argv[1:]] or [1_000, 100_000]))
