"""docs/security.md: each line of its tables holds by a test that exists, or says why it does not apply."""

import re
from functools import cache

import pytest

from tests.paths import ROOT

TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in TEXT.splitlines()
    if re.match(r"^\| (?:8\.1\.4|V\d)", line)
]
CITED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


@cache
def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "name"), CITED)
def test_cited_test_exists(path, name):
    assert re.search(rf"^\s*def {name}\(", source(path), re.M)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_line_holds_by_a_test_or_says_why_it_does_not_apply(row):
    _, _, state, reason, tests = row
    assert state in ("holds", "not applicable")
    assert reason
    assert bool(re.search(r"::test_", tests)) is (state == "holds")


def test_tables_go_through_all_chapters():
    chapters = [row[0] for row in ROWS]
    assert {re.match(r"8\.1\.4\.\d+", c)[0] for c in chapters if c.startswith("8")} == {
        f"8.1.4.{n}" for n in range(1, 12)
    }
    named = {int(n) for c in chapters if c.startswith("V") for n in re.findall(r"V(\d+)", c)}
    assert named == set(range(1, 18))
