"""Compiles the text checks for this machine: what bin/accelerate runs once all it needs is installed.

    .venv/bin/python bin/compile_text_checks.py [FOLDER]      default: `accelerated` in the environment

They are compiled twice: the first build counts which ways the demo department's reports take through it, the
second one lays these ways straight (the compiler's profile-guided optimization). The build is made elsewhere
and takes the folder's place only when it is complete; a process that runs with the one before goes on with it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
COUNT = "--count"  # given to this file when it runs the counting build
if sys.argv[1:] != [COUNT]:
    os.environ["QC_ACCELERATOR"] = "off"  # this process reads the sources

from reports.domain.textcheck import ACCELERATOR
from reports.domain.textcheck.accelerator import FINGERPRINT, ROOT, SHARED, compiled_sources, fingerprint
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.kept import forget
from reports.domain.textcheck.registry import bound_rules
from reports.intake.check_lines import KEYS, read_report

# Its own calls stay within it.
ALWAYS = ("-fno-semantic-interposition",)
COUNTING = ("-fprofile-generate",)
# What no demo report passes is compiled as without counts, not for size.
COUNTED = ("-fprofile-use", "-fprofile-partial-training", "-fprofile-correction", "-Wno-missing-profile")
DAY, SEED = date(2026, 6, 1), "compile"


def build(to: Path) -> None:
    """Compile into a scratch folder beside `to`, then put it there."""
    os.chdir(ROOT)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="accelerated-", dir=to.parent) as scratch:
        counting, made, before, work = (Path(scratch, name) for name in ("counting", "made", "before", "work"))
        told = fingerprint()
        _compile(counting, work, COUNTING, told)
        # The counts lie beside the objects of the counting build, where the next one looks for them.
        command = [sys.executable, str(Path(__file__).resolve()), COUNT]
        subprocess.run(command, check=True, env=os.environ | {"QC_ACCELERATOR": str(counting)})
        _compile(made, work, COUNTED, told)
        if to.exists():
            to.rename(before)
        made.rename(to)
        shutil.rmtree(before, ignore_errors=True)


def _compile(to: Path, work: Path, flags: tuple[str, ...], told: str) -> None:
    # Not at the top: the process that counts needs neither.
    from mypyc.build import mypycify
    from setuptools import setup

    to.mkdir()
    extensions = mypycify(
        ["--cache-dir", str(work / "types"), *[path.as_posix() for path in compiled_sources()]],
        opt_level="3",
        debug_level="0",
        strip_asserts=True,
        target_dir=str(work / "c"),
        group_name=SHARED.removesuffix("__mypyc"),
    )
    for extension in extensions:
        extension.extra_compile_args += [*ALWAYS, *flags]
        extension.extra_link_args += flags[:1]
    arguments = ["--quiet", "build_ext", "--force", "--build-lib", str(to), "--build-temp", str(work / "objects")]
    setup(name="text-checks", packages=[], ext_modules=extensions, script_args=arguments)
    (to / FINGERPRINT).write_text(told + "\n")


def count() -> None:
    """Check the demo department's reports by the counting build, as they are written and as rewritten ones."""
    from qcportal.demo.department import demo_department

    if ACCELERATOR != "used":
        raise SystemExit(f"the counting build is not used: {ACCELERATOR}")
    department = demo_department(DAY, SEED)
    contents = [report.content for report in (*department.earlier, *department.reports)]
    rules = bound_rules()
    for _ in range(3):
        forget()
        for again in range(3):  # most clauses of a department's reports have been met before
            for content in contents:
                given = {name: str(value) for name, value in content.items() if name in KEYS and value is not None}
                check(read_report(given)[0], rules)


def main() -> None:
    if sys.argv[1:] == [COUNT]:
        count()
        return
    to = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else Path(sys.prefix, "accelerated")
    build(to)
    print(f"The text checks are compiled: {to}. Start the app again.")


if __name__ == "__main__":
    main()
