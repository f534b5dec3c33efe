"""Compiles the text checks for this machine: what bin/accelerate runs once all it needs is installed.

    .venv/bin/python bin/compile_text_checks.py [FOLDER]      default: `accelerated` in the environment

They are compiled twice: the first build counts which ways the demo department's reports take through it, the
second lays these ways straight (the compiler's profile-guided optimization). The build is made elsewhere and
takes the folder's place only when it is complete; a process that runs with the one before goes on with it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# This process reads the sources; the one that it starts uses the build that counts.
os.environ["QC_ACCELERATOR"] = os.environ.get("QC_COUNTING", "off")

from reports.domain.textcheck import ACCELERATOR
from reports.domain.textcheck.accelerator import FINGERPRINT, ROOT, SHARED, compiled_sources, fingerprint
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.kept import forget
from reports.domain.textcheck.registry import bound_rules
from reports.intake.check_lines import KEYS, read_report

ALWAYS = ("-fno-semantic-interposition",)  # its own calls stay within it
COUNTING = ("-fprofile-generate",)
# What no demo report passes is compiled as without counts, not for size.
COUNTED = ("-fprofile-use", "-fprofile-partial-training", "-fprofile-correction", "-Wno-missing-profile")
DAY, SEED = date(2026, 6, 1), "compile"


def build(to: Path) -> None:
    """Compile into a scratch folder beside `to`, then put it there."""
    os.chdir(ROOT)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="accelerated-", dir=to.parent) as scratch:
        counting, made, before, work = (
            Path(scratch, name) for name in ("counting", "made", "before", "work")
        )
        told = fingerprint()
        extensions = _translated(work)
        _compile(extensions, counting, work, COUNTING, told)
        # The counts lie beside the objects of the counting build, where the next one looks for them.
        environment = os.environ | {"QC_COUNTING": str(counting)}
        subprocess.run([sys.executable, __file__], check=True, env=environment)  # noqa: S603
        _compile(extensions, made, work, COUNTED, told)
        if to.exists():
            to.rename(before)
        made.rename(to)
        shutil.rmtree(before, ignore_errors=True)


def _translated(work: Path) -> list[Any]:
    """The sources in C."""
    from mypyc.build import mypycify  # not at the top: the process that counts needs none of it

    return mypycify(
        ["--cache-dir", str(work / "types"), *[path.as_posix() for path in compiled_sources()]],
        opt_level="3",
        debug_level="0",
        strip_asserts=True,
        target_dir=str(work / "c"),
        group_name=SHARED.removesuffix("__mypyc"),
    )


def _compile(extensions: list[Any], to: Path, work: Path, flags: tuple[str, ...], told: str) -> None:
    from setuptools import setup

    given = [list(extension.extra_compile_args) for extension in extensions]
    for extension, arguments in zip(extensions, given, strict=True):
        extension.extra_compile_args = [*arguments, *ALWAYS, *flags]
        extension.extra_link_args = list(flags[:1])
    folders = ["--build-lib", str(to), "--build-temp", str(work / "objects")]
    setup(
        name="text-checks",
        packages=[],
        ext_modules=extensions,
        script_args=["--quiet", "build_ext", "--force", *folders],
    )
    for extension, arguments in zip(extensions, given, strict=True):
        extension.extra_compile_args = arguments
    (to / FINGERPRINT).write_text(told + "\n")


def count() -> None:
    """Check the demo department's reports with the build that counts."""
    from qcportal.demo.department import demo_department

    if ACCELERATOR != "used":
        raise SystemExit(f"the build that counts is not used: {ACCELERATOR}")
    department = demo_department(DAY, SEED)
    rules = bound_rules()
    for _ in range(3):
        forget()
        for _again in range(3):  # most clauses of a department's reports have been met before
            for report in (*department.earlier, *department.reports):
                known = {name: value for name, value in report.content.items() if value is not None}
                texts = {name: str(known[name]) for name in KEYS & known.keys()}
                check(read_report(texts)[0], rules)


def main() -> None:
    if "QC_COUNTING" in os.environ:
        count()
        return
    to = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else Path(sys.prefix, "accelerated")
    build(to)
    print(f"The text checks are compiled: {to}. Start the app again.")


if __name__ == "__main__":
    main()
