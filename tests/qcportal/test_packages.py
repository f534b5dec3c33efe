"""The software bill of materials and the lock file name what requirements.txt asks for."""

import json
import re
from importlib.metadata import version
from io import StringIO

from django.core.management import call_command

from tests.paths import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==(\S+)", re.M)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {re.sub(r"[-_.]+", "-", found[0]).lower(): found[1] for found in PIN.findall(text)}


def printed() -> dict:
    out = StringIO()
    call_command("sbom", stdout=out)
    return json.loads(out.getvalue())


def test_lock_pins_what_is_required_and_every_file_by_its_hash():
    required, locked = pins("requirements.txt"), pins("requirements.lock")
    assert {name: locked.get(name) for name in required} == required
    entries = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    bare = [line for line in entries if "==" in line and not re.search(r"--hash=sha256:[0-9a-f]{64}", line)]
    assert bare == []


def test_sbom_holds_every_required_package_in_the_version_that_is_installed():
    found = {part["purl"]: part for part in printed()["components"] if "purl" in part}
    missing = [name for name in pins("requirements.txt") if f"pkg:pypi/{name}@{version(name)}" not in found]
    assert missing == []
    assert len(found) > len(pins("requirements.txt"))


def test_sbom_names_dependencies_vendored_files_and_is_the_same_twice():
    made = printed()
    refs = {part["bom-ref"] for part in made["components"]}
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert {"vendored:bootstrap", "vendored:htmx.org"} <= refs
    named = {ref for line in made["dependencies"] for ref in (line["ref"], *line["dependsOn"])}
    assert named <= refs
    assert len(refs) == len(made["components"])
    assert printed() == made
