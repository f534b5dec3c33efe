"""The standard's examples, ordinary reports and hostile text: rules on lesions, order and conclusion."""

import json

import pytest

from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules import certainty, conclusion, lesions, order, support
from standards.loader import current_edition
from tests.paths import DATA
from tests.reports.textcheck.ordinary_reports import ORDINARY
from tests.reports.textcheck.said_kit import said
from tests.reports.textcheck.work_kit import assert_linear, count_work, times

STANDARD = DATA / "standard"
RULES = (*lesions.RULES, *order.RULES, *support.RULES, *conclusion.RULES, *certainty.RULES)
CODES = {rule.code for rule in RULES}
NOTES = {"6.4.1.2e/no-negative-sign", "6.4.2.3/scattered", "6.5.5/no-stage"}
GOLDEN = json.loads((STANDARD / "golden_reports.json").read_text(encoding="utf-8"))["reports"]
VECTORS = json.loads((STANDARD / "text_vectors.json").read_text(encoding="utf-8"))["vectors"]
# The last two are Appendix C and its rewrite.
TERSE = json.loads((DATA / "textcheck" / "ordinary_reports.json").read_text(encoding="utf-8"))[:-2]
CHECKS = current_edition().checks_by_code
FAMILIES = {
    "conclusion_checks": (certainty.RULES, ("impression",)),
    "location_missing": (conclusion.RULES, ("impression",)),
    "order_consistency": (order.RULES, ("findings", "impression")),
}
FROM_IMPRESSION = (
    "6.5.2/importance-order",
    "6.5.3/no-location",
    "6.5.4b/unranked",
    "6.5.4c/more-than-three",
    "6.5.4d/no-recommendation",
    "6.5.5/no-stage",
)
HOSTILE = (
    "与",
    "未见",
    "1×",
    "骨折",
    "性质待定",
    "1、肝囊肿；",
    "1、肝癌；\n",
    "肝内见占位。",
    "考虑肺癌、",
    "或癌",
    "见",
    "结节",
    "🙂",
    "。",
    "，",
    "建议",
    "占位待",
    "左肺上叶见结节，",
    "1、",
    "囊肿\n",
)


@pytest.mark.parametrize("report", GOLDEN, ids=[report["id"] for report in GOLDEN])
def test_appendix_c_and_its_rewrite_give_exactly_their_codes(report):
    fields = {
        name: report[name] for name in ("sex", "examination_name", "technique", "findings", "impression")
    }
    found = said(RULES, has_prior=report["has_prior"], **fields)
    assert [code for code, _ in found] == [code for code in report["expect"] if code in CODES]


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["check"] in FAMILIES], ids=lambda vector: vector["id"]
)
def test_vector_gives_the_codes_of_its_family(vector):
    rules, names = FAMILIES[vector["check"]]
    found = said(rules, **dict(zip(names, vector["args"], strict=True)))
    assert sorted(code for code, _ in found) == vector["expect"]


@pytest.mark.parametrize("code", FROM_IMPRESSION)
def test_example_of_the_register_is_told_and_its_correction_is_not(code):
    example = CHECKS[code]
    assert code in {c for c, _ in said(RULES, impression=example.example_violating)}
    assert code not in {c for c, _ in said(RULES, impression=example.example_conforming)}


@pytest.mark.parametrize(
    ("examination", "findings", "impression"), ORDINARY, ids=[f"{n}" for n in range(len(ORDINARY))]
)
def test_ordinary_report_is_silent(examination, findings, impression):
    found = said(RULES, examination_name=examination, findings=findings, impression=impression)
    assert [place for place in found if place[0] not in NOTES] == []


@pytest.mark.parametrize("report", TERSE)
def test_terse_report_is_silent(report):
    assert [place for place in said(RULES, **report) if place[0] not in NOTES] == []


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_linear_work(monkeypatch, unit):
    def made(length):
        return CheckedReport(findings=times(unit, length), impression=times(unit, length))

    assert_linear(count_work(monkeypatch), made)
