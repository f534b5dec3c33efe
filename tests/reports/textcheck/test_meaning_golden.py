"""Vectors of meaning, given and of our own: what must be among the findings, and what must not."""

import json

import pytest

from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from tests.paths import DATA

FILES = (DATA / "standard" / "text_vectors_2.jsonl", DATA / "meaning" / "siblings.jsonl")
VECTORS = [json.loads(line) for file in FILES for line in file.read_text("utf-8").splitlines() if line]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_vector_is_told_what_it_expects_and_nothing_it_excludes(vector):
    found = {one.code for one in check(CheckedReport(**vector["input"]), bound_rules())}
    assert set(vector["expect"]) - found == set()
    assert found & set(vector["silent"]) == set()
