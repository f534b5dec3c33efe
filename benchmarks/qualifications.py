"""Everybody of a period judged: 300 people, 8 kinds of record, 50,000 reports, against asking one by one.

    python benchmarks/qualifications.py [REPORTS] [PEOPLE]

Makes a database of its own in a temporary directory; prints one line of JSON: milliseconds and queries of the
counts and the first page of exceptions, of a tenth of the reports beside it, of streaming all exceptions, and
of a plain loop (two look-ups a report) on a slice. Both must find the same exceptions. Exit 1 when the page's
queries grow with the reports, or it is not 20 times as fast as the loop.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qcportal.settings")
RATIO, SLICE, RUNS = 20, 300, 3
SINCE, DAYS = date(2026, 7, 1), 92
SCOPE = "医学影像和放射治疗专业"
MODALITIES = ("DR", "CT", "MRI")


def main(count: int, people: int) -> dict[str, Any]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory(prefix="qcportal-bench-") as place:
        os.environ["QC_DATA_DIR"] = place
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        small, large = _department("SMALL"), _department("LARGE")
        for department, size in ((small, count // 10), (large, count)):
            _people(department, people)
            _reports(department, people, size)
        return {"reports": count, "people": people, **_steps(small, large)}


def _steps(small: Any, large: Any) -> dict[str, Any]:
    from reports.qualified.queries.periods import exceptions

    page, page_queries, found = _timed(lambda: _page(large))
    _, small_queries, _ = _timed(lambda: _page(small))
    streamed, stream_queries, every = _timed(lambda: [_pair(e) for e in exceptions(large)], runs=1)
    loop, loop_queries, (asked, looped) = _timed(lambda: _loop(large), runs=1)
    ours = {pair for pair in every if pair[0] in asked}
    assert ours == looped, "the loop finds other exceptions"
    whole_loop = loop * found["reports_in_period"] / len(asked)
    return {
        **found,
        "page_ms": round(page, 1),
        "page_queries": page_queries,
        "page_queries_at_a_tenth": small_queries,
        "stream_ms": round(streamed),
        "stream_queries": stream_queries,
        "loop_ms_for_all": round(whole_loop),
        "loop_queries_a_report": round(loop_queries / len(asked), 2),
        "loop_over_page": round(whole_loop / page, 1),
        "loop_over_stream": round(whole_loop / streamed, 1),
    }


def _page(department: Any) -> dict[str, int]:
    from reports.qualified.queries.periods import QualifiedPeriod

    period = QualifiedPeriod(department, SINCE, SINCE + timedelta(days=DAYS - 1))
    counts = period.counts()
    shown = period.of(period.reports().order_by("-reported_at", "-id")[:25])
    assert len(shown) >= 25
    return {"reports_with_exception": counts.reports, "reports_in_period": period.size}


def _loop(department: Any) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The plain way: for each report its people by name, and their records."""
    from reports.archive.models import Report
    from staff.register.domain.operating import may_operate
    from staff.register.domain.signing import may_sign
    from staff.register.models import Member
    from staff.register.qualification_rules import qualification_rules
    from staff.register.queries.people import people_of

    rules, asked, found = qualification_rules(), set(), set()
    for report in Report.objects.filter(department=department).order_by("accession_number")[:SLICE]:
        asked.add(report.accession_number)
        for role, name in (("signer", report.signed_by), ("operator", report.operator)):
            members = Member.objects.filter(department=department, full_name=name).select_related("user")
            person = next(iter(people_of(members)), None)
            if role == "signer":
                answer = may_sign(person, _day(report.signed_at), rules=rules)
            else:
                answer = may_operate(person, report.modality, _day(report.examined_at), rules=rules)
            found |= {(report.accession_number, role, code) for code in answer.codes}
    return asked, found


def _pair(found: Any) -> tuple[str, str, str]:
    (code, *rest) = found.answer.codes
    assert not rest, "the benchmark's people lack one thing each"
    return found.report.accession_number, found.role, code


def _timed(call: Callable[[], Any], runs: int = RUNS) -> tuple[float, int, Any]:
    """Milliseconds (best of the runs), queries of one run, and the answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    best = float("inf")
    for _ in range(runs):
        begun = time.perf_counter()
        answer = call()
        best = min(best, time.perf_counter() - begun)
    with CaptureQueriesContext(connection) as caught:
        call()
    return best * 1000, len(caught), answer


def _day(at: datetime | None) -> date:
    from django.utils import timezone

    assert at is not None
    return timezone.localtime(at).date()


def _department(code: str) -> Any:
    from staff.departments.models import Department, Institution

    institution, _ = Institution.objects.get_or_create(name="示例医院", level="tertiary")
    return Department.objects.create(code=code, institution=institution)


def _people(department: Any, count: int) -> None:
    """Half physicians, half technologists; one in ten lacks or has let run out one thing."""
    from django.utils import timezone

    from staff.register.models import Member, Qualification
    from staff.register.qualification_rules import qualification_rules

    members = [
        Member(
            department=department,
            staff_number=f"N{i:04}",
            full_name=_name(i),
            kind="physician" if i % 2 else "technologist",
        )
        for i in range(count)
    ]
    Member.objects.bulk_create(members)
    decided = {"decided_at": timezone.now(), "state": "approved"}
    rows = []
    for place, member in enumerate(members):
        for kind in qualification_rules().types:
            rows += _records(member, kind.code, flawed=place % 20 < 2, more=decided)
    Qualification.objects.bulk_create(rows, batch_size=25)


def _records(member: Any, code: str, *, flawed: bool, more: dict[str, Any]) -> list[Any]:
    from staff.register.models import Qualification

    day = date(2025, 3, 2)
    if code == "radiation_training" and flawed:
        day = SINCE - timedelta(days=700)  # runs out amid the period
    if code == "residency_stage_one" and flawed:
        day = SINCE + timedelta(days=45)
    row = {"member": member, "type": code, "number": "X1", "issued_on": day, "organiser": "", **more}
    if code == "equipment_training":
        return [Qualification(modality=kind, **row) for kind in MODALITIES]
    scope = SCOPE if code == "practice_licence" else ""
    return [Qualification(practice_scope=scope, **row)]


def _name(place: int) -> str:
    return f"{'赵钱孙李周吴郑王冯陈'[place % 10]}测{chr(0x4E00 + place)}"


def _reports(department: Any, people: int, count: int) -> None:
    from django.utils import timezone

    from reports.archive.models import Report

    chance = random.Random(7)  # noqa: S311  (rows of a benchmark)
    noon = timezone.make_aware(datetime(SINCE.year, SINCE.month, SINCE.day, 12))
    rows = []
    for place in range(count):
        at = noon + timedelta(days=chance.randrange(DAYS - 1), seconds=chance.randrange(20_000))
        rows.append(
            Report(
                department=department,
                accession_number=f"A{place:07}",
                patient_key=f"{place:064}",
                content_hash=f"{place:064}",
                modality=MODALITIES[place % 3],
                findings="右肺上叶尖段见一类圆形结节，边界清楚。" * 18,
                impression="1、右肺上叶尖段结节，考虑良性可能性大。",
                signed_by=_name(1 + 2 * chance.randrange(people // 2)),
                operator=_name(2 * chance.randrange(people // 2)),
                examined_at=at - timedelta(hours=2),
                signed_at=at + timedelta(minutes=9),
                reported_at=at,
                is_signed=True,
            )
        )
    Report.objects.bulk_create(rows, batch_size=500)


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] + [50_000, 300][len(sys.argv) - 1 :]
    result = main(*sizes)
    print(json.dumps(result))
    grows = result["page_queries"] != result["page_queries_at_a_tenth"]
    sys.exit(int(grows or result["loop_over_page"] < RATIO))
