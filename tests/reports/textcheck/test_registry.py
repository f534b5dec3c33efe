"""Every text check of the register has its rule, and every rule its words and its examples."""

from reports.domain.textcheck.registry import RULES, bound_rules
from standards.loader import current_edition

# Clauses whose checks look at report text or report metadata.
_OF_REPORTS = ("4.1", "4.5", "4.6", "6.1.1", "6.1.2", "6.2", "6.3", "6.4", "6.5")
# Looks at documents of the department, or at the score sheet.
_NOT_OF_REPORTS = {"4.6/manual-time", "6.3.2/sop-on-file", "6.5.7/total-below-21"}


def test_every_automatic_or_assisted_check_of_report_text_has_one_rule():
    wanted = {
        code
        for code, check in current_edition().checks_by_code.items()
        if code.startswith(_OF_REPORTS)
        and check.verification in ("automatic", "assisted")
        and code not in _NOT_OF_REPORTS
    }
    assert {rule.code for rule in RULES} == wanted


def test_every_rule_has_words_for_people_and_no_words_lack_a_rule():
    assert set(current_edition().rules) == {rule.code for rule in RULES}


def test_only_clauses_with_binding_force_may_be_violations():
    checks = current_edition().checks_by_code
    hard = {b.rule.code for b in bound_rules() if b.severity == "violation"}
    assert all(checks[code].level in ("must", "must_not") for code in hard)
    assert all(checks[code].verification == "automatic" for code in hard)


def test_softened_rule_says_why():
    softened = {code: words for code, words in current_edition().rules.items() if words.at_most}
    assert [code for code, words in softened.items() if not words.at_most_because] == []
