"""Compiles the text checks for this machine: what bin/accelerate runs once all it needs is installed.

    .venv/bin/python bin/compile_text_checks.py [FOLDER]      default: `accelerated` in the environment

The build is made elsewhere and takes the folder's place only when it is complete; a process that runs with
the one before goes on with it.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["QC_ACCELERATOR"] = "off"  # this process reads the sources

from mypyc.build import mypycify
from setuptools import setup

from reports.domain.textcheck.accelerator import FINGERPRINT, ROOT, SHARED, compiled_sources, fingerprint


def build(to: Path) -> None:
    """Compile into a scratch folder beside `to`, then put it there."""
    os.chdir(ROOT)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="accelerated-", dir=to.parent) as scratch:
        made, before = Path(scratch, "made"), Path(scratch, "before")
        made.mkdir()
        told = fingerprint()
        _compile(made, Path(scratch, "work"))
        (made / FINGERPRINT).write_text(told + "\n")
        if to.exists():
            to.rename(before)
        made.rename(to)
        shutil.rmtree(before, ignore_errors=True)


def _compile(to: Path, work: Path) -> None:
    sources = [path.as_posix() for path in compiled_sources()]
    extensions = mypycify(
        ["--cache-dir", str(work / "types"), *sources],
        opt_level="3",
        debug_level="0",
        strip_asserts=True,
        target_dir=str(work / "c"),
        group_name=SHARED.removesuffix("__mypyc"),
    )
    for extension in extensions:
        extension.extra_compile_args.append("-fno-semantic-interposition")  # its own calls stay within it
    arguments = ["--quiet", "build_ext", "--build-lib", str(to), "--build-temp", str(work / "objects")]
    setup(name="text-checks", packages=[], ext_modules=extensions, script_args=arguments)


def main() -> None:
    to = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else Path(sys.prefix, "accelerated")
    build(to)
    print(f"The text checks are compiled: {to}. Start the app again.")


if __name__ == "__main__":
    main()
