"""Cases that wait for an arbiter, in SQL: the same as the rules find."""

import pytest

from audits.judging.actions.arbitration import in_dispute, take_case
from audits.judging.queries.disputed import disputed_cases
from audits.judging.queries.results import audit_results
from audits.sampling.models import Case
from tests import people
from tests.audits.factories import AGREES, DIFFERS, assigned_audit, judge, reviews_of

PLANS = (
    ((True, False), (AGREES, AGREES)),
    ((False, False), (AGREES, DIFFERS)),
    ((False, False), (AGREES, AGREES)),
    ((True, True), (DIFFERS, DIFFERS)),
)


@pytest.mark.django_db
def test_disputed_cases_are_those_of_the_rules_until_somebody_takes_them(department, assessor):
    second = people.second_assessor(department)
    third = people.person("assessor3", "评三", "assessor", department)
    audit = assigned_audit(department, [assessor, second])
    reviews = reviews_of(audit)
    for place, (faulty, conclusions) in enumerate(PLANS):
        for review, fault, conclusion in zip(reviews[2 * place :][:2], faulty, conclusions, strict=True):
            judge(review, faulty=fault, conclusion=conclusion)
    by_the_rules = [case.case.pk for case in audit_results(audit).cases if in_dispute(case)]
    found = list(disputed_cases(Case.objects.all()).order_by("pk").values_list("pk", flat=True))
    assert (found, len(found)) == (sorted(by_the_rules), 2)
    take_case(Case.objects.get(pk=found[0]), by=third)
    assert list(disputed_cases(Case.objects.all()).values_list("pk", flat=True)) == found[1:]
