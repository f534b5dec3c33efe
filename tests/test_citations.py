"""What code and documents cite is in the repository: readings, statements of quality, decisions, files."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.paths import ROOT

PART = re.compile(r"\bDOMAIN(?:\.md)?(?: part)?[ ]?(\d+(?:\.\d+)?)")
DECISION = re.compile(r"\bD-(\d\d)\b")
ADR = re.compile(r"\bADR (\d+)\b")
STATEMENT = re.compile(r"docs/quality\.md ((?:(?:, | and | to )?[A-Z]\d+)+)")
PLACE = re.compile(r"(?<![\w/.])((?:docs|tests|benchmarks|bin)/[\w./-]+\.(?:py|md|json|css|xlsx|js))\b")
# Papers that never were in the repository, by their names in capitals.
ELSEWHERE = re.compile(
    r"\b((?:PRODUCT|QUALITY|HOUSE|SPEED)\b|(?:LAYOUT|NAMES|INDICATORS|WORDING)(?:\.md\b| \d))"
)
SUFFIXES = {".py", ".html", ".js", ".css", ".yaml", ".md", ".toml", ".txt"}
# History names what was; vendored code cites its own; this file names what it looks for.
NOT_READ = ("CHANGELOG.md", "static/vendor/", "tests/test_citations.py")
QUALITY = (ROOT / "docs/quality.md").read_text(encoding="utf-8")
MARKS = re.findall(r"^\| ([A-Z]\d+) \|", QUALITY, re.M)


@cache
def texts() -> dict[str, str]:
    """Tracked text files by name."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    read = [name for name in names.splitlines() if not name.startswith(NOT_READ)]
    files = {name: ROOT / name for name in read if Path(name).suffix in SUFFIXES}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items() if path.is_file()}


def cited(pattern: re.Pattern[str]) -> dict[str, str]:
    """What `pattern` finds, and one file that holds it."""
    found: dict[str, str] = {}
    for name, text in texts().items():
        for number in pattern.findall(text):
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


@pytest.mark.parametrize(("marks", "name"), sorted(cited(STATEMENT).items()))
def test_cited_statement_is_a_row_of_its_table(marks: str, name: str) -> None:
    assert set(re.findall(r"[A-Z]\d+", marks)) <= set(MARKS), name


def test_statement_has_one_row_and_a_test() -> None:
    rows = re.findall(r"^\| [A-Z]\d+ \|.*\|(.*)\|$", QUALITY, re.M)

    assert len(rows) == len(MARKS) == len(set(MARKS))
    assert [row for row in rows if not PLACE.search(row)] == []


@pytest.mark.parametrize(("place", "name"), sorted(cited(PLACE).items()))
def test_cited_file_is_there(place: str, name: str) -> None:
    assert (ROOT / place).is_file(), name


def test_nothing_outside_the_repository_is_cited() -> None:
    assert cited(ELSEWHERE) == {}


@pytest.mark.parametrize("text", ["(QUALITY A2)", "SPEED.md says", "HOUSE habit 7", "PRODUCT 5", "NAMES.md"])
def test_citation_of_a_paper_elsewhere_is_found(text: str) -> None:
    assert ELSEWHERE.search(text)
