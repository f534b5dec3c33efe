"""The lists of reviews and of cases in dispute."""

import pytest
from django.urls import reverse

from audits.judging.models import Review
from tests import people
from tests.audits.factories import assigned_audit, judge, reviews_of


def test_my_reviews_empty_says_what_comes_next(sign_in, assessor):
    text = sign_in(assessor).get(reverse("audits:my_reviews")).content.decode()
    assert "没有分配给您的病例" in text


def test_arbitration_reader_sees_why_not(sign_in, department, assessor):
    second = people.second_assessor(department)
    audit = assigned_audit(department, [assessor, second])
    pair = reviews_of(audit)[:2]
    judge(pair[0], faulty=True)
    judge(pair[1])
    client = sign_in(assessor)
    assert "您是这一例的评审医师" in client.get(reverse("audits:arbitration")).content.decode()
    client.post(reverse("audits:take", args=[pair[0].case_id]))
    assert not Review.objects.filter(reader=3).exists()


@pytest.mark.parametrize("name", ["audits:my_reviews", "audits:arbitration"])
def test_list_query_count_does_not_grow(sign_in, department, assessor, django_assert_num_queries, name):
    second = people.second_assessor(department)
    audit = assigned_audit(department, [assessor, second], n=1)
    rows = reviews_of(audit)
    judge(rows[0], faulty=True)
    judge(rows[1])
    client = sign_in(assessor)
    client.get(reverse(name))
    one = _queries(client, name)
    grown = _more(department, [assessor, second])
    for review in grown:
        judge(review, faulty=review.reader == 1)
    assert _queries(client, name) == one


def _queries(client, name) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(name))
    return len(captured)


def _more(department, assessors) -> list[Review]:
    """A second audit with three cases, for the same people."""
    from datetime import date

    from audits.judging.actions.assignment import assign_fairly
    from audits.quarter.actions.quarters import draw_audit, open_audit
    from audits.sampling.domain.window import audit_window
    from tests.factories import make_outcome, make_report

    for n in range(3):
        make_outcome(make_report(department, f"B{n}"))
    audit = open_audit(department=department, window=audit_window(date(2026, 12, 31)), readers=2, by=None)
    audit = draw_audit(audit, version=audit.version, by=None)
    assign_fairly(audit, assessors=assessors, version=audit.version, by=None)
    return reviews_of(audit)
