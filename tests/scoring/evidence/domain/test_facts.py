"""Facts of a department: which ones a shorter period keeps, and which months a period touches."""

from dataclasses import replace
from datetime import date

import pytest

from scoring.evidence.domain.facts import Facts, calendar_months
from scoring.evidence.domain.suggestions import suggest
from standards.loader import load_edition
from tests.scoring.evidence.domain.facts_kit import FIRST, LAST, WHOLE

BEFORE, AFTER = date(2026, 6, 30), date(2026, 10, 1)


@pytest.mark.parametrize(("on", "is_within"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
@pytest.mark.parametrize("name", ["follow_ups", "conferences"])
def test_dated_fact_on_the_first_and_last_day_is_within_the_period(name, on, is_within):
    fact = replace(getattr(WHOLE, name)[0], on=on)
    found = replace(WHOLE, **{name: (fact,)}).within(FIRST, LAST)
    assert getattr(found, name) == ((fact,) if is_within else ())


def test_facts_within_a_period_keep_level_documents_groups_and_sample():
    found = replace(WHOLE, followed_up=7).within(FIRST, FIRST)
    kept = (found.first, found.last, found.level, found.documents, found.groups, found.followed_up)
    assert kept == (FIRST, FIRST, "tertiary", WHOLE.documents, WHOLE.groups, 7)


def test_department_without_records_has_no_followed_up_report():
    facts = Facts(FIRST, LAST, "tertiary")
    assert facts.followed_up == 0
    assert {found.state for found in suggest(facts, load_edition("db11-draft")).values()} == {"absent"}


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 7, 31), date(2026, 8, 1), [7, 8]),
        (date(2026, 7, 1), date(2026, 7, 1), [7]),
        (date(2026, 1, 31), date(2026, 3, 31), [1, 2, 3]),
        (date(2026, 12, 1), date(2027, 1, 1), [12, 1]),
        (date(2026, 8, 1), date(2026, 7, 31), []),
    ],
)
def test_d04_month_touched_by_one_day_is_in_the_period(first, last, months):
    assert [month.month for month in calendar_months(first, last)] == months
