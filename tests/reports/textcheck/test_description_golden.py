"""The standard's own examples, for the rules of 6.4.3 and 6.5.6: Appendix C, the vectors, the register."""

import json

import pytest

from reports.domain.textcheck.rules import comparison, density, enhancement, measures, punctuation
from standards.loader import current_edition
from tests.paths import DATA
from tests.reports.textcheck.said_kit import said

STANDARD = DATA / "standard"
RULES = (*density.RULES, *enhancement.RULES, *punctuation.RULES, *measures.RULES, *comparison.RULES)
GOLDEN = json.loads((STANDARD / "golden_reports.json").read_text(encoding="utf-8"))["reports"]
VECTORS = json.loads((STANDARD / "text_vectors.json").read_text(encoding="utf-8"))["vectors"]
FAMILIES = {
    "density": (density.RULES, ("findings",)),
    "enhancement": (enhancement.RULES, ("examination_name", "findings")),
    "punctuation": (punctuation.RULES, ("findings",)),
    "measurements": (measures.RULES, ("findings",)),
    "comparison": (comparison.RULES, ("impression", "has_prior")),
}
CHECKS = current_edition().checks_by_code
# Examples of the register that describe a report in words instead of quoting it.
DESCRIBED = {
    "6.4.3.1/no-comparison-in-findings",
    "6.4.3.5/paragraph-mix",
    "6.4.3.7/repetition",
    "6.5.6/no-comparison",
    "6.5.6/date-unknown",
    "6.5.6/item-not-compared",
    "6.4.3.4/no-dynamic-pattern",
}
QUOTED = sorted({rule.code for rule in RULES} - DESCRIBED)


@pytest.mark.parametrize("report", GOLDEN, ids=[report["id"] for report in GOLDEN])
def test_appendix_c_and_its_rewrite_give_exactly_their_codes(report):
    fields = {
        name: report[name] for name in ("sex", "examination_name", "technique", "findings", "impression")
    }
    found = said(RULES, has_prior=report["has_prior"], **fields)
    ours = [code for code in report["expect"] if code.startswith(("6.4.3", "6.5.6"))]
    assert sorted({code for code, _ in found}) == ours


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["check"] in FAMILIES], ids=lambda vector: vector["id"]
)
def test_vector_gives_the_codes_of_its_family(vector):
    rules, names = FAMILIES[vector["check"]]
    found = said(rules, **dict(zip(names, vector["args"], strict=True)))
    assert sorted(code for code, _ in found) == vector["expect"]


@pytest.mark.parametrize("code", QUOTED)
def test_example_of_the_register_is_told_and_its_correction_is_not(code):
    name = "上腹部CT增强" if code == "6.4.3.4/no-grade" else None
    wrong = said(RULES, examination_name=name, findings=CHECKS[code].example_violating)
    right = said(RULES, examination_name=name, findings=CHECKS[code].example_conforming)
    assert code in [found for found, _ in wrong]
    assert code not in [found for found, _ in right]


def test_dynamic_example_of_the_register_needs_its_examination():
    example = CHECKS["6.4.3.4/no-dynamic-pattern"]
    for text, expected in ((example.example_violating, True), (example.example_conforming, False)):
        found = said(enhancement.RULES, examination_name="上腹部CT多期增强", findings=text)
        assert ("6.4.3.4/no-dynamic-pattern" in [code for code, _ in found]) is expected
