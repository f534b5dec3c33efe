"""What the import command takes for a large file: rows a second, peak memory of it and of the reader.

    python benchmarks/import_memory.py [ROWS]                       default 100000
    bin/with-postgres "$PWD/.venv/bin/python" "$PWD/benchmarks/import_memory.py" --postgres

A CSV with every column, and an XLSX with short texts and fewer columns (a workbook may unpack to 100 MB), are
made here; no two reports have the same text. Each is imported by a dry run, in earnest, and once more, each
time in a new process. Writes into a database of its own in a temporary folder; with --postgres into that of
DATABASE_URL, which `bin/with-postgres` removes.
"""

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.import_reports import HEAD, lines  # noqa: E402  (needs the path above)

MOST_IN_A_WORKBOOK = 60_000  # rows of these columns unpack to nearly 100 MB, above which it is refused
LIMIT = 300  # MB, docs/performance.md
LEFT_OUT = ("科别", "临床诊断", "技术参数", "签名时间", "操作技师")  # of the workbook


def texts(count: int) -> Iterator[tuple[str, ...]]:
    """The rows of the other benchmark, with texts of their own."""
    findings, impression = HEAD.index("影像描述"), HEAD.index("诊断结论")
    for i, row in enumerate(lines(count)):
        cells = list(row)
        cells[findings] = f"序列3第{i}层：{cells[findings]}"
        cells[impression] = f"{cells[impression]}（第{i}层）"
        yield tuple(cells)


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *texts(count)])


def write_xlsx(path: Path, count: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    kept = [i for i, name in enumerate(HEAD) if name not in LEFT_OUT]
    for row in (HEAD, *texts(count)):
        sheet.append([row[i].splitlines()[0] if row is not HEAD else row[i] for i in kept])
    book.save(path)


def imported(label: str, path: Path, code: str, count: int, *, dry_run: bool) -> bool:
    """Import the file in a new process and print what that took; False above the limit."""
    done = subprocess.run(
        [sys.executable, __file__, "--import", str(path), code, *(["dry"] if dry_run else [])],
        check=True,
        capture_output=True,
        text=True,
    )
    *_, measured = done.stdout.splitlines()
    seconds, own, reader = map(float, measured.split())
    print(
        f"  {label:<24}{seconds:8.1f} s {count / seconds:8,.0f} rows/s   "
        f"peak memory {own:4.0f} MB, reader {reader:4.0f} MB",
        flush=True,
    )
    return max(own, reader) <= LIMIT


def import_here(path: str, code: str, *, dry_run: bool) -> None:
    """Import in this process; the last line printed is what it took."""
    import django
    from django.core.management import call_command

    django.setup()
    began = time.perf_counter()
    call_command("import_reports", path, department=code, dry_run=dry_run)
    took = time.perf_counter() - began
    own, reader = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(took, own, reader)


def measure(count: int, folder: Path) -> bool:
    """Import both files; False when one took more memory than it may."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    passed = True
    for name, write, rows in (
        ("export.csv", write_csv, count),
        ("export.xlsx", write_xlsx, min(count, MOST_IN_A_WORKBOOK)),
    ):
        path = folder / name
        write(path, rows)
        code = path.suffix[1:].upper()
        call_command("add_department", code, name=code, institution="示例医院", level="tertiary")
        print(f"{rows:,} rows, {name} of {path.stat().st_size / 1e6:.0f} MB")
        for label, dry_run in (("dry run", True), ("import", False), ("the same file again", False)):
            passed &= imported(label, path, code, rows, dry_run=dry_run)
    return passed


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "qcportal.settings"
    given = sys.argv[1:]
    if given[:1] == ["--import"]:
        import_here(given[1], given[2], dry_run=given[3:] == ["dry"])
        return
    if "--postgres" not in given:
        os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QC_DATA_DIR"] = folder
        passed = measure(int(next((a for a in given if a.isdecimal()), 100_000)), Path(folder))
    if not passed:
        raise SystemExit(f"above {LIMIT} MB")


if __name__ == "__main__":
    main()
