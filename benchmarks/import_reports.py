"""What importing costs, side by side in one run: reading a file, and writing its rows in three ways.

    python benchmarks/import_reports.py [ROWS ...]        default 10000; also try 10000 100000

For each size: a synthetic CSV and XLSX are read; then the same rows are written by one `save()` a report and
a revision (at most 2,000 rows, counted up), by Django's `bulk_create`, and by the product's own import (which
also decides on versions, strata and patient tokens). Ratios are what counts; the machine may be noisy.
Writes into a database of its own under a temporary folder, which is removed at the end.
"""

import csv
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from reports.archive.models import Report, Revision
    from reports.intake.values import IncomingReport
    from staff.departments.models import Department

_T = TypeVar("_T")
ROOT = Path(__file__).resolve().parent.parent
SAVED_ONE_BY_ONE = 2_000
HEAD = (
    "检查号",
    "受检者ID",
    "姓名",
    "性别",
    "年龄",
    "科别",
    "临床诊断",
    "检查名称",
    "设备类型",
    "检查时间",
    "技术参数",
    "影像描述",
    "诊断结论",
    "报告医师",
    "审核医师",
    "报告时间",
    "签发医师",
    "签名时间",
    "操作技师",
    "报告状态",
)
FINDINGS = (
    "右肺上叶尖段见一类圆形结节，大小约1.2cm×1.0cm，与胸壁肌肉相比呈等密度，边界清楚；余肺野清晰，支气管通畅。\n"
    * 4
)
IMPRESSION = "1、右肺上叶尖段结节，建议3个月后复查；\n2、主动脉硬化。"


def lines(count: int) -> Iterator[tuple[str, ...]]:
    """Rows of a believable export, one report each."""
    for i in range(count):
        day, minute = f"2025-{1 + i // 28 % 12:02}-{1 + i % 28:02}", f"{8 + i % 9:02}:{i % 60:02}"
        yield (
            f"CT{i:09}",
            f"P{i // 2:08}",
            f"受检{i % 977}",
            "男" if i % 2 else "女",
            f"{20 + i % 70}岁",
            "呼吸科",
            "咳嗽待查",
            "胸部CT平扫",
            "CT",
            f"{day} {minute}:07",
            "扫描范围：肺尖至肺底；平扫",
            FINDINGS,
            IMPRESSION,
            f"书写{i % 17}",
            f"审核{i % 9}",
            f"{day} {int(minute[:2]) + 2:02}:{minute[3:]}:41",
            f"审核{i % 9}",
            f"{day} 21:{minute[3:]}:50",
            f"技师{i % 12}",
            "已审核",
        )


def csv_file(count: int) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *lines(count)])
    return out.getvalue().encode()


def xlsx_file(count: int) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (HEAD, *lines(count)):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def timed(label: str, action: Callable[[], _T], count: int, *, base: float | None = None) -> tuple[_T, float]:
    """Run once; print seconds, rows a second and the ratio to `base` seconds."""
    began = time.perf_counter()
    answer = action()
    took = time.perf_counter() - began
    ratio = f"   {base / took:5.1f} × faster than the first" if base else ""
    print(f"  {label:<46}{took:8.2f} s {count / took:10,.0f} rows/s{ratio}", flush=True)
    return answer, took


def run(count: int) -> None:
    from reports.imports.actions.files import take_file
    from reports.intake.reports import read_reports

    print(f"{count:,} rows")
    data = csv_file(count)
    read, reading = timed(f"read CSV ({len(data) / 1e6:.0f} MB)", lambda: read_reports(data, "x.csv"), count)
    if count <= 20_000:
        book = xlsx_file(count)
        timed(f"read XLSX ({len(book) / 1e6:.1f} MB)", lambda: read_reports(book, "x.xlsx"), count)
    rows = read.reports
    assert len(rows) == count
    part = rows[:SAVED_ONE_BY_ONE]
    _, one_by_one = timed(
        "write: save() one by one (first 2,000 rows)",
        lambda: save_each(part, department(f"SAVE{count}")),
        len(part),
    )
    _write_in_bulk(rows, count, slow=one_by_one * count / len(part))
    dep = department(f"OURS{count}")
    (tally, _), took = timed(
        "the same file again: read, compared, nothing new",
        lambda: take_file(data, "x.csv", department=dep, kind="reports", source=None, mapping=None, by=None),
        count,
    )
    assert (tally.created, tally.unchanged) == (0, count)
    own, reader = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(
        f"  reading is {reading / took:.0%} of importing again; "
        f"peak memory {own} MB, of the process that reads the file {reader} MB\n"
    )


def _write_in_bulk(rows: "Sequence[IncomingReport]", count: int, *, slow: float) -> None:
    """The same rows by bulk_create and by the product's import, each compared with `slow` seconds."""
    from reports.imports.actions.receive import receive_reports

    timed(
        "write: bulk_create of both tables", lambda: bulk(rows, department(f"BULK{count}")), count, base=slow
    )
    timed(
        "write: the product's import, text checks off",
        lambda: receive_reports(rows, department=department(f"OURS{count}"), by=None, checks=False),
        count,
        base=slow,
    )
    timed(
        "write: the product's import with text checks",
        lambda: receive_reports(rows, department=department(f"READ{count}"), by=None),
        count,
        base=slow,
    )


def department(code: str) -> "Department":
    from staff.departments.models import Department, Institution

    institution, _ = Institution.objects.get_or_create(name="示例医院", defaults={"level": "tertiary"})
    return Department.objects.get_or_create(code=code, defaults={"institution": institution, "name": code})[0]


def built(row: "IncomingReport", dep: "Department") -> tuple["Report", "Revision"]:
    """A report and its first revision, as the import would fill them."""
    from reports.archive.content import content_of_incoming, fill, to_json
    from reports.archive.models import Report, Revision
    from reports.domain.versions import content_hash

    content = content_of_incoming(row)
    report = fill(Report(department=dep, accession_number=row.accession_number), content)
    report.content_hash = content_hash(content)
    return report, Revision(
        number=1, content=to_json(content), content_hash=report.content_hash, reported_at=report.reported_at
    )


def save_each(rows: "Sequence[IncomingReport]", dep: "Department") -> None:
    for row in rows:
        report, revision = built(row, dep)
        report.save()
        revision.report = report
        revision.save()


def bulk(rows: "Sequence[IncomingReport]", dep: "Department") -> None:
    from django.db import transaction

    from reports.archive.models import Report, Revision

    for start in range(0, len(rows), 1000):
        pairs = [built(row, dep) for row in rows[start : start + 1000]]
        with transaction.atomic():
            Report.objects.bulk_create([report for report, _ in pairs])
            for report, revision in pairs:
                revision.report = report
            Revision.objects.bulk_create([revision for _, revision in pairs])


def main() -> None:
    counts = [int(given) for given in sys.argv[1:]] or [10_000]
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QC_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "qcportal.settings"
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        for count in counts:
            run(count)


if __name__ == "__main__":
    main()
