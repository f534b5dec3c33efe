"""The text checks compiled to machine code: an option, used when it was built from the very same sources.

`bin/accelerate` builds into a folder of its own, never beside the sources, and leaves there the fingerprint
of what it was built from. Where a source has changed since (a new release), the fingerprints differ: the
sources run as they are, and the log and `manage.py check` say to build again. The findings are the same.
"""

import hashlib
import importlib.util
import logging
import os
import sys
import sysconfig
from collections.abc import MutableSequence
from pathlib import Path
from typing import Final, Literal

State = Literal["none", "off", "stale", "used"]

ROOT: Final = Path(__file__).resolve().parents[3]
PACKAGE: Final = Path("reports", "domain", "textcheck")
# What stays as it is: values the app makes and compares, and what must run before anything is compiled.
INTERPRETED: Final = ("__init__.py", "accelerator.py", "finding.py", "kept.py", "report.py")
# Not compiled, but the compiled code relies on what they promise.
_RELIED_ON: Final = (
    "reports/domain/signature.py",
    "reports/domain/status.py",
    "standards/edition.py",
    "standards/loader.py",
)
SHARED: Final = "textcheck__mypyc"  # what all compiled modules have in common
FINGERPRINT: Final = "sources.sha256"
_log: Final = logging.getLogger(__name__)
_in_use: list[Path] = []


def folder() -> Path | None:
    """Where the build lies; None when it is switched off (QC_ACCELERATOR=off)."""
    chosen = os.environ.get("QC_ACCELERATOR", "")
    if chosen == "off":
        return None
    return Path(chosen) if chosen else Path(sys.prefix, "accelerated")


def compiled_sources() -> list[Path]:
    """The sources that are compiled, by their paths in the checkout."""
    found = sorted(path.relative_to(ROOT) for path in (ROOT / PACKAGE).rglob("*.py"))
    return [path for path in found if path.name not in INTERPRETED]


def fingerprint() -> str:
    """Of all sources that a build depends on, and of the Python it is for."""
    digest = hashlib.sha256(str(sysconfig.get_config_var("EXT_SUFFIX")).encode())
    sources = (path.relative_to(ROOT) for path in (ROOT / PACKAGE).rglob("*.py"))
    for name in sorted([*(source.as_posix() for source in sources), *_RELIED_ON]):
        digest.update(f"\n{name}\n".encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def state() -> State:
    """Is there a build, and is it of these sources?"""
    built = folder()
    if built is None:
        return "off"
    if not (built / FINGERPRINT).is_file():
        return "none"
    if (built / FINGERPRINT).read_text().strip() != fingerprint():
        return "stale"
    return "used"


def use(path: MutableSequence[str]) -> State:
    """Let the package find its modules in the build first, when that is of these sources."""
    found = state()
    built = folder()
    if found == "used" and built is not None:
        try:
            _load_shared(built)
        except ImportError as error:
            _log.warning("text checks: the accelerator cannot be loaded (%s); running without it", error)
            return "stale"
        _in_use.append(built / PACKAGE)
        path.insert(0, str(built / PACKAGE))
    elif found == "stale":
        _log.warning("text checks: the accelerator was built from other sources; run bin/accelerate again")
    return found


def beside(package: str) -> list[str]:
    """Where the compiled modules of a package within this one lie, when they are used."""
    return [str(built / package) for built in _in_use]


def _load_shared(built: Path) -> None:
    file = next(built.glob(f"{SHARED}.*"), None)
    spec = importlib.util.spec_from_file_location(SHARED, file) if file else None
    if spec is None or spec.loader is None:
        raise ImportError(f"{SHARED} is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[SHARED] = module
