"""Whole reports in the ordinary style of hospitals: the rules on organs, sides and questions stay silent."""

import json

import pytest

from reports.domain.textcheck.rules import organs, questions, sex, sides, surgery
from tests.paths import DATA
from tests.reports.textcheck.said_kit import said

RULES = (*sex.RULES, *organs.RULES, *surgery.RULES, *questions.RULES, *sides.RULES)
# Written for these tests; the last two are Appendix C and its conforming rewrite.
REPORTS = DATA / "textcheck" / "ordinary_reports.json"


@pytest.mark.parametrize("report", json.loads(REPORTS.read_text(encoding="utf-8")))
def test_ordinary_report_stays_silent(report: dict[str, str]) -> None:
    assert said(RULES, surgical_history="", **report) == []
