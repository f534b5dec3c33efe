"""What code and documents cite of the standard's readings is in the repository."""

import re
import subprocess

import pytest

from tests.paths import ROOT

PART = re.compile(r"\bDOMAIN(?:\.md)?(?: part)?[ ]?(\d+(?:\.\d+)?)")
DECISION = re.compile(r"\bD-(\d\d)\b")
ADR = re.compile(r"\bADR (\d+)\b")


def cited(pattern: re.Pattern[str]) -> dict[str, str]:
    """What `pattern` finds in tracked text files, and one file that holds it."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    for name in names.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".html", ".js", ".css", ".yaml", ".md", ".toml"} and path.is_file():
            for number in pattern.findall(path.read_text(encoding="utf-8")):
                found.setdefault(number, name)
    return found


@pytest.mark.parametrize(("number", "name"), sorted(cited(PART).items()))
def test_cited_part_of_the_readings_is_a_heading(number: str, name: str) -> None:
    headings = re.findall(r"^#{2,3} (\d+(?:\.\d+)?)\b", (ROOT / "docs/standard/domain.md").read_text(), re.M)

    assert number in headings, name


@pytest.mark.parametrize(("number", "name"), sorted(cited(DECISION).items()))
def test_cited_decision_is_a_row_of_the_table(number: str, name: str) -> None:
    rows = re.findall(r"^\| D-(\d\d) \|", (ROOT / "docs/standard/domain.md").read_text(), re.M)

    assert number in rows, name


@pytest.mark.parametrize(("number", "name"), sorted(cited(ADR).items()))
def test_cited_adr_is_a_file(number: str, name: str) -> None:
    assert list((ROOT / "docs/adr").glob(f"{int(number):04}-*.md")), name
