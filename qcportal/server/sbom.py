"""The parts of this installation as a CycloneDX document: Python packages and vendored files."""

import re
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
_EXTRA = re.compile(r";.*\bextra\b")
# Markers of packages for other Pythons or systems are not evaluated: what is not installed is left out.


def sbom(requirements: Path, vendored: Path) -> dict[str, Any]:
    """CycloneDX 1.6: what `requirements` needs as far as it is installed, and the lines of `vendored`.

    No random serial number and no time: the same installation gives the same document.
    """
    found = _installed(_names(requirements.read_text(encoding="utf-8").splitlines()))
    ours = [_vendored(line) for line in vendored.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "qcportal", "bom-ref": "qcportal"}},
        "components": [_component(package) for _, package in sorted(found.items())] + ours,
        "dependencies": [
            {
                "ref": _purl(package),
                "dependsOn": sorted(_purl(found[n]) for n in _needs(package) if n in found),
            }
            for _, package in sorted(found.items())
        ],
    }


def _names(lines: Iterable[str]) -> list[str]:
    found = (_NAME.match(line.strip()) for line in lines if not _EXTRA.search(line))
    return [re.sub(r"[-_.]+", "-", match[1]).lower() for match in found if match]


def _needs(package: Distribution) -> list[str]:
    return _names(package.requires or ())


def _installed(names: list[str]) -> dict[str, Distribution]:
    """The named packages and what they need, by name; each as it is installed here."""
    found: dict[str, Distribution] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        waiting += _needs(found[name])
    return found


def _purl(package: Distribution) -> str:
    name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
    return f"pkg:pypi/{name}@{package.version}"


def _component(package: Distribution) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(package),
        "name": package.metadata["Name"],
        "version": package.version,
        "purl": _purl(package),
    }
    licence = (package.metadata.get_all("License-Expression") or [_classified(package)])[0]
    return made | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _classified(package: Distribution) -> str:
    """The licence by the package's classifiers, where it states none as an expression."""
    found = [c for c in package.metadata.get_all("Classifier") or () if c.startswith("License ::")]
    return "; ".join(line.rpartition(" :: ")[2] for line in found)


def _vendored(line: str) -> dict[str, Any]:
    """A line of static/vendor/VERSIONS.txt: name, version, and the rest as it was written."""
    name, _, rest = line.partition(" ")
    version = re.search(r"\b\d[\w.]*\b", rest)
    made = {"type": "file" if "/" in name else "library", "bom-ref": f"vendored:{name}", "name": name}
    return made | {"version": version[0] if version else "", "description": " ".join(rest.split())}
