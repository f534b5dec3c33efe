"""The compiled text checks: used only when built from the present sources, and then they find the same."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from reports.domain.textcheck import accelerator

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests" / "data"
# Findings of the ordinary and the golden reports, each also with its clauses in another order.
TOLD = """
import json, sys
from pathlib import Path
from reports.domain.textcheck import ACCELERATOR
from reports.domain.textcheck import text
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport

data = Path("tests/data")
known = set(CheckedReport.__dataclass_fields__)
rows = json.loads((data / "textcheck/ordinary_reports.json").read_text())
rows += json.loads((data / "standard/golden_reports.json").read_text())["reports"]
for vector in json.loads((data / "standard/text_vectors.json").read_text())["vectors"]:
    words = [word for word in vector["args"] if isinstance(word, str)]
    last = words[-1] if words else ""
    rows.append({"findings": "。".join(words), "impression": last, "technique": "".join(words)})
rows += [{**row, "findings": "，".join(reversed((row.get("findings") or "").split("，")))} for row in rows]
told = []
for row in rows:
    report = CheckedReport(**{name: value for name, value in row.items() if name in known})
    told += [list(map(str, (f.code, f.field, f.start, f.end, f.excerpt, f.severity, f.message)))
             for f in check(report, bound_rules())]
print(json.dumps([ACCELERATOR, text.__file__.rpartition(".")[2], told]))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A build's place with nothing in it."""
    monkeypatch.setenv("QC_ACCELERATOR", str(tmp_path))
    return tmp_path


def test_build_is_used_only_when_its_sources_are_the_present_ones(folder, monkeypatch):
    states = [accelerator.state()]
    (folder / accelerator.FINGERPRINT).write_text("0" * 64 + "\n")
    states.append(accelerator.state())
    (folder / accelerator.FINGERPRINT).write_text(accelerator.fingerprint() + "\n")
    states.append(accelerator.state())
    monkeypatch.setenv("QC_ACCELERATOR", "off")
    states.append(accelerator.state())
    assert states == ["none", "stale", "used", "off"]


def test_fingerprint_differs_with_any_source(tmp_path, monkeypatch):
    present = accelerator.fingerprint()
    for name in ("reports/domain", "standards"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
    monkeypatch.setattr(accelerator, "ROOT", tmp_path)
    assert accelerator.fingerprint() == present
    for name in ("reports/domain/textcheck/rules/sides.py", "reports/domain/status.py"):
        before = accelerator.fingerprint()
        with (tmp_path / name).open("a") as source:
            source.write("# changed\n")
        assert accelerator.fingerprint() != before


def test_build_that_cannot_be_loaded_is_left_alone(folder, caplog):
    (folder / accelerator.FINGERPRINT).write_text(accelerator.fingerprint() + "\n")
    path = ["sources"]
    assert (accelerator.use(path), path) == ("stale", ["sources"])
    assert "cannot be loaded" in caplog.text


def test_stale_build_is_told_and_left_alone(folder, caplog):
    (folder / accelerator.FINGERPRINT).write_text("of other sources")
    path = ["sources"]
    assert (accelerator.use(path), path) == ("stale", ["sources"])
    assert "bin/accelerate" in caplog.text


@pytest.mark.parametrize(("state", "codes"), [("stale", ["reports.I001"]), ("used", []), ("none", [])])
def test_check_tells_of_a_stale_build_alone(monkeypatch, state, codes):
    from reports import checks

    monkeypatch.setattr(checks, "ACCELERATOR", state)
    assert [found.id for found in checks.accelerator_is_of_these_sources()] == codes


def told_with(accelerator_folder: str) -> list:
    environment = os.environ | {"QC_ACCELERATOR": accelerator_folder}
    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=ROOT, env=environment, capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)


def can_compile() -> bool:
    header = Path(sysconfig.get_path("include"), "Python.h")
    tools = ("mypyc", "setuptools")
    return bool(shutil.which("gcc")) and header.exists() and all(map(importlib.util.find_spec, tools))


@pytest.mark.slow
@pytest.mark.skipif(not can_compile(), reason="a C compiler, Python.h, mypyc and setuptools are needed")
def test_compiled_checks_find_the_same(tmp_path):
    build = tmp_path / "accelerated"
    command = [sys.executable, str(ROOT / "bin" / "compile_text_checks.py"), str(build)]
    subprocess.run(command, check=True, capture_output=True)
    plain, compiled = told_with("off"), told_with(str(build))
    assert (plain[:2], compiled[:2]) == (["off", "py"], ["used", "so"])
    assert len(plain[2]) > 100
    assert compiled[2] == plain[2]
